import { describe, expect, it } from 'vitest';
import { Order } from '../../src/correlate/order.js';

/** `A` says that control event a was sent, `a` that its candidate arrived; a digit before it names the account. */
function order(story: string): [pairs: number, reordered: number] {
  const order = new Order();
  const sent = new Map<string, number>();
  let number = 0;
  for (const event of story.split(' ')) {
    const [account = '', letter = ''] = event.length === 2 ? event : `1${event}`;
    const key = `${account}${letter.toLowerCase()}`;
    if (letter === letter.toUpperCase()) sent.set(key, ++number);
    else order.arrived(order.of(account), sent.get(key) ?? 0);
  }
  return [order.pairs, order.reordered];
}

describe('reordering after RFC 4737', () => {
  it.each<[string, string, [number, number]]>([
    ['is none where all come in order', 'A B C a b c', [3, 0]],
    ['is one where two are swapped', 'A B b a', [2, 1]],
    ['counts each that comes after a later one', 'A B C D d a b c', [4, 3]],
    ['counts one that is overtaken by many', 'A B C D b c d a', [4, 1]],
    ['does not count what comes after a lost one', 'A B C a c', [2, 0]],
    ['forgives what catches up', 'A B C D b a d', [3, 1]],
    ['is judged account by account', '1A 2A 1B 2B 2b 1a 2a 1b', [4, 1]],
    ['is none where a candidate is awaited by none', 'A a B b', [2, 0]],
  ])('%s: %s', (_, story, expected) => {
    expect(order(story)).toEqual(expected);
  });
});

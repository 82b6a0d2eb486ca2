import { config } from './folder.js';

/** Recordings made for a test: what a clean run would have written, and whatever is wrong on purpose. */

export interface Wrong {
  /** Pairs, from the first, whose candidate has other content. */
  readonly mismatches?: number;
  /** Control events, after the last pair, that no candidate answers. */
  readonly missing?: number;
  readonly accounts?: readonly string[];
  readonly sides?: readonly ('control' | 'candidate')[];
}

/** So many pairs, 10 ms apart, of accounts that have been listening for a second. */
export function recording(
  pairs: number,
  { mismatches = 0, missing = 0, accounts = ['rep-1'], sides = ['control', 'candidate'] }: Wrong = {},
): string {
  const lines: string[] = [
    JSON.stringify({
      format: 'feed-parity/timeline',
      version: 1,
      startedAt: '2026-11-22T16:03:11.660Z',
      sides,
      accounts,
    }),
  ];
  const add = (t: number, side: string, account: string, payload: object): void => {
    if (!sides.some((one) => one === side)) return;
    const event = side === 'control' ? 'email-opened' : 'item_created';
    lines.push(JSON.stringify({ t, kind: 'frame', side, account, channel: `feed of ${account}`, event, payload }));
  };
  for (const account of accounts)
    for (const side of sides)
      lines.push(JSON.stringify({ t: 0, kind: 'link', side, account, state: 'up', reason: 'subscribed' }));
  const accountOf = (id: number): string => accounts[id % accounts.length] ?? '';
  for (let id = 0; id < pairs + missing; id++) {
    const t = 1_000 + id * 10;
    add(t, 'control', accountOf(id), { id, subject: 'hello' });
    if (id < pairs)
      add(t + 1 + (id % 7), 'candidate', accountOf(id), { id, subject: id < mismatches ? 'bye' : 'hello' });
  }
  lines.push(JSON.stringify({ t: 1_000 + (pairs + missing) * 10 + 20_000, kind: 'tick' }));
  return `${lines.join('\n')}\n`;
}

/** The config for these, with limits. */
export function judging(gate = '{}', more = ''): string {
  return `${config()}gate: ${gate}\n${more}`;
}

import { Random } from '../../src/sandbox/random.js';
import type { Ms, Tick } from '../../src/model/timeline.js';
import { grouped } from './grouped.js';
import type { Stall, Us } from './truth.js';
import type { Pause } from './weather.js';

/** Something that reaches the line's process through a socket. */
export interface Arrival {
  readonly socket: string;
  readonly arrivesUs: Us;
}

export interface Stamped<Item> {
  readonly item: Item;
  readonly stampUs: Us;
}

/** Stamps as sources make them: whole microseconds as milliseconds. */
export function ms(us: Us): Ms {
  return us / 1000;
}

/**
 * Stamps what arrives. What arrives while the process does not run is stamped after it, in a burst: each socket keeps
 * its own order, but nothing tells which socket was first.
 */
export function stamp<Item extends Arrival>(
  seed: number,
  items: readonly Item[],
  pauses: readonly Pause[],
): Stamped<Item>[] {
  const random = new Random(seed, 'stamps');
  const sorted = [...items].sort((a, b) => a.arrivesUs - b.arrivesUs);
  const pauseOf = ({ arrivesUs }: Item) => pauses.find((pause) => pause.fromUs < arrivesUs && arrivesUs <= pause.toUs);
  const stamped = sorted
    .filter((item) => pauseOf(item) === undefined)
    .map((item) => ({ item, stampUs: item.arrivesUs }));
  for (const pause of pauses) {
    let stampUs = pause.toUs;
    for (const item of shuffled(
      random,
      sorted.filter((item) => pauseOf(item) === pause),
    )) {
      stampUs += random.integer(0, 6);
      stamped.push({ item, stampUs });
    }
  }
  return stamped.sort((a, b) => a.stampUs - b.stampUs);
}

function shuffled<Item extends Arrival>(random: Random, items: readonly Item[]): Item[] {
  const sockets = grouped(items, (item) => item.socket);
  const order: Item[] = [];
  while (order.length < items.length) {
    const socket = random.pick(sockets.filter((waiting) => waiting.length > 0));
    order.push(socket.shift() as Item);
  }
  return order;
}

/** Ticks about every tenth of a second, none while the process does not run, and one that is late after each pause. */
export function ticks(seed: number, pauses: readonly Stall[], endUs: Us, everyUs: Us = 100_000): Tick[] {
  const random = new Random(seed, 'ticks', everyUs);
  const found: Tick[] = [];
  for (let atUs = 0; atUs < endUs; atUs += Math.floor(everyUs * (0.5 + random.next()))) {
    if (!pauses.some(({ fromUs, toUs }) => fromUs < atUs && atUs <= toUs)) found.push({ kind: 'tick', t: ms(atUs) });
  }
  return found;
}

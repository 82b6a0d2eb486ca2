import type { Settings } from '../../src/model/settings.js';
import type { Frame, Side, TimelineEntry } from '../../src/model/timeline.js';
import { Random } from '../../src/sandbox/random.js';
import { candidateFrame, controlFrame, rulesFor } from './payloads.js';
import { Publisher, type Event, type Sent } from './publisher.js';
import { shape, type Shape } from './shape.js';
import { ms, stamp, ticks, type Arrival, type Stamped } from './stamps.js';
import { tellable } from './tellable.js';
import type { Copy, Noise, Published, Truth, Us } from './truth.js';
import { weather, type Turn, type Weather } from './weather.js';

/** A world: the timeline that the line is given, and what really happened. */
export interface World {
  readonly seed: number;
  readonly settings: Settings;
  /** In the order of their stamps. */
  readonly entries: readonly TimelineEntry[];
  readonly truth: Truth;
}

type Item = Arrival &
  (
    | { readonly kind: 'copy'; readonly event: Event; readonly copy: Sent }
    | { readonly kind: 'turn'; readonly turn: Turn }
    | { readonly kind: 'noise'; readonly account: string; readonly noise: Noise; readonly frame: Partial<Frame> }
  );

/** Makes the world of a seed: the same one wherever and whenever it is asked for. */
export function world(seed: number): World {
  const size = shape(new Random(seed, 'shape'));
  const sky = weather(seed, size);
  const events = new Publisher(seed, size, sky).publish();
  const items: Item[] = [
    ...sky.turns.map((turn): Item => ({ kind: 'turn', turn, socket: socket(turn), arrivesUs: turn.atUs })),
    ...events.flatMap((event) =>
      event.sent.map((copy): Item => ({
        kind: 'copy',
        event,
        copy,
        socket: socket({ ...event, ...copy }),
        arrivesUs: copy.arrivesUs,
      })),
    ),
    ...noise(seed, size, sky),
  ];
  const arriving = items.filter((item) => item.arrivesUs > 0 && item.arrivesUs < size.durationUs);
  const stamped = stamp(seed, arriving, sky.pauses);
  const complete = tell(size, sky, events, stamped);
  const kept = tellable(complete);
  const numbers = new Set(kept.published.map((event) => event.number));
  const frames = stamped.filter(({ item }) => item.kind !== 'copy' || numbers.has(item.event.number));
  return { seed, settings: size.settings, truth: kept, entries: timeline(seed, size, sky, frames) };
}

function socket({ account, side }: { account: string; side: Side }): string {
  return `${side} ${account}`;
}

/** What really happened, in the oracle's terms. */
function tell(size: Shape, sky: Weather, events: readonly Event[], stamped: readonly Stamped<Item>[]): Truth {
  const copies = new Map(events.map((event): [Event, Copy[]] => [event, []]));
  for (const [position, { item, stampUs }] of stamped.entries()) {
    if (item.kind === 'copy')
      copies.get(item.event)?.push({ side: item.copy.side, edits: item.copy.edits, stampUs, position });
  }
  const published = [...copies].map(([{ number, account, record, fault }, copies]): Published => {
    return { number, account, type: record.type, key: record.key, fault, rules: rulesFor(record), copies };
  });
  return {
    rules: size.rules,
    accounts: size.accounts,
    published: published.filter((event) => event.copies.length > 0),
    links: stamped.flatMap(({ item, stampUs }) => (item.kind === 'turn' ? [{ ...item.turn, stampUs }] : [])),
    stalls: sky.pauses.filter((pause) => pause.told),
    noise: stamped.flatMap(({ item }) => (item.kind === 'noise' ? [item.noise] : [])),
    endUs: size.durationUs,
  };
}

/** Everything as the line is told it: a late tick comes before what waited for it. */
function timeline(seed: number, size: Shape, sky: Weather, stamped: readonly Stamped<Item>[]): TimelineEntry[] {
  const late = sky.pauses.map(({ fromUs, toUs }): TimelineEntry => ({
    kind: 'tick',
    t: ms(toUs),
    lateMs: ms(toUs - fromUs),
  }));
  const last: TimelineEntry = { kind: 'tick', t: ms(size.durationUs) };
  const rest = [...stamped.map((one) => entry(one)), ...ticks(seed, sky.pauses, size.durationUs), last];
  return [...late, ...rest].sort((a, b) => a.t - b.t);
}

function entry({ item, stampUs }: Stamped<Item>): TimelineEntry {
  const t = ms(stampUs);
  if (item.kind === 'turn') {
    const { side, account, state, reason, final } = item.turn;
    return { kind: 'link', t, side, account, state, reason, ...(final ? { final } : {}) };
  }
  if (item.kind === 'noise') {
    const { account, frame, noise } = item;
    return {
      kind: 'frame',
      t,
      side: noise.side,
      account,
      channel: channel(noise.side, account),
      event: '',
      payload: '{}',
      ...frame,
    };
  }
  const { side, edits } = item.copy;
  const { account, record } = item.event;
  const said = side === 'control' ? controlFrame(record, edits) : candidateFrame(record, edits);
  return { kind: 'frame', t, side, account, channel: channel(side, account), ...said };
}

function channel(side: Side, account: string): string {
  return side === 'control' ? `private-feed-${account}` : `feed:${account}`;
}

/** Frames that are no observation: what they count as, and how they look. */
const NOISE: readonly (Noise & { readonly frame: Partial<Frame> })[] = [
  { side: 'control', what: 'unmapped', name: 'typing', frame: { event: 'typing' } },
  {
    side: 'control',
    what: 'unmapped',
    name: 'feed-item',
    frame: { event: 'feed-item', payload: '{"type":"poll","id":1}' },
  },
  { side: 'candidate', what: 'unmapped', name: 'presence_diff', frame: { event: 'presence_diff', payload: 'no JSON' } },
  {
    side: 'candidate',
    what: 'unmapped',
    name: 'item_created',
    frame: { event: 'item_created', payload: '{"kind":["call"]}' },
  },
  {
    side: 'control',
    what: 'unreadable',
    name: 'payload is no JSON',
    frame: { event: 'feed-item', payload: '{"type":"email_op' },
  },
  {
    side: 'candidate',
    what: 'unreadable',
    name: 'no correlation key at $.resource.id',
    frame: { event: 'item_created', payload: '{"kind":"email_open","resource":{"id":null}}' },
  },
  {
    side: 'candidate',
    what: 'unreadable',
    name: 'binary payload',
    frame: { event: 'item_created', unreadable: 'binary payload' },
  },
  {
    side: 'candidate',
    what: 'only',
    name: 'page_visited',
    frame: { event: 'item_created', payload: '{"kind":"page_visit"}' },
  },
  { side: 'control', what: 'only', name: 'pulse', frame: { event: 'pulse' } },
];

function noise(seed: number, { accounts, durationUs }: Shape, sky: Weather): Item[] {
  const random = new Random(seed, 'noise');
  const found: Item[] = [];
  for (let count = random.integer(5, 40); count > 0; count--) {
    const { frame, ...noise } = random.pick(NOISE);
    const account = random.pick(accounts);
    const arrivesUs: Us = random.integer(1, durationUs);
    if (!sky.carries(noise.side, account, arrivesUs)) continue;
    found.push({ kind: 'noise', account, noise, frame, arrivesUs, socket: socket({ account, side: noise.side }) });
  }
  return found;
}

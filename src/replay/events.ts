import { CallError } from '../model/errors.js';
import type { Observed } from '../model/observation.js';
import type { Path } from '../model/path.js';
import type { Account, EventPlace, Settings } from '../model/settings.js';
import type { Frame, Ms, TimelineEntry, TimelineHeader } from '../model/timeline.js';
import { observer } from '../normalise/observe.js';
import { assignAccounts, channelFor, turnsOf } from './accounts.js';
import { shiftInstant } from './instants.js';
import { isId, isWhole, type RunKeys } from './keys.js';
import { dueMs, periodMs, type Pace } from './pace.js';
import { places, replaceAt } from './places.js';

/** A recorded control event, made ready to be sent. */
export interface ReplayEvent {
  /** Intended time, from the replay's start. */
  readonly dueMs: Ms;
  /** The test account that stands in for the recorded one. */
  readonly account: Account;
  readonly channel: string;
  readonly event: string;
  /** Canonical type. */
  readonly type: string;
  /** The payload's text as it is sent: as recorded, but for its key and, on request, its times. */
  readonly payload: string;
  /** The key as it is sent, and as it was recorded; none for a type that only control has. */
  readonly key?: string;
  readonly recordedKey?: string;
}

/** What of a recording is needed here. It is opened once for each loop. */
export interface Replayable {
  readonly header: TimelineHeader;
  readonly entries: AsyncIterable<readonly TimelineEntry[]>;
}

export interface ReplayOptions {
  readonly settings: Settings;
  readonly pace: Pace;
  /** How often the recording is driven to its end. */
  readonly loops: number;
  /** Events at most. */
  readonly limit: number;
  /** Makes keys new; without it they stay as recorded. */
  readonly keys?: RunKeys;
  /** Wall time of the replay's start, in ms since 1970, that recorded times are moved to; without it they stay. */
  readonly shiftToMs?: Ms;
  /** Told of each control frame that is no event to send. */
  readonly onSkipped: (reason: string) => void;
}

/** The control events of a recording, in order, with their intended times. Reads on only as far as it is asked to. */
export async function* replayEvents(
  open: () => Promise<Replayable>,
  options: ReplayOptions,
): AsyncGenerator<ReplayEvent> {
  const { settings, pace, limit } = options;
  const prepare = preparer(options);
  let nth = 0;
  let period: Ms = 0;
  for (let loop = 0; loop < options.loops && nth < limit; loop++) {
    const { header, entries } = await open();
    if (!header.sides.includes('control')) {
      throw new CallError('replay: the recording holds no control side; name one that does');
    }
    const accounts = assignAccounts(header.accounts, settings.accounts, settings.replay?.accounts ?? 'same');
    const turns = turnsOf(accounts);
    const startedAtMs = Date.parse(header.startedAt);
    const before = nth;
    let firstMs: Ms | undefined;
    let sinceFirstMs: Ms = 0;
    for await (const block of entries) {
      for (const entry of block) {
        if (entry.kind !== 'frame' || entry.side !== 'control') continue;
        if (nth === limit) return;
        firstMs ??= entry.t;
        // Stamps that run backwards are driven in the recording's order.
        const since = Math.max(sinceFirstMs, entry.t - firstMs);
        const due = dueMs(pace, { nth, loop, sinceFirstMs: since, periodMs: period });
        const account = accounts.get(entry.account);
        const shiftMs = options.shiftToMs === undefined ? undefined : options.shiftToMs + due - (startedAtMs + entry.t);
        // Accounts that one stands in for may have the same keys, and there they would be the same events.
        const turn = loop * turns.most + (turns.of.get(entry.account) ?? 0);
        const ready =
          account === undefined ? 'its account is not in the header' : prepare(entry, { account, turn, shiftMs });
        if (typeof ready === 'string') {
          options.onSkipped(ready);
          continue;
        }
        sinceFirstMs = since;
        nth++;
        yield { ...ready, dueMs: due };
      }
    }
    // A recording without events would be read for ever.
    if (nth === before) return;
    if (loop === 0) period = periodMs(sinceFirstMs, nth);
  }
}

interface Wishes {
  readonly account: Account;
  /** Makes the keys of each loop, and of each account, differ from those of others. */
  readonly turn: number;
  readonly shiftMs: Ms | undefined;
}

type Ready = Omit<ReplayEvent, 'dueMs'>;

/** Makes the function that turns a recorded frame into what is sent for it, or says why it is not sent. */
function preparer({ settings, keys }: ReplayOptions): (frame: Frame, wishes: Wishes) => Ready | string {
  const observe = observer(settings);
  const channelOf = channelFor(settings);
  const controlPlaces = new Map(settings.events.map((type) => [type.name, type.control]));
  const instants = settings.rules.filter((rule) => rule.permits.kind === 'instant').map((rule) => rule.path);
  return (frame, { account, turn, shiftMs }) => {
    const observed = observe(frame);
    if (observed.kind === 'unmapped') return 'no event type claims it';
    if (observed.kind === 'unreadable') return `unreadable: ${observed.reason}`;
    const channel = channelOf(frame, account);
    if (channel === undefined) return `no channel of the config is like ${frame.channel}`;
    const type = typeOf(observed);
    const place = controlPlaces.get(type);
    const shifted = shiftMs === undefined ? frame.payload : shiftTimes(frame.payload, place, instants, shiftMs);
    const ready = { account, channel, event: frame.event, type, payload: shifted };
    if (observed.kind === 'only' || place === undefined) return ready;
    const recordedKey = observed.observation.key;
    if (keys === undefined) return { ...ready, key: recordedKey, recordedKey };
    const renewed = renew(shifted, place.key, recordedKey, keys, turn);
    return renewed === undefined
      ? 'its key cannot be made unique (replay.keys: recorded sends it as it is)'
      : { ...ready, ...renewed, recordedKey };
  };
}

function typeOf(observed: Exclude<Observed, { kind: 'unmapped' | 'unreadable' }>): string {
  return observed.kind === 'only' ? observed.type : observed.observation.type;
}

/** Of a key of several parts one is changed: the first that names a record or, if none does, the last. */
function renew(
  payload: string,
  paths: readonly Path[],
  recorded: string,
  keys: RunKeys,
  turn: number,
): { readonly key: string; readonly payload: string } | undefined {
  const parts = paths.length === 1 ? [recorded] : (JSON.parse(recorded) as string[]);
  const named = parts.findIndex(isId);
  const at = named === -1 ? parts.length - 1 : named;
  const part = keys.renew(parts[at] ?? '', turn);
  const path = paths[at];
  if (part === undefined || path === undefined) return undefined;
  const spans = places(payload, path);
  // Of a number that is not whole, such as 1.5, no other is made: what comes of it is a text.
  if (!isWhole(part) && spans.some(({ from }) => payload[from] !== '"')) return undefined;
  const sent = parts.with(at, part);
  return {
    key: paths.length === 1 ? part : JSON.stringify(sent),
    // A key that was a number stays one, and one in quotes keeps them.
    payload: replaceAt(payload, spans, (value) => (value.startsWith('"') ? JSON.stringify(part) : part)),
  };
}

function shiftTimes(payload: string, place: EventPlace | undefined, instants: readonly Path[], byMs: Ms): string {
  const body = place?.body?.segments ?? [];
  return instants.reduce(
    (text, { text: name, segments }) =>
      replaceAt(text, places(text, { text: name, segments: [...body, ...segments] }), (value) => {
        const moved = value.startsWith('"') ? shiftInstant(JSON.parse(value) as string, byMs) : undefined;
        return moved === undefined ? undefined : JSON.stringify(moved);
      }),
    payload,
  );
}

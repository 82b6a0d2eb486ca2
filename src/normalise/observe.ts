import { isObject, type Json } from '../model/json.js';
import type { Observed } from '../model/observation.js';
import type { Path } from '../model/path.js';
import type { EventPlace, EventType, PathValue, Settings } from '../model/settings.js';
import type { Frame, Side } from '../model/timeline.js';
import { decode, Unreadable } from './decode.js';
import { keyText, read } from './read.js';
import { renamer } from './rename.js';

/** Compiles the declared event types into the function that reads frames. Pure; throws nothing. */
export function observer(settings: Pick<Settings, 'events' | 'rename'>): (frame: Frame) => Observed {
  const claims = { control: claimsOf(settings, 'control'), candidate: claimsOf(settings, 'candidate') };
  const rename = renamer(settings.rename);
  return (frame) => {
    if (frame.unreadable !== undefined) return { kind: 'unreadable', reason: frame.unreadable };
    const candidates = claims[frame.side].get(frame.event);
    if (candidates === undefined) return { kind: 'unmapped' };
    try {
      return claim(frame, candidates, rename);
    } catch (error) {
      if (error instanceof Unreadable) return { kind: 'unreadable', reason: error.message };
      throw error;
    }
  };
}

interface Claim {
  readonly type: EventType;
  readonly place: EventPlace;
}

/** What a side's events may be, by their names. */
function claimsOf({ events }: Pick<Settings, 'events'>, side: Side): ReadonlyMap<string, readonly Claim[]> {
  const claims = new Map<string, Claim[]>();
  for (const type of events) {
    const place = type[side];
    if (place !== undefined) claims.set(place.event, [...(claims.get(place.event) ?? []), { type, place }]);
  }
  return claims;
}

function claim(frame: Frame, candidates: readonly Claim[], rename: (body: Json) => Json): Observed {
  const { side, account, t, channel, event, payload: text } = frame;
  const payload = decode(text);
  const found = candidates.find(({ place }) => place.where.every((condition) => holds(payload, condition)));
  if (found === undefined) return { kind: 'unmapped' };
  const { type, place } = found;
  if (type.only !== undefined) return { kind: 'only', type: type.name };
  const key = correlationKey(payload, place);
  const part = place.body === undefined ? payload : read(payload, place.body);
  if (part === undefined) return { kind: 'unreadable', reason: `no body at ${place.body?.text} of ${type.name}` };
  const body = side === 'candidate' ? rename(part) : part;
  return {
    kind: 'observation',
    observation: { side, account, type: type.name, key, t, channel, event, payload: text, body },
  };
}

function holds(payload: Json, condition: PathValue): boolean {
  const value = read(payload, condition.path);
  return isObject(value) ? false : value === condition.value;
}

function correlationKey(payload: Json, place: EventPlace): string {
  const [only, ...others] = place.key;
  if (only !== undefined && others.length === 0) return keyPart(payload, only);
  return JSON.stringify(place.key.map((path) => keyPart(payload, path)));
}

function keyPart(payload: Json, path: Path): string {
  const text = keyText(read(payload, path));
  if (text === undefined) throw new Unreadable(`no correlation key at ${path.text}`);
  return text;
}

import { isObject, type Json } from '../model/json.js';
import type { Observed } from '../model/observation.js';
import type { EventPlace, EventType, PathValue, Settings } from '../model/settings.js';
import type { Frame } from '../model/timeline.js';
import { decode, Unreadable } from './decode.js';
import { keyText, read } from './read.js';
import { applyRenames } from './rename.js';

/** Compiles the declared event types into the function that reads frames. Pure; throws nothing. */
export function observer(settings: Pick<Settings, 'events' | 'rename'>): (frame: Frame) => Observed {
  const claims = new Map<string, Claim[]>();
  for (const type of settings.events) {
    for (const side of ['control', 'candidate'] as const) {
      const place = type[side];
      if (place === undefined) continue;
      const index = `${side} ${place.event}`;
      claims.set(index, [...(claims.get(index) ?? []), { type, place }]);
    }
  }
  return (frame) => {
    if (frame.unreadable !== undefined) return { kind: 'unreadable', reason: frame.unreadable };
    const candidates = claims.get(`${frame.side} ${frame.event}`);
    if (candidates === undefined) return { kind: 'unmapped' };
    try {
      return claim(frame, candidates, settings);
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

function claim(frame: Frame, candidates: readonly Claim[], settings: Pick<Settings, 'rename'>): Observed {
  const payload = decode(frame.payload);
  const found = candidates.find(({ place }) => place.where.every((condition) => holds(payload, condition)));
  if (found === undefined) return { kind: 'unmapped' };
  const { type, place } = found;
  if (type.only !== undefined) return { kind: 'only', type: type.name };
  const key = correlationKey(payload, place);
  const body = place.body === undefined ? payload : read(payload, place.body);
  if (body === undefined) return { kind: 'unreadable', reason: `no body at ${place.body?.text} of ${type.name}` };
  return {
    kind: 'observation',
    observation: {
      side: frame.side,
      account: frame.account,
      type: type.name,
      key,
      t: frame.t,
      channel: frame.channel,
      event: frame.event,
      payload: frame.payload,
      body: frame.side === 'candidate' ? applyRenames(body, settings.rename) : body,
    },
  };
}

function holds(payload: Json, condition: PathValue): boolean {
  const value = read(payload, condition.path);
  return isObject(value) ? false : value === condition.value;
}

function correlationKey(payload: Json, place: EventPlace): string {
  const parts = place.key.map((path) => {
    const text = keyText(read(payload, path));
    if (text === undefined) throw new Unreadable(`no correlation key at ${path.text}`);
    return text;
  });
  return parts.length === 1 ? (parts[0] as string) : JSON.stringify(parts);
}

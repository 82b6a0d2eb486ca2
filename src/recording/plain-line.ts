import type { Path } from '../model/path.js';
import { rawAt, stringAt, valueEnd, type Step } from '../model/raw-json.js';
import type { Ms } from '../model/timeline.js';
import { instantOf } from './instant.js';

/** Where a line of a foreign file says something, or what holds for all of them. */
export type Place = { readonly path: Path } | { readonly constant: string };

/** Where the lines of a foreign file hold what a timeline needs. */
export interface Places {
  readonly time: Path;
  readonly account: Place;
  /** The event's name. */
  readonly type: Place;
  /** The whole line, where not given. */
  readonly payload?: Path;
}

/** What a line of a foreign file says. */
export interface PlainLine {
  /** Milliseconds since 1970. */
  readonly ms: Ms;
  readonly account: string;
  readonly event: string;
  readonly payload: string;
}

/**
 * Compiles places into the function that reads a line, without blanks around it. A payload is sliced out of the line, so that no digit is lost; one
 * that is a text holding an object or array, as Pusher sends them, is taken out of its quotes. The function throws a
 * SyntaxError that says what is wrong with the line.
 */
export function plainReader(places: Places): (line: string) => PlainLine {
  const time = steps(places.time);
  const account = name('account', places.account);
  const event = name('event', places.type);
  const payload = places.payload === undefined ? undefined : steps(places.payload);
  return (line) => {
    // The slicing below trusts its text: half a line would give half a number.
    if (valueEnd(line, 0) !== line.length) throw new SyntaxError('the line is no JSON');
    const at = rawAt(line, time);
    const ms = at === undefined ? undefined : instantOf(at);
    if (ms === undefined) throw new SyntaxError(`there is no time at ${places.time.text}`);
    const slice = payload === undefined ? line : rawAt(line, payload);
    if (slice === undefined) throw new SyntaxError(`there is no payload at ${places.payload?.text}`);
    return { ms, account: account(line), event: event(line), payload: unquoted(slice) };
  };
}

function steps({ segments }: Path): Step[] {
  return segments.flatMap((segment): Step[] => {
    if (segment.kind === 'name') return [segment.name];
    return segment.kind === 'index' ? [segment.index] : [];
  });
}

function name(what: string, place: Place): (line: string) => string {
  if ('constant' in place) return () => place.constant;
  const way = steps(place.path);
  return (line) => {
    const json = rawAt(line, way);
    if (json === undefined || !/^["\d-]/.test(json)) throw new SyntaxError(`there is no ${what} at ${place.path.text}`);
    return json.startsWith('"') ? stringAt(json, 0, json.length) : json;
  };
}

function unquoted(json: string): string {
  if (!/^"\s*(?:\{|\[|\\)/.test(json)) return json;
  const text = stringAt(json, 0, json.length);
  return /^\s*[{[]/.test(text) ? text : json;
}

import { createHmac } from 'node:crypto';
import { canonicalDecimal } from '../model/decimal.js';
import { afterSpace, stringAt, stringEnd, valueEnd } from '../model/raw-json.js';
import type { RedactSettings } from '../model/settings.js';
import { SIDES, type Frame, type Side, type TimelineEntry } from '../model/timeline.js';
import { trailOf, type Trail } from './trail.js';

/**
 * Compiles the places that nobody may see into the function that hides them. Each value there is replaced, in the
 * payload's own text, by a token that tells only which values are the same: text from text, number from number, however
 * spelt. Objects and arrays are hidden value by value, null and "" are no secret. A payload that is no JSON, or is
 * nested beyond all measure, has no places, and is hidden whole. What is a token already stays it.
 */
export function redactor({ key, paths }: RedactSettings): (entry: TimelineEntry) => TimelineEntry {
  const tokens = new Tokens(key);
  const trails: Record<Side, Trail> = { control: trailOf(paths.control), candidate: trailOf(paths.candidate) };
  const isIdle = SIDES.every((side) => paths[side].length === 0);
  return (entry) => (entry.kind !== 'frame' || isIdle ? entry : hideIn(entry, trails[entry.side], tokens));
}

function hideIn(frame: Frame, trail: Trail, tokens: Tokens): Frame {
  const { kind, t, side, account, channel, event, payload, unreadable } = frame;
  const hidden = (isJson(payload) ? new Hiding(payload, tokens).run(trail) : undefined) ?? tokens.ofText(payload);
  return {
    kind,
    t,
    side,
    account,
    channel,
    event,
    payload: hidden,
    ...(unreadable === undefined ? {} : { unreadable }),
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Levels of a payload that are walked through; the line reads no payload nearly as deep. */
const DEEPEST = 1_000;

/** One walk through a payload, which copies what it passes over. */
class Hiding {
  readonly #text: string;
  readonly #tokens: Tokens;
  #copied = 0;
  #isTooDeep = false;
  #result = '';

  constructor(text: string, tokens: Tokens) {
    this.#text = text;
    this.#tokens = tokens;
  }

  /** The payload with its places hidden; undefined if it is nested too deeply. */
  run(trail: Trail): string | undefined {
    this.#walk(afterSpace(this.#text, 0), trail, DEEPEST);
    return this.#isTooDeep ? undefined : this.#result + this.#text.slice(this.#copied);
  }

  /** Hides below the value that begins at `start`, so many levels deep; returns the index behind it. */
  #walk(start: number, trail: Trail, levels: number): number {
    const text = this.#text;
    const first = text[start];
    if (trail.isLost) return valueEnd(text, start);
    if (first !== '{' && first !== '[') return this.#scalar(start, valueEnd(text, start), trail);
    this.#isTooDeep ||= levels === 0;
    if (this.#isTooDeep) return valueEnd(text, start);
    let at = afterSpace(text, start + 1);
    for (let index = 0; text[at] !== '}' && text[at] !== ']'; index++) {
      let next = trail;
      if (first === '{') {
        const end = stringEnd(text, at);
        next = trail.member(stringAt(text, at, end));
        at = afterSpace(text, afterSpace(text, end) + 1);
      } else next = trail.element(index);
      at = afterSpace(text, this.#walk(at, next, levels - 1));
      if (text[at] === ',') at = afterSpace(text, at + 1);
    }
    return at + 1;
  }

  #scalar(start: number, end: number, trail: Trail): number {
    if (!trail.hasArrived) return end;
    this.#result += this.#text.slice(this.#copied, start) + this.#tokens.of(this.#text.slice(start, end));
    this.#copied = end;
    return end;
  }
}

/** Values remembered with their token: the same names and addresses come again and again. */
const REMEMBERED_MOST = 10_000;

const TOKEN = /^"«token:[0-9a-f]{24}»"$/;

class Tokens {
  readonly #key: string;
  readonly #known = new Map<string, string>();

  constructor(key: string) {
    this.#key = key;
  }

  /** What stands for a scalar's JSON, as JSON. */
  of(json: string): string {
    if (json === 'null' || json === '""' || TOKEN.test(json)) return json;
    return JSON.stringify(this.#token(canonical(json)));
  }

  /** What stands for a text that is no JSON, and is none either. */
  ofText(text: string): string {
    return TOKEN.test(JSON.stringify(text)) ? text : this.#token(`text ${text}`);
  }

  #token(value: string): string {
    let token = this.#known.get(value);
    if (token === undefined) {
      const digest = createHmac('sha256', this.#key).update(value, 'utf16le').digest('hex');
      token = `«token:${digest.slice(0, 24)}»`;
      if (this.#known.size >= REMEMBERED_MOST) this.#known.clear();
      this.#known.set(value, token);
    }
    return token;
  }
}

/** The one spelling of a scalar: as its escapes and digits mean it, with its type. */
function canonical(json: string): string {
  if (json.startsWith('"')) return `string ${stringAt(json, 0, json.length)}`;
  return /^[-\d]/.test(json) ? `number ${canonicalDecimal(json)}` : json;
}

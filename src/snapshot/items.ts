import { afterSpace, rawAt, valueEnd, type Step } from '../model/raw-json.js';
import type { Path } from '../model/path.js';

/** Why a page cannot be read, in a few words. */
export class Misread extends Error {}

/** A page's text that is known to be JSON. Values leave it as they are spelt, so that no digit is lost. */
export class PageText {
  readonly #text: string;

  /** @throws Misread where the text is none. */
  constructor(text: string) {
    this.#text = text;
    try {
      JSON.parse(text);
    } catch {
      const start = afterSpace(text, 0);
      const cut = start >= text.length ? 'answered nothing' : 'its JSON ends early';
      throw new Misread(start >= text.length || valueEnd(text, start) < 0 ? cut : 'answered no JSON');
    }
  }

  /** The items' texts. @throws Misread where there is no array. */
  items(at: Path): string[] {
    const text = this.raw(at);
    if (text === undefined) throw new Misread(`its JSON has nothing at ${at.text}`);
    if (!text.startsWith('[')) throw new Misread(`its JSON has no list at ${at.text}`);
    const items: string[] = [];
    for (let from = afterSpace(text, 1); text[from] !== ']';) {
      const end = valueEnd(text, from);
      items.push(text.slice(from, end));
      from = afterSpace(text, end);
      if (text[from] === ',') from = afterSpace(text, from + 1);
    }
    return items;
  }

  /** A text or number at a path, as text; undefined for null, false, empty text and what is absent. */
  value(at: Path): string | undefined {
    const raw = this.raw(at);
    if (raw === undefined || raw === 'null' || raw === 'false' || raw === '""') return undefined;
    return raw.startsWith('"') ? (JSON.parse(raw) as string) : raw;
  }

  /** The JSON text at a path. */
  raw(at: Path): string | undefined {
    return rawAt(this.#text, stepsOf(at));
  }
}

/** The steps of a path of names and indices. */
export function stepsOf({ segments }: Path): Step[] {
  return segments.flatMap((segment): Step[] => {
    if (segment.kind === 'name') return [segment.name];
    return segment.kind === 'index' ? [segment.index] : [];
  });
}

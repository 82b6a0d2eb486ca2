import { Finder } from './finder.js';

/** Shorter values are no secret, and replacing them would riddle every text with labels. */
const SHORTEST = 4;

/** The values that no output may hold, and what stands there instead. */
export class Secrets {
  readonly #labels = new Map<string, string>();
  readonly #spared = new Set<string>();
  #pattern: RegExp | undefined;
  #finder = new Finder([]);
  #forms = new Map<string, string>();
  #words: readonly string[] = [];

  /** Keeps a value out of every output; `[NAME]` stands for it, or `[secret]`. The first name given to a value stays. */
  add(value: string, name = 'secret'): void {
    if (value.length < SHORTEST || this.#labels.has(value)) return;
    this.#labels.set(value, `[${name}]`);
    this.#pattern = undefined;
  }

  /** Says that a value is no secret, whatever else is known of it: an account's id is its name in every output. */
  spare(value: string): void {
    this.#spared.add(value);
    this.#pattern = undefined;
  }

  /** Whether there is nothing to keep out of any output. */
  get isEmpty(): boolean {
    return [...this.#labels.keys()].every((value) => this.#spared.has(value));
  }

  /** The text with every secret replaced, longest first, also as it looks in a URL, in a form and in JSON as usual writers spell it. */
  redact(text: string): string {
    const pattern = (this.#pattern ??= this.#compile());
    // With many secrets the pattern is slow, and nearly every text holds none.
    if (!this.#finder.mayFind(text)) return text;
    return text.replace(pattern, (form) => this.#forms.get(form) ?? '[secret]');
  }

  /** Everything that `redact` replaces, in every form; the same array until something is added. */
  words(): readonly string[] {
    this.#pattern ??= this.#compile();
    return this.#words;
  }

  #compile(): RegExp {
    this.#forms = new Map();
    for (const [value, label] of this.#labels) {
      if (this.#spared.has(value)) continue;
      for (const form of formsOf(value)) if (!this.#forms.has(form)) this.#forms.set(form, label);
    }
    const longestFirst = [...this.#forms.keys()].sort((a, b) => b.length - a.length);
    this.#words = longestFirst;
    this.#finder = new Finder(longestFirst);
    // Without secrets: a pattern that never matches.
    return longestFirst.length === 0 ? /(?!)/g : new RegExp(longestFirst.map(escapePattern).join('|'), 'g');
  }
}

function formsOf(value: string): Set<string> {
  // Half of a surrogate pair has no place in a URL, and encodeURIComponent throws on it.
  const wellFormed = value.replaceAll(/\p{Surrogate}/gu, '\uFFFD');
  const inUrls = [
    encodeURIComponent(wellFormed),
    encodeURI(wellFormed),
    new URLSearchParams([['', wellFormed]]).toString().slice(1),
  ];
  return new Set([
    value,
    ...inJson(value).flatMap((spelt) => [spelt, ...inJson(spelt)]),
    ...inUrls,
    ...inUrls.map((form) => form.replaceAll(/%../g, (escape) => escape.toLowerCase())),
  ]);
}

/**
 * A text inside a JSON string, as the usual writers spell it: with `/` as `\/` (PHP), with what HTML knows as `\u003c`
 * (Rails, Go), with ASCII alone (Python). What they have made may be inside JSON once more: Pusher carries payloads so.
 */
function inJson(text: string): string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const spellings = [
    plain,
    escaped(plain, /[<>&']/g),
    escaped(plain, /[^ -~]/g),
    escaped(plain, /[<>&'\u2028\u2029]|[^ -~]/g),
  ];
  return spellings
    .flatMap((spelt) => [spelt, spelt.replaceAll('/', String.raw`\/`)])
    .flatMap((spelt) => [
      spelt,
      spelt.replaceAll(/\\u[0-9a-f]{4}/g, (escape) => `\\u${escape.slice(2).toUpperCase()}`),
    ]);
}

/** With an escape in place of each character that the pattern finds. */
function escaped(text: string, pattern: RegExp): string {
  return text.replaceAll(pattern, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

import { CallError } from '../model/errors.js';
import type { Path, Segment } from '../model/path.js';

/**
 * What a path may name. `one`: at most one value (names and indices). `names`: names only. `many`: also `[*]` and `..`.
 */
export type Reach = 'one' | 'names' | 'many';

const ALLOWED: Readonly<Record<Reach, string>> = {
  one: ".name, ['name'] or [0]",
  names: ".name or ['name']",
  many: ".name, ['name'], [0], [*] or ..",
};

// RFC 9535, section 2.5.1.1: what a name without quotes may hold.
const NAME = /[A-Za-z_\u0080-\uD7FF\uE000-\u{10FFFF}][0-9A-Za-z_\u0080-\uD7FF\uE000-\u{10FFFF}]*/uy;
const BLANK = /[ \t\r\n]*/y;
const OPEN = /\[[ \t\r\n]*/y;
const CLOSE = /[ \t\r\n]*\]/y;
const INDEX = /0|[1-9]\d{0,14}(?!\d)/y;
const EACH = /\*/y;
// RFC 9535, section 2.3.1.1: as in JSON, and with either quote.
const QUOTED =
  /'(?:[^'\\\u0000-\u001F]|\\['\\/bfnrt]|\\u[0-9A-Fa-f]{4})*'|"(?:[^"\\\u0000-\u001F]|\\["\\/bfnrt]|\\u[0-9A-Fa-f]{4})*"/y;

/** Common slips, tried at the place where a path went wrong. */
const SLIPS: readonly (readonly [RegExp, string])[] = [
  [/^\.\*/, 'write [*] for every element'],
  [/^\[ *\?/, 'filters are not part of it'],
  [/^\[ *-\d/, 'indices count from 0, from the start'],
  [/^\[[^'"\]]*[:,]/, 'one index or [*] only'],
  [/^\[ *[A-Za-z_]/, "a name in brackets is quoted: ['name']"],
  [/^\.?[^.[\]\sA-Za-z_]/, "a name with other characters than letters, digits and _ is quoted: ['full-name']"],
];

/**
 * Compiles RFC 9535 JSONPath, restricted to names, indices, `[*]` and `..`, as far as the reach allows.
 * @throws CallError with the position, and what is allowed there
 */
export function parsePath(text: string, reach: Reach = 'one'): Path {
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const refuse = (position: number, why: string): never => {
    throw new CallError(`expected a path, found ${JSON.stringify(text)}: at character ${position + 1}, ${why}`);
  };
  const astray = (position: number): never => {
    const slip = SLIPS.find(([pattern]) => pattern.test(text.slice(position)))?.[1];
    return refuse(position, `${slip ? `${slip}; ` : ''}${ALLOWED[reach]} can stand here`);
  };

  const bracket = (start: number): Segment => {
    const quoted = take(QUOTED);
    const index = quoted === undefined ? take(INDEX) : undefined;
    const each = quoted ?? index ?? take(EACH);
    if (each === undefined || take(CLOSE) === undefined) return astray(start);
    if (quoted !== undefined) return { kind: 'name', name: unquote(quoted) };
    if (index !== undefined) return { kind: 'index', index: Number(index) };
    return { kind: 'each' };
  };

  if (!text.startsWith('$')) {
    const meant = /^[A-Za-z_][\w.]*$/.test(text) ? `$.${text}` : '$.actor.name';
    return refuse(0, `a path begins with $, as in ${meant}`);
  }
  at = 1;
  const segments: Segment[] = [];
  while (at < text.length) {
    take(BLANK);
    const start = at;
    const descends = text.startsWith('..', at);
    if (descends) {
      if (reach !== 'many') refuse(start, `.. is for the paths of rules; ${ALLOWED[reach]} can stand here`);
      at += 2;
      segments.push({ kind: 'descend' });
    }
    if (take(OPEN) !== undefined) {
      const segment = bracket(start);
      if (segment.kind === 'each' && reach !== 'many') {
        refuse(start, `[*] names many values and is for the paths of rules; ${ALLOWED[reach]} can stand here`);
      }
      if (segment.kind === 'index' && reach === 'names') refuse(start, `only ${ALLOWED.names} can stand here`);
      segments.push(segment);
    } else {
      if (!descends && text[at] === '.') at += 1;
      else if (!descends) astray(start);
      const name = take(NAME) ?? astray(descends ? at : start);
      segments.push({ kind: 'name', name });
    }
  }
  return { text, segments };
}

function unquote(quoted: string): string {
  const inner = quoted.slice(1, -1);
  if (quoted.startsWith('"')) return JSON.parse(quoted) as string;
  const asJson = inner.replaceAll(/\\'|\\.|"/g, (part) => (part === "\\'" ? "'" : part === '"' ? '\\"' : part));
  return JSON.parse(`"${asJson}"`) as string;
}

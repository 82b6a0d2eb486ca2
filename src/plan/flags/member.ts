import { afterSpace, stringAt, stringEnd, valueEnd } from '../../model/raw-json.js';

/** Where a member's value stands in a JSON text, from its first character to behind its last; undefined if there is none. */
export function memberSpan(
  text: string,
  names: readonly string[],
): { readonly from: number; readonly to: number } | undefined {
  let from = afterSpace(text, 0);
  for (const name of names) {
    const found = memberOf(text, from, name);
    if (found === undefined) return undefined;
    from = found;
  }
  const to = valueEnd(text, from);
  return to < 0 ? undefined : { from, to };
}

/** Where the value of an object's member begins; of equal names the last counts. */
function memberOf(text: string, object: number, name: string): number | undefined {
  if (text[object] !== '{') return undefined;
  let found: number | undefined;
  let at = afterSpace(text, object + 1);
  while (text[at] === '"') {
    const keyEnd = stringEnd(text, at);
    const colon = afterSpace(text, keyEnd);
    if (keyEnd < 0 || text[colon] !== ':') return undefined;
    const start = afterSpace(text, colon + 1);
    const end = valueEnd(text, start);
    if (end < 0) return undefined;
    if (stringAt(text, at, keyEnd) === name) found = start;
    at = afterSpace(text, end);
    if (text[at] === ',') at = afterSpace(text, at + 1);
  }
  return found;
}

import { stringAt, stringEnd } from '../model/raw-json.js';

/** Replaces every secret in a text by a label. */
export type Hide = (text: string) => string;

const NUMBER = /-?\d[\d.eE+-]*/y;

/**
 * JSON without its secrets, and still JSON: a label stands inside the text that held the secret, and a number that was
 * one becomes text. Where a secret reaches over several values, labels may break the JSON, but no secret is left.
 */
export function hideInJson(json: string, hide: Hide): string {
  const blunt = hide(json);
  if (blunt === json) return json;
  // What nothing changes is copied in long pieces: a text put together character by character takes 32 bytes for each.
  let result = '';
  let copied = 0;
  for (let at = 0; at < json.length;) {
    const end = literalEnd(json, at);
    if (end - at >= 2) {
      const literal = json.slice(at, end);
      const hidden = hideLiteral(literal, hide);
      if (hidden !== literal) {
        result += json.slice(copied, at) + hidden;
        copied = end;
      }
    }
    at = end;
  }
  result += json.slice(copied);
  return hide(result) === result ? result : blunt;
}

/** The index behind a string or number that begins here; behind this character, if none does. */
function literalEnd(json: string, at: number): number {
  if (json[at] === '"') {
    const end = stringEnd(json, at);
    return end < 0 ? json.length : end;
  }
  NUMBER.lastIndex = at;
  return at + (NUMBER.exec(json)?.[0].length ?? 1);
}

function hideLiteral(literal: string, hide: Hide): string {
  try {
    const value = literal.startsWith('"') ? stringAt(literal, 0, literal.length) : literal;
    const hidden = hide(value);
    return hidden === value ? literal : JSON.stringify(hidden);
  } catch {
    // A bad escape: it is no JSON, and will be written as text.
    return literal;
  }
}

import { isSafeNumber, parse as parseLossless } from 'lossless-json';
import { canonicalDecimal } from '../model/decimal.js';
import { ExactNumber, type Json } from '../model/json.js';

/** Payloads beyond these are told as unreadable instead of judged: deeper ones overflow the stack of a recursive diff. */
export const LIMITS = { characters: 1_048_576, depth: 100 };

/** Why a payload could not be decoded, in a few words that carry none of its content. */
export class Unreadable extends Error {}

/**
 * Decodes JSON text without losing a digit: numbers that no double holds become ExactNumber. The fast parser does the
 * work unless the text has a number that might be one (16 digits in a row, or a three-digit exponent).
 * Of two equal keys the last wins, as in every common parser.
 */
export function decode(text: string): Json {
  if (text.length > LIMITS.characters) throw new Unreadable(`longer than ${LIMITS.characters} characters`);
  if (deeperThan(text, LIMITS.depth)) throw new Unreadable(`nested deeper than ${LIMITS.depth} levels`);
  try {
    const value = JSON.parse(text) as Json;
    return mayLoseDigits.test(text) ? decodeExactly(text) : value;
  } catch {
    throw new Unreadable('payload is no JSON');
  }
}

const mayLoseDigits = /[\d.]{16}|[eE][+-]?\d{3}/;

function decodeExactly(text: string): Json {
  return parseLossless(text, null, { parseNumber: exact, onDuplicateKey: ({ newValue }) => newValue }) as Json;
}

function exact(text: string): number | ExactNumber {
  if (text.length < 16 && isSafeNumber(text)) return Number(text);
  const canonical = canonicalDecimal(text);
  const double = Number(text);
  // A decimal that is the shortest spelling of a double is that double; every other one stands for itself.
  return Number.isFinite(double) && canonicalDecimal(String(double)) === canonical
    ? double
    : new ExactNumber(canonical, text);
}

/** Whether brackets nest deeper than `limit`. Texts with few brackets, which are nearly all, cost one native search. */
function deeperThan(text: string, limit: number): boolean {
  let opened = 0;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at !== -1 && opened <= limit; at = text.indexOf(bracket, at + 1)) opened++;
  }
  if (opened <= limit) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') {
      if (++depth > limit) return true;
    } else if (character === '}' || character === ']') depth--;
  }
  return false;
}

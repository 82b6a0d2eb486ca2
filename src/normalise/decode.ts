import { isSafeNumber, parse as parseLossless } from 'lossless-json';
import { canonicalDecimal } from '../model/decimal.js';
import { ExactNumber, type Json } from '../model/json.js';

/** Payloads beyond these are told as unreadable instead of judged: deeper ones overflow the stack of a recursive diff. */
export const LIMITS = { characters: 1_048_576, depth: 100 };

/** Why a payload could not be decoded, in a few words that carry none of its content. */
export class Unreadable extends Error {}

/**
 * Decodes JSON text without losing a digit: numbers that no double holds become ExactNumber. The fast parser does the
 * work unless the text has a number that might be one.
 * Of two equal keys the last wins, as in every common parser.
 */
export function decode(text: string): Json {
  if (text.length > LIMITS.characters) throw new Unreadable(`longer than ${LIMITS.characters} characters`);
  if (deeperThan(text, LIMITS.depth)) throw new Unreadable(`nested deeper than ${LIMITS.depth} levels`);
  try {
    const value = JSON.parse(text) as Json;
    return mayLoseDigits(text) ? decodeExactly(text) : value;
  } catch {
    throw new Unreadable('payload is no JSON');
  }
}

/**
 * Whether the text seems to hold a number that a double may not: 16 digits in a row, or an exponent of three. What looks
 * like one inside a text costs time, nothing else; but ids and hashes, which are in most payloads, are not taken for one.
 */
function mayLoseDigits(text: string): boolean {
  // Sixteen in a row cannot lie between places that are sixteen apart.
  for (let at = 15; at < text.length; at += 16) {
    if (!isDigit(text.charCodeAt(at))) continue;
    const from = firstDigit(text, at);
    while (isDigit(text.charCodeAt(at + 1))) at++;
    if (at - from >= 15 && beginsNumber(text, from)) return true;
  }
  if (!exponent.test(text)) return false;
  for (const { index } of text.matchAll(exponents)) if (beginsNumber(text, firstDigit(text, index))) return true;
  return false;
}

const exponent = /\d[eE][+-]?\d{3}/;
const exponents = new RegExp(exponent, 'g');

/** A digit, or the point among digits. */
function isDigit(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 46;
}

/** Where the digits begin that reach up to a place. */
function firstDigit(text: string, at: number): number {
  let from = at;
  while (isDigit(text.charCodeAt(from - 1))) from--;
  return from;
}

/** Whether digits that begin here may be a number's first: what is before them is no quote and no letter. */
function beginsNumber(text: string, digits: number): boolean {
  const before = text[digits - 1] === '-' ? text[digits - 2] : text[digits - 1];
  return before === undefined || ':,[ \t\n\r'.includes(before);
}

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

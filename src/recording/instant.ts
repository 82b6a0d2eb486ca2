import { stringAt } from '../model/raw-json.js';
import type { Ms } from '../model/timeline.js';

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Date, time with an optional fraction, and zone, as ISO 8601 and databases write them. */
const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/** Up to these, a number is seconds, milliseconds or microseconds since 1970; beyond, nanoseconds. All mean years 1973 to 5138. */
const SECONDS_MOST = 1e11;
const MILLISECONDS_MOST = 1e14;
const MICROSECONDS_MOST = 1e17;

/**
 * A point in time as JSON spells it, in milliseconds since 1970: a number of seconds, milli-, micro- or nanoseconds (told
 * apart by its size), or a time as text, UTC where it names no zone. Undefined for what is neither.
 */
export function instantOf(json: string): Ms | undefined {
  const text = json.startsWith('"') ? stringAt(json, 0, json.length) : json;
  if (NUMBER.test(text)) return ofNumber(text);
  const [, date, time, fraction = '0', zone = 'Z'] = ISO.exec(text) ?? [];
  if (date === undefined || time === undefined) return undefined;
  const offset = /^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2').toUpperCase();
  const whole = Date.parse(`${date}T${time}${offset}`);
  return Number.isNaN(whole) ? undefined : whole + Number(`0.${fraction}e3`);
}

function ofNumber(text: string): Ms | undefined {
  const value = Number(text);
  if (!(value > 0)) return undefined;
  if (value < SECONDS_MOST) return shifted(text, 3);
  if (value < MILLISECONDS_MOST) return value;
  return shifted(text, value < MICROSECONDS_MOST ? -3 : -6);
}

/** Moves the decimal point in the text: a multiplication would round twice. */
function shifted(text: string, by: number): Ms {
  const [digits = '', exponent = '0'] = text.toLowerCase().split('e');
  return Number(`${digits}e${Number(exponent) + by}`);
}

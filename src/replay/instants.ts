import type { Ms } from '../model/timeline.js';

const SPELLING = /^(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d:\d\d)(?:([.,])(\d{1,9}))?( ?(?:Z|UTC|[+-]\d\d:?\d\d))$/;

/**
 * A moment, moved, and spelt as before: the same zone, the same number of digits. Undefined for what the rule `instant`
 * would not take for a moment.
 */
export function shiftInstant(text: string, byMs: Ms): string | undefined {
  const parts = SPELLING.exec(text);
  if (parts === null) return undefined;
  const [, date = '', between = '', time = '', point = '', fraction = '', zone = ''] = parts;
  // The zone moves with the moment, so that the arithmetic can be done as if it were UTC.
  const ms = Date.parse(`${date}T${time}Z`) + Number(fraction.slice(0, 3).padEnd(3, '0')) + Math.round(byMs);
  if (Number.isNaN(ms) || Math.abs(ms) > 8.64e15) return undefined;
  const moved = new Date(ms).toISOString();
  if (moved.length !== 24) return undefined;
  const digits = (moved.slice(20, 23) + fraction.slice(3)).slice(0, fraction.length);
  return `${moved.slice(0, 10)}${between}${moved.slice(11, 19)}${point}${digits}${zone}`;
}

import type { Ms } from '../model/timeline.js';

/** Everything that could move a cursor, switch a colour or turn the reading direction; joiners stay, emoji need them. */
const UNPRINTABLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** The text on one line without control, direction and other invisible characters. White space becomes blanks. */
export function plain(text: string): string {
  return text.replaceAll(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ').replaceAll(UNPRINTABLE, '');
}

/** `12,345` */
export function integer(value: number): string {
  return (whole ??= new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })).format(value);
}

function twoDigits(value: number): string {
  return (two ??= new Intl.NumberFormat('en-US', { maximumSignificantDigits: 2 })).format(value);
}

// Made when they are asked for: each takes longer than a small report.
let whole: Intl.NumberFormat | undefined;
let two: Intl.NumberFormat | undefined;

/** `1 account`, `12,345 accounts`; the plural is given where it is no mere `s`. */
export function count(value: number, noun: string, plural = `${noun}s`): string {
  return `${integer(value)} ${value === 1 ? noun : plural}`;
}

/** A share of 1 as `0.034 %`. Only nothing is 0 % and only all is 100 %. */
export function percent(share: number): string {
  const value = share * 100;
  const rest = 100 - value;
  if (value <= 50 || rest <= 0) return `${twoDigits(value)} %`;
  const digits = Math.min(10, Math.max(0, Math.ceil(1 - Math.log10(rest))));
  const scale = 10 ** digits;
  // The nudge keeps 99.7, which no double holds, from being cut to 99.6.
  return `${Math.floor(value * scale + 1e-6) / scale} %`;
}

/** Events a second: `123/s`, `1.2/s`. */
export function rate(perSecond: number): string {
  return `${perSecond < 10 ? twoDigits(perSecond) : integer(perSecond)}/s`;
}

/** `1.97 ms`, `145 ms`, `2.3 s`, `1 m 12 s`, `2 h 5 m`, `3 d 4 h`. */
export function duration(ms: Ms): string {
  if (ms < 0) return `−${duration(-ms)}`;
  if (ms < 999.5) return `${significant(ms, 3)} ms`;
  if (ms < 59_950) return `${Number((ms / 1000).toFixed(1))} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return pair(seconds, 60, 'm', 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return pair(minutes, 60, 'h', 'm');
  return pair(Math.round(minutes / 60), 24, 'd', 'h');
}

/** At most two decimals, and no more digits than tell something. */
function significant(value: number, digits: number): number {
  return Number(Number(value.toPrecision(digits)).toFixed(2));
}

function pair(total: number, per: number, large: string, small: string): string {
  const rest = total % per;
  return `${integer(Math.floor(total / per))} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}

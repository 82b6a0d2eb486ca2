import type { Render } from './index.js';

/** What JSON leaves as it is, and a terminal, an editor or a JavaScript reader may not. */
const UNSAFE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** The report itself, for programs: it begins as the file format says, whatever order its maker had. */
export const json: Render = (report) => {
  const { format, version, status, observed, outcomes, types, lag, ...rest } = report;
  const text = JSON.stringify({ format, version, status, observed, outcomes, types, lag, ...rest }, null, 2);
  return `${escaped(text)}\n`;
};

/** JSON text that no reader of text trips over: what is unsafe can only stand inside strings, where an escape means the same. */
export function escaped(text: string): string {
  return text.replaceAll(UNSAFE, escape);
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

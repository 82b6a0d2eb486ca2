import type { Report } from '../model/report.js';
import type { Render } from './index.js';

/** What JSON leaves as it is, and a terminal, an editor or a JavaScript reader may not. */
const UNSAFE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** The report itself, for programs: it begins as the file format says, whatever order its maker had. */
export const json: Render = (report) => [...jsonPieces(report)].join('');

/**
 * The same, piece by piece: the whole of a large report takes several times its size while it is made and written. A piece
 * is a member of the report or, of a list, some of its items.
 */
export function* jsonPieces(report: Report): Generator<string> {
  const { format, version, status, observed, outcomes, types, lag, ...rest } = report;
  const members = Object.entries({ format, version, status, observed, outcomes, types, lag, ...rest });
  let before = '{';
  for (const [name, value] of members.filter(([, value]) => value !== undefined)) {
    yield `${before}\n  ${JSON.stringify(name)}: `;
    if (Array.isArray(value) && value.length > 0) yield* listPieces(value);
    else yield indented(value, '  ');
    before = ',';
  }
  yield '\n}\n';
}

/** Items to a piece: one by one would be as many writes. */
const ITEMS = 20;

function* listPieces(list: readonly unknown[]): Generator<string> {
  for (let at = 0; at < list.length; at += ITEMS) {
    const items = indented(list.slice(at, at + ITEMS), '  ');
    yield `${at === 0 ? '[' : ','}${items.slice('['.length, -'\n  ]'.length)}`;
  }
  yield '\n  ]';
}

/** Line breaks of JSON are between its tokens only. */
function indented(value: unknown, indent: string): string {
  return escaped(JSON.stringify(value, null, 2)).replaceAll('\n', `\n${indent}`);
}

/** JSON text that no reader of text trips over: what is unsafe can only stand inside strings, where an escape means the same. */
export function escaped(text: string): string {
  return text.replaceAll(UNSAFE, escape);
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

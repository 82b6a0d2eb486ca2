import type { Report } from '../model/report.js';
import type { Render } from './index.js';
import { coverage, gate, headline, hints, lag, outcomes, replay, rules } from './markdown/answer.js';
import { gaps, mismatches, others, unjudged } from './markdown/findings.js';
import { sections } from './markdown/sections.js';
import { plainly } from './plainly.js';
import { count, integer } from './text.js';

/** Characters that GitHub takes as a comment. */
export const MOST_OF_A_COMMENT = 65_536;

/** A part of the report as whole lines, most telling first. */
type Part = (report: Report) => string[];

/** For a comment on a pull request or the summary of a job. */
export const markdown: Render = (report) => markdownWithin(report, MOST_OF_A_COMMENT);

/** The same within so many characters; that something had to go is told at the end. */
export function markdownWithin(report: Report, most: number): string {
  const harmless = plainly(report);
  const one =
    (part: Part) =>
    (report: Report): string[][] => [part(report)];
  const parts = [headline, gate, outcomes, coverage, lag, mismatches, others]
    .map(one)
    .concat(sections, [gaps, unjudged, rules, hints, replay].map(one))
    .flatMap((part) => part(harmless));
  return fitted(
    parts.filter((lines) => lines.length > 0),
    most,
  );
}

function fitted(parts: readonly (readonly string[])[], most: number): string {
  const lines: string[] = [];
  let room = most - cutTo(most, 999_999).length;
  let left = 0;
  for (const part of parts) {
    const kept = beginning(part, room);
    lines.push(...kept);
    room -= size(kept);
    left += part.length - kept.length;
  }
  const text = lines.map((line) => `${line}\n`).join('');
  return left === 0 ? text.replace(/\n+$/, '\n') : text + cutTo(most, left);
}

/** As much of a part as there is room for, ending in an empty line, and never in the head of what did not fit. */
function beginning(part: readonly string[], room: number): readonly string[] {
  if (size(part) <= room) return part;
  let used = 1;
  let end = part.findIndex((line) => (used += line.length + 1) > room);
  while (end > 0 && isHead(part, end - 1)) end--;
  return end === 0 ? [] : [...part.slice(0, end), ''];
}

const BELOW_HEADINGS = /^(?:\| ---:? )+\|$/;

/** Whether a line only stands above others: an empty one, a heading, the two lines above the rows of a table. */
function isHead(part: readonly string[], at: number): boolean {
  const [line = '', next = ''] = part.slice(at, at + 2);
  return /^(?:#|\*\*|$)/.test(line) || BELOW_HEADINGS.test(line) || BELOW_HEADINGS.test(next);
}

function size(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}

function cutTo(most: number, lines: number): string {
  return `_Cut to ${integer(most)} characters: ${count(lines, 'line')} of this report left out. The JSON report has them all._\n`;
}

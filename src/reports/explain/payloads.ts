import { SIDES, type Side } from '../../model/timeline.js';
import type { Difference, Verdict } from '../../model/verdict.js';
import { columns, remark, type Page, type Style } from '../layout.js';
import { count, plain } from '../text.js';
import { align, type Beside, type Spread } from './beside.js';
import { marksOf, type Located } from './marks.js';
import { prettyLines, type Line } from './pretty.js';

/** Lines of a payload that are shown; further ones are counted. */
const LINES_MOST = 400;
/** Lines that one value may take. */
const WRAPPED_MOST = 30;
/** Columns that each of two payloads needs to stand beside the other. */
const LEAST_BESIDE = 44;

const SIGN: Readonly<Record<Difference['kind'], string>> = { changed: '!', retyped: '!', absent: '-', added: '+' };

/** What was received: both payloads beside each other where there is room, else below each other. */
export function payloads(verdict: Verdict, located: readonly Located[], page: Page): string[] {
  const shown = SIDES.flatMap((side) => {
    const sighting = verdict[side];
    if (sighting === undefined) return [];
    const all = prettyLines(sighting.payload);
    const lines = all.slice(0, LINES_MOST);
    const marks = marksOf(lines, located, side);
    return { side, title: titleOf(side, verdict), spread: { lines, marks }, untold: all.length - lines.length };
  });
  const [one, other] = shown;
  if (one === undefined) return [];
  const kinds = located.map(({ difference }) => difference.kind);
  const key = keyTo(located, page);
  const width = Math.floor((page.width - 2 - 3) / 2);
  if (other === undefined || (width < LEAST_BESIDE && !shown.every(({ spread }) => widest(spread) <= width))) {
    return [
      ...shown.flatMap(({ title, spread, untold }, place) => [
        ...(place === 0 ? [] : ['']),
        page.ink('strong', title),
        ...spread.lines.flatMap((_, at) => cell(spread, at, kinds, page.width - 2, page).map((line) => `  ${line}`)),
        ...more(untold, page),
      ]),
      ...key,
    ];
  }
  const [left, right] = [one, other];
  return [
    ...beside([page.ink('strong', left.title)], [page.ink('strong', right.title)], width),
    ...align(left.spread, right.spread).flatMap(({ control, candidate }: Beside) =>
      beside(cell(left.spread, control, kinds, width, page), cell(right.spread, candidate, kinds, width, page), width),
    ),
    ...more(Math.max(left.untold, right.untold), page),
    ...key,
  ];
}

function titleOf(side: Side, verdict: Verdict): string {
  const { event = '', channel = '' } = verdict[side] ?? {};
  return plain(`${side}: ${event} on ${channel}`);
}

function more(untold: number, page: Page): string[] {
  return untold === 0 ? [] : remark(page, `${count(untold, 'further line')} of the payload: --json has all of it`);
}

/** What the signs at the left mean, of those that are there. */
function keyTo(located: readonly Located[], page: Page): string[] {
  const kinds = new Set(located.map(({ difference }) => difference.kind));
  const told = [
    ...(kinds.has('changed') || kinds.has('retyped') ? ['! differs'] : []),
    ...(kinds.has('absent') ? ['- candidate lacks it'] : []),
    ...(kinds.has('added') ? ['+ only candidate has it'] : []),
  ];
  return told.length === 0 ? [] : remark(page, told.join(' · '));
}

function widest({ lines }: Spread): number {
  return lines.reduce((most, { indent, text }) => Math.max(most, 2 + indent * 2 + columns(plain(text))), 0);
}

/** A line with its sign, in as many lines as it takes. */
function cell(
  { lines, marks }: Spread,
  at: number | undefined,
  kinds: readonly Difference['kind'][],
  width: number,
  { ink }: Page,
): string[] {
  const line: Line | undefined = at === undefined ? undefined : lines[at];
  if (line === undefined || at === undefined) return [];
  const mark = marks.get(at);
  const kind = mark === undefined ? undefined : kinds[mark];
  const style: Style | undefined = kind === undefined ? undefined : 'bad';
  const sign = kind === undefined ? ' ' : SIGN[kind];
  // However deep it is nested, half of the width is for what it says.
  const indent = Math.min(line.indent * 2, Math.floor(width / 2));
  return broken(plain(line.text), width - 2 - indent).map((text) => ink(style, `${sign} ${' '.repeat(indent)}${text}`));
}

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A text cut into pieces of at most `width` columns, nothing left out as long as it is not absurdly long. */
export function broken(text: string, width: number): string[] {
  if (columns(text.slice(0, width + 1)) <= width && text.length <= width) return [text];
  const pieces: string[] = [];
  let piece = '';
  let used = 0;
  for (const { segment } of GRAPHEMES.segment(text.slice(0, width * WRAPPED_MOST * 2))) {
    const wide = columns(segment);
    if (used + wide > width) {
      pieces.push(piece);
      [piece, used] = ['', 0];
    }
    piece += segment;
    used += wide;
  }
  pieces.push(piece);
  if (pieces.length <= WRAPPED_MOST && text.length <= width * WRAPPED_MOST * 2) return pieces;
  return [...pieces.slice(0, WRAPPED_MOST - 1), '…'];
}

/** Two cells beside each other, each of any height. */
function beside(left: readonly string[], right: readonly string[], width: number): string[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, at) => {
    const text = left[at] ?? '';
    return `  ${text}${' '.repeat(Math.max(0, width - columns(stripped(text))))} │ ${right[at] ?? ''}`.trimEnd();
  });
}

/** Without colour codes, which only the page's ink puts there. */
function stripped(text: string): string {
  return text.replaceAll(/\u001b\[[\d;]*m/g, '');
}

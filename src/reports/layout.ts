import { styleText } from 'node:util';
// The version that cli-table3 measures with: were cells cut by another, rare characters would push columns out of line.
import stringWidth from 'string-width';

/** What a piece of text is to the reader, rather than its colour. */
export type Style = 'strong' | 'faint' | 'good' | 'bad' | 'doubt';

/** Gives text its colour, or leaves it alone. */
export type Ink = (style: Style | undefined, text: string) => string;

/** What a piece of output is written on: columns of the terminal, and ink. */
export interface Page {
  readonly width: number;
  readonly ink: Ink;
}

const COLOURS = { strong: 'bold', faint: 'dim', good: 'green', bad: 'red', doubt: 'yellow' } as const;

/** A page for options as a command gives them. Below 40 columns nothing readable fits, so that is the least. */
export function page(options: { readonly width: number; readonly colour: boolean }): Page {
  const colourful: Ink = (style, text) =>
    style === undefined ? text : styleText(COLOURS[style], text, { validateStream: false });
  return { width: Math.max(40, options.width), ink: options.colour ? colourful : (_, text) => text };
}

/** Made when the first text is cut, since making it takes longer than most reports. */
let graphemes: Intl.Segmenter | undefined;

/** Columns that a text takes on a terminal: two for a wide character, none for a colour code. */
export function columns(text: string): number {
  // Most text is ASCII and our own signs, and string-width is slow.
  return /^[ -~·…→×–−≥✓✗]*$/.test(text) ? text.length : stringWidth(text);
}

/** The text in at most `width` columns, `…` standing for what was left out. For text without colour. */
export function cut(text: string, width: number): string {
  // Any text longer than this is cut anyway: no terminal is that wide.
  const readable = text.length > 5000 ? `${text.slice(0, 5000)}…` : text;
  if (columns(readable) <= width) return readable;
  let used = 0;
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  for (const { segment, index } of graphemes.segment(readable)) {
    used += columns(segment);
    if (used > width - 1) return `${readable.slice(0, index).trimEnd()}…`;
  }
  return readable;
}

/**
 * Pieces joined by a separator, broken into lines of at most `width` columns between pieces only. A piece that is
 * longer than a line is cut, so only shorter ones may bring their colour. Lines after the first are indented.
 */
export function flow(pieces: readonly string[], separator: string, width: number, indent = 0): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of pieces) {
    const room = width - (lines.length > 0 ? indent : 0);
    if (line !== '' && columns(line + separator + piece) > room) {
      lines.push(line);
      line = cut(piece, width - indent);
    } else line = line === '' ? cut(piece, room) : line + separator + piece;
  }
  if (line !== '') lines.push(line);
  return lines.map((text, place) => (place === 0 ? text : ' '.repeat(indent) + text));
}

/** Short facts side by side, faint and indented, on as many lines as they need. */
export function facts(page: Page, pieces: readonly string[]): string[] {
  return flow(pieces, ' · ', page.width - 2).map((line) => `  ${page.ink('faint', line)}`);
}

/** A sentence, faint and indented, on as many lines as it needs. */
export function remark(page: Page, sentence: string): string[] {
  return wrap(sentence, page.width - 2).map((line) => `  ${page.ink('faint', line)}`);
}

/** Blanks between words, but none between a figure and its unit. */
const BETWEEN_WORDS = / +(?!(?:%|ms|s|m|h|d)(?![\p{L}\p{N}]))/u;

/** A sentence broken between words. */
export function wrap(sentence: string, width: number, indent = 0): string[] {
  return flow(sentence.split(BETWEEN_WORDS).filter(Boolean), ' ', width, indent);
}

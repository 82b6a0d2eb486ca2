import type { Section } from '../model/section.js';
import { page } from './layout.js';
import { sections } from './terminal/sections.js';
import { plainly } from './plainly.js';

/** What a verb answers whose answer is no report. */
export interface Answer {
  readonly format: 'challenge' | 'rehearsal';
  readonly section: Section;
  /** What else there is to know of it, told ahead of it. */
  readonly besides: readonly Section[];
}

/**
 * A section that stands alone, as text that ends in a line break: for people, the lines that it has in a report on a
 * terminal, or one JSON document, which has what else there is to know where a report has it.
 */
export function sectionText(
  { format, section, besides }: Answer,
  options: { readonly width: number; readonly colour: boolean; readonly json: boolean },
): string {
  if (options.json) {
    const others = besides.length === 0 ? {} : { sections: besides };
    return `${JSON.stringify({ format: `feed-parity/${format}`, version: 1, ...section, ...others }, null, 2)}\n`;
  }
  // Paths are spelt with names from payloads.
  const lines = sections({ sections: plainly([...besides, section]) }, page(options));
  return lines.map((line) => `${line}\n`).join('');
}

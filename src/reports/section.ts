import type { Section } from '../model/section.js';
import { page } from './layout.js';
import { sections } from './terminal/sections.js';
import { plainly } from './plainly.js';

/** A section by itself, for verbs whose answer is no report: the lines that it has in one on a terminal. */
export function sectionText(section: Section, options: { readonly width: number; readonly colour: boolean }): string {
  return sections({ sections: [plainly(section)] }, page(options))
    .map((line) => `${line}\n`)
    .join('');
}

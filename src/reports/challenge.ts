import type { Section } from '../model/section.js';
import { page } from './layout.js';
import { sections } from './terminal/sections.js';
import { plainly } from './plainly.js';

/** A challenge that stands alone, as text that ends in a line break: for people, or as one JSON document. */
export function challengeText(
  section: Section,
  options: { readonly width: number; readonly colour: boolean; readonly json: boolean },
): string {
  if (options.json) return `${JSON.stringify({ format: 'feed-parity/challenge', version: 1, ...section }, null, 2)}\n`;
  // Paths are spelt with names from payloads.
  const lines = sections({ sections: [plainly(section)] }, page(options));
  return lines.map((line) => `${line}\n`).join('');
}

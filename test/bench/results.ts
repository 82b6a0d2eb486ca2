import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { sectionText, type Section } from './section.js';

const FILE = join(import.meta.dirname, 'results.md');

/** Puts sections into results.md, in the place of earlier ones of the same title; the others stay. */
export function keep(sections: readonly Section[]): void {
  const kept = new Map(existsSync(FILE) ? parts(readFileSync(FILE, 'utf8')) : []);
  for (const section of sections) kept.set(section.title, `${sectionText(section)}\n\nMeasured on ${machine()}.\n`);
  const text = [...kept].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })).map(([, part]) => part);
  writeFileSync(FILE, [HEAD, ...text].join('\n'));
}

const HEAD = `# What the benchmark found last

\`npm run bench\` writes this file. Everything in one table was measured side by side, in turns; a figure is the median of its
rounds, and a ratio the median of the rounds' ratios. Absolute figures are of the machine that is named; the ratios are what counts.
`;

/** The sections of an earlier result, by title. */
function parts(text: string): [string, string][] {
  return text
    .split(/^(?=## )/m)
    .slice(1)
    .map((part) => [part.slice(3, part.indexOf('\n')), `${part.trimEnd()}\n`]);
}

function machine(): string {
  const processors = cpus();
  const gib = (totalmem() / 1024 ** 3).toFixed(0);
  return `${processors.length} cores of ${processors[0]?.model.trim() ?? 'an unknown processor'}, ${gib} GiB, Node ${process.versions.node}`;
}

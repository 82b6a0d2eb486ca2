import { parseArgs } from 'node:util';
import { diff } from './diff.js';
import { live } from './live.js';
import { accounts } from './accounts.js';
import { lag } from './lag.js';
import { replay } from './replay.js';
import { keep } from './results.js';
import { sectionText, type Section } from './section.js';
import { startup } from './startup.js';

/**
 * Measures the tool against its goals, side by side with the bare work and with its peers. It makes its own data, from a
 * seed, in `.bench/`; prints what it found, and keeps it in results.md. Nothing is asserted but that the counts are true.
 *
 *   npm run bench -- [part …] [--rounds 5] [--pairs N] [--full]
 *
 * Parts: see PARTS; all of them if none is named. --full judges a million pairs as well, which takes a quarter of an hour.
 */

interface Wishes {
  readonly rounds: number;
  readonly pairs: readonly number[];
}

const PARTS: Readonly<Record<string, (wishes: Wishes) => Promise<Section[]>>> = {
  startup,
  diff,
  live,
  accounts,
  replay,
  lag,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    pairs: { type: 'string' },
    full: { type: 'boolean', default: false },
  },
});
const sizes = values.full ? [100_000, 1_000_000] : [100_000];
const wishes = {
  rounds: whole('--rounds', values.rounds),
  pairs: values.pairs === undefined ? sizes : values.pairs.split(',').map((text) => whole('--pairs', text)),
};
const names = positionals.length === 0 ? Object.keys(PARTS) : positionals;
const unknown = names.find((name) => PARTS[name] === undefined);
if (unknown !== undefined) throw new Error(`no part is called ${unknown}; there are ${Object.keys(PARTS).join(', ')}`);

for (const name of names) {
  process.stderr.write(`${name}\n`);
  const sections = (await PARTS[name]?.(wishes)) ?? [];
  process.stdout.write(`${sections.map(sectionText).join('\n\n')}\n\n`);
  keep(sections);
}

function whole(option: string, text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(`${option}: ${text} is no whole number above 0`);
}

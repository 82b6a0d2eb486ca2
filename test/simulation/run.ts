import type { TimelineEntry } from '../../src/model/timeline.js';
import { withFewerTicks, withMoreTicks } from './clocks.js';
import { sentence } from './compare.js';
import { differences, judge } from './judge.js';
import { expect } from './oracle.js';
import { ms } from './stamps.js';
import { world, type World } from './world.js';

/** `npm run sim -- <seed>` replays one world and tells all of it; without a seed it tries the first thousand. */
const SEEDS = 1000;

const [given] = process.argv.slice(2);
if (given === undefined) sweep();
else if (/^\d+$/.test(given)) replay(Number(given));
else {
  console.error(`expected a seed, a whole number, found ${JSON.stringify(given)}`);
  process.exitCode = 2;
}

function replay(seed: number): void {
  const one = world(seed);
  console.log(truthOf(one).join('\n'));
  const found = [...differences(one), ...whatTicksChange(one)];
  console.log(`\n${found.length === 0 ? 'no differences' : `${found.length} differences:`}`);
  for (const difference of found) console.log(`  ${difference}`);
  if (found.length > 0) process.exitCode = 1;
}

function sweep(): void {
  const failed = new Map<number, readonly string[]>();
  let events = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const one = world(seed);
    const found = differences(one);
    events += one.truth.published.length;
    if (found.length > 0) failed.set(seed, found);
  }
  for (const [seed, found] of failed) console.log(`seed ${seed}: ${found.length} differences, the first: ${found[0]}`);
  console.log(`${SEEDS} worlds, ${events} events, ${failed.size} worlds judged otherwise than the oracle`);
  if (failed.size > 0) process.exitCode = 1;
}

/** Findings that come out otherwise when the clock ticks more or less often. */
function whatTicksChange(one: World): string[] {
  const findings = (entries: readonly TimelineEntry[]) =>
    judge(one.settings, entries).findings.map((finding) =>
      JSON.stringify({ ...finding, control: undefined, candidate: undefined }),
    );
  const usual = new Set(findings(one.entries));
  const changed = (how: string, entries: readonly TimelineEntry[]) =>
    findings(entries)
      .filter((finding) => !usual.has(finding))
      .map((finding) => `with ${how} ticks: ${finding}`);
  return [...changed('fewer', withFewerTicks(one)), ...changed('more', withMoreTicks(one))];
}

/** What really happened, in words, and what must be found. */
function truthOf({ seed, settings, truth }: World): string[] {
  return [
    `seed ${seed}: ${JSON.stringify(settings.match)}, until ${ms(truth.endUs)}`,
    '\nlinks:',
    ...truth.links.map(({ stampUs, side, account, state }) => `  ${ms(stampUs)} ${side} ${account} ${state}`),
    '\nstalls:',
    ...truth.stalls.map(({ fromUs, toUs }) => `  ${ms(fromUs)} to ${ms(toUs)}`),
    '\nevents:',
    ...truth.published.map(({ number, account, type, key, fault, copies }) => {
      const seen = copies.map(({ side, stampUs, edits }) => [side, ms(stampUs), ...edits].join(' '));
      return `  ${number} ${account} / ${type} / ${key}${fault === 'none' ? '' : ` (${fault})`}: ${seen.join(', ')}`;
    }),
    '\nexpected:',
    ...expect(truth).verdicts.map((verdict) => `  ${sentence(verdict)}`),
  ];
}

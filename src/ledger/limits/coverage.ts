import type { GateDecision, OutcomeCounts } from '../../model/report.js';
import { noOutcomes, totalOf } from '../counts.js';
import { atThisRate, count } from '../figures.js';
import { held, undecided, type Answer, type Bar, type Found } from './answer.js';

/** Whether enough of everything was seen. Nothing here can break parity; it can only leave it unproven. */

/** A declared type that was never seen proves nothing, however few pairs of it were asked for. */
export function perType(found: Found, { gate, types }: Bar): Answer[] {
  const own = Object.entries(gate.types ?? {}).flatMap(([type, { minPerType }]) =>
    minPerType === undefined ? [] : [{ type, least: minPerType }],
  );
  const others = types.filter((type) => !own.some((one) => one.type === type));
  const all = others.map((type) => ({ type, least: gate.minPerType }));
  return [
    enough('minPerType', `${amount(gate.minPerType)} of each type`, all, found),
    ...own.map((one) => enough(`types.${one.type}.minPerType`, amount(one.least), [one], found)),
  ];
}

function amount(least: number): string {
  return least === 0 ? 'something' : `at least ${count(least)} ${least === 1 ? 'pair' : 'pairs'}`;
}

function enough(
  name: string,
  limit: string,
  types: readonly { readonly type: string; readonly least: number }[],
  found: Found,
): Answer {
  const had = types.map(({ type, least }) => {
    const counts = found.types[type] ?? noOutcomes();
    return { type, least, pairs: pairs(counts), seen: totalOf(counts) };
  });
  const short = had.filter(({ least, pairs, seen }) => pairs < least || seen === 0);
  const [fewest] = (short.length > 0 ? short : had).toSorted((a, b) => a.pairs - b.pairs);
  const actual = fewest === undefined ? 'there is none' : `${fewest.type}: ${count(fewest.pairs)}`;
  if (short.length === 0) return held({ name, limit }, actual);
  return undecided(
    { name, limit },
    actual,
    short.map(({ type, least, pairs }) => {
      if (least === 0) return `${type} was never seen`;
      if (pairs === 0) return `no pair of ${type} was seen, ${count(least)} are needed`;
      const more = least - pairs;
      return `${count(more)} more ${more === 1 ? 'pair' : 'pairs'} of ${type}${atThisRate(more, pairs, found.run.durationMs)}`;
    }),
  );
}

function pairs({ match, allowed, mismatch, late }: OutcomeCounts): number {
  return match + allowed + mismatch + late;
}

export function accounts({ uncovered }: Found): Answer[] {
  if (uncovered.length === 0) return [];
  const asked = { name: 'coverage', limit: 'every account seen on both sides' };
  return [undecided(asked, `${count(uncovered.length)} ${uncovered.length === 1 ? 'was' : 'were'} not`, uncovered)];
}

/** Limits that nothing could exceed are no proof of anything. */
export function anything({ events }: GateDecision['evidence']): Answer[] {
  if (events > 0) return [];
  const lacking = ['events to judge: none was seen while both sides were listening'];
  return [undecided({ name: 'events', limit: 'at least one' }, 'none', lacking)];
}

/** All shares of a run: a job that was lost must not pass for one that found nothing. */
export function shards({ run }: Found): Answer[] {
  const there = new Set(run.shards);
  if (there.size === 0) return [];
  const counts = [...new Set([...there].map((shard) => shard.split('/')[1] ?? ''))];
  const absent = counts.flatMap((of) =>
    Array.from({ length: Number(of) }, (_, index) => `${index + 1}/${of}`).filter((shard) => !there.has(shard)),
  );
  const asked = { name: 'shards', limit: counts.map((of) => `all of ${of}`).join(', ') };
  if (absent.length === 0) return [held(asked, 'all are there')];
  return [
    undecided(asked, `${absent.join(', ')} not there`, [
      `the ${absent.length === 1 ? 'report' : 'reports'} of shard ${absent.join(', ')}`,
    ]),
  ];
}

import { RunningSeries } from '../../src/ledger/series.js';
import type { Report } from '../../src/model/report.js';
import type { Outcome, Verdict } from '../../src/model/verdict.js';
import { broken, counts, found } from './sample.js';

/** Reports with a course over time, and of any size: what a page is drawn from. */

/** A run of some accounts, ten minutes of it: lag grows in the middle, and now and then the candidate comes first. */
export function withCourse(report: Report, accounts = 20): Report {
  const random = seeded(7);
  const series = new RunningSeries();
  const names = Array.from({ length: accounts }, (_, at) => `rep-${at + 1}`);
  const counted = new Map(names.map((name) => [name, counts()]));
  const { durationMs } = report.run;
  let t = 1_000;
  for (;;) {
    t += random() * 100;
    if (t >= durationMs) break;
    const account = names[Math.floor(random() * accounts)] as string;
    const slow = t > 0.55 * durationMs && t < 0.7 * durationMs ? 6 : 1;
    const lagMs = 40 * slow * Math.exp(random() * random() * 4);
    const outcome = report.status === 'proven' ? 'match' : outcomeOf(account, random());
    series.count(t, outcome, account);
    (counted.get(account) ?? counts())[outcome]++;
    if (outcome === 'match' || outcome === 'allowed')
      series.lag(t, random() < 0.01 && slow === 1 ? -lagMs / 10 : lagMs);
  }
  return {
    ...report,
    accounts: Object.fromEntries(counted),
    cells: [...counted].flatMap(([account, all]) => [
      { type: 'email_opened', account, counts: all },
      { type: 'link_clicked', account, counts: counts({ match: account === 'rep-7' ? 0 : 12 }) },
    ]),
    series: series.series(),
    moments: [
      ...names.flatMap((account) =>
        (['control', 'candidate'] as const).map((side) => ({
          kind: 'link' as const,
          t: 400,
          side,
          account,
          state: 'up' as const,
          reason: 'subscribed',
        })),
      ),
      { kind: 'mark', t: 120_000, label: 'flag on' },
      { kind: 'mark', t: 480_000, label: 'flag off' },
    ],
  };
}

function outcomeOf(account: string, chance: number): Outcome {
  const worse = account === 'rep-3' ? 0.2 : 0.004;
  if (chance > worse) return chance > 0.95 ? 'allowed' : 'match';
  const sorts = ['mismatch', 'missing', 'late', 'inconclusive', 'extra', 'duplicate'] as const;
  return sorts[Math.floor((chance / worse) * sorts.length)] ?? 'mismatch';
}

/** A run with so many findings, each with payloads of about so many characters. */
export function manyFindings(findings: number, characters: number, accounts = 500): Report {
  const filling = 'lorem ipsum <b>&amp; </script> dolor sit amet, '.repeat(1 + characters / 40).slice(0, characters);
  const filled = JSON.stringify(filling);
  const sorts = ['mismatch', 'missing', 'extra', 'late', 'duplicate', 'inconclusive'] as const;
  const base = broken();
  const all = Array.from({ length: findings }, (_, at): Verdict => {
    const outcome = sorts[at % 12 < 7 ? 0 : (at % 5) + 1] ?? 'mismatch';
    const payload = (text: string): string =>
      `{"id":${at},"text":${filled},"person":{"phone":${JSON.stringify(text)}}}`;
    const sighting = (text: string) => ({
      t: at * 5,
      channel: `feed:rep-${at % accounts}`,
      event: 'item',
      payload: payload(text),
    });
    return {
      id: `v${at + 1}`,
      outcome,
      account: `rep-${at % accounts}`,
      type: `type_${at % 7}`,
      key: String(100_000 + at),
      t: at * 5,
      ...(outcome !== 'extra' && { control: sighting(`+49 30 ${at}`) }),
      ...(outcome !== 'missing' && { candidate: sighting(`+4930${at}`) }),
      ...(outcome === 'mismatch' && {
        differences: [
          {
            path: `$.person.phone`,
            group: at % 3 === 0 ? '$.person.phone' : `$.person.field_${at % 40}`,
            kind: 'changed' as const,
            control: `"+49 30 ${at}"`,
            candidate: `"+4930${at}"`,
          },
        ],
      }),
    };
  });
  const tally = counts({ match: 900_000 });
  for (const { outcome } of all) tally[outcome]++;
  return { ...base, outcomes: tally, ...found(all), findingsLeftOut: 0 };
}

/** The same numbers each time, between 0 and 1. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

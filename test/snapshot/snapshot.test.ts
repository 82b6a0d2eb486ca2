import { describe, expect, it } from 'vitest';
import type { Side } from '../../src/model/timeline.js';
import type { ListFaultName } from '../../src/sandbox/lists-faults.js';
import { failedIn, listsIn, publish, rowsOf, snapshotOf, stage, withLists } from './stage.js';

/** A second reading decides whether what was found stands; a third would find no more in a list that stands still. */
const TWICE = { attempts: 2, intervalMs: 0 };

describe('a snapshot of a healthy sandbox', () => {
  it('finds every item on both sides, under the rules of the stream', async () => {
    const { sandbox, settings } = await stage();
    await publish(sandbox, 60);
    const report = await snapshotOf(settings);
    expect(report.findings).toEqual([]);
    expect(report.status).toBe('proven');
    expect(report.outcomes.match + report.outcomes.allowed).toBeGreaterThan(30);
    expect(report.only['page_visited']?.count).toBeGreaterThan(0);
    expect(failedIn(listsIn(report))).toEqual([]);
    expect(rowsOf(listsIn(report), 'cost of a full list').get('requests')).toEqual([3, 1]);
  });

  it('reads every page, whether they follow by number, cursor or Link header', async () => {
    const { sandbox, settings } = await stage({ pageSize: 7, pageShows: null });
    await publish(sandbox, 80);
    const report = await snapshotOf(settings);
    expect(report.findings).toEqual([]);
    expect(report.status).toBe('proven');
    const compared = sandbox.truth.published.filter(({ type }) => type !== 'page_visited').length;
    expect(report.outcomes.match + report.outcomes.allowed).toBe(compared);
    const { requests } = (listsIn(report).facts as { cost: { candidate: { requests: number } } }).cost.candidate;
    expect(requests).toBe(Math.ceil(80 / 7));
  });

  it('reports churn under traffic as such, and reads again until the lists are stable', async () => {
    const { sandbox, settings } = await stage({ delayMs: { kind: 'constant', ms: 150 } });
    await publish(sandbox, 60);
    const over = new AbortController();
    const traffic = sandbox.run({ ratePerS: 50, durationMs: Infinity, signal: over.signal });
    try {
      // What came within the last 150 ms is not on the candidate yet: it has to be looked at again.
      await expect.poll(() => sandbox.truth.totals.published, { timeout: 10_000 }).toBeGreaterThan(70);
      const report = await snapshotOf(settings);
      expect(report.outcomes).toMatchObject({ missing: 0, extra: 0, mismatch: 0, duplicate: 0 });
      expect(report.status).toBe('proven');
      const { items, settled, reread } = (listsIn(report).facts as { churn: Record<string, number> }).churn;
      expect(reread).toBeGreaterThan(0);
      expect(items).toBeGreaterThan(0);
      expect(settled).toBeGreaterThan(0);
    } finally {
      over.abort();
      await traffic;
    }
  });

  it('looks further down the lists when it looks again, since others come meanwhile', async () => {
    const { sandbox, settings } = await stage({ pageShows: 10 });
    await publish(sandbox, 40);
    sandbox.strikeLists('missing-item', 'rep-1');
    let readings = 0;
    const report = await snapshotOf(withLists(settings, { attempts: 2 }), {
      wait: async () => {
        readings++;
        sandbox.healLists();
        for (let nth = 0; nth < 8; nth++) sandbox.publish('rep-1', 'email_opened');
        await sandbox.drained();
      },
    });
    expect(readings).toBe(1);
    // What was missing at first has left the ten that the page shows, and yet is found.
    expect(report.outcomes).toMatchObject({ missing: 0, inconclusive: 0 });
    expect(listsIn(report).facts).toMatchObject({ churn: { items: 1, settled: 1 } });
  });

  it('takes no data for no proof', async () => {
    const { settings } = await stage();
    const report = await snapshotOf(settings);
    expect(report.status).toBe('unproven');
  });
});

interface Found {
  readonly fault: ListFaultName;
  readonly side: Side;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly cases: readonly string[];
  readonly reason?: RegExp;
}

const EDGES = 'items lost or doubled between pages';

const FOUND: readonly Found[] = [
  {
    fault: 'stale-item',
    side: 'candidate',
    outcomes: { mismatch: 1 },
    cases: ['mismatches'],
    reason: /^control is fresher at \$\.person\.title$/,
  },
  {
    fault: 'stale-item',
    side: 'control',
    outcomes: { mismatch: 1 },
    cases: ['mismatches'],
    reason: /^candidate is fresher at \$\.person\.title$/,
  },
  { fault: 'missing-item', side: 'candidate', outcomes: { missing: 1 }, cases: ['missing items'] },
  { fault: 'missing-item', side: 'control', outcomes: { extra: 1 }, cases: ['extra items'] },
  { fault: 'wrong-order', side: 'candidate', outcomes: {}, cases: ['items out of order'] },
  {
    fault: 'page-edge-loss',
    side: 'candidate',
    outcomes: { missing: 1 },
    cases: ['missing items', EDGES],
    reason: /^it falls between page 1 and page 2 of list 1$/,
  },
  {
    fault: 'page-edge-double',
    side: 'candidate',
    outcomes: { duplicate: 1 },
    cases: ['duplicates', EDGES],
    reason: /^it is on page 1 and page 2 of list 1, with the same content$/,
  },
];

describe('a fault of a list', () => {
  it.each(FOUND)(
    '$fault on $side is found and named, and nothing else',
    async ({ fault, side, outcomes, cases, reason }) => {
      const { sandbox, settings } = await stage({ pageSize: 20, pageShows: null });
      await publish(sandbox, 70);
      sandbox.strikeLists(fault, 'rep-1', { side });
      const report = await snapshotOf(withLists(settings, TWICE));
      const [injected] = sandbox.truth.faults;
      const defects = { mismatch: 0, missing: 0, extra: 0, duplicate: 0, late: 0, inconclusive: 0 };
      expect(report.outcomes).toMatchObject({ ...defects, ...outcomes });
      expect(failedIn(listsIn(report))).toEqual(cases);
      expect(report.findings.map(({ type, key }) => ({ type, key }))).toEqual(
        Object.keys(outcomes).map(() => ({ type: injected?.type, key: injected?.key })),
      );
      if (reason !== undefined) expect(report.findings[0]?.reason).toMatch(reason);
      if (fault === 'wrong-order') {
        expect(report.order).toMatchObject({ reordered: 1, examples: [{ key: injected?.key }] });
      }
      expect(report.status).toBe('broken');
    },
  );

  it('in a limited list tears nothing else along, though other items move up', async () => {
    const { sandbox, settings } = await stage();
    await publish(sandbox, 120);
    sandbox.strikeLists('missing-item', 'rep-1');
    const report = await snapshotOf(withLists(settings, TWICE));
    expect(report.outcomes).toMatchObject({ missing: 1, extra: 0, mismatch: 0, inconclusive: 0 });
    expect(report.findings.map(({ key }) => key)).toEqual([sandbox.truth.faults[0]?.key]);
  });

  it('is judged and reported without what the config hides', async () => {
    const { sandbox, settings } = await stage();
    await publish(sandbox, 70);
    sandbox.strikeLists('missing-item', 'rep-1');
    const hidden = await snapshotOf(withLists(settings, TWICE), {
      redact: (frame) => ({ ...frame, payload: frame.payload.replaceAll(/"email":"[^"]*"/g, '"email":"hidden"') }),
    });
    expect(hidden.outcomes).toMatchObject({ missing: 1, mismatch: 0 });
    expect(hidden.findings[0]?.control?.payload).toContain('"email":"hidden"');
  });

  it('on control alone breaks nothing where it is only its order', async () => {
    const { sandbox, settings } = await stage();
    await publish(sandbox, 120);
    // The list of opens alone is long enough to move an item in.
    sandbox.strikeLists('wrong-order', 'rep-1', { side: 'control' });
    const report = await snapshotOf(withLists(settings, TWICE));
    expect(listsIn(report).facts).toMatchObject({ inversions: { control: 1, candidate: 0 } });
    expect(report.status).toBe('proven');
  });
});

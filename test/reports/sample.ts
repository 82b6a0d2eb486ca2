import type { FindingGroup, Gap, LimitResult, OutcomeCounts, Progress, Report } from '../../src/model/report.js';
import type { Difference, Outcome, Sighting, Verdict } from '../../src/model/verdict.js';

/** Reports as a run would give them: each renderer's tests draw on these, so that all are judged by the same cases. */

const NONE: OutcomeCounts = {
  match: 0,
  allowed: 0,
  mismatch: 0,
  missing: 0,
  extra: 0,
  duplicate: 0,
  late: 0,
  inconclusive: 0,
};

export function counts(some: Partial<OutcomeCounts> = {}): OutcomeCounts {
  return { ...NONE, ...some };
}

function sighting(t: number, channel: string, payload: unknown): Sighting {
  return { t, channel, event: 'item_created', payload: JSON.stringify(payload) };
}

let serial = 0;

function verdict(outcome: Outcome, some: Partial<Verdict> = {}): Verdict {
  serial += 1;
  const t = 1000 + serial * 250;
  return {
    id: `v${serial}`,
    outcome,
    account: `rep-${(serial % 3) + 1}`,
    type: 'email_opened',
    key: String(4700 + serial),
    t,
    ...(outcome !== 'extra' && { control: sighting(t, 'private-feed-rep-1', { id: 4700 + serial }) }),
    ...(outcome !== 'missing' && { candidate: sighting(t + 110, 'feed:rep-1', { id: 4700 + serial }) }),
    ...some,
  };
}

function phone(control: string, candidate: string): Difference {
  return { path: '$.person.phone', group: '$.person.phone', kind: 'changed', control, candidate };
}

function limit(name: string, limit: string, actual: string, status: LimitResult['status']): LimitResult {
  return { name, limit, actual, status };
}

/** 12,000 events of three types, all equal or permitted, in good time. */
export function proven(): Report {
  return {
    format: 'feed-parity/report',
    version: 1,
    status: 'proven',
    observed: { control: 12_000, candidate: 12_060 },
    outcomes: counts({ match: 11_500, allowed: 500 }),
    types: {
      email_opened: counts({ match: 8000, allowed: 500 }),
      link_clicked: counts({ match: 3000 }),
      call_logged: counts({ match: 500 }),
    },
    accounts: { 'rep-1': counts({ match: 6000, allowed: 500 }), 'rep-2': counts({ match: 5500 }) },
    cells: [
      { type: 'email_opened', account: 'rep-1', counts: counts({ match: 6000, allowed: 500 }) },
      { type: 'call_logged', account: 'rep-2', counts: counts({ match: 500 }) },
      { type: 'email_opened', account: 'rep-2', counts: counts({ match: 2000 }) },
      { type: 'link_clicked', account: 'rep-2', counts: counts({ match: 3000 }) },
    ],
    cellsLeftOut: 0,
    lag: {
      count: 12_000,
      censored: 0,
      inStall: 0,
      negative: 0,
      p50Ms: 112.4,
      p95Ms: 340,
      p99Ms: 872,
      inWindow: { p50Ms: 112.4, p95Ms: 340, p99Ms: 872 },
      minMs: 21.7,
      maxMs: 2310,
      measured: { earlier: '', later: '', late: '', missing: 0 },
    },
    order: { pairs: 12_000, reordered: 0, examples: [] },
    moments: [],
    momentsLeftOut: 0,
    gate: {
      status: 'proven',
      confidence: 0.95,
      limits: [
        limit('defectRate', 'at most 0.1 %', 'at most 0.025 %', 'held'),
        limit('missing', 'at most 0', '0', 'held'),
        limit('extra', 'at most 0', '0', 'held'),
        limit('lag.p99', 'at most 2 s', '872 ms', 'held'),
        limit('minPerType', 'at least 30', '500', 'held'),
      ],
      lacking: [],
      evidence: { events: 12_000, defects: 0, upperBound: 0.000_249_6 },
    },
    duplicates: { control: 0, candidate: 0 },
    only: { page_visited: { side: 'candidate', count: 60 } },
    unmapped: [],
    unreadable: [],
    outsideCoverage: { control: 0, candidate: 0 },
    open: { control: 0, candidate: 0 },
    gaps: [],
    rules: [{ path: '$.updated_at', reason: 'written by each service', letThrough: 500 }],
    findings: [],
    findingsLeftOut: 0,
    groups: [],
    groupsLeftOut: 0,
    uncovered: [],
    hints: [],
    run: {
      startedAt: '2026-11-22T16:03:11.660Z',
      durationMs: 604_000,
      accounts: 20,
      configHash: '9f2c51e07ab3d418',
      window: { beforeMs: 0, afterMs: 10_000 },
    },
    early: { suspects: [] },
    terms: {
      gate: {
        confidence: 0.95,
        defectRate: 0.001,
        counts: { missing: 0, extra: 0 },
        minPerType: 30,
        lag: { p99: 2_000 },
        inconclusiveShare: 0.05,
      },
      unmapped: 'report',
      types: ['email_opened', 'link_clicked', 'call_logged'],
      hashes: {
        events: '1f2c51e07ab3d418',
        rename: '2f2c51e07ab3d418',
        rules: '3f2c51e07ab3d418',
        unmapped: '4f2c51e07ab3d418',
        match: '5f2c51e07ab3d418',
        gate: '6f2c51e07ab3d418',
      },
    },
  };
}

/** Findings, and how often what was found. */
export function found(findings: readonly Verdict[]): Pick<Report, 'findings' | 'groups'> {
  const groups = new Map<string, FindingGroup>();
  for (const { outcome, type, differences = [] } of findings) {
    const places = new Map(differences.map(({ group: path, kind }) => [`${path} ${kind}`, { path, kind }]));
    for (const place of places.size === 0 ? [{}] : places.values()) {
      const name = JSON.stringify([outcome, type, place]);
      groups.set(name, { outcome, type, ...place, count: (groups.get(name)?.count ?? 0) + 1 });
    }
  }
  return { findings, groups: [...groups.values()].sort((one, other) => other.count - one.count) };
}

/** A run that went wrong in every way a run can. */
export function broken(): Report {
  serial = 0;
  const outcomes = counts({
    match: 11_500,
    allowed: 500,
    mismatch: 34,
    missing: 12,
    extra: 3,
    duplicate: 5,
    late: 2,
    inconclusive: 21,
  });
  const types = {
    email_opened: counts({ match: 8000, allowed: 500, mismatch: 31, missing: 10, duplicate: 5, late: 2 }),
    link_clicked: counts({ match: 3000, mismatch: 3, missing: 2, inconclusive: 21 }),
    call_logged: counts({ match: 500, extra: 3 }),
  };
  const cuts = Array.from({ length: 20 }, (_, at): Gap => ({
    side: 'control',
    account: `rep-${at + 1}`,
    fromMs: 63_000 + at,
    toMs: 68_200 + at * 40,
    reason: 'close 1006',
  }));
  return {
    ...proven(),
    status: 'broken',
    observed: { control: 12_345, candidate: 12_401 },
    outcomes,
    types,
    accounts: { 'rep-1': outcomes, 'rep-2': counts() },
    cells: Object.entries(types).map(([type, counts]) => ({ type, account: 'rep-1', counts })),
    lag: {
      count: 12_034,
      censored: 14,
      inStall: 41,
      negative: 6,
      p50Ms: 112.4,
      p95Ms: 2340,
      p99Ms: null,
      inWindow: { p50Ms: 112.1, p95Ms: 2290, p99Ms: 8720 },
      minMs: -4.2,
      maxMs: 72_310,
      measured: { earlier: '', later: '', late: '', missing: 0 },
    },
    order: {
      pairs: 12_034,
      reordered: 4,
      examples: ['4712', '4713', '4719', '4720'].map((key) => ({ account: 'rep-1', type: 'email_opened', key })),
    },
    gate: {
      status: 'broken',
      confidence: 0.95,
      limits: [
        limit('defectRate', 'at most 0.1 % at 95 % confidence', '49 of 12,049, so below 0.52 %', 'exceeded'),
        limit('missing', 'at most 0', '12', 'exceeded'),
        limit('extra', 'at most 0', '3', 'exceeded'),
        limit('lag.p50', 'at most 250 ms', '112 ms', 'held'),
        limit('lag.p99', 'at most 2 s', 'beyond the window', 'exceeded'),
        limit('minPerType', 'at least 30', '503', 'held'),
        limit('inconclusiveShare', 'at most 5 %', '0.17 %', 'held'),
      ],
      lacking: [],
      evidence: { events: 12_049, defects: 49, upperBound: 0.0052 },
    },
    duplicates: { control: 1, candidate: 4 },
    unmapped: [
      { side: 'control', event: 'pusher_internal:odd', count: 3 },
      { side: 'candidate', event: 'presence_diff', count: 1240 },
    ],
    unreadable: [{ side: 'candidate', reason: 'no JSON', count: 2 }],
    outsideCoverage: { control: 4, candidate: 0 },
    open: { control: 1, candidate: 2 },
    gaps: [
      { fromMs: 310_000, toMs: 310_840, reason: 'stall of ours' },
      ...cuts,
      {
        side: 'candidate',
        account: 'rep-7',
        fromMs: 420_500,
        toMs: null,
        reason: 'unauthorized',
        final: 'unauthorized',
      },
    ],
    rules: [
      { path: '$.updated_at', reason: 'written by each service', letThrough: 500 },
      { path: '$.attachments[*].preview_url', reason: 'signed for an hour', letThrough: 0 },
    ],
    ...found([
      ...Array.from({ length: 30 }, (_, at) =>
        verdict('mismatch', { differences: [phone(`"+49 30 1234${at}"`, `"+49301234${at}"`)] }),
      ),
      verdict('mismatch', {
        differences: [
          phone('"+49 30 99"', 'null'),
          {
            path: '$.recipients[3].display_name',
            group: '$.recipients[*].display_name',
            kind: 'absent',
            control: '"Frau Dr. Annegret von und zu Hohenstein-Wittgenstein (Vertretung)"',
          },
        ],
      }),
      ...Array.from({ length: 3 }, () =>
        verdict('mismatch', {
          type: 'link_clicked',
          differences: [
            { path: '$.count', group: '$.count', kind: 'retyped', control: '42', candidate: '"42"' },
            { path: '$.名前', group: '$.名前', kind: 'added', candidate: '"日本語のとても長い名前👩‍👩‍👧"' },
          ],
        }),
      ),
      ...Array.from({ length: 10 }, () =>
        verdict('missing', { reason: 'candidate was listening, and nothing came within 10 s' }),
      ),
      ...Array.from({ length: 3 }, () => verdict('extra', { type: 'call_logged' })),
      verdict('duplicate', {
        duplicate: { side: 'candidate', afterMs: 120, sameContent: true },
        reason: 'seen 120 ms before on candidate, with the same content',
      }),
      verdict('duplicate', { duplicate: { side: 'control', afterMs: 2300, sameContent: false } }),
      verdict('late', { lagMs: 12_300 }),
      ...Array.from({ length: 21 }, () =>
        verdict('inconclusive', { type: 'link_clicked', reason: 'control was not listening: close 1006' }),
      ),
    ]),
    findingsLeftOut: 9,
    uncovered: [],
    hints: [
      'Every mismatch at $.person.phone differs in blanks alone: a rule {path: $.person.phone, as: text} would let these through, if that is meant.',
      'All events of account rep-7 are missing on candidate: is its feature flag on?',
    ],
    run: { ...proven().run, interrupted: 'SIGINT' },
  };
}

/** A run in which nothing arrived. */
export function empty(): Report {
  return {
    ...proven(),
    status: 'unproven',
    observed: { control: 0, candidate: 0 },
    outcomes: counts(),
    types: {},
    accounts: {},
    lag: {
      count: 0,
      censored: 0,
      inStall: 0,
      negative: 0,
      p50Ms: null,
      p95Ms: null,
      p99Ms: null,
      inWindow: { p50Ms: null, p95Ms: null, p99Ms: null },
      minMs: null,
      maxMs: null,
      measured: { earlier: '', later: '', late: '', missing: 0 },
    },
    order: { pairs: 0, reordered: 0, examples: [] },
    gate: {
      status: 'unproven',
      confidence: 0.95,
      limits: [limit('missing', 'at most 0', '0', 'undecided')],
      lacking: ['2,995 more clean pairs for 0.1 % at 95 %', '30 more pairs of email_opened'],
      evidence: { events: 0, defects: 0, upperBound: 1 },
    },
    only: {},
    rules: [],
    run: { ...proven().run, durationMs: 30_000, accounts: 1 },
  };
}

/** `broken` with every string, names of types and accounts included, passed through a function. */
export function rewritten(rewrite: (text: string) => string): Report {
  const kept = new Set(['format', 'status', 'side', 'outcome', 'kind', 'startedAt']);
  const walk = (value: unknown, name: string): unknown => {
    if (typeof value === 'string') return kept.has(name) ? value : rewrite(value);
    if (Array.isArray(value)) return value.map((item) => walk(item, name));
    if (typeof value !== 'object' || value === null) return value;
    const free = name === 'types' || name === 'accounts' || name === 'only';
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [free ? rewrite(key) : key, walk(member, key)]),
    );
  };
  return walk(broken(), '') as Report;
}

export function progress(some: Partial<Progress> = {}): Progress {
  return {
    t: 72_000,
    observed: { control: 12_345, candidate: 12_310 },
    outcomes: counts({ match: 12_000, allowed: 300, mismatch: 3, missing: 1, inconclusive: 2 }),
    lag: { p50Ms: 112.4, p99Ms: 890 },
    up: { control: 20, candidate: 19 },
    accounts: 20,
    gaps: 2,
    open: { control: 3, candidate: 0 },
    ...some,
  };
}

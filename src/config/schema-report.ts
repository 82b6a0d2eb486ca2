import * as z from 'zod';
import type { Json } from '../model/json.js';
import type { Report } from '../model/report.js';
import { OUTCOMES } from '../model/verdict.js';
import { explain, problemsOf } from './explain.js';
import { pathText } from './problem.js';

/**
 * The shape of a saved report. Objects are open: a later version may add members that this one need not know, and what
 * is read has to be written again whole.
 */

const count = z.int().min(0, 'expected a count of at least 0');
const ms = z.number();
const msOrNull = ms.nullable();
const text = z.string();
const share = z.number().min(0, 'expected a share from 0 to 1').max(1, 'expected a share from 0 to 1');

const side = z.enum(['control', 'candidate']);
const status = z.enum(['proven', 'broken', 'unproven']);
const outcome = z.enum(OUTCOMES as [(typeof OUTCOMES)[number], ...typeof OUTCOMES]);
const kind = z.enum(['changed', 'retyped', 'absent', 'added']);
const answered = z.enum(['passed', 'failed', 'undecided']);

const bothSides = z.looseObject({ control: count, candidate: count });
const counts = z.looseObject({
  match: count,
  allowed: count,
  mismatch: count,
  missing: count,
  extra: count,
  duplicate: count,
  late: count,
  inconclusive: count,
});
const byName = z.record(z.string(), counts);

const quantiles = { p50Ms: msOrNull, p95Ms: msOrNull, p99Ms: msOrNull };
const interval = z.looseObject({ fromMs: msOrNull, toMs: msOrNull });
const lag = z.looseObject({
  count,
  censored: count,
  inStall: count,
  negative: count,
  ...quantiles,
  inWindow: z.looseObject(quantiles),
  minMs: msOrNull,
  maxMs: msOrNull,
  measured: z.looseObject({ earlier: text, later: text, late: text, missing: count }).describe('HDR histograms'),
  intervals: z.looseObject({ confidence: share, p50: interval, p95: interval, p99: interval }).optional(),
});

const sighting = z.looseObject({ t: ms, channel: text, event: text, payload: text });
const verdict = z.looseObject({
  id: text,
  outcome,
  account: text,
  type: text,
  key: text,
  t: ms,
  control: sighting.optional(),
  candidate: sighting.optional(),
  lagMs: ms.optional(),
  differences: z
    .array(z.looseObject({ path: text, group: text, kind, control: text.optional(), candidate: text.optional() }))
    .optional(),
  allowedBy: z.array(text).optional(),
  reason: text.optional(),
  duplicate: z.looseObject({ side, afterMs: ms, sameContent: z.boolean() }).optional(),
  amends: outcome.optional(),
});

const moment = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('link'),
    t: ms,
    side,
    account: text,
    state: z.enum(['up', 'down']),
    reason: text,
    final: z.boolean().optional(),
    remedy: text.optional(),
  }),
  z.looseObject({ kind: z.literal('mark'), t: ms, label: text }),
]);

const sparse = z.array(count);
const course = z.partialRecord(outcome, sparse);
const series = z.looseObject({
  widthMs: ms,
  outcomes: course,
  lags: z.array(z.looseObject({ at: count, count, minMs: ms, maxMs: ms, later: sparse, earlier: sparse })),
  cellMs: ms,
  lanes: z.array(z.looseObject({ account: text, outcomes: course })),
});

const section = z.looseObject({
  kind: z.enum([
    'recording',
    'replay',
    'snapshot',
    'hand-over',
    'phase',
    'rehearsal',
    'interference',
    'isolation',
    'challenge',
  ]),
  title: text,
  status: z.enum([...answered.options, 'informs']),
  summary: text,
  cases: z.array(z.looseObject({ name: text, status: answered, detail: text })),
  tables: z.array(
    z.looseObject({ title: text, columns: z.array(text), rows: z.array(z.array(z.union([text, z.number()]))) }),
  ),
  facts: z.custom<Json>().optional(),
});

const replay = z.looseObject({
  recording: text,
  pace: text,
  seam: z.enum(['after-control', 'independent', 'control-only']),
  intended: count,
  due: count,
  notReached: count,
  sent: bothSides,
  failed: z.array(z.looseObject({ target: side, reason: text, count })),
  skipped: z.array(z.looseObject({ reason: text, count })),
  leftOut: bothSides,
  lateness: z.looseObject({ p50Ms: ms, p99Ms: ms, maxMs: ms }).nullable(),
  keys: z.looseObject({ kind: z.enum(['unique', 'recorded']), run: z.number() }),
  accounts: z.record(z.string(), text),
});

const counted = z.enum(['mismatch', 'missing', 'extra', 'duplicate', 'late']);
const figure = z.enum(['p50', 'p95', 'p99', 'max']);
const gateSettings = z.looseObject({
  confidence: share,
  defectRate: share.optional(),
  counts: z.partialRecord(counted, count),
  minPerType: count,
  lag: z.partialRecord(figure, ms),
  inconclusiveShare: share,
  reorderedShare: share.optional(),
  types: z
    .record(
      z.string(),
      z.looseObject({
        defectRate: share.nullable().optional(),
        counts: z.partialRecord(counted, count.nullable()),
        minPerType: count.optional(),
        lag: z.partialRecord(figure, msOrNull),
      }),
    )
    .optional(),
  bound: z.literal('any-time').optional(),
});

const report = z.looseObject({
  format: z.literal('feed-parity/report'),
  version: z.literal(1),
  status,
  observed: bothSides,
  outcomes: counts.describe('un-amended verdicts by outcome'),
  types: byName,
  accounts: byName,
  cells: z.array(z.looseObject({ type: text, account: text, counts })).describe('by type and account; bounded'),
  cellsLeftOut: count,
  lag,
  lagParts: z.looseObject({ types: z.record(z.string(), lag), others: lag }).optional(),
  order: z.looseObject({
    pairs: count,
    reordered: count,
    examples: z.array(z.looseObject({ account: text, type: text, key: text })),
  }),
  gate: z.looseObject({
    status,
    confidence: share,
    limits: z.array(
      z.looseObject({
        name: text,
        limit: text,
        actual: text,
        bound: text.optional(),
        status: z.enum(['held', 'exceeded', 'undecided']),
      }),
    ),
    lacking: z.array(text),
    evidence: z.looseObject({
      events: count,
      defects: count,
      upperBound: share,
      bound: z.literal('any-time').optional(),
      fixedSample: z.looseObject({ upperBound: share, events: count.nullable() }).optional(),
    }),
  }),
  duplicates: bothSides,
  only: z.record(z.string(), z.looseObject({ side, count })),
  unmapped: z.array(z.looseObject({ side, event: text, count })),
  unreadable: z.array(z.looseObject({ side, reason: text, count })),
  outsideCoverage: bothSides,
  open: bothSides,
  gaps: z.array(
    z.looseObject({
      side: side.optional(),
      account: text.optional(),
      fromMs: ms,
      toMs: msOrNull,
      reason: text,
      final: text.optional(),
      unread: z.literal(true).optional(),
    }),
  ),
  rules: z.array(
    z.looseObject({
      path: text,
      reason: text,
      letThrough: count,
      owner: text.optional(),
      expires: text.optional(),
      usedWithin: count.optional(),
    }),
  ),
  findings: z.array(verdict).describe('all up to a bound; beyond it a sample of each group'),
  findingsLeftOut: count,
  groups: z
    .array(z.looseObject({ outcome, type: text, path: text.optional(), kind: kind.optional(), count }))
    .describe('exact counts of what was found'),
  groupsLeftOut: count,
  uncovered: z.array(text),
  hints: z.array(text),
  run: z.looseObject({
    startedAt: text,
    durationMs: ms,
    accounts: count,
    configHash: text,
    window: z.looseObject({ beforeMs: ms, afterMs: ms }),
    interrupted: text.optional(),
    shards: z.array(z.string().regex(/^[1-9]\d*\/[1-9]\d*$/, 'expected a share such as 3/8')).optional(),
  }),
  moments: z.array(moment),
  momentsLeftOut: count,
  series: series.optional(),
  replay: replay.optional(),
  sections: z.array(section).optional(),
  early: z.looseObject({
    suspects: z.array(
      z.looseObject({
        account: text,
        type: text,
        key: text,
        t: ms,
        listenedMs: ms,
        reason: text.optional(),
      }),
    ),
  }),
  terms: z.looseObject({
    gate: gateSettings,
    unmapped: z.enum(['report', 'fail', 'ignore']),
    types: z.array(text),
    hashes: z.looseObject({
      events: text,
      rename: text,
      rules: text,
      unmapped: text,
      match: text,
      gate: text,
    }),
  }),
});

/** A JSON Schema (draft 2020-12) of reports. */
export function reportJsonSchema(): Record<string, unknown> {
  const facts = { unrepresentable: 'any' as const };
  return { ...z.toJSONSchema(report, facts), title: 'feed-parity report' };
}

/** A value as a report, or what is wrong with it, a line each: `lag.p99Ms: expected a number, found text`. */
export function parseReport(value: unknown): Report | { readonly problems: readonly string[] } {
  const parsed = report.safeParse(value, { error: explain, reportInput: true });
  if (parsed.success) return parsed.data;
  const problems = problemsOf(parsed.error.issues);
  return { problems: problems.map(({ path, message }) => `${pathText(path)}: ${message}`) };
}

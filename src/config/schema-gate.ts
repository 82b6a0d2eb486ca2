import * as z from 'zod';
import type { CountedOutcome, EventType, GateSettings, TypeLimits } from '../model/settings.js';
import { explain, problemsOf } from './explain.js';
import { closed, duration, tell } from './schema-parts.js';
import { snapshotGate } from './schema-snapshot.js';
import { suggestion } from './near.js';

const SHARE = 'expected a share from 0 to 1';
const share = z.number().min(0, SHARE).max(1, SHARE);
const count = z.int().min(0, 'expected a count of at least 0');
const CONFIDENCE = 'expected a confidence between 0 and 1';
const defectRate = share.gt(
  0,
  'expected a rate above 0, as no amount of evidence proves 0; write 0.0001, or null for no limit',
);

/** Limits on what goes wrong, for all types or for one; null for no limit. */
const OUTCOMES: readonly CountedOutcome[] = ['mismatch', 'missing', 'extra', 'duplicate', 'late'];
const counts = {
  mismatch: count.nullable().optional().describe('highest tolerable count; null for no limit'),
  missing: count.nullable().optional().describe('highest tolerable count; null for no limit'),
  extra: count.nullable().optional().describe('highest tolerable count; null for no limit'),
  duplicate: count.nullable().optional().describe('highest tolerable count; null for no limit'),
  late: count.nullable().optional().describe('highest tolerable count; null for no limit'),
};

const lagMost = duration().nullable().optional();
const lag = closed({ p50: lagMost, p95: lagMost, p99: lagMost, max: lagMost });

const typeLimits = closed({
  defectRate: defectRate.nullable().optional(),
  ...counts,
  minPerType: count.optional(),
  lag: lag.default({}),
})
  .transform(({ defectRate, minPerType, lag, ...counts }): TypeLimits => ({
    ...told({ defectRate, minPerType: minPerType }),
    counts: told(counts),
    lag: told(lag),
  }))
  .describe('limits of one type, in place of those for all');

/** Every limit, none of which has to be there. */
const limits = {
  confidence: z.number().gt(0, CONFIDENCE).lt(1, CONFIDENCE).optional(),
  defectRate: defectRate
    .nullable()
    .optional()
    .describe('highest tolerable share of defective events; null for no limit'),
  ...counts,
  minPerType: count.optional().describe('pairs that each declared type needs'),
  lag: lag.default({}).describe('highest tolerable lag by percentile'),
  inconclusiveShare: share.optional().describe('highest tolerable share of inconclusive events'),
  reorderedShare: share.nullable().optional().describe('highest tolerable share of reordered pairs'),
  types: z.record(z.string(), typeLimits).optional().describe('by type: limits in place of those for all'),
};

export const gate = closed({
  ...limits,
  confidence: limits.confidence.default(0.95),
  defectRate: limits.defectRate.default(0.001),
  missing: counts.missing.default(0),
  extra: counts.extra.default(0),
  minPerType: limits.minPerType.default(30),
  inconclusiveShare: limits.inconclusiveShare.default(0.05),
  snapshot: snapshotGate.optional().describe('limits of parity snapshot'),
}).transform(
  ({ defectRate, mismatch, missing, extra, duplicate, late, reorderedShare, lag, ...rest }): GateSettings => ({
    ...rest,
    counts: present({ mismatch, missing, extra, duplicate, late }),
    lag: present(lag),
    ...present({ defectRate, reorderedShare }),
  }),
);

/** Limits that are set over others. */
const limitsOver = closed(limits);

type LimitsOver = z.output<typeof limitsOver>;

/** The settings with limits set over them; null lifts one. */
function withLimits(before: GateSettings, over: LimitsOver): GateSettings {
  const { mismatch, missing, extra, duplicate, late, lag, types, ...rest } = over;
  const { defectRate, reorderedShare, ...kept } = before;
  const all = { ...kept, ...told({ confidence: rest.confidence, minPerType: rest.minPerType }) };
  return {
    ...all,
    ...told({ inconclusiveShare: rest.inconclusiveShare }),
    ...present({ defectRate: override(defectRate, rest.defectRate) }),
    ...present({ reorderedShare: override(reorderedShare, rest.reorderedShare) }),
    counts: present({ ...before.counts, ...told({ mismatch, missing, extra, duplicate, late }) }),
    lag: present({ ...before.lag, ...told(lag) }),
    ...(types === undefined ? {} : { types: withTypes(before.types ?? {}, types) }),
  };
}

function withTypes(
  before: NonNullable<GateSettings['types']>,
  over: NonNullable<GateSettings['types']>,
): NonNullable<GateSettings['types']> {
  const merged = Object.entries(over).map(([type, limits]): [string, TypeLimits] => {
    const own = before[type];
    const counts = { ...own?.counts, ...limits.counts };
    return [type, { ...own, ...limits, counts, lag: { ...own?.lag, ...limits.lag } }];
  });
  return { ...before, ...Object.fromEntries(merged) };
}

function override<Value>(before: Value | undefined, over: Value | null | undefined): Value | null | undefined {
  return over === undefined ? before : over;
}

/** Reads a tree of limits, as under `gate` in the config, and sets them over others; or says what is wrong with it. */
export function overlay(before: GateSettings, tree: unknown): GateSettings | { readonly problem: string } {
  const parsed = limitsOver.safeParse(tree, { error: explain, reportInput: true });
  if (parsed.success) return withLimits(before, parsed.data);
  return { problem: problemsOf(parsed.error.issues)[0]?.message ?? 'is no limit' };
}

/** Names of limits, as the config spells them: `lag.p99`; those of a type follow `types.NAME.`. */
export const LIMIT_NAMES: readonly string[] = [
  'confidence',
  'defectRate',
  ...OUTCOMES,
  'minPerType',
  'lag.p50',
  'lag.p95',
  'lag.p99',
  'lag.max',
  'inconclusiveShare',
  'reorderedShare',
];

/** Those that a type may have of its own. */
export const TYPE_LIMIT_NAMES = LIMIT_NAMES.filter(
  (name) => !['confidence', 'inconclusiveShare', 'reorderedShare'].includes(name),
);

/** Limits of a type that nobody declared would hold for nothing. */
export function checkTypeLimits(
  { gate, events }: { readonly gate: GateSettings; readonly events: EventType[] },
  context: z.core.$RefinementCtx,
): void {
  // Types that are wrong themselves are told of, and are no list yet.
  if (!Array.isArray(events)) return;
  const known = events.filter((type) => type.only === undefined).map((type) => type.name);
  for (const type of Object.keys(gate.types ?? {})) {
    if (known.includes(type)) continue;
    const why = events.some(({ name }) => name === type)
      ? 'is on one side alone, and has no pairs'
      : 'is no declared type';
    tell(context, `${JSON.stringify(type)} ${why}${suggestion(type, known)}`, ['gate', 'types', type], 'key');
  }
}

/** The members that are there, null among them. */
function told<Members extends object>(
  members: Members,
): { [Name in keyof Members]?: Exclude<Members[Name], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, member]) => member !== undefined)) as {
    [Name in keyof Members]?: Exclude<Members[Name], undefined>;
  };
}

/** The members that have a number. */
function present<Name extends string>(
  members: Partial<Record<Name, number | null | undefined>>,
): Partial<Record<Name, number>> {
  return Object.fromEntries(Object.entries(members).filter(([, member]) => typeof member === 'number')) as Partial<
    Record<Name, number>
  >;
}

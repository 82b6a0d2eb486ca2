import { resolve } from 'node:path';
import * as z from 'zod';
import type {
  Causing,
  Expectations,
  MetricExpectation,
  PhaseSettings,
  Plan,
  PublishSettings,
  SideExpectation,
} from '../model/plan.js';
import type { GateSettings } from '../model/settings.js';
import { SIDES, type Side } from '../model/timeline.js';
import { unlike } from './explain.js';
import { flagSchema, type PlanSurroundings } from './plan-flag-schema.js';
import { closed, duration, headers, path, tell, text, url } from './schema-parts.js';

/** What a plan is judged by where it does not say so itself. */
export interface PlanContext extends PlanSurroundings {
  readonly gate: GateSettings;
}

const share = z.number().min(0, 'expected a share from 0 to 1').max(1, 'expected a share from 0 to 1');
const count = z.int().min(0, 'expected a count of at least 0');
const most = count.nullable().default(0).describe('highest tolerable count; null for no limit');

const limits = closed({
  mismatch: most,
  missing: most,
  extra: most,
  duplicate: most,
  late: most,
  minPerType: count.default(0).describe('pairs that each declared type needs'),
  defectRate: share.gt(0, 'expected a rate above 0').optional().describe('highest tolerable share of defective events'),
  lag: closed({
    p50: duration().optional(),
    p95: duration().optional(),
    p99: duration().optional(),
    max: duration().optional(),
  }).optional(),
  inconclusiveShare: share.optional(),
  reorderedShare: share.optional(),
});

const range = closed({ atLeast: z.number().optional(), atMost: z.number().optional() }).superRefine(
  (given, context) => {
    if (given.atLeast === undefined && given.atMost === undefined)
      tell(context, 'expected atLeast or atMost, found neither');
  },
);

const metric = closed({
  name: text.optional().describe('what the report calls it'),
  url: url(['http:', 'https:']),
  headers: headers.default({}),
  at: path().optional().describe('where in a JSON answer the figure is'),
  metric: text.optional().describe("its name in Prometheus' text format, with labels if need be"),
  value: range.optional().describe("what it has to be at the phase's end"),
  change: range.optional().describe('what it may grow by during the phase'),
}).transform((given, context): MetricExpectation => {
  const { at, metric: named, value, change } = given;
  const bounds = value ?? change;
  if ((at === undefined) === (named === undefined)) tell(context, 'expected either at (a path) or metric (a name)');
  if ((value === undefined) === (change === undefined)) tell(context, 'expected either value or change');
  const figure =
    at !== undefined ? ({ kind: 'json', path: at } as const) : ({ kind: 'prometheus', metric: named ?? '' } as const);
  return {
    name: given.name ?? at?.text ?? named ?? '',
    url: given.url,
    headers: given.headers,
    figure,
    of: value === undefined ? 'change' : 'value',
    ...(bounds?.atLeast === undefined ? {} : { atLeast: bounds.atLeast }),
    ...(bounds?.atMost === undefined ? {} : { atMost: bounds.atMost }),
  };
});

const side = z.union([z.enum(['flowing', 'silent']), closed({ atLeast: count.min(1, 'expected at least 1') })], {
  error: ({ input }) => unlike('flowing, silent or {atLeast: 20}', input),
});

const expectations = closed({
  control: side.optional(),
  candidate: side.optional(),
  parity: z
    .union([z.literal(true), limits], { error: ({ input }) => unlike('true or limits such as {missing: 0}', input) })
    .optional()
    .describe("the phase's events agree, within these limits"),
  snapshot: z.literal('parity').optional().describe('the REST lists agree'),
  rendered: z.literal('exactly-once').optional().describe("what a user's page would show: nothing lost, nothing twice"),
  isolation: z.literal('refused').optional().describe("no account gets another account's events"),
  http: z.array(metric).default([]).describe('figures of a service'),
});

type GivenExpectations = z.output<typeof expectations>;
type GivenLimits = z.output<typeof limits>;

const publish = closed({
  type: text.describe('a type of the config'),
  accounts: z.array(text).min(1, 'expected at least one account').optional().describe("in turn; the plan's otherwise"),
  count: z.int().min(1, 'expected at least 1').default(1),
  every: duration().prefault('100ms'),
  payload: z.string().optional().describe("control's payload; may hold {key}, {account} and {account.NAME}"),
});

const causing = closed({
  replay: closed({
    file: text.describe('a recording that holds control, relative to the plan'),
    speed: z.number().gt(0, 'expected a speed above 0').optional(),
    rate: z
      .number()
      .gt(0, 'expected a rate above 0')
      .optional()
      .describe('events a second, instead of the recorded pace'),
    loop: z.int().min(1, 'expected at least 1').default(1),
    limit: z.int().min(1, 'expected at least 1').optional(),
  }).optional(),
  publish: publish.optional(),
}).superRefine((given, context) => {
  const kinds = Object.keys(given);
  if (kinds.length !== 1) tell(context, `expected either replay or publish, found ${kinds.join(' and ') || 'none'}`);
  if (given.replay?.speed !== undefined && given.replay.rate !== undefined)
    tell(context, 'expected either speed or rate, found both', ['replay', 'rate']);
});

const phase = closed({
  name: text,
  flag: z.enum(['on', 'off']).optional().describe('what the flag is set to; left as it is otherwise'),
  events: causing.optional().describe('what is caused'),
  hold: duration().prefault('0s').describe('how long the phase lasts at least, once the flag is seen'),
  expect: expectations.prefault({}),
});

const seen = closed({
  within: duration(1).prefault('30s').describe('how long a flag may take to be seen'),
  canary: closed({
    type: publish.shape.type,
    accounts: publish.shape.accounts,
    payload: publish.shape.payload,
    every: duration(1).prefault('500ms'),
    agreeing: z.int().min(1, 'expected at least 1').default(1).describe('canaries in a row that have to agree'),
  }).optional(),
});

const page = closed({
  reconnect: duration().prefault('300ms').describe('how long a page needs to subscribe to the other feed'),
  overlap: duration().prefault('0s').describe('how long it keeps the one it leaves'),
  deduplicated: z.boolean().default(true).describe('whether it shows an event of one key once only'),
}).describe("how a user's page goes over from one feed to the other");

/** The whole plan file. */
export const planSchema = (context: PlanContext) =>
  closed({
    $schema: z.string().optional().describe('for editors'),
    name: text.describe('what the report calls the plan'),
    flag: flagSchema(context).describe('what is turned, where, and for whom'),
    seen: seen.prefault({}),
    unwatched: z.array(text).default([]).describe('accounts that nobody listens for'),
    load: causing.optional().describe('what is caused from the first phase to the last, flips included'),
    repeat: z.int().min(1, 'expected at least 1').default(1).describe('how often all phases are run'),
    phases: z.array(phase).min(1, 'expected at least one phase'),
    page: page.prefault({}),
    interference: closed({
      side: z.enum(['control', 'candidate']),
      off: text.describe('the name of a phase'),
      on: text.describe('the name of a phase'),
    })
      .optional()
      .describe("whether a side's own figures differ while the flag is on"),
  })
    .superRefine((plan, refining) => {
      const checks = new Checks(context, refining);
      checks.accounts(plan.unwatched, ['unwatched']);
      checks.causing(plan.load, ['load']);
      if (plan.seen.canary) checks.publish(plan.seen.canary, ['seen', 'canary']);
      for (const [index, one] of plan.phases.entries()) {
        checks.causing(one.events, ['phases', index, 'events']);
        const first = plan.phases.findIndex(({ name }) => name === one.name);
        if (first < index)
          tell(refining, `expected a name of its own, found that of phases[${first}]`, ['phases', index, 'name']);
      }
      if (plan.unwatched.length >= context.accounts.length && context.accounts.length > 0)
        tell(refining, 'leaves no account that is listened for', ['unwatched']);
      for (const which of plan.interference === undefined ? [] : (['off', 'on'] as const)) {
        const name = plan.interference?.[which];
        if (!plan.phases.some((one) => one.name === name))
          tell(refining, `there is no phase ${JSON.stringify(name)}`, ['interference', which]);
      }
    })
    .transform((plan): Plan => planOf(plan, context));

type GivenPlan = {
  readonly name: string;
  readonly flag: Plan['flag'];
  readonly seen: z.output<typeof seen>;
  readonly unwatched: readonly string[];
  readonly load?: z.output<typeof causing> | undefined;
  readonly repeat: number;
  readonly phases: readonly z.output<typeof phase>[];
  readonly page: z.output<typeof page>;
  readonly interference?: Plan['interference'] | undefined;
};

function planOf(given: GivenPlan, context: PlanContext): Plan {
  const { name, flag, unwatched, repeat, interference } = given;
  const { reconnect, overlap, deduplicated } = given.page;
  const usual = flag.targeting.accounts.filter((id) => !unwatched.includes(id));
  const { within, canary } = given.seen;
  return {
    name,
    flag,
    unwatched,
    repeat,
    page: { reconnectMs: reconnect, overlapMs: overlap, deduplicated },
    seen: {
      withinMs: within,
      ...(canary === undefined
        ? {}
        : {
            canary: {
              events: publishOf({ ...canary, count: 1 }, usual),
              everyMs: canary.every,
              agreeing: canary.agreeing,
            },
          }),
    },
    phases: given.phases.map((one): PhaseSettings => ({
      name: one.name,
      holdMs: one.hold,
      expect: expectationsOf(one.expect, context.gate),
      ...(one.flag === undefined ? {} : { flag: one.flag }),
      ...(one.events === undefined ? {} : { causes: causingOf(one.events, usual, context.folder) }),
    })),
    ...(given.load === undefined ? {} : { load: causingOf(given.load, usual, context.folder) }),
    ...(interference === undefined ? {} : { interference }),
  };
}

function causingOf(
  { replay, publish: single }: z.output<typeof causing>,
  usual: readonly string[],
  folder: string,
): Causing {
  if (single) return { kind: 'publish', publish: publishOf(single, usual) };
  const { file = '', speed, rate, loop = 1, limit = Infinity } = replay ?? {};
  const pace = rate !== undefined ? { perS: rate } : speed !== undefined ? { speed } : {};
  return { kind: 'replay', replay: { file: resolve(folder, file), loops: loop, limit, ...pace } };
}

function publishOf(
  { type, accounts, count: times, every, payload }: z.output<typeof publish>,
  usual: readonly string[],
): PublishSettings {
  const made = payload === undefined ? {} : { payload };
  return { type, accounts: accounts ?? usual, count: times, everyMs: every, ...made };
}

function expectationsOf(given: GivenExpectations, gate: GateSettings): Expectations {
  const { parity, snapshot, rendered, isolation, http } = given;
  const sides: Partial<Record<Side, SideExpectation>> = {};
  for (const which of SIDES) {
    const expected = given[which];
    if (typeof expected === 'string') sides[which] = { state: expected, atLeast: 1 };
    else if (expected !== undefined) sides[which] = { state: 'flowing', atLeast: expected.atLeast };
  }
  return {
    sides,
    http,
    ...(parity === undefined ? {} : { parity: limitsOf(parity === true ? limits.parse({}) : parity, gate) }),
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(rendered === undefined ? {} : { rendered }),
    ...(isolation === undefined ? {} : { isolation }),
  };
}

/** A phase is short: it is held to what happened in it, and to no rate that takes thousands of events to prove. */
function limitsOf(given: GivenLimits, gate: GateSettings): GateSettings {
  const { mismatch, missing, extra, duplicate, late, minPerType, defectRate, lag, reorderedShare } = given;
  const counts = Object.entries({ mismatch, missing, extra, duplicate, late }).filter(([, limit]) => limit !== null);
  return {
    confidence: gate.confidence,
    counts: Object.fromEntries(counts),
    minPerType,
    lag: lag ?? gate.lag,
    inconclusiveShare: given.inconclusiveShare ?? gate.inconclusiveShare,
    ...(defectRate === undefined ? {} : { defectRate }),
    ...(reorderedShare === undefined ? {} : { reorderedShare }),
  };
}

type Place = (string | number)[];

/** What only the config can tell of a plan. */
class Checks {
  constructor(
    private readonly context: PlanContext,
    private readonly refining: z.core.$RefinementCtx,
  ) {}

  accounts(ids: readonly string[], place: Place): void {
    for (const [index, id] of ids.entries()) {
      if (this.context.accounts.some((account) => account.id === id)) continue;
      tell(this.refining, `the config has no account ${JSON.stringify(id)}`, [...place, index]);
    }
  }

  publish(
    { type, accounts = [] }: { readonly type: string; readonly accounts?: readonly string[] | undefined },
    place: Place,
  ): void {
    if (!this.context.types.includes(type))
      tell(
        this.refining,
        `the config has no type ${JSON.stringify(type)} on control; it has ${this.context.types.join(', ')}`,
        [...place, 'type'],
      );
    this.accounts(accounts, [...place, 'accounts']);
  }

  causing(given: z.output<typeof causing> | undefined, place: Place): void {
    if (given?.publish) this.publish(given.publish, [...place, 'publish']);
  }
}

/** A JSON Schema (draft 2020-12) of a plan, for editors. */
export function exportPlanSchema(): Record<string, unknown> {
  const gate: GateSettings = { confidence: 0.95, counts: {}, minPerType: 0, lag: {}, inconclusiveShare: 0.05 };
  const schema = planSchema({ accounts: [], types: [], folder: '.', gate });
  return { ...z.toJSONSchema(schema, { io: 'input' }), title: 'a plan of parity' };
}

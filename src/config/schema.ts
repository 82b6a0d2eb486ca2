import * as z from 'zod';
import type { EventPlace, EventType, MatchSettings, Permission, Rename, Rule } from '../model/settings.js';
import type { Side } from '../model/timeline.js';
import { SIDES } from '../model/timeline.js';
import { shown, unlike } from './explain.js';
import { checkTypeLimits, gate } from './schema-gate.js';
import { closed, duration, path, paths, tell, text, where } from './schema-parts.js';
import { planning } from './schema-plan.js';
import { checkRedaction, redact, redactSettings } from './schema-redact.js';
import { replay } from './schema-replay.js';
import { snapshot } from './schema-snapshot.js';
import { source } from './schema-sources.js';

const account = z
  .object({ id: text.describe('names the account in templates and in every output') })
  .catchall(z.string())
  .describe('a test account; each further member is a value for templates: {account.NAME}');

const accounts = z
  .union(
    [
      z.array(account).min(1, 'expected at least one account'),
      closed({ file: text.describe('a file with the list of accounts, relative to this one') }),
    ],
    { error: ({ input }) => unlike('a list of accounts or {file: accounts.yaml}', input) },
  )
  .superRefine((list, context) => {
    if (!Array.isArray(list)) return;
    const places = new Map<string, number>();
    for (const [index, { id }] of list.entries()) {
      const first = places.get(id);
      if (first === undefined) places.set(id, index);
      else tell(context, `expected an id of its own, found that of accounts[${first}]`, [index, 'id']);
      // No more than the first word is shown: what follows may be a token whose key lost its space.
      if (/[\s\p{Cc}]/u.test(id))
        tell(context, `expected an id without blanks, found ${shown(id.split(/[\s\p{Cc}]/u)[0])} and more`, [
          index,
          'id',
        ]);
    }
  });

const eventPlace = closed({
  event: text.describe("the frame's event name"),
  where: where.prefault({}).describe('conditions: path to the value that stands there'),
  body: path().optional().describe('the part of the payload that is compared; all of it otherwise'),
  key: paths.optional().describe('the correlation key: one path, or several that together are the key'),
}).transform(({ key, ...rest }): EventPlace => ({ ...rest, key: key ?? [] }));

const eventType = closed({
  control: eventPlace.optional(),
  candidate: eventPlace.optional(),
  only: z.enum(['control', 'candidate']).optional().describe('on this side alone, on purpose: never extra or missing'),
  repeats: z
    .enum(['duplicates', 'occurrences'])
    .default('duplicates')
    .describe('whether a key names one event, or each repeat is an event of its own'),
}).superRefine((type, context) => {
  const { control, candidate, only } = type;
  for (const side of SIDES) {
    const place = type[side];
    if (place && only !== undefined && only !== side)
      tell(context, `has no place in a type with only: ${only}; leave out one of the two`, [side], 'key');
    if (!place && only === undefined) tell(context, `is without ${side}: add it, or say only: ${other(side)}`);
    if (!place && only === side) tell(context, `is without ${side}, although only: ${side}`);
    if (place?.key.length === 0 && only === undefined)
      tell(context, 'is missing: expected the path of the correlation key', [side, 'key']);
  }
  if (only !== undefined || !control?.key.length || !candidate?.key.length) return;
  if (control.key.length !== candidate.key.length) {
    const found = `${control.key.length} for control and ${candidate.key.length} for candidate`;
    tell(context, `expected as many paths on both sides, found ${found}`, ['candidate', 'key']);
  }
});

const events = z
  .record(z.string().min(1, 'expected the name of a type'), eventType)
  .superRefine((types, context) => {
    if (Object.keys(types).length === 0) tell(context, 'expected at least one event type, found an empty map');
    const claimed = new Map<string, string>();
    for (const [name, type] of Object.entries(types)) {
      for (const side of SIDES) {
        const place = type[side];
        if (!place) continue;
        const claim = JSON.stringify([
          side,
          place.event,
          place.where.map((one) => JSON.stringify([one.path.segments, one.value])).sort(),
        ]);
        const earlier = claimed.get(claim);
        if (earlier !== undefined)
          tell(context, `claims the same frames as ${earlier}; tell the two apart by event or where`, [name, side]);
        claimed.set(claim, name);
      }
    }
  })
  .transform((types): EventType[] => Object.entries(types).map(([name, type]) => Object.assign({ name }, type)));

const namesOnly = path('names').refine(({ segments }) => segments.length > 0, 'expected the path of a member, found $');

const rename = closed({
  from: namesOnly.describe("the candidate's path"),
  to: namesOnly.describe("control's path"),
}).transform((given): Rename => given);

const PERMISSIONS = ['instant', 'string', 'nullish', 'text', 'set', 'number'] as const;

const permissionWithOptions = closed({
  number: closed({ tolerance: z.number().min(0, 'expected a tolerance of at least 0') }).optional(),
  text: closed({ html: z.boolean().default(false), unicode: z.enum(['nfc', 'nfkc']).optional() }).optional(),
  set: closed({ key: path().describe("the path, within an element, of the element's identity") }).optional(),
})
  .superRefine((given, context) => {
    const kinds = Object.keys(given);
    if (kinds.length !== 1)
      tell(context, `expected one of number, text or set, found ${kinds.join(' and ') || 'none'}`);
    if (given.text && !given.text.html && given.text.unicode === undefined) {
      tell(context, 'permits nothing: say html: true or unicode: nfc', ['text']);
    }
  })
  .transform(({ number, set, ...rest }): Permission => {
    if (number) return { kind: 'number', ...number };
    return set ? { kind: 'set', ...set } : { kind: 'text', html: false, ...rest.text };
  });

const permission = z.union([z.enum(PERMISSIONS).transform(bare), permissionWithOptions], {
  error: ({ input }) => unlike(`one of ${PERMISSIONS.join(', ')}, or {number: {tolerance: 0.01}}`, input),
});

/** What a bare word permits: `number` any spelling of the same number, `text` any spelling of the same text. */
function bare(kind: (typeof PERMISSIONS)[number]): Permission {
  if (kind === 'number') return { kind, tolerance: 0 };
  if (kind === 'text') return { kind, html: true, unicode: 'nfc' };
  return { kind };
}

const rule = (today: string) =>
  closed({
    path: path('many').describe("in control's terms, relative to the body"),
    ignore: z.literal(true).optional().describe('any difference is permitted'),
    as: permission.optional().describe('values count as equal when they are so as this'),
    reason: text.describe('why the difference is permitted'),
    owner: text.optional(),
    expires: z.iso.date('expected a date such as 2027-03-01').optional().describe('after this day the rule is refused'),
    usedWithin: z
      .int()
      .min(1, 'expected a number of pairs of at least 1')
      .optional()
      .describe('pairs within which the rule has to let something through, or else leaves parity unproven'),
  })
    .superRefine(({ path: place, ignore, as, expires }, context) => {
      if (ignore && place.segments.length === 0) {
        tell(context, 'would permit every difference; name a member, such as $.updated_at', ['path']);
      }
      if (!ignore && !as)
        tell(context, 'permits nothing: say ignore: true, or as: and one of ' + PERMISSIONS.join(', '));
      if (ignore && as) tell(context, 'expected either ignore or as, found both');
      if (expires !== undefined && expires < today) {
        tell(
          context,
          `the rule has expired (${expires}, and today is ${today}); remove it, or renew it with a later date`,
          ['expires'],
        );
      }
    })
    .transform(({ ignore: _ignore, as, ...rest }): Rule => ({ ...rest, permits: as ?? { kind: 'ignore' } }));

const match = closed({
  window: closed({
    before: duration().prefault('0s').describe('how long before its control event a candidate event may come'),
    after: duration().prefault('10s').describe('how long after its control event a candidate event may come'),
  }).prefault({}),
  settle: duration().prefault('500ms').describe('how long after the acknowledgement a side counts as listening'),
  tombstone: duration().prefault('60s').describe('how long a closed key is remembered'),
  stall: duration(1).prefault('250ms').describe('a tick later than this is a gap of ours on both sides'),
  resolution: duration().prefault('5ms').describe('two sockets have no order below this'),
}).transform(({ window, settle, tombstone, stall, resolution }): MatchSettings => ({
  window: { beforeMs: window.before, afterMs: window.after },
  settleMs: settle,
  tombstoneMs: tombstone,
  stallMs: stall,
  resolutionMs: resolution,
}));

/** The whole config; `today` (ISO date) decides which rules have expired. */
export const configSchema = (today: string) =>
  closed({
    $schema: z.string().optional().describe('for editors'),
    accounts,
    control: source.optional().describe('the trusted feed'),
    candidate: source.optional().describe('the feed on trial'),
    events: events.describe('canonical types: where each is on each side, and its correlation key'),
    rename: z.array(rename).default([]).describe('candidate path to control path, before comparing'),
    rules: z.array(rule(today)).default([]).describe('differences that are permitted'),
    unmapped: z.enum(['report', 'fail', 'ignore']).default('report').describe('what a frame that no type claims means'),
    match: match.prefault({}),
    gate: gate.prefault({}),
    redact: redact.optional().describe('values that are replaced by tokens before anything is judged or written'),
    replay: replay.optional().describe('where and how parity replay sends recorded events'),
    plan: planning.optional().describe('what plans may touch: whatever it does not name is refused'),
    snapshot: snapshot.optional().describe('the lists that parity snapshot reads'),
  })
    .superRefine(checkRedaction)
    .superRefine(checkTypeLimits)
    .transform(({ redact: given, ...rest }) => ({
      ...rest,
      ...(given === undefined ? {} : { redact: redactSettings(given) }),
    }));

/** A JSON Schema (draft 2020-12) of the config file, for editors. */
export function exportJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(configSchema('0000-01-01'), { io: 'input' }), title: 'parity.yaml' };
}

function other(side: Side): Side {
  return side === 'control' ? 'candidate' : 'control';
}

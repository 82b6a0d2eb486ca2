import * as z from 'zod';
import type { Segment } from '../model/path.js';
import type { EventType, RedactSettings, Rename, Rule } from '../model/settings.js';
import { SIDES, type Side } from '../model/timeline.js';
import { unlike } from './explain.js';
import { below, covers, spelt } from './reach.js';
import { closed, path, tell } from './schema-parts.js';

const SHORTEST_KEY = 16;

const perSide = closed({ control: path('many').optional(), candidate: path('many').optional() }).refine(
  ({ control, candidate }) => control !== undefined || candidate !== undefined,
  'expected control or candidate, found neither',
);

const place = z
  .union([path('many').transform((both) => ({ control: both, candidate: both })), perSide], {
    error: ({ input }) => unlike('a path, or one for each side: {control: $.phone, candidate: $.data.phone}', input),
  })
  .describe('where in the payload, for both sides, or {control: path, candidate: path}');

/** The `redact` section. */
export const redact = closed({
  key: z
    .string()
    .min(SHORTEST_KEY, `expected at least ${SHORTEST_KEY} characters; \`openssl rand -hex 32\` makes a key`)
    .describe('what tokens are made with, such as ${PARITY_REDACT_KEY}; never written anywhere'),
  paths: z.array(place).min(1, 'expected at least one path').describe('the values that nobody may see'),
});

type Given = z.output<typeof redact>;

/** The places by side. */
export function redactSettings({ key, paths }: Given): RedactSettings {
  const of = (side: Side) => paths.flatMap((one) => one[side] ?? []);
  return { key, paths: { control: of('control'), candidate: of('candidate') } };
}

interface Judging {
  readonly redact?: Given | undefined;
  readonly events: readonly EventType[];
  readonly rename: readonly Rename[];
  readonly rules: readonly Rule[];
}

type Segments = readonly Segment[];

/** A token tells only whether two values are the same, so it may stand only where nothing else is asked of the value. */
export function checkRedaction(
  { redact: given, events, rename, rules }: Judging,
  context: z.core.$RefinementCtx,
): void {
  for (const [index, one] of (given?.paths ?? []).entries()) {
    const refuse = (message: string): void => tell(context, message, ['redact', 'paths', index]);
    for (const type of events) {
      for (const side of SIDES) refuseIdentity(one[side]?.segments, type, side, refuse);
      for (const side of SIDES) {
        const rule = rules.find(
          ({ path: { segments }, permits }) =>
            VALUES.has(permits.kind) && bodyPaths(one, type, side, rename).some((hidden) => isReadBy(hidden, segments)),
        );
        if (rule === undefined) continue;
        refuse(
          `hides what the rule for ${rule.path.text} (as: ${rule.permits.kind}) has to read; leave out one of the two`,
        );
        break;
      }
    }
  }
  if (given !== undefined) for (const type of events) refuseHalfHidden(given, type, rename, context);
}

/** Rules that look into a value. All others ask only whether two are the same, or nothing at all. */
const VALUES: ReadonlySet<string> = new Set(['instant', 'number', 'text', 'string']);

/**
 * Whether a rule at `target` may have to read what is hidden. A name at any depth (`$..phone`) is taken for a plain
 * value, which nothing lies below: else each rule with `[*]` or `..` were refused beside it.
 */
function isReadBy(hidden: Segments, target: Segments): boolean {
  if (!covers(hidden, target)) return false;
  const last = hidden.at(-1);
  if (last?.kind !== 'name' || !hidden.some(({ kind }) => kind === 'descend')) return true;
  return target.at(-1)?.kind !== 'name' || target.some((step) => step.kind === 'name' && step.name === last.name);
}

/** What tells which event a frame is must stay readable. */
function refuseIdentity(
  hidden: Segments | undefined,
  type: EventType,
  side: Side,
  refuse: (message: string) => void,
): void {
  const where = type[side];
  if (hidden === undefined || where === undefined) return;
  const key = where.key.find(({ segments }) => covers(hidden, segments));
  const told = where.where.find(({ path: { segments } }) => covers(hidden, segments));
  if (key !== undefined) refuse(`hides the correlation key ${key.text} of ${type.name} (${side})`);
  else if (told !== undefined) refuse(`hides ${told.path.text}, which tells ${type.name} from others (${side})`);
}

/** The places of one path within a type's body, in control's terms. */
function bodyPaths(one: Given['paths'][number], type: EventType, side: Side, renames: readonly Rename[]): Segments[] {
  const where = type[side];
  const hidden = one[side]?.segments;
  if (where === undefined || hidden === undefined) return [];
  const paths = below(hidden, where.body?.segments ?? []);
  return side === 'control' ? paths : paths.map((segments) => moved(segments, renames, 'from', 'to'));
}

function moved(segments: Segments, renames: readonly Rename[], from: 'from' | 'to', to: 'from' | 'to'): Segments {
  for (const rename of renames) {
    const start = rename[from].segments;
    const reaches =
      start.length <= segments.length &&
      covers(segments.slice(0, start.length), start) &&
      segments[0]?.kind !== 'descend';
    if (reaches) return [...rename[to].segments, ...segments.slice(start.length)];
  }
  return segments;
}

/** What is hidden on one side and in clear on the other would differ always. */
function refuseHalfHidden(
  given: Given,
  type: EventType,
  renames: readonly Rename[],
  context: z.core.$RefinementCtx,
): void {
  const { control, candidate } = type;
  if (control === undefined || candidate === undefined) return;
  const places = redactSettings(given).paths;
  const inBody = (side: Side) =>
    places[side].flatMap(({ segments }) => below(segments, type[side]?.body?.segments ?? []));
  const hidden: Record<Side, Segments[]> = { control: inBody('control'), candidate: inBody('candidate') };
  const isHidden = (side: Side, segments: Segments) => hidden[side].some((one) => covers(one, segments));
  const moves = renames.map(({ from, to }) => ({ control: to.segments, candidate: from.segments }));
  const pairs = [
    ...moves,
    ...hidden.control.map((segments) => ({ control: segments, candidate: moved(segments, renames, 'to', 'from') })),
    ...hidden.candidate.map((segments) => ({ control: moved(segments, renames, 'from', 'to'), candidate: segments })),
  ];
  const half = pairs.find((pair) => isHidden('control', pair.control) !== isHidden('candidate', pair.candidate));
  if (half === undefined) return;
  const spell = (side: Side) => spelt([...(type[side]?.body?.segments ?? []), ...half[side]]);
  const [hiding, clear]: [Side, Side] = isHidden('control', half.control)
    ? ['control', 'candidate']
    : ['candidate', 'control'];
  tell(
    context,
    `${spell(hiding)} of ${type.name} is hidden on ${hiding} and its counterpart ${spell(clear)} stays in clear on ${clear}; write {control: ${spell('control')}, candidate: ${spell('candidate')}}`,
    ['redact', 'paths'],
  );
}

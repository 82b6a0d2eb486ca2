import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparer } from '../../src/compare/judge.js';
import type { Json } from '../../src/model/json.js';
import type { Observation } from '../../src/model/observation.js';
import type { Permission, Rename, Rule } from '../../src/model/settings.js';
import type { Side } from '../../src/model/timeline.js';
import { observer } from '../../src/normalise/observe.js';
import { decide } from '../../src/scan/decide.js';
import { scanningObserver } from '../../src/scan/observe.js';
import { eventType, frame, path, rule, settings } from '../given.js';

const NAMES = ['a', 'b', 'c', 'at', 'x y', '0', '__proto__'] as const;

/** One value in one of the many ways in which it can be spelt, or a near miss. */
const scalar = fc.constantFrom(
  ...['null', 'true', 'false', '0', '-0', '1', '1.0', '1.50', '1.5', '15e-1', '10', '1e1', '-1', '9007199254740993', '9007199254740992'],
  ...['100000000000000000000', '0.0000001', '1234567890123456.5', '1.2345678901234567890', '""', '"null"', '"1"', '"1.0"', '"true"', '"é"', '"\\u00e9"', '"e\\u0301"'],
  ...['"a\\/b"', '"a/b"', '"\\ud83d\\ude00"', '"😀"', '"\\ud800"', '"<b>"', '"\\u003cb\\u003e"', '"\\"q\\""'],
  ...['"2026-11-22T16:02:15.123Z"', '"2026-11-22T16:02:15.123456Z"', '"2026-11-22T16:02:15.123499Z"', '"2026-11-22T18:02:15.123+02:00"', '"2026-11-22 16:02:15 UTC"'],
  ...['"2026-11-22T16:02:15.123456"', '"2026-11-31T16:02:15Z"', '"2026-12-31T23:59:59.9Z"', '"2026-12-31T23:59:59.900Z"'],
);

/** JSON text, with blanks, repeated names and other things that a careless reader trips over. */
const { text } = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 3 },
    scalar,
    scalar,
    fc.array(tie('text'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc.array(fc.tuple(fc.constantFrom(...NAMES), tie('text')), { maxLength: 4 }).map(object),
  ),
}));

function object(members: readonly (readonly [string, string])[]): string {
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
}

const member = fc.constantFrom('a', 'b', 'c', 'at');
const somePath = fc
  .array(fc.oneof(member.map((name) => `.${name}`), fc.constant('[*]'), fc.constant('[0]')), { minLength: 1, maxLength: 3 })
  .map((steps) => `$${steps.join('')}`);

const permission = fc.constantFrom<Permission>(
  { kind: 'ignore' },
  { kind: 'instant' },
  { kind: 'string' },
  { kind: 'nullish' },
  { kind: 'number', tolerance: 1 },
  { kind: 'set' },
  { kind: 'text', html: true },
);

const rules = fc.array(
  fc.tuple(fc.oneof(somePath, member.map((name) => `$..${name}`)), permission).map(([at, permits]): Rule => rule(at, permits)),
  { maxLength: 3 },
);

const namesPath = fc.array(member, { minLength: 1, maxLength: 2 }).map((names) => path(`$.${names.join('.')}`));
const renames = fc.array(
  fc.record<Rename>({ from: namesPath, to: namesPath }),
  { maxLength: 2 },
);

/** A second text near the first: equal, respelt, reordered, or different in one place. */
function near(one: string): fc.Arbitrary<string> {
  const respelt = [
    one,
    one.replaceAll('1.50', '1.5').replaceAll('é', '\\u00e9'),
    one.replaceAll('.123Z', '.123456Z'),
    one.replaceAll('null', '""'),
    one.replaceAll('"a"', '"b"'),
    one.replaceAll(',', ' , '),
    one.replace('1', '2'),
  ];
  return fc.oneof(fc.constantFrom(...respelt), reversed(one), text);
}

function reversed(one: string): fc.Arbitrary<string> {
  const value = safely(one);
  return value === undefined ? fc.constant(one) : fc.constant(JSON.stringify(backwards(value)));
}

function safely(one: string): unknown {
  try {
    return JSON.parse(one);
  } catch {
    return undefined;
  }
}

function backwards(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(backwards);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([name, inner]) => [name, backwards(inner)]));
}

/** What both ways of reading make of a pair of bodies. */
function judged(control: string, candidate: string, some: { rules: readonly Rule[]; rename: readonly Rename[] }) {
  const type = eventType({ control: { event: 'email-opened', where: [], body: path('$.body'), key: [path('$.id')] }, candidate: { event: 'item_created', where: [], body: path('$.body'), key: [path('$.id')] } });
  const config = settings({ ...some, events: [type] });
  const slow = observer(config);
  const fast = scanningObserver(config);
  const read = (side: Side, body: string) => {
    const payload = `{"id":7,"body":${body},"more":[1,{"body":2}]}`;
    const one = frame(side, 1, payload);
    const scanned = fast({ ...one, bytes: Buffer.from(payload) });
    const parsed = slow(one);
    return { scanned, parsed };
  };
  return { control: read('control', control), candidate: read('candidate', candidate), compare: comparer(config.rules) };
}

type Judged = ReturnType<typeof judged>;

function observationOf(observed: Judged['control']['parsed'] | undefined): Observation | undefined {
  return observed?.kind === 'observation' ? observed.observation : undefined;
}

describe('the scanner', () => {
  it('never calls equal what the parser and the rules do not, whatever the payloads, rules and renames', () => {
    let decided = 0;
    fc.assert(
      fc.property(
        text.chain((one) => fc.tuple(fc.constant(one), near(one))),
        rules,
        renames,
        ([control, candidate], someRules, rename) => {
          const { control: a, candidate: b, compare } = judged(control, candidate, { rules: someRules, rename });
          const decision = decide(observationOf(a.scanned)?.print, observationOf(b.scanned)?.print);
          if (decision === 'look closer') return;
          decided++;
          const slowA = observationOf(a.parsed);
          const slowB = observationOf(b.parsed);
          const verdict = compare(slowA?.body as Json, slowB?.body as Json);
          const used = verdict.outcome === 'match' ? [] : [...verdict.used].sort();
          expect({ outcome: verdict.outcome, used }).toEqual({
            outcome: decision.used.length === 0 ? 'match' : 'allowed',
            used: [...decision.used],
          });
        },
      ),
      { numRuns: 20_000 },
    );
    // A scanner that never decides would pass the above.
    expect(decided).toBeGreaterThan(2_000);
  });

  it('finds the same key, type and fate of a frame as the parser, or leaves it to it', () => {
    const claimed = settings({
      events: [
        eventType({ name: 'one', control: { event: 'email-opened', where: [{ path: path('$.a'), value: '1' }], key: [path('$.b'), path('$.c.at')] } }),
        eventType({ name: 'two', control: { event: 'email-opened', where: [{ path: path('$.a'), value: true }], key: [path('$.b')] } }),
        eventType({ name: 'new', only: 'control', control: { event: 'email-opened', where: [{ path: path('$.a'), value: null }], key: [] } }),
      ],
    });
    const slow = observer(claimed);
    const fast = scanningObserver(claimed);
    fc.assert(
      fc.property(text, scalar, scalar, (rest, a, b) => {
        const payload = `{"a":${a},"b":${b},"c":${rest}}`;
        const one = frame('control', 1, payload);
        const scanned = fast({ ...one, bytes: Buffer.from(payload) });
        if (scanned === undefined) return;
        const parsed = slow(one);
        expect(fateOf(scanned)).toEqual(fateOf(parsed));
      }),
      { numRuns: 5_000 },
    );
  });

  it('leaves what is no JSON to the parser', () => {
    const fast = scanningObserver(settings());
    fc.assert(
      fc.property(text, fc.nat(), fc.constantFrom('', '"', '}', ',', '\\', '\n', '\u0001', 'x'), (rest, at, junk) => {
        const whole = `{"id":1,"a":${rest}}`;
        const place = at % (whole.length + 1);
        const broken = whole.slice(0, place) + junk + whole.slice(place + (junk === '' ? 1 : 0));
        if (safely(broken) !== undefined) return;
        // The bytes that follow belong to somebody else, and look inviting.
        const bytes = Buffer.from(`${broken}}]"},{"id":1}`).subarray(0, Buffer.byteLength(broken));
        expect(fast({ ...frame('control', 1, broken), bytes })).toBeUndefined();
      }),
      { numRuns: 5_000 },
    );
  });
});

function fateOf(observed: NonNullable<Judged['control']['scanned']>): unknown {
  return observed.kind === 'observation' ? { type: observed.observation.type, key: observed.observation.key } : observed;
}

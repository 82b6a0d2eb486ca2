import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparer } from '../../src/compare/judge.js';
import type { Json, JsonObject } from '../../src/model/json.js';
import { KeyLanes } from '../../src/model/key.js';
import { without } from '../../src/model/member.js';
import type { Observed } from '../../src/model/observation.js';
import type { Rename, Rule, Settings } from '../../src/model/settings.js';
import type { Frame, Side } from '../../src/model/timeline.js';
import { observer } from '../../src/normalise/observe.js';
import { renamer } from '../../src/normalise/rename.js';
import { Kernel } from '../../src/kernel/kernel.js';
import { Tracks } from '../../src/tracks.js';
import { Correlator } from '../../src/correlate/correlator.js';
import { AGREED, TOLD } from '../../src/correlate/slots.js';
import { ROW, rowSize, STATUS } from '../../src/model/rows.js';
import { FrameScanner } from '../../src/scan/frames.js';
import { writePlan } from '../../src/scan/layout.js';
import { compilePlans } from '../../src/scan/plan.js';
import { eventType, frame, path, rule, settings } from '../given.js';
import {
  near,
  renames,
  rules,
  scalar,
  smallBody,
  smallPath,
  smallRenames,
  smallRules,
  text,
  tree,
  written,
} from './payloads.js';
import { runs } from '../runs.js';

/** One for all: a scanner's memory is too large to make one for each of many thousand runs. */
const kernel = new Kernel();
const unused = kernel.free;

function scannerOf(config: Settings): FrameScanner {
  kernel.release(unused);
  return new FrameScanner(config, 60_000, kernel);
}

function safely(one: string): unknown {
  try {
    return JSON.parse(one);
  } catch {
    return undefined;
  }
}

/** What prints say of a pair of bodies (the rules that were used), and what parsing and comparing says. */
function judged(control: string, candidate: string, some: { rules: readonly Rule[]; rename: readonly Rename[] }) {
  const type = eventType({
    control: { event: 'email-opened', where: [], body: path('$.body'), key: [path('$.id')] },
    candidate: { event: 'item_created', where: [], body: path('$.body'), key: [path('$.id')] },
  });
  const config = settings({ ...some, events: [type] });
  const pairing = new Prints(config);
  const slow = observer(config);
  const read = (side: Side, body: string) => {
    const one = frame(side, 1, `{"id":7,"body":${body},"more":[1,{"body":2}]}`);
    return { isSure: pairing.see(one), parsed: slow(one) };
  };
  const [one, other] = [read('control', control), read('candidate', candidate)];
  const bits = one.isSure && other.isSure ? pairing.used : undefined;
  const used =
    bits === undefined ? undefined : config.rules.flatMap((_, rule) => ((bits & (1 << rule)) === 0 ? [] : [rule]));
  const bodies = [one.parsed, other.parsed].map((parsed) =>
    parsed.kind === 'observation' ? parsed.observation.body : undefined,
  );
  return { used, compare: () => comparer(config.rules)(bodies[0] as Json, bodies[1] as Json) };
}

/** Frames that the kernel pairs, as it does for the line. */
class Prints {
  readonly #correlator: Correlator;
  readonly #scanner: FrameScanner;
  readonly #tracks: Tracks;
  readonly #size: number;
  /** Of a pair that agrees by its prints, a bit for each rule that was used. */
  used: number | undefined;

  constructor({ match, events, rules, ...others }: Settings) {
    this.#correlator = new Correlator(match, events, undefined, rules.length);
    const { kernel } = this.#correlator;
    this.#scanner = new FrameScanner({ ...others, events, rules }, 60_000, kernel);
    this.#tracks = new Tracks(kernel, events.length);
    this.#size = rowSize(rules.length);
  }

  see(frame: Frame): boolean {
    const [scanner, correlator, tracks] = [this.#scanner, this.#correlator, this.#tracks];
    const { side, account, payload } = frame;
    if (!scanner.scan({ ...frame, bytes: Buffer.from(payload) })) return false;
    const { row } = scanner;
    const stretch = { rows: scanner, at: row, end: row + this.#size };
    const envelope = scanner.i32[(row + ROW.envelope) >> 2] as number;
    tracks.place(scanner, envelope, side, 0, correlator.wordOf(correlator.placeOf(account, 'email_opened')));
    correlator.kernel.run.pass(tracks.of(stretch), stretch.at, stretch.end, 0, 0, 0);
    if (correlator.told(TOLD.agreed) === 1) this.used = correlator.kernel.i32[(correlator.agreed + AGREED.used) >> 2];
    return true;
  }
}

describe('the scanner', () => {
  it('never calls equal what the parser and the rules do not, whatever the payloads, rules and renames', () => {
    let decided = 0;
    fc.assert(
      fc.property(
        tree,
        fc.array(fc.nat(1000), { minLength: 12, maxLength: 12 }),
        rules,
        renames,
        (one, numbers, someRules, rename) => {
          const control = written(one);
          const candidate = written(near(one, numbers));
          const { used: said, compare } = judged(control, candidate, { rules: someRules, rename });
          if (said === undefined) return;
          decided++;
          const verdict = compare();
          const used = verdict.outcome === 'match' ? [] : [...verdict.used].sort();
          expect({ outcome: verdict.outcome, used }).toEqual({
            outcome: said.length === 0 ? 'match' : 'allowed',
            used: said,
          });
        },
      ),
      { numRuns: runs(30_000) },
    );
    // A scanner that never decides would pass the above.
    expect(decided).toBeGreaterThan(runs(2_000));
  });

  it('never calls equal what is not, where renames move what lies beside things that rules let through', () => {
    let decided = 0;
    /** The body as the candidate may spell it: what a rename leads to is where it comes from, and a ruled place is missing. */
    const spelt = (body: JsonObject, rename: readonly Rename[], missing: readonly Rule[]): string => {
      const back = renamer(rename.map(({ from, to }) => ({ from: to, to: from })))(structuredClone(body));
      const out = renamer(missing.map((some) => ({ from: some.path, to: path('$.gone') })))(back);
      return JSON.stringify(without(out as JsonObject, 'gone'));
    };
    fc.assert(
      fc.property(
        smallBody,
        smallRules,
        smallRenames,
        fc.array(fc.boolean(), { minLength: 2, maxLength: 2 }),
        fc.boolean(),
        (body, someRules, rename, isMissing, isWhole) => {
          const missing = someRules.filter((_, at) => isMissing[at]);
          const one = spelt(body, [], isWhole ? [] : missing);
          const other = spelt(body, rename, isWhole ? missing : []);
          const { used: said, compare } = judged(one, other, { rules: someRules, rename });
          if (said === undefined) return;
          decided++;
          const verdict = compare();
          expect(verdict.outcome).toBe(said.length === 0 ? 'match' : 'allowed');
          expect(verdict.outcome === 'match' ? [] : [...verdict.used].sort()).toEqual(said);
        },
      ),
      { numRuns: runs(30_000) },
    );
    expect(decided).toBeGreaterThan(runs(5_000));
  });

  it.each([
    {
      what: 'an object that a rename empties but for what is ignored',
      a: '{"a":{"z":1},"b":{"x":1}}',
      b: '{"a":{"y":1}}',
      rules: [rule('$.a.z')],
      rename: [{ from: path('$.a.y'), to: path('$.b.x') }],
    },
    {
      what: 'an object that a rename makes for what is ignored',
      a: '{"n":1}',
      b: '{"n":1,"y":1}',
      rules: [rule('$.b.x')],
      rename: [{ from: path('$.y'), to: path('$.b.x') }],
    },
    {
      what: 'an object that only the candidate has, all of it ignored',
      a: '{"z":1}',
      b: '{"z":1,"a":{"x":1}}',
      rules: [rule('$.a.x')],
      rename: [],
    },
    {
      what: 'an array that only control has, all of it ignored',
      a: '{"a":[1]}',
      b: '{}',
      rules: [rule('$.a[*]')],
      rename: [],
    },
    { what: 'arrays of other lengths, all elements ignored', a: '[]', b: '[null]', rules: [rule('$[*]')], rename: [] },
    {
      what: 'members of two objects that a rename would merge',
      a: '{"b":{"x":1,"y":2}}',
      b: '{"a":{"x":1},"b":{"y":2}}',
      rules: [],
      rename: [{ from: path('$.a'), to: path('$.b') }],
    },
    { what: 'a repeated name', a: '{"a":1,"a":2}', b: '{"a":2,"a":1}', rules: [], rename: [] },
    {
      what: 'negative zero beside its text',
      a: '{"a":-0}',
      b: '{"a":"-0"}',
      rules: [rule('$.a', { kind: 'string' })],
      rename: [],
    },
    {
      what: 'a tiny fraction beside its text',
      a: '{"a":0.0000001}',
      b: '{"a":"0.0000001"}',
      rules: [rule('$.a', { kind: 'string' })],
      rename: [],
    },
    {
      what: 'instants that differ below a millisecond',
      a: '{"a":"2026-11-22T16:02:15.123456Z"}',
      b: '{"a":"2026-11-22T16:02:15.123499Z"}',
      rules: [rule('$.a', { kind: 'instant' })],
      rename: [],
    },
    {
      what: 'integers that one double stands for',
      a: '{"a":9007199254740993}',
      b: '{"a":9007199254740992}',
      rules: [],
      rename: [],
    },
    { what: 'a number and its text', a: '{"a":1}', b: '{"a":"1"}', rules: [], rename: [] },
    { what: 'an element that moved', a: '{"a":[1,2]}', b: '{"a":[2,1]}', rules: [], rename: [] },
    { what: 'an array beside an object of the same values', a: '{"a":[1]}', b: '{"a":{"0":1}}', rules: [], rename: [] },
  ])('looks closer at $what', ({ a, b, ...some }) => {
    expect(judged(a, b, some).used).toBeUndefined();
  });

  it.each([
    {
      what: 'another order of members',
      a: '{"a":1,"b":{"c":2}}',
      b: '{"b":{"c":2}, "a":1.0}',
      rules: [],
      rename: [],
      used: [],
    },
    {
      what: 'escapes',
      a: '{"a":"\\u003cb\\u003e \\ud83d\\ude00"}',
      b: '{"a":"<b> 😀"}',
      rules: [],
      rename: [],
      used: [],
    },
    {
      what: 'a rename',
      a: '{"b":{"x":1}}',
      b: '{"a":{"y":1}}',
      rules: [],
      rename: [{ from: path('$.a.y'), to: path('$.b.x') }],
      used: [],
    },
    {
      what: 'instants of other precision and ignored members',
      a: '{"at":"2026-11-22T16:02:15.123Z","n":1,"u":1}',
      b: '{"u":2,"n":1,"at":"2026-11-22T18:02:15.123456+02:00"}',
      rules: [rule('$.u'), rule('$.at', { kind: 'instant' }), rule('$.n', { kind: 'string' })],
      rename: [],
      used: [0, 1],
    },
  ])('decides without parsing: $what', ({ a, b, used, ...some }) => {
    expect(judged(a, b, some).used).toEqual(used);
  });

  it('finds the same key, type and fate of a frame as the parser, or leaves it to it', () => {
    const claimed = settings({
      events: [
        eventType({
          name: 'one',
          control: {
            event: 'email-opened',
            where: [{ path: path('$.a'), value: '1' }],
            key: [path('$.b'), path('$.c.at')],
          },
        }),
        eventType({
          name: 'two',
          control: { event: 'email-opened', where: [{ path: path('$.a'), value: true }], key: [path('$.b')] },
        }),
        eventType({
          name: 'new',
          only: 'control',
          control: { event: 'email-opened', where: [{ path: path('$.a'), value: null }], key: [] },
        }),
      ],
    });
    const slow = observer(claimed);
    const scanner = scannerOf(claimed);
    fc.assert(
      fc.property(text, fc.oneof(scalar, text), fc.oneof(scalar, text), (rest, a, b) => {
        const payload = `{"a":${a},"b":${b},"c":${rest}}`;
        const one = frame('control', 1, payload);
        if (scanner.scan({ ...one, bytes: Buffer.from(payload) }))
          expect(fateIn(scanner, claimed)).toEqual(fateOf(slow(one)));
      }),
      { numRuns: runs(5_000) },
    );
  });

  it('finds the same where renames, conditions, keys and the compared part speak of one another', () => {
    let seen = 0;
    const places = fc.oneof({ weight: 9, arbitrary: smallPath }, fc.constant(path('$')));
    const condition = fc.record({ path: places, value: fc.constantFrom('x', null) });
    const value = fc.constantFrom('7', '"x"', 'null');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.array(condition, { maxLength: 1 }), places), { minLength: 1, maxLength: 2 }),
        fc.option(places, { nil: undefined }),
        smallRenames,
        smallBody,
        fc.array(value, { minLength: 6, maxLength: 6 }),
        (claims, body, rename, shape, values) => {
          const events = claims.map(([where, key], index) =>
            eventType({
              name: `type-${index}`,
              candidate: { event: 'item_created', where, ...(body === undefined ? {} : { body }), key: [key] },
            }),
          );
          const config = settings({ events, rename });
          let at = 0;
          const payload = JSON.stringify(shape).replace(/1|null/g, () => values[at++ % values.length] as string);
          const one = frame('candidate', 1, payload);
          const scanner = scannerOf(config);
          if (!scanner.scan({ ...one, bytes: Buffer.from(payload) })) return;
          seen++;
          expect(fateIn(scanner, config)).toEqual(fateOf(observer(config)(one)));
        },
      ),
      { numRuns: runs(20_000) },
    );
    expect(seen).toBeGreaterThan(runs(2_000));
  });

  it.each([
    {
      what: 'there is no compared part',
      payload: '{"id":7}',
      place: { body: path('$.body'), key: [path('$.id')] },
      sees: undefined,
    },
    {
      what: 'the compared part is what tells the type',
      payload: '{"id":7,"state":"x"}',
      place: { body: path('$.state'), where: [{ path: path('$.state'), value: 'x' }], key: [path('$.id')] },
      sees: 'email_opened',
    },
    {
      what: 'a rename moves what tells the type',
      payload: '{"id":7,"from":{"state":"x"}}',
      place: { where: [{ path: path('$.from.state'), value: 'x' }], key: [path('$.id')] },
      sees: undefined,
    },
    {
      what: 'a rename moves something to where the key would be',
      payload: '{"from":7}',
      place: { key: [path('$.to')] },
      sees: undefined,
    },
  ])('looks closer, or sees the type, where $what', ({ payload, place, sees }) => {
    const candidate = { event: 'item_created', where: [], ...place };
    const config = settings({
      events: [eventType({ candidate })],
      rename: [{ from: path('$.from'), to: path('$.to') }],
    });
    const scanner = scannerOf(config);
    const isSeen = scanner.scan({ ...frame('candidate', 1, payload), bytes: Buffer.from(payload) });
    expect(isSeen ? fateIn(scanner, config) : undefined).toEqual(
      sees === undefined ? undefined : expect.objectContaining({ type: sees }),
    );
  });

  it.each(['a_name_of_21_letters_', 'a_name_of_25_letters_long'])('begins each plan with nothing: %s', (long) => {
    const place = (event: string) => ({ event, where: [], key: [path('$.z')] });
    const names = ['one', 'other'];
    const config = settings({
      events: names.map((name) => eventType({ name, control: place(name), candidate: place(name) })),
      rename: [{ from: path('$.z'), to: path(`$.${long}`) }],
      rules: [rule(`$.${long}`, { kind: 'string' })],
    });
    const kernel = new Kernel();
    const plans = compilePlans(config).map(({ plan }) => writePlan(kernel, plan, () => 0));
    expect(plans).toHaveLength(4);
    // Seams, and how often they were followed or not: see kernel/wasm/plan.ts.
    for (const plan of plans) expect([20, 24, 28].map((at) => kernel.i32[(plan + at) >> 2])).toEqual([0, 0, 0]);
    const scanner = new FrameScanner(config, 60_000, new Kernel());
    for (const event of names) {
      const one = frame('candidate', 1, '{"z":7}', { event });
      expect(scanner.scan({ ...one, bytes: Buffer.from(one.payload) })).toBe(true);
      expect(fateIn(scanner, config)).toEqual(fateOf(observer(config)(one)));
    }
  });

  it('sees the same where the memory has to grow to make room for it, wherever that is', () => {
    const condition = { path: path('$.state'), value: 'x' };
    const place = { event: 'email-opened', where: [condition], key: [path('$.id'), path('$.number')] };
    const config = settings({ events: [eventType({ control: place })], rules: [rule('$.a')] });
    const payload = '{"id":7,"number":1,"state":"x","a":1}';
    const one = { ...frame('control', 1, payload), bytes: Buffer.from(payload) };
    for (let left = 0; left < 1_500; left += 16) {
      const full = new Kernel();
      full.reserve(full.bytes.length - full.free - 16 - left);
      const scanner = new FrameScanner(config, 60_000, full);
      expect(scanner.scan(one)).toBe(true);
      expect(fateIn(scanner, config)).toEqual(fateOf(observer(config)(one)));
    }
  });

  it('leaves what is no JSON to the parser', () => {
    const scanner = scannerOf(settings());
    fc.assert(
      fc.property(text, fc.nat(), fc.constantFrom('', '"', '}', ',', '\\', '\n', '\u0001', 'x'), (rest, at, junk) => {
        const whole = `{"id":1,"a":${rest}}`;
        const place = at % (whole.length + 1);
        const broken = whole.slice(0, place) + junk + whole.slice(place + (junk === '' ? 1 : 0));
        if (safely(broken) !== undefined) return;
        // The bytes that follow belong to somebody else, and look inviting.
        const bytes = Buffer.from(`${broken}}]"},{"id":1}`).subarray(0, Buffer.byteLength(broken));
        expect(scanner.scan({ ...frame('control', 1, broken), bytes })).toBe(false);
      }),
      { numRuns: runs(5_000) },
    );
  });
});

/** Type and lanes of the key of the row scanned last. */
function fateIn({ i32, row }: FrameScanner, { events }: Settings): unknown {
  const status = i32[(row + ROW.status) >> 2];
  if (status === STATUS.unmapped) return { kind: 'unmapped' };
  const type = events[i32[(row + ROW.type) >> 2] as number]?.name;
  if (status === STATUS.only) return { kind: 'only', type };
  return { type, a: i32[(row + ROW.keyA) >> 2], b: i32[(row + ROW.keyB) >> 2] };
}

function fateOf(observed: Observed): unknown {
  if (observed.kind !== 'observation') return observed;
  const { a, b } = new KeyLanes().of(observed.observation.key);
  return { type: observed.observation.type, a, b };
}

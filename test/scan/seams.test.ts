import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Kernel } from '../../src/kernel/kernel.js';
import { ROW, rowSize, STATUS } from '../../src/model/rows.js';
import type { Settings } from '../../src/model/settings.js';
import { writePlan } from '../../src/scan/layout.js';
import { compilePlans, type Planned } from '../../src/scan/plan.js';
import { eventType, path, rule, settings } from '../given.js';
import { near, renames, rules, shallowRules, shallowTree, tree, written } from './payloads.js';
import { runs } from '../runs.js';

/** Where a plan counts payloads that were told by seams, and those that were walked through (kernel/wasm/plan.ts). */
const COUNTS = { followed: 24, walked: 28 } as const;

const LONGEST = 65_536;

/** Scans payloads by one plan, and remembers their seams. */
class Scanner {
  readonly #kernel: Kernel;
  readonly #plan: number;
  readonly #rules: number;
  readonly #row: number;
  readonly #payload: number;

  constructor(kernel: Kernel, { plan }: Planned, ruleCount: number) {
    this.#kernel = kernel;
    this.#plan = writePlan(kernel, plan, () => 0);
    this.#rules = ruleCount;
    this.#row = kernel.reserve(rowSize(ruleCount));
    this.#payload = kernel.reserve(LONGEST);
  }

  /** All that the row says, with places counted from the payload's beginning; undefined for what is left to the parser. */
  scan(payload: string, end = Buffer.byteLength(payload)): readonly number[] | undefined {
    const { bytes, i32, run } = this.#kernel;
    const [row, from] = [this.#row, this.#payload];
    bytes.write(payload, from);
    run.scanFrame(this.#plan, from, from + end, this.#rules, row);
    const status = i32[(row + ROW.status) >> 2];
    if (status === STATUS.look) return undefined;
    if (status !== STATUS.observation) return [status as number];
    const key = [ROW.keyFrom, ROW.keyTo].map((place) => (i32[(row + place) >> 2] as number) - from);
    const words = (begin: number, until: number) => i32.subarray((row + begin) >> 2, (row + until) >> 2);
    const ruled = words(ROW.ruled, rowSize(this.#rules));
    return [...key, ...words(ROW.type, ROW.keyFrom), ...words(ROW.fine, ROW.lineFrom), ...ruled];
  }

  count(which: keyof typeof COUNTS): number {
    return this.#kernel.i32[(this.#plan + COUNTS[which]) >> 2] as number;
  }
}

const TYPE = eventType({
  control: { event: 'email-opened', where: [], body: path('$.body'), key: [path('$.id')] },
  candidate: { event: 'item_created', where: [], body: path('$.body'), key: [path('$.id')] },
});

function planned(some: Partial<Settings>): Planned | undefined {
  return compilePlans(settings({ events: [TYPE], ...some })).find(({ side }) => side === 'control');
}

/** What can be said of payloads one after the other, where each was the first. */
const walking = new Kernel();
const unused = walking.free;

function walked(plan: Planned, ruleCount: number, payload: string, end?: number): unknown {
  walking.release(unused);
  return new Scanner(walking, plan, ruleCount).scan(payload, end);
}

const numbers = fc.array(fc.nat(1_000), { minLength: 12, maxLength: 12 });

describe('seams', () => {
  it('say of a payload what walking through it says, whatever the payloads, rules and renames', () => {
    let followed = 0;
    fc.assert(
      fc.property(
        fc.oneof(tree, shallowTree),
        fc.array(numbers, { minLength: 1, maxLength: 12 }),
        fc.oneof(rules, shallowRules),
        renames,
        (first, draws, some, rename) => {
          const plan = planned({ rules: some, rename });
          if (plan === undefined) return;
          const scanner = new Scanner(new Kernel(), plan, some.length);
          let one = first;
          for (const draw of draws) {
            const payload = `{"id":${draw[0]},"body":${written(one)},"more":[1,{"body":2}]}`;
            // Once as it is, and once where it ends before it should.
            for (const end of [undefined, payload.length - ((draw[1] ?? 0) % payload.length)]) {
              expect(scanner.scan(payload, end)).toEqual(walked(plan, some.length, payload, end));
            }
            if ((draw[2] ?? 0) % 3 === 0) one = near(one, draw);
          }
          followed += scanner.count('followed');
        },
      ),
      { numRuns: runs(2_000) },
    );
    // Seams that are never followed would pass the above.
    expect(followed).toBeGreaterThan(runs(2_000));
  });

  const given = (payloads: readonly string[], some: Settings['rules'] = []): Scanner => {
    const plan = planned({ rules: some }) as Planned;
    const scanner = new Scanner(new Kernel(), plan, some.length);
    for (const payload of payloads) expect(scanner.scan(payload)).toEqual(walked(plan, some.length, payload));
    return scanner;
  };

  it.each([
    ['values of other kinds', ['{"id":1,"body":{"a":1,"b":"x"}}', '{"id":"2","body":{"a":null,"b":true}}'], 1],
    ['another order', ['{"id":1,"body":{"a":1,"b":2}}', '{"id":1,"body":{"b":2,"a":1}}'], 0],
    [
      'an object for a value',
      ['{"id":1,"body":{"a":1}}', '{"id":1,"body":{"a":{}}}', '{"id":1,"body":{"a":{"c":1}}}'],
      0,
    ],
    [
      'empty ones, and then a value',
      ['{"id":1,"body":{"a":[]}}', '{"id":1,"body":{"a":[1]}}', '{"id":1,"body":{"a":[]}}'],
      1,
    ],
    ['more elements', ['{"id":1,"body":[1,2]}', '{"id":1,"body":[1,2,3]}', '{"id":1,"body":[3,2]}'], 1],
    ['blanks', ['{"id":1, "body" : {"a": 1 } }', '{"id":1, "body" : {"a": 2 } }', '{"id":1,"body":{"a":2}}'], 1],
    ['a name that comes twice', ['{"id":1,"body":{"a":1,"b":1}}', '{"id":1,"body":{"a":1,"a":1}}'], 0],
    ['names that share a beginning', [1, 2, 3].map((n) => `{"id":1,"body":{"${'long'.repeat(8)}${n % 2}":1}}`), 1],
  ])('tell apart %s', (_, payloads, followed) => {
    expect(given(payloads).count('followed')).toBe(followed);
  });

  it('know what of a rule no value has a part in, unless that is of two rules at once', () => {
    const some = [rule('$.a'), rule('$.b')];
    const twice = (payload: string): Scanner => given([payload, payload], some);
    expect(twice('{"id":1,"body":{"a":[],"c":1,"b":{}}}').count('followed')).toBe(1);
    expect(twice('{"id":1,"body":{"a":[],"b":{},"c":1}}').count('followed')).toBe(0);
  });

  it('are not enough where a key should be', () => {
    const payload = '{"id":{"a":1},"body":{}}';
    expect(given([payload, payload]).count('followed')).toBe(0);
  });

  it('are no longer looked for where payloads do not look alike', () => {
    const scanner = given(Array.from({ length: 1_500 }, (_, n) => `{"id":1,"body":{"name-${n}":1}}`));
    expect(scanner.count('walked')).toBe(1_001);
  });

  it('are not followed beyond where the payload ends', () => {
    const payload = '{"id":1,"body":{"a":1}}';
    const scanner = given([payload]);
    expect(scanner.scan(payload, payload.length - 1)).toBeUndefined();
    expect(scanner.count('followed')).toBe(0);
    expect(scanner.scan(payload)).toBeDefined();
    expect(scanner.count('followed')).toBe(1);
  });

  it('are of so many sorts at one place, and no more', () => {
    const payloads = Array.from({ length: 40 }, (_, n) => `{"id":1,"body":{"name-${n}":1}}`);
    expect(given([...payloads, ...payloads]).count('followed')).toBe(32);
  });

  it('take no more than the room that there is for them', () => {
    const name = (n: number): string => `${'n'.repeat(1_000)}${n}`;
    const payloads = Array.from({ length: 30 * 30 }, (_, n) => {
      const [outer, inner] = [Math.floor(n / 30), n % 30];
      return `{"id":1,"body":{"${name(outer)}":1,"${name(inner)}-":1}}`;
    });
    const followed = given([...payloads, ...payloads]).count('followed');
    // Each payload but the first of a name has a seam of some 1,000 bytes to itself.
    expect(followed).toBeGreaterThan(400);
    expect(followed * 1_000).toBeLessThan(524_288);
  });

  it('are learnt for as long as there is room, and followed from then on', () => {
    const name = (n: number): string => `${'n'.repeat(1_000)}${n}`;
    const payload = (n: number): string =>
      `{"id":${n},"body":{"a":[${'1,'.repeat(n % 100)}1],"${name(Math.floor(n / 100))}":{"b":1}}}`;
    const scanner = given(Array.from({ length: 1_400 }, (_, n) => payload(n % 700)));
    expect(scanner.count('followed')).toBeGreaterThan(100);
    expect(scanner.count('walked')).toBeGreaterThan(700);
  });
});

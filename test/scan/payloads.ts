import fc from 'fast-check';
import type { Permission, Rename, Rule } from '../../src/model/settings.js';
import { path, rule } from '../given.js';

/** Payloads, rules and renames of all sorts, for whoever holds one way of judging against another. */

const NAMES = ['a', 'b', 'c', 'at', 'x y', '0', '__proto__'] as const;

/** One value in one of the many ways in which it can be spelt, or a near miss. */
export const SCALARS = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '1',
  '1.0',
  '1.50',
  '1.5',
  '15e-1',
  '10',
  '1e1',
  '-1',
  '9007199254740993',
  '9007199254740992',
  '100000000000000000000',
  '0.0000001',
  '1234567890123456.5',
  '1.2345678901234567890',
  '""',
  '"null"',
  '"1"',
  '"1.0"',
  '"true"',
  '"é"',
  '"\\u00e9"',
  '"e\\u0301"',
  '"a\\/b"',
  '"a/b"',
  '"\\ud83d\\ude00"',
  '"😀"',
  '"\\ud800"',
  '"<b>"',
  '"\\u003cb\\u003e"',
  '"\\"q\\""',
  '"2026-11-22T16:02:15.123Z"',
  '"2026-11-22T16:02:15.123456Z"',
  '"2026-11-22T16:02:15.123499Z"',
  '"2026-11-22T18:02:15.123+02:00"',
  '"2026-11-22 16:02:15 UTC"',
  '"2026-11-22T16:02:15.123456"',
  '"2026-11-31T16:02:15Z"',
  '"2026-12-31T23:59:59.9Z"',
  '"2026-12-31T23:59:59.900Z"',
];
export const scalar = fc.constantFrom(...SCALARS);

/** A value as it is written: names may repeat, and order is kept. */
export type Tree =
  | string
  | { readonly items: readonly Tree[] }
  | { readonly members: readonly (readonly [string, Tree])[] };

export const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('tree'), { maxLength: 3 }).map((items) => ({ items })),
    fc.array(fc.tuple(fc.constantFrom(...NAMES), tie('tree')), { maxLength: 4 }).map((members) => ({ members })),
  ),
}));

export function written(value: Tree): string {
  if (typeof value === 'string') return value;
  if ('items' in value) return `[${value.items.map(written).join(', ')}]`;
  return `{${value.members.map(([name, inner]) => `${JSON.stringify(name)}:${written(inner)}`).join(',')}}`;
}

export const text = tree.map(written);

const member = fc.constantFrom('a', 'b', 'c', 'at');
const somePath = fc
  .array(
    fc.oneof(
      member.map((name) => `.${name}`),
      fc.constant('[*]'),
      fc.constant('[0]'),
    ),
    { minLength: 1, maxLength: 3 },
  )
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

export const rules = fc.array(
  fc
    .tuple(
      fc.oneof(
        somePath,
        member.map((name) => `$..${name}`),
      ),
      permission,
    )
    .map(([at, permits]): Rule => rule(at, permits)),
  { maxLength: 3 },
);

/** Rules of which most find something to speak of. */
export const shallowRules = fc.uniqueArray(
  fc.tuple(member, permission).map(([name, permits]): Rule => rule(`$.${name}`, permits)),
  { minLength: 1, maxLength: 3, selector: ({ path: { text } }) => text },
);
/** Objects that these rules speak of. */
export const shallowTree = fc
  .uniqueArray(fc.tuple(member, fc.oneof({ weight: 3, arbitrary: scalar }, tree)), {
    minLength: 2,
    maxLength: 4,
    selector: ([name]) => name,
  })
  .map((members): Tree => ({ members }));

/** Rules that speak of several places, and arrays in which they find some. */
export const wideRules = fc
  .tuple(fc.constantFrom('$[*]', '$[*].at'), fc.constantFrom<Permission>({ kind: 'ignore' }, { kind: 'instant' }))
  .map(([at, permits]): Rule[] => [rule(at, permits)]);
const moment = fc.constantFrom(...SCALARS.filter((one) => one.startsWith('"2026-')));
export const wideTree = fc
  .array(
    fc.oneof(
      moment,
      moment.map((at): Tree => ({ members: [['at', at]] })),
      fc.constant('null'),
    ),
    {
      minLength: 2,
      maxLength: 2,
    },
  )
  .map((items): Tree => ({ items }));

/** Objects in objects, so small that rules and renames mostly speak of something in them. */
const few = fc.constantFrom(1, null);
const inner = fc.record({ a: few, b: few }, { requiredKeys: [] });
const someMember = fc.oneof({ weight: 1, arbitrary: few }, { weight: 4, arbitrary: inner });
export const smallBody = fc.record({ a: someMember, b: someMember, c: someMember }, { requiredKeys: [] });
export const smallPath = fc
  .oneof(
    { weight: 1, arbitrary: fc.constantFrom('$.a', '$.b', '$.c') },
    { weight: 3, arbitrary: fc.constantFrom('$.a.a', '$.a.b', '$.b.a', '$.b.b') },
  )
  .map(path);
export const smallRules = fc.array(
  fc
    .tuple(smallPath, fc.constantFrom<Permission>({ kind: 'ignore' }, { kind: 'nullish' }))
    .map(([{ text }, permits]): Rule => rule(text, permits)),
  { minLength: 1, maxLength: 2 },
);
export const smallRenames = fc.array(fc.record<Rename>({ from: smallPath, to: smallPath }), { maxLength: 1 });

const namesPath = fc.array(member, { minLength: 1, maxLength: 2 }).map((names) => path(`$.${names.join('.')}`));
export const renames = fc.array(fc.record<Rename>({ from: namesPath, to: namesPath }), { maxLength: 2 });

/** The tree with a few small changes, most of which keep its meaning or nearly do. */
export function near(value: Tree, numbers: readonly number[]): Tree {
  let at = 0;
  const draw = (below: number): number => (numbers[at++ % numbers.length] ?? 0) % below;
  const change = (one: Tree): Tree => {
    if (typeof one === 'string') return draw(4) === 0 ? (SCALARS[draw(SCALARS.length)] as string) : one;
    const inner = 'items' in one ? one.items : one.members;
    const list = [...inner];
    const place = draw(list.length + 1);
    const other = draw(list.length + 1);
    const kind = draw(8);
    if (kind === 0) list.splice(place, 1);
    else if (kind === 1 && list[other] !== undefined) list.splice(place, 0, list[other]);
    else if (kind <= 4 && list[place] !== undefined && list[other] !== undefined)
      [list[place], list[other]] = [list[other], list[place]];
    else if (kind === 5 && list.length > 0) list.pop();
    else if (list[place] !== undefined) {
      const found = list[place];
      list[place] =
        'items' in one
          ? change(found as Tree)
          : [renamed((found as [string, Tree])[0]), change((found as [string, Tree])[1])];
    }
    if (kind === 6 && draw(3) === 0)
      return 'items' in one
        ? { members: one.items.map((item, index) => [String(index), item]) }
        : { items: one.members.map(([, item]) => item) };
    return 'items' in one ? { items: list as Tree[] } : { members: list as [string, Tree][] };
  };
  const renamed = (name: string): string => (draw(3) === 0 ? (NAMES[draw(NAMES.length)] as string) : name);
  let result = value;
  for (let times = draw(3); times > 0; times--) result = change(result);
  return result;
}

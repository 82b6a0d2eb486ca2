import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePath } from '../../src/config/path.js';
import type { Reach } from '../../src/config/path.js';
import { CallError } from '../../src/model/errors.js';
import type { Segment } from '../../src/model/path.js';

const name = (text: string): Segment => ({ kind: 'name', name: text });
const index = (at: number): Segment => ({ kind: 'index', index: at });

test.each<[string, Reach, Segment[]]>([
  ['$', 'one', []],
  ['$.actor.name', 'one', [name('actor'), name('name')]],
  ["$['full-name']", 'names', [name('full-name')]],
  ['$["a b"].c', 'names', [name('a b'), name('c')]],
  ['$.items[0][12].id', 'one', [name('items'), index(0), index(12), name('id')]],
  ['$ .a [ 0 ]', 'one', [name('a'), index(0)]],
  ['$.größe', 'one', [name('größe')]],
  ['$.😀', 'one', [name('😀')]],
  [String.raw`$['it\'s "\u00e9"\n']`, 'one', [name('it\'s "é"\n')]],
  [String.raw`$["\"'\\"]`, 'one', [name('"\'\\')]],
  ["$['']", 'one', [name('')]],
  ["$['$.type']", 'one', [name('$.type')]],
  ['$.items[*].id', 'many', [name('items'), { kind: 'each' }, name('id')]],
  ['$..id', 'many', [{ kind: 'descend' }, name('id')]],
  ['$..[0]', 'many', [{ kind: 'descend' }, index(0)]],
  ["$.a..['b c']", 'many', [name('a'), { kind: 'descend' }, name('b c')]],
])('%s', (text, reach, segments) => {
  expect(parsePath(text, reach)).toEqual({ text, segments });
});

describe('what is no path', () => {
  const one = ".name, ['name'] or [0] can stand here";
  const many = ".name, ['name'], [0], [*] or .. can stand here";
  const quoted = "a name with other characters than letters, digits and _ is quoted: ['full-name']";
  test.each<[string, Reach, string]>([
    ['', 'one', 'at character 1, a path begins with $, as in $.actor.name'],
    ['actor.name', 'one', 'at character 1, a path begins with $, as in $.actor.name'],
    ['id', 'one', 'at character 1, a path begins with $, as in $.id'],
    ['$.', 'one', `at character 2, ${one}`],
    ['$.a.', 'one', `at character 4, ${one}`],
    ['$.a ', 'one', `at character 5, ${one}`],
    ['$a', 'one', `at character 2, ${one}`],
    ['$.full-name', 'one', `at character 7, ${quoted}; ${one}`],
    ['$.1a', 'one', `at character 2, ${quoted}; ${one}`],
    ['$.a.*', 'many', `at character 4, write [*] for every element; ${many}`],
    ['$[a]', 'one', `at character 2, a name in brackets is quoted: ['name']; ${one}`],
    ['$[-1]', 'one', `at character 2, indices count from 0, from the start; ${one}`],
    ['$[01]', 'one', `at character 2, ${one}`],
    ['$[9999999999999999]', 'one', `at character 2, ${one}`],
    ['$[0,1]', 'one', `at character 2, one index or [*] only; ${one}`],
    ['$[1:2]', 'one', `at character 2, one index or [*] only; ${one}`],
    ['$[?@.a]', 'one', `at character 2, filters are not part of it; ${one}`],
    ["$['a", 'one', `at character 2, ${one}`],
    ["$['a'", 'one', `at character 2, ${one}`],
    [String.raw`$['\x']`, 'one', `at character 2, ${one}`],
    ['$..', 'many', `at character 4, ${many}`],
    ['$...a', 'many', `at character 4, ${many}`],
    ['$..id', 'one', `at character 2, .. is for the paths of rules; ${one}`],
    ['$.a[*]', 'one', `at character 4, [*] names many values and is for the paths of rules; ${one}`],
    ['$.a[0]', 'names', "at character 4, only .name or ['name'] can stand here"],
  ])('%j', (text, reach, why) => {
    expect(() => parsePath(text, reach)).toThrow(
      new CallError(`expected a path, found ${JSON.stringify(text)}: ${why}`),
    );
  });
});

test('any name can be spelt, with either quote', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (member, single) => {
      const json = JSON.stringify(member);
      const spelt = single
        ? `'${json
            .slice(1, -1)
            .replaceAll(String.raw`\"`, '"')
            .replaceAll("'", String.raw`\'`)}'`
        : json;
      expect(parsePath(`$[${spelt}]`).segments).toEqual([name(member)]);
    }),
  );
});

test('no text makes it throw anything but CallError', () => {
  const pieces = fc.constantFrom('$', '.', '..', '[', ']', '*', "'", '"', '\\', 'a', '0', '-1', ' ', '?', ':', '😀');
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), fc.constantFrom<Reach>('one', 'names', 'many'), (parts, reach) => {
      try {
        parsePath(parts.join(''), reach);
      } catch (error) {
        expect(error).toBeInstanceOf(CallError);
      }
    }),
    { numRuns: 2000 },
  );
});

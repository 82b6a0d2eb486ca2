import { describe, expect, it } from 'vitest';
import { show } from '../../src/compare/show.js';
import type { Json } from '../../src/model/json.js';
import { decode } from '../../src/normalise/decode.js';
import { renamer } from '../../src/normalise/rename.js';
import { path } from '../given.js';

function renamed(body: string, ...renames: (readonly [string, string])[]): Json {
  return renamer(renames.map(([from, to]) => ({ from: path(from), to: path(to) })))(decode(body));
}

describe('a rename', () => {
  it.each([
    ['moves a member', '{"a":1,"b":2}', ['$.a', '$.c'], '{"b":2,"c":1}'],
    [
      'moves into an object that is there',
      '{"actor":{"name":"Ada","age":3},"person":{"id":1}}',
      ['$.actor.name', '$.person.name'],
      '{"actor":{"age":3},"person":{"id":1,"name":"Ada"}}',
    ],
    ['makes the objects it needs', '{"a":1}', ['$.a', '$.x.y.z'], '{"x":{"y":{"z":1}}}'],
    ['takes objects it emptied away, up to the body', '{"a":{"b":{"c":1}},"k":0}', ['$.a.b.c', '$.c'], '{"k":0,"c":1}'],
    [
      'keeps an object that still holds something',
      '{"a":{"b":{"c":1},"d":2}}',
      ['$.a.b.c', '$.c'],
      '{"a":{"d":2},"c":1}',
    ],
    ['moves null like any value', '{"a":null}', ['$.a', '$.b'], '{"b":null}'],
    [
      'moves within one object',
      '{"actor":{"name":"Ada"}}',
      ['$.actor.name', '$.actor.full_name'],
      '{"actor":{"full_name":"Ada"}}',
    ],
    ['of what is not there changes nothing', '{"b":1}', ['$.a.b', '$.c.d'], '{"b":1}'],
    ['never overwrites, so that the comparison shows both', '{"a":1,"b":2}', ['$.a', '$.b'], '{"a":1,"b":2}'],
    ['stops where the way is no object', '{"a":1,"b":"text"}', ['$.a', '$.b.c'], '{"a":1,"b":"text"}'],
    ['stops where the way is an array', '{"a":1,"b":[]}', ['$.a', '$.b.c'], '{"a":1,"b":[]}'],
    ['does not take an inherited member for a member', '{}', ['$.toString', '$.text'], '{}'],
    ['leaves an array alone', '[{"a":1}]', ['$.a', '$.b'], '[{"a":1}]'],
    ['leaves a scalar alone', '12345678901234567891', ['$.a', '$.b'], '12345678901234567891'],
    ['moves to a hostile name as to any', '{"a":1}', ['$.a', "$['__proto__']"], '{"__proto__":1}'],
    ['moves from a hostile name as from any', '{"__proto__":{"a":1}}', ["$['__proto__'].a", '$.b'], '{"b":1}'],
  ] as const)('%s', (_, body, rename, expected) => {
    expect(show(renamed(body, rename))).toBe(expected);
  });

  it('into a place inside itself loses nothing', () => {
    expect(show(renamed('{"a":{"x":1}}', ['$.a', '$.a.b']))).toBe('{"a":{"b":{"x":1}}}');
    expect(show(renamed('{"a":7,"k":0}', ['$.a', '$.a.b.__proto__']))).toBe('{"a":{"b":{"__proto__":7}},"k":0}');
    expect(show(renamed('{"a":{"b":1,"x":2}}', ['$.a', '$.a.b']))).toBe('{"a":{"b":1,"x":2}}');
    expect(show(renamed('{"a":1}', ['$.a', '$.a']))).toBe('{"a":1}');
  });

  it('leaves every prototype as it was', () => {
    renamed('{"a":{"admin":true}}', ['$.a', "$['__proto__'].x"]);
    expect('x' in {}).toBe(false);
  });

  it('comes after those before it', () => {
    expect(renamed('{"a":1,"b":2}', ['$.a', '$.t'], ['$.b', '$.a'], ['$.t', '$.b'])).toEqual({ a: 2, b: 1 });
  });
});

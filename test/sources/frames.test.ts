import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rawAt } from '../../src/model/raw-json.js';
import { slicePhoenix } from '../../src/sources/phoenix-frame.js';
import { DELICATE } from './stage.js';

/** JSON text with white space wherever the grammar allows it, and strings that try to end too early. */
const spaced = fc
  .tuple(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 1, '\t', '\n '))
  .map(([value, space]) => JSON.stringify(value, undefined, space));
const payload = fc.oneof(spaced, fc.constantFrom(...DELICATE));
const name = fc.oneof(fc.string(), fc.constantFrom('\\', '"', '\\"', 'payload', '__proto__', ']', '},{'));

describe('a raw slice', () => {
  it('of a member is its text, byte for byte', () => {
    fc.assert(
      fc.property(payload, payload, name, name, (wanted, other, key, otherKey) => {
        fc.pre(key !== otherKey);
        const text = ` { ${JSON.stringify(otherKey)} : ${other} ,\n${JSON.stringify(key)}: ${wanted} }`;
        expect(rawAt(text, [key])).toBe(wanted);
        expect(rawAt(text, [otherKey])).toBe(other);
      }),
    );
  });

  it('of an element is its text, byte for byte', () => {
    fc.assert(
      fc.property(fc.array(payload), (elements) => {
        const text = `[ ${elements.join(' , ')} ]`;
        elements.forEach((element, index) => expect(rawAt(text, [index])).toBe(element));
        expect(rawAt(text, [elements.length])).toBeUndefined();
      }),
    );
  });

  it('of a path is its text, and of nothing is undefined', () => {
    const text = '{"a":[{"b":1.0},{"b":{"c": 2.50 }}],"a2":1}';
    expect(rawAt(text, ['a', 1, 'b', 'c'])).toBe('2.50');
    expect(rawAt(text, [])).toBe(text);
    for (const path of [['c'], ['a', 2], ['a', 'b'], ['a2', 'b'], [0]]) expect(rawAt(text, path)).toBeUndefined();
  });

  it('of equal names is the last, as for JSON.parse', () => {
    expect(rawAt('{"a":1,"a":2}', ['a'])).toBe('2');
  });

  it('of any text throws nothing but a SyntaxError', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.oneof(fc.string(), fc.nat(3))), (text, path) => {
        try {
          rawAt(`{"a":${text}`, path);
          slicePhoenix(`["1",null,${text}`);
          slicePhoenix(text);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
    );
  });

  it('of a text that was cut short is undefined', () => {
    const text = '{"a":[1,{"b":"c\\""}]}';
    for (let length = 0; length < text.length - 1; length++) expect(rawAt(text.slice(0, length), ['a'])).not.toBe('');
    expect(rawAt('{"a":"b\\"', ['a'])).toBeUndefined();
    expect(rawAt('{"a":[1', ['a'])).toBeUndefined();
  });
});

describe('a Phoenix message', () => {
  it('of serializer V2 gives topic, event and the payload as it came', () => {
    const reference = fc.constantFrom(null, '1', '23', '"');
    fc.assert(
      fc.property(reference, reference, fc.string(), fc.string(), payload, (joinRef, ref, topic, event, wanted) => {
        const head = [joinRef, ref, topic, event].map((part) => JSON.stringify(part));
        expect(slicePhoenix(`[${head.join(',')},${wanted}]`)).toEqual({ topic, event, payload: wanted });
        expect(slicePhoenix(` [ ${head.join(' ,\n')} , ${wanted} ] `)).toEqual({ topic, event, payload: wanted });
      }),
    );
  });

  it('of serializer V1 gives the same', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), payload, (topic, event, wanted) => {
        const text = `{"event":${JSON.stringify(event)},"payload":${wanted},"ref":null,"topic":${JSON.stringify(topic)}}`;
        expect(slicePhoenix(text)).toEqual({ topic, event, payload: wanted });
      }),
    );
  });

  it.each([
    '',
    '[]',
    '[1,2,3,4,5]',
    '[null,null,"t","e"]',
    '[null,null,"t",',
    '[null,null,"t","e",{}',
    '{}',
    '"text"',
    '7',
  ])('is none: %s', (text) => expect(slicePhoenix(text)).toBeUndefined());
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEntry } from '../../src/recording/entry.js';

const frame = (rest: string) =>
  `{"t":1063.294,"kind":"frame","side":"control","account":"rep-1","channel":"private-feed-rep-1","event":"feed-item",${rest}}`;

describe('a line', () => {
  it.each([
    [
      'a link that came up',
      '{"t":41.717,"kind":"link","side":"control","account":"rep-1","state":"up","reason":"subscribed"}',
      { kind: 'link', t: 41.717, side: 'control', account: 'rep-1', state: 'up', reason: 'subscribed' },
    ],
    [
      'a link that fell for good',
      '{"t":0,"kind":"link","side":"candidate","account":"a","state":"down","reason":"refused","final":true,"remedy":"check the token"}',
      {
        kind: 'link',
        t: 0,
        side: 'candidate',
        account: 'a',
        state: 'down',
        reason: 'refused',
        final: true,
        remedy: 'check the token',
      },
    ],
    ['a tick', '{"t":2000,"kind":"tick"}', { kind: 'tick', t: 2000 }],
    ['a tick that came late', '{"t":2000,"kind":"tick","lateMs":300.5}', { kind: 'tick', t: 2000, lateMs: 300.5 }],
    ['a mark', '{"t":2500,"kind":"mark","label":"flag on"}', { kind: 'mark', t: 2500, label: 'flag on' }],
    ['a line with blanks and the end of a Windows line', ' {"kind" : "tick", "t" : 1e3}\r', { kind: 'tick', t: 1000 }],
    ['a line with a member of later versions', '{"t":1,"kind":"tick","since":"v2"}', { kind: 'tick', t: 1 }],
  ])('is %s', (_, line, entry) => {
    expect(parseEntry(line)).toEqual(entry);
  });

  it.each([
    ['every digit', '{"id":9007199254740993.0,"n":1e400}'],
    ['blanks', '{ "id" : 1 }'],
    ['the order and repetition of members', '{"b":1,"a":2,"b":3}'],
    ['escapes', '{"a":"\\u00e9\\/\\u2028"}'],
    ['U+2028 as it is', '{"a":"line\u2028line\u2029"}'],
    ['braces and quotes inside texts', '{"a":"}\\",\\"payload\\":{\\""}'],
    ['a member named payload', '{"a":1,"payload":{"payload":[1]}}'],
    ['an array', '[1,{"a":"}"}]'],
    ['a text', '"only text"'],
    ['a text of a brace', '"}"'],
    ['null', 'null'],
  ])('keeps the payload as it was received: %s', (_, payload) => {
    expect(parseEntry(frame(`"payload":${payload}`))).toEqual({
      kind: 'frame',
      t: 1063.294,
      side: 'control',
      account: 'rep-1',
      channel: 'private-feed-rep-1',
      event: 'feed-item',
      payload,
    });
  });

  it('keeps any JSON payload, and any names before it', () => {
    const names = fc.tuple(fc.string(), fc.string(), fc.string());
    fc.assert(
      fc.property(fc.json(), names, (payload, [account, channel, event]) => {
        const head = JSON.stringify({ t: 1, kind: 'frame', side: 'candidate', account, channel, event });
        const entry = parseEntry(`${head.slice(0, -1)},"payload":${payload}}`);
        expect(entry).toEqual({ kind: 'frame', t: 1, side: 'candidate', account, channel, event, payload });
      }),
    );
  });

  it('keeps a text that is no JSON, and why its source could not read it', () => {
    expect(parseEntry(frame('"text":"half a {\\"fra","unreadable":"no JSON"'))).toMatchObject({
      payload: 'half a {"fra',
      unreadable: 'no JSON',
    });
  });

  it('finds the payload when the account or event looks like one', () => {
    const line =
      '{"t":1,"kind":"frame","side":"control","account":",\\"payload\\":1","channel":"c","event":"\\\\","payload":{"id":1}}';
    expect(parseEntry(line)).toMatchObject({ account: ',"payload":1', event: '\\', payload: '{"id":1}' });
  });

  it.each([
    ['no JSON', 'oops', 'the line is no JSON'],
    ['an array', '[1]', 'the line is no object'],
    ['null', 'null', 'the line is no object'],
    ['without a time', '{"kind":"tick"}', '"t" is no number of milliseconds'],
    ['of a time before the start', '{"t":-1,"kind":"tick"}', '"t" is no number of milliseconds'],
    ['of a time as text', '{"t":"1","kind":"tick"}', '"t" is no number of milliseconds'],
    ['of an endless time', '{"t":1e999,"kind":"tick"}', '"t" is no number of milliseconds'],
    ['of an unknown kind', '{"t":1,"kind":"event"}', '"kind" is none of frame, link, tick, mark'],
    ['without a kind', '{"t":1}', '"kind" is none of frame, link, tick, mark'],
    [
      'of an unknown side',
      '{"t":1,"kind":"link","side":"legacy","account":"a","state":"up","reason":"r"}',
      '"side" is neither "control" nor "candidate"',
    ],
    [
      'of an unknown state',
      '{"t":1,"kind":"link","side":"control","account":"a","state":"open","reason":"r"}',
      '"state" is neither "up" nor "down"',
    ],
    [
      'of a link without a reason',
      '{"t":1,"kind":"link","side":"control","account":"a","state":"up"}',
      '"reason" is no text',
    ],
    ['of a mark without a label', '{"t":1,"kind":"mark","label":7}', '"label" is no text'],
    [
      'of a frame without a payload',
      '{"t":1,"kind":"frame","side":"control","account":"a","channel":"c","event":"e"}',
      '"text" is no text',
    ],
    [
      'of a frame without an account',
      '{"t":1,"kind":"frame","side":"control","channel":"c","event":"e","payload":{}}',
      '"account" is no text',
    ],
  ])('%s is refused', (_, line, message) => {
    expect(() => parseEntry(line)).toThrow(new SyntaxError(message));
  });

  it('is refused with a SyntaxError, whatever it is', () => {
    const pieces = fc.array(
      fc.constantFrom(
        '{',
        '}',
        '"t":1',
        ',',
        '"kind":"frame"',
        '"kind":"tick"',
        ',"payload":',
        '"side":"control"',
        '"',
        '\\',
        '[',
        '1',
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          pieces.map((all) => all.join('')),
        ),
        (line) => {
          try {
            parseEntry(line);
          } catch (error) {
            expect(error).toBeInstanceOf(SyntaxError);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

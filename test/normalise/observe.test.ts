import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Settings } from '../../src/model/settings.js';
import { observer } from '../../src/normalise/observe.js';
import { eventType, frame, path } from '../given.js';

const place = (event: string, where: Record<string, string | number | boolean | null> = {}) => ({
  event,
  where: Object.entries(where).map(([at, value]) => ({ path: path(at), value })),
  key: [path('$.id')],
});

const settings: Pick<Settings, 'events' | 'rename'> = {
  events: [
    eventType({
      control: place('email-opened'),
      candidate: {
        ...place('item_created', { '$.type': 'email_open' }),
        body: path('$.data'),
        key: [path('$.resource.id')],
      },
    }),
    eventType({
      name: 'call_logged',
      control: place('call', { '$.kind': 'logged', '$.version': 2 }),
      candidate: place('item_created', { '$.type': 'call', '$.draft': null }),
    }),
    eventType({
      name: 'page_visited',
      control: undefined as never,
      candidate: { ...place('item_created', { '$.type': 'page_visit' }), key: [] },
      only: 'candidate',
    }),
    eventType({
      name: 'note_added',
      control: { ...place('note'), key: [path('$.id'), path('$.rev')] },
      candidate: { ...place('note'), key: [path('$.id'), path('$.rev')] },
    }),
  ],
  rename: [{ from: path('$.actor.name'), to: path('$.person.full_name') }],
};

const observe = observer(settings);

/** The parts of what was observed that a case speaks of. */
function seen(side: 'control' | 'candidate', event: string, payload: string): unknown {
  const observed = observe(frame(side, 5, payload, { event }));
  if (observed.kind !== 'observation') return observed;
  const { type, key, body } = observed.observation;
  return { type, key, body };
}

describe('a frame', () => {
  it.each([
    [
      'is claimed by its event name',
      'control',
      'email-opened',
      '{"id":7,"x":1}',
      { type: 'email_opened', key: '7', body: { id: 7, x: 1 } },
    ],
    [
      'is claimed where every condition holds',
      'control',
      'call',
      '{"id":"a","kind":"logged","version":2.0}',
      { type: 'call_logged', key: 'a', body: { id: 'a', kind: 'logged', version: 2 } },
    ],
    [
      'is unmapped where one condition fails',
      'control',
      'call',
      '{"id":"a","kind":"logged","version":3}',
      { kind: 'unmapped' },
    ],
    [
      'is unmapped where a condition names another JSON type',
      'control',
      'call',
      '{"id":"a","kind":"logged","version":"2"}',
      { kind: 'unmapped' },
    ],
    [
      'is unmapped where a condition meets an object',
      'control',
      'call',
      '{"id":"a","kind":{"logged":1},"version":2}',
      { kind: 'unmapped' },
    ],
    [
      'meets a condition of null by null',
      'candidate',
      'item_created',
      '{"id":1,"type":"call","draft":null}',
      { type: 'call_logged', key: '1', body: { id: 1, type: 'call', draft: null } },
    ],
    [
      'meets no condition of null by a missing member',
      'candidate',
      'item_created',
      '{"id":1,"type":"call"}',
      { kind: 'unmapped' },
    ],
    [
      'has its body and key where the type says',
      'candidate',
      'item_created',
      '{"type":"email_open","resource":{"id":7},"data":[1]}',
      { type: 'email_opened', key: '7', body: [1] },
    ],
    [
      'may have null for a body',
      'candidate',
      'item_created',
      '{"type":"email_open","resource":{"id":7},"data":null}',
      { type: 'email_opened', key: '7', body: null },
    ],
    [
      'without its body is unreadable',
      'candidate',
      'item_created',
      '{"type":"email_open","resource":{"id":7}}',
      { kind: 'unreadable', reason: 'no body at $.data of email_opened' },
    ],
    [
      'without its key is unreadable',
      'candidate',
      'item_created',
      '{"type":"email_open","data":{}}',
      { kind: 'unreadable', reason: 'no correlation key at $.resource.id' },
    ],
    [
      'with a key that names nothing is unreadable',
      'control',
      'email-opened',
      '{"id":null}',
      { kind: 'unreadable', reason: 'no correlation key at $.id' },
    ],
    [
      'of a type of one side alone needs no key',
      'candidate',
      'item_created',
      '{"type":"page_visit"}',
      { kind: 'only', type: 'page_visited' },
    ],
    ['that nobody declared is unmapped', 'control', 'presence_state', '{}', { kind: 'unmapped' }],
    ['that nobody declared is unmapped even if it is no JSON', 'control', 'presence_state', '{', { kind: 'unmapped' }],
    ['of the other side is unmapped', 'candidate', 'email-opened', '{"id":7}', { kind: 'unmapped' }],
    [
      'that is no JSON is unreadable',
      'control',
      'email-opened',
      'oops',
      { kind: 'unreadable', reason: 'payload is no JSON' },
    ],
    ['named like a member of every object is unmapped', 'control', 'constructor', '{"id":7}', { kind: 'unmapped' }],
  ] as const)('%s', (_, side, event, payload, expected) => {
    expect(seen(side, event, payload)).toEqual(expected);
  });

  it('that its source could not read stays unreadable, with the reason of the source', () => {
    const unreadable = frame('control', 1, '{"id":7}', { unreadable: 'binary payload' });
    expect(observe(unreadable)).toEqual({ kind: 'unreadable', reason: 'binary payload' });
  });

  it('keeps where, when and as what text it came', () => {
    const payload = '{"id": 9007199254740993.0}';
    const observed = observe(frame('control', 12.345, payload, { account: 'rep-9', channel: 'c' }));
    expect(observed).toMatchObject({
      observation: { side: 'control', t: 12.345, account: 'rep-9', channel: 'c', event: 'email-opened', payload },
    });
  });

  it('has candidate members renamed to control, and control members left alone', () => {
    const body = '{"id":7,"rev":1,"actor":{"name":"Ada"}}';
    expect(seen('candidate', 'note', body)).toMatchObject({ body: { id: 7, rev: 1, person: { full_name: 'Ada' } } });
    expect(seen('control', 'note', body)).toMatchObject({ body: { id: 7, rev: 1, actor: { name: 'Ada' } } });
  });

  it.each([
    ['{"id":1,"rev":2}', '{"id":"1","rev":"2"}', true],
    ['{"id":1,"rev":2}', '{"id":12,"rev":""}', false],
    ['{"id":"a,b","rev":"c"}', '{"id":"a","rev":"b,c"}', false],
    ['{"id":"a\\",\\"b","rev":"c"}', '{"id":"a","rev":"b\\",\\"c"}', false],
  ])('with several key paths: %s and %s are one event: %s', (a, b, one) => {
    const keys = [a, b].map((payload) => seen('control', 'note', payload) as { key?: string });
    expect(keys[0]?.key === keys[1]?.key).toBe(one);
  });

  it('is exactly one of four things, whatever it holds', () => {
    const events = fc.constantFrom('email-opened', 'call', 'note', 'item_created', '__proto__', 'other');
    const sides = fc.constantFrom('control' as const, 'candidate' as const);
    fc.assert(
      fc.property(sides, events, fc.oneof(fc.json(), fc.string()), (side, event, payload) => {
        expect(['observation', 'only', 'unmapped', 'unreadable']).toContain(
          observe(frame(side, 0, payload, { event })).kind,
        );
      }),
    );
  });
});

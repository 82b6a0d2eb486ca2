import { describe, expect, it } from 'vitest';
import type { Account, ReplaySettings } from '../../src/model/settings.js';
import { RunKeys } from '../../src/replay/keys.js';
import { eventType, frame, path, rule, settings, tick, up } from '../given.js';
import { eventsOf, recorded } from './recorded.js';

const RUN = 5_000;
const unique = (): { keys: RunKeys } => ({ keys: new RunKeys(RUN) });

describe('what is made of a recording', () => {
  it('sends control frames alone, by the recorded gaps', async () => {
    const entries = [
      up('control', 10),
      frame('control', 1000, '{"id":1}'),
      frame('candidate', 1001, '{"id":1}'),
      tick(1100),
      frame('control', 1250.5, '{"id":2}'),
    ];
    const { events } = await eventsOf(recorded(entries));
    expect(events.map(({ dueMs, key, payload }) => [dueMs, key, payload])).toEqual([
      [0, '1', '{"id":1}'],
      [250.5, '2', '{"id":2}'],
    ]);
  });

  it('stamps that run backwards never make an event due before the one ahead of it', async () => {
    const entries = [5000, 5300, 5100, 5400].map((t, n) => frame('control', t, `{"id":${n}}`));
    expect((await eventsOf(recorded(entries))).events.map(({ dueMs }) => dueMs)).toEqual([0, 300, 300, 400]);
  });

  it('loops with keys and times of their own', async () => {
    const entries = [frame('control', 100, '{"id":1}'), frame('control', 200, '{"id":2}')];
    const { events } = await eventsOf(recorded(entries), { loops: 3, ...unique() });
    expect(events.map(({ dueMs }) => dueMs)).toEqual([0, 100, 200, 300, 400, 500]);
    expect(new Set(events.map(({ key }) => key)).size).toBe(6);
    expect(events.map(({ recordedKey }) => recordedKey)).toEqual(['1', '2', '1', '2', '1', '2']);
  });

  it('accounts that one stands in for have keys of their own, in each loop', async () => {
    const [account] = settings().accounts;
    const given = { ...settings(), accounts: [account as Account] };
    const entries = ['a', 'b'].map((id, n) => frame('control', n, '{"id":1}', { account: id }));
    const { events } = await eventsOf(recorded(entries, ['a', 'b']), {
      settings: { ...given, replay: { accounts: 'order' } as ReplaySettings },
      loops: 3,
      ...unique(),
    });
    expect(events.map(({ account: { id } }) => id)).toEqual(Array(6).fill(account?.id));
    expect(new Set(events.map(({ key }) => key)).size).toBe(6);
  });

  it('a limit cuts within a loop; a recording without events ends', async () => {
    const entries = [frame('control', 100, '{"id":1}'), frame('control', 200, '{"id":2}')];
    expect((await eventsOf(recorded(entries), { loops: 3, limit: 3 })).events).toHaveLength(3);
    expect((await eventsOf(recorded([tick(1)]), { loops: 1_000_000 })).events).toEqual([]);
  });

  it('what is no event is told by reason', async () => {
    const entries = [
      frame('control', 1, '{"id":1}', { event: 'unheard-of' }),
      frame('control', 2, '{"id":'),
      frame('control', 3, '{}'),
      frame('control', 4, '{"id":10000000000000000000}'),
      frame('control', 5, '{"id":1.5}'),
      frame('control', 5, '{"id":-3}'),
      frame('control', 5, '{"id":1}', { account: 'stranger' }),
      frame('control', 6, '{"id":7}'),
    ];
    const { events, skipped } = await eventsOf(recorded(entries), unique());
    expect(events.map(({ recordedKey }) => recordedKey)).toEqual(['7']);
    expect(skipped).toEqual([
      'no event type claims it',
      'unreadable: payload is no JSON',
      'unreadable: no correlation key at $.id',
      ...Array(3).fill(expect.stringContaining('cannot be made unique')),
      'its account is not in the header',
    ]);
  });

  it('a recording of the candidate alone is refused', async () => {
    const open = async () => {
      const recording = await recorded([])();
      return { ...recording, header: { ...recording.header, sides: ['candidate' as const] } };
    };
    await expect(eventsOf(open)).rejects.toThrow(/holds no control side/);
  });
});

describe('payloads', () => {
  it('only the key changes, as a number or in quotes as it was', async () => {
    const entries = [
      '{ "id" : 42,"n":1.50,"big":9007199254740993}',
      '{"id":"42"}',
      '{"a":{"id":1},"id":"x\\u00e9"}',
    ].map((payload, n) => frame('control', n, payload));
    const { events } = await eventsOf(recorded(entries), unique());
    expect(events.map(({ payload }) => payload)).toEqual([
      '{ "id" : 178230000000042,"n":1.50,"big":9007199254740993}',
      '{"id":"178230000000042"}',
      '{"a":{"id":1},"id":"xé-run3uw"}',
    ]);
    expect(events.map(({ key }) => key)).toEqual(['178230000000042', '178230000000042', 'xé-run3uw']);
  });

  it.each([
    ['{"team":"red","id":7}', '["red","178230000000007"]', '{"team":"red","id":178230000000007}'],
    ['{"team":"red","id":"x"}', '["red","x-run3uw"]', '{"team":"red","id":"x-run3uw"}'],
  ])('of the key of %s one part changes', async (payload, key, sent) => {
    const place = { event: 'email-opened', where: [], key: [path('$.team'), path('$.id')] };
    const events = [eventType({ control: place, candidate: place })];
    const found = await eventsOf(recorded([frame('control', 1, payload)]), {
      settings: settings({ events }),
      ...unique(),
    });
    expect(found.events).toMatchObject([{ key, payload: sent }]);
  });

  it('recorded times move to now where a rule says that they are moments, and in the body alone', async () => {
    const place = { event: 'email-opened', where: [], body: path('$.data'), key: [path('$.data.id')] };
    const rules = [rule('$.at', { kind: 'instant' }), rule('$.opens[*].at', { kind: 'instant' }), rule('$.name')];
    const given = settings({ events: [eventType({ control: place })], rules });
    const payload =
      '{"at":"2026-11-22T15:59:59Z","data":{"id":1,"at":"2026-11-22T15:59:59.5Z","opens":[{"at":"2026-11-22 15:00:00 UTC"},{"at":null}],"name":"2026-11-22T15:59:59Z"}}';
    const shiftToMs = Date.parse('2027-01-01T00:00:00.000Z');
    const { events } = await eventsOf(
      recorded([frame('control', 1000, '{"data":{"id":0}}'), frame('control', 3000, payload)]),
      {
        settings: given,
        pace: { kind: 'recorded', speed: 2 },
        shiftToMs,
      },
    );
    // Recorded at 16:00:03 and due a second after the start: 2.5 s before it stays so.
    expect(events[1]?.payload).toBe(
      '{"at":"2026-11-22T15:59:59Z","data":{"id":1,"at":"2026-12-31T23:59:57.5Z","opens":[{"at":"2026-12-31 22:59:58 UTC"},{"at":null}],"name":"2026-11-22T15:59:59Z"}}',
    );
  });

  it('a type that only control has is sent without a key', async () => {
    const gone = eventType({ name: 'gone', only: 'control', control: { event: 'email-opened', where: [], key: [] } });
    const { events } = await eventsOf(recorded([frame('control', 1, '{"x":1}')]), {
      settings: settings({ events: [gone] }),
      ...unique(),
    });
    expect(events).toMatchObject([{ type: 'gone', payload: '{"x":1}' }]);
    expect(events[0]).not.toHaveProperty('key');
  });
});

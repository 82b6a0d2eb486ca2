import { describe, expect, it } from 'vitest';
import { GO_ON, openFlag, type Wish } from './flag.js';
import { feature, flipper, type FlipperFeature } from './vendors/flipper.js';

async function stage(state: FlipperFeature, wish: Wish = {}) {
  const vendor = await flipper(state);
  const given = { url: `${vendor.url}/flipper/api`, headers: { 'x-api-key': 'flipper-key' } };
  return { vendor, flag: openFlag({ kind: 'flipper', flipper: given }, { key: 'new_feed', ...wish }) };
}

describe('Flipper, for the accounts alone', () => {
  it('opens and closes the gate of actors', async () => {
    const state = feature({ actors: ['user-rep-2', 'somebody'] });
    const { vendor, flag } = await stage(state);
    const first = await flag.read(GO_ON);
    expect(first.variants).toEqual({ 'rep-1': 'off', 'rep-2': 'on' });
    await flag.set('on', GO_ON);
    expect((await flag.read(GO_ON)).variants).toEqual({ 'rep-1': 'on', 'rep-2': 'on' });
    await flag.set('off', GO_ON);
    expect(state.actors).toEqual(['somebody']);
    await flag.restore(first.state, GO_ON);
    expect([...state.actors].sort()).toEqual(['somebody', 'user-rep-2']);
    expect(vendor.changes).toEqual([
      'POST /flipper/api/features/new_feed/actors {"flipper_id":"user-rep-1"}',
      'POST /flipper/api/features/new_feed/actors {"flipper_id":"user-rep-2"}',
      'DELETE /flipper/api/features/new_feed/actors {"flipper_id":"user-rep-1"}',
      'DELETE /flipper/api/features/new_feed/actors {"flipper_id":"user-rep-2"}',
      'POST /flipper/api/features/new_feed/actors {"flipper_id":"user-rep-2"}',
    ]);
  });

  it.each([
    ['its boolean gate', { boolean: true }],
    ['groups, a percentage or an expression', { percentage_of_actors: 20 }],
  ])('is refused, and nothing changed, where it is on by %s', async (gate, given) => {
    const { vendor, flag } = await stage(feature(given));
    await expect(flag.set('off', GO_ON)).rejects.toThrow(
      `flag: new_feed is on by ${gate}, so that it cannot be off for the test accounts alone`,
    );
    expect(vendor.changes).toEqual([]);
  });
});

describe('Flipper, for everyone', () => {
  it('fills the gates again that the boolean gate cleared', async () => {
    const before = feature({ actors: ['a', 'b'], groups: ['admins'], percentage_of_actors: 20, percentage_of_time: 5 });
    const state = structuredClone(before);
    const { flag } = await stage(state, { scope: 'everyone' });
    const first = await flag.read(GO_ON);
    await flag.set('on', GO_ON);
    expect((await flag.read(GO_ON)).variants).toEqual({ 'rep-1': 'on', 'rep-2': 'on' });
    await flag.set('off', GO_ON);
    expect(state).toEqual(feature());
    expect((await flag.read(GO_ON)).variants).toEqual({ 'rep-1': 'off', 'rep-2': 'off' });
    await flag.set('on', GO_ON);
    await flag.restore(first.state, GO_ON);
    expect(state).toEqual(before);
  });

  it('fills them again when it is itself that closes the boolean gate', async () => {
    const before = feature({ actors: ['a', 'b'], groups: ['admins'], percentage_of_time: 5 });
    const state = structuredClone(before);
    const { flag } = await stage(state, { scope: 'everyone' });
    const first = await flag.read(GO_ON);
    await flag.set('on', GO_ON);
    await flag.restore(first.state, GO_ON);
    expect(state).toEqual(before);
  });

  it('puts the boolean gate back', async () => {
    const state = feature({ boolean: true, actors: ['a'] });
    const { flag } = await stage(state, { scope: 'everyone' });
    const first = await flag.read(GO_ON);
    await flag.set('off', GO_ON);
    await flag.restore(first.state, GO_ON);
    expect(state).toEqual(feature({ boolean: true, actors: ['a'] }));
  });

  it('understands adapters that keep texts', async () => {
    const { vendor, flag } = await stage(feature(), { scope: 'everyone' });
    const gates = [
      { key: 'boolean', value: 'true' },
      { key: 'percentage_of_actors', value: '20' },
    ];
    vendor.instead.push({ status: 200, body: { key: 'new_feed', gates } });
    expect(await flag.read(GO_ON)).toMatchObject({ variants: { 'rep-1': 'on' }, state: { percentage_of_actors: 20 } });
  });
});

import { describe, expect, it } from 'vitest';
import { GO_ON, openFlag, type Wish } from './flag.js';
import { unleash, UNLEASH_TOKEN, unleashServes, type UnleashFlag } from './vendors/unleash.js';

async function stage(state: UnleashFlag, wish: Wish = {}) {
  const vendor = await unleash(state);
  const given = {
    url: vendor.url,
    token: UNLEASH_TOKEN,
    project: 'default',
    environment: 'development',
    contextName: 'userId',
  };
  return { vendor, flag: openFlag({ kind: 'unleash', unleash: given }, wish) };
}

const serves = (state: UnleashFlag): boolean[] =>
  ['user-rep-1', 'user-rep-2', 'somebody'].map((user) => unleashServes(state, user));

/** A strategy of somebody else that lets in `somebody` alone. */
function theirs(disabled = false): UnleashFlag['strategies'][number] {
  return {
    id: 'aaaaaaaa',
    name: 'flexibleRollout',
    title: 'beta',
    disabled,
    constraints: [{ contextName: 'userId', operator: 'IN', values: ['somebody'] }],
  };
}

describe('Unleash, for the accounts alone', () => {
  it('lets in the accounts and nobody else where the environment was off, and leaves no trace', async () => {
    const state: UnleashFlag = { enabled: false, strategies: [] };
    const { vendor, flag } = await stage(state);
    const first = await flag.read(GO_ON);
    expect(first.variants).toEqual({ 'rep-1': 'off', 'rep-2': 'off' });
    await flag.set('off', GO_ON);
    expect(vendor.changes).toEqual([]);
    await flag.set('on', GO_ON);
    expect(serves(state)).toEqual([true, true, false]);
    expect((await flag.read(GO_ON)).variants).toEqual({ 'rep-1': 'on', 'rep-2': 'on' });
    await flag.set('off', GO_ON);
    expect(serves(state)).toEqual([false, false, false]);
    await flag.set('on', GO_ON);
    expect(serves(state)).toEqual([true, true, false]);
    await flag.restore(first.state, GO_ON);
    expect(state).toEqual({ enabled: false, strategies: [] });
    const [added] = vendor.changes;
    expect(JSON.parse(added?.slice(added.indexOf('{')) ?? '')).toEqual({
      name: 'flexibleRollout',
      title: 'a QA plan of feed-parity',
      constraints: [{ contextName: 'userId', operator: 'IN', values: ['user-rep-1', 'user-rep-2'] }],
      parameters: { rollout: '100', stickiness: 'default', groupId: 'new-feed' },
    });
  });

  it('adds a strategy beside those of others, and takes it away', async () => {
    const state: UnleashFlag = { enabled: true, strategies: [theirs()] };
    const { flag } = await stage(state);
    const first = await flag.read(GO_ON);
    expect(first.variants).toEqual({ 'rep-1': 'off', 'rep-2': 'off' });
    await flag.set('on', GO_ON);
    expect(serves(state)).toEqual([true, true, true]);
    await flag.set('off', GO_ON);
    expect(serves(state)).toEqual([false, false, true]);
    await flag.set('on', GO_ON);
    await flag.restore(first.state, GO_ON);
    expect(state).toEqual({ enabled: true, strategies: [theirs()] });
  });

  it('puts back what an interrupted change left half done', async () => {
    const state: UnleashFlag = { enabled: false, strategies: [] };
    const { vendor, flag } = await stage(state);
    const first = await flag.read(GO_ON);
    // The strategy is there, and then nothing works any more.
    vendor.instead.push(undefined, undefined, { status: 403, body: {} });
    await expect(flag.set('on', GO_ON)).rejects.toThrow('was answered 403');
    expect(state.strategies).toHaveLength(1);
    await flag.restore(first.state, GO_ON);
    expect(state).toEqual({ enabled: false, strategies: [] });
  });

  it.each([
    [
      'for everybody',
      { enabled: true, strategies: [{ id: 'b', name: 'default' }] },
      'off',
      'the strategy "b" of new-feed in development may let in more than the test accounts',
    ],
    [
      'of its own while it is off',
      { enabled: false, strategies: [theirs()] },
      'on',
      'new-feed is off in development and has strategies of its own',
    ],
  ] as const)('is refused, and nothing changed, where the flag has a strategy %s', async (_, state, to, words) => {
    const { vendor, flag } = await stage(structuredClone(state) as unknown as UnleashFlag);
    await expect(flag.set(to, GO_ON)).rejects.toThrow(words);
    expect(vendor.changes).toEqual([]);
  });

  it('takes no notice of disabled strategies', async () => {
    const state: UnleashFlag = { enabled: false, strategies: [theirs(true)] };
    const { flag } = await stage(state);
    const first = await flag.read(GO_ON);
    await flag.set('on', GO_ON);
    expect(serves(state)).toEqual([true, true, false]);
    await flag.restore(first.state, GO_ON);
    expect(state).toEqual({ enabled: false, strategies: [theirs(true)] });
  });
});

describe('Unleash, for everyone', () => {
  it('turns the environment on and off, and takes away the strategy that Unleash adds by itself', async () => {
    const state: UnleashFlag = { enabled: false, strategies: [] };
    const { vendor, flag } = await stage(state, { scope: 'everyone' });
    const first = await flag.read(GO_ON);
    await flag.set('on', GO_ON);
    expect(serves(state)).toEqual([true, true, true]);
    await flag.restore(first.state, GO_ON);
    expect(state).toEqual({ enabled: false, strategies: [] });
    expect(vendor.changes.map((one) => one.replace(/.*environments\/development/, ''))).toEqual([
      '/on',
      '/off',
      expect.stringContaining('/strategies/'),
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import type { LaunchDarklySettings } from '../../src/model/plan.js';
import { GO_ON, openFlag, type Wish } from './flag.js';
import { launchDarkly, LD_TOKEN, type LdFlag } from './vendors/launchdarkly.js';

const BOOLEAN = { on: true, off: false };

function ldFlag(given: Partial<LdFlag> = {}): LdFlag {
  return { on: true, targets: [], rules: [], fallthrough: { variation: 1 }, offVariation: 1, ...given };
}

async function stage(flag: LdFlag, wish: Wish = {}, more: Partial<LaunchDarklySettings> = {}) {
  const vendor = await launchDarkly(flag);
  const launchdarkly = {
    url: vendor.url,
    token: LD_TOKEN,
    project: 'mail',
    environment: 'staging',
    contextKind: 'user',
    ...more,
  };
  return { vendor, flag: openFlag({ kind: 'launchdarkly', launchdarkly }, { variants: BOOLEAN, ...wish }) };
}

const patches = (changes: readonly string[]): unknown[] =>
  changes.map((one) => (JSON.parse(one.slice(one.indexOf('{'))) as { instructions: unknown }).instructions);

describe('LaunchDarkly, for the accounts alone', () => {
  it('targets them individually, moves them from one variation to the other, and puts them back', async () => {
    const state = ldFlag({ targets: [{ values: ['user-rep-2', 'somebody'], variation: 0, contextKind: 'user' }] });
    const { vendor, flag } = await stage(state);
    const before = structuredClone(state);
    const first = await flag.read(GO_ON);
    expect(first.variants).toEqual({ 'rep-1': 'off', 'rep-2': 'on' });

    await flag.set('on', GO_ON);
    expect((await flag.read(GO_ON)).variants).toEqual({ 'rep-1': 'on', 'rep-2': 'on' });
    await flag.set('off', GO_ON);
    expect((await flag.read(GO_ON)).variants).toEqual({ 'rep-1': 'off', 'rep-2': 'off' });
    await flag.restore(first.state, GO_ON);

    const user = { contextKind: 'user' };
    expect(patches(vendor.changes)).toEqual([
      [{ kind: 'addTargets', ...user, variationId: 'id-true', values: ['user-rep-1'] }],
      [
        { kind: 'removeTargets', ...user, variationId: 'id-true', values: ['user-rep-1', 'user-rep-2'] },
        { kind: 'addTargets', ...user, variationId: 'id-false', values: ['user-rep-1', 'user-rep-2'] },
      ],
      [
        { kind: 'removeTargets', ...user, variationId: 'id-false', values: ['user-rep-1', 'user-rep-2'] },
        { kind: 'addTargets', ...user, variationId: 'id-true', values: ['user-rep-2'] },
      ],
    ]);
    const held = state.targets
      .filter(({ values }) => values.length > 0)
      .map(({ values, ...rest }) => ({ ...rest, values: [...values].sort() }));
    expect(held).toEqual([{ ...before.targets[0], values: ['somebody', 'user-rep-2'] }]);
  });

  it('targets contexts of another kind by that kind', async () => {
    const state = ldFlag();
    const { flag } = await stage(state, {}, { contextKind: 'organization' });
    await flag.set('on', GO_ON);
    expect(state.targets).toEqual([
      { values: ['user-rep-1', 'user-rep-2'], variation: 0, contextKind: 'organization' },
    ]);
    expect((await flag.read(GO_ON)).variants).toEqual({ 'rep-1': 'on', 'rep-2': 'on' });
  });

  it('turns targeting on where its default rule gives others what they get now, and off again at the end', async () => {
    const state = ldFlag({ on: false });
    const { vendor, flag } = await stage(state);
    const first = await flag.read(GO_ON);
    expect(first.variants).toEqual({ 'rep-1': 'off', 'rep-2': 'off' });
    await flag.set('off', GO_ON);
    expect(vendor.changes).toEqual([]);
    await flag.set('on', GO_ON);
    expect(state.on).toBe(true);
    await flag.restore(first.state, GO_ON);
    expect(state).toMatchObject({ on: false });
    expect(state.targets.flatMap(({ values }) => values)).toEqual([]);
  });

  it.each([
    ['its default rule serves the new feed', { on: false, fallthrough: { variation: 0 } }],
    ['it has rules', { on: false, rules: [{ _id: 'r' }] }],
  ])('is refused, and nothing changed, where targeting is off and %s', async (_, given) => {
    const { vendor, flag } = await stage(ldFlag(given));
    await expect(flag.set('on', GO_ON)).rejects.toThrow(
      'flag: targeting of new-feed is off in staging, and turning it on for the test accounts would let its rules decide for everybody else; give its default rule the variation that it serves when off, without other rules, or say targeting: {scope: everyone}',
    );
    expect(vendor.changes).toEqual([]);
  });

  it('does not know what rules decide', async () => {
    const { flag } = await stage(ldFlag({ rules: [{ _id: 'r' }] }));
    expect((await flag.read(GO_ON)).variants).toEqual({ 'rep-1': undefined, 'rep-2': undefined });
  });

  it('tells which variations there are', async () => {
    const { flag } = await stage(ldFlag(), { variants: { on: 'v2', off: 'v1' } });
    await expect(flag.read(GO_ON)).rejects.toThrow(
      'flag: new-feed has no variation "v2"; say with flag.on and flag.off which of true, false they are',
    );
  });

  it('knows variations by name and by id as well', async () => {
    const { flag } = await stage(ldFlag(), { variants: { on: 'New feed', off: 'id-false' } });
    expect((await flag.read(GO_ON)).variants).toEqual({ 'rep-1': 'off', 'rep-2': 'off' });
  });

  it('tells of an environment that is not there', async () => {
    const { flag } = await stage(ldFlag(), {}, { environment: 'production' });
    await expect(flag.read(GO_ON)).rejects.toThrow(
      'LaunchDarkly tells nothing of the environment production; check flag.launchdarkly.environment',
    );
  });
});

describe('LaunchDarkly, for everyone', () => {
  it('turns targeting on and off', async () => {
    const state = ldFlag({ on: true, rules: [{ _id: 'r' }] });
    const { vendor, flag } = await stage(state, { scope: 'everyone' });
    const first = await flag.read(GO_ON);
    await flag.set('off', GO_ON);
    expect((await flag.read(GO_ON)).variants).toEqual({ 'rep-1': 'off', 'rep-2': 'off' });
    await flag.set('on', GO_ON);
    await flag.set('off', GO_ON);
    await flag.restore(first.state, GO_ON);
    expect(patches(vendor.changes)).toEqual(
      ['turnFlagOff', 'turnFlagOn', 'turnFlagOff', 'turnFlagOn'].map((kind) => [{ kind }]),
    );
    expect(state.on).toBe(true);
  });
});

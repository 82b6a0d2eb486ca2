import { describe, expect, it } from 'vitest';
import type { Account, SourceSettings } from '../../src/model/settings.js';
import { assignAccounts, channelFor } from '../../src/replay/accounts.js';

const account = (id: string, some: Record<string, string> = {}): Account => ({ id, values: { id, ...some } });
const [a, b] = [account('test-1'), account('test-2')] as const;
const ids = (map: ReadonlyMap<string, Account>) =>
  Object.fromEntries([...map].map(([recorded, { id }]) => [recorded, id]));

describe('test accounts for recorded ones', () => {
  it.each([
    ['same', ['test-2'], { 'test-2': 'test-2' }],
    ['order', ['x', 'y'], { x: 'test-1', y: 'test-2' }],
    ['order', ['x', 'y', 'z'], { x: 'test-1', y: 'test-2', z: 'test-1' }],
    [{ x: 'test-2' }, ['x', 'test-1'], { x: 'test-2', 'test-1': 'test-1' }],
  ] as const)('%j for %j', (how, recorded, expected) => {
    expect(ids(assignAccounts(recorded, [a, b], how))).toEqual(expected);
  });

  it.each([
    ['same', ['x'], /no account x;.*replay\.accounts/],
    [{ x: 'test-3' }, ['x'], /x \(sent as test-3\)/],
    ['same', ['v', 'w', 'x', 'y', 'z'], /v, w, x and 2 more/],
  ] as const)('%j lacks one for %j', (how, recorded, message) => {
    expect(() => assignAccounts(recorded, [a, b], how)).toThrow(message);
  });
});

describe('channels', () => {
  const control = (...channels: string[]): SourceSettings => ({
    kind: 'pusher',
    pusher: { key: 'k', tls: false, channels },
  });
  const [mine, yours] = [account('mine', { team: '7' }), account('yours', { team: '8' })];
  const channelOf = (templates: string[], recorded: string, of: string) =>
    channelFor({ accounts: [mine, yours], control: control(...templates) })({ channel: recorded, account: of }, yours);

  it.each([
    [['private-feed-{account.id}'], 'private-feed-mine', 'mine', 'private-feed-yours'],
    [['private-feed-{account.id}'], 'private-feed-someone', 'someone', 'private-feed-yours'],
    [['all', 'team-{account.team}'], 'team-7', 'mine', 'team-8'],
    [['all', 'team-{account.team}'], 'team-99', 'someone', 'team-8'],
    [['all', 'team-{account.team}'], 'all', 'someone', 'all'],
    [['team-{account.team}', 'team-feed-{account.team}'], 'team-feed-99', 'someone', 'team-feed-8'],
    [['team-{account.team}', 'team-feed-{account.team}'], 'team-99', 'someone', 'team-8'],
    [['a.{account.id}'], 'axmine', 'someone', undefined],
    [['private-feed-{account.id}'], 'presence-x', 'mine', undefined],
    [['private-feed-{account.id}'], 'anything', 'yours', 'anything'],
  ])('%j makes of %s of %s: %s', (templates, recorded, of, expected) => {
    expect(channelOf(templates, recorded, of)).toBe(expected);
  });
});

import { describe, expect, it } from 'vitest';
import type { PlanningSettings } from '../../src/model/plan.js';
import { checkAllowed } from '../../src/plan/allow.js';
import { planOf } from './plan-file.js';

const NOTHING = { flags: [], environments: [], accounts: [], hosts: [], commands: [], files: [] };

function planning(allow: Partial<PlanningSettings['allow']>): PlanningSettings {
  return { allow: { ...NOTHING, ...allow }, journal: '.parity' };
}

const PLAN = `name: flip
flag: {key: new-feed, sandbox: {}, targeting: {accounts: [rep-1]}}
seen: {canary: {type: email_opened, accounts: [rep-2]}}
phases:
  - name: a
    expect: {http: [{url: "https://metrics.example.com/x", at: $.n, value: {atMost: 1}}]}
`;

describe('the allow-list', () => {
  const reach = {
    hosts: ['flags.example.com', '127.0.0.1'],
    commands: ['/bin/flag'],
    files: ['/etc/flags.json'],
    environment: 'production',
  };
  const targets = ['app.example.com'];

  it('names everything that it does not hold, and what to add', async () => {
    const { plan } = await planOf(PLAN);
    expect(() => checkAllowed({ plan, reach, targets }, undefined)).toThrow(
      'plan: would touch the flag new-feed, the environment production, the account rep-1, the account rep-2, the host flags.example.com, the host app.example.com, the host metrics.example.com, the command /bin/flag, the file /etc/flags.json, which the config\'s plan.allow does not name; nothing was called. If that is for tests, add plan: {allow: {flags: ["new-feed"], environments: ["production"], accounts: ["rep-1", "rep-2"], hosts: ["flags.example.com", "app.example.com", "metrics.example.com"], commands: ["/bin/flag"], files: ["/etc/flags.json"]}}',
    );
  });

  it('lets pass what it holds', async () => {
    const { plan } = await planOf(PLAN);
    const allow = {
      flags: ['new-*'],
      environments: ['production'],
      accounts: ['rep-1', 'rep-2'],
      hosts: ['*.example.com'],
      commands: ['/bin/flag'],
      files: ['/etc/flags.json'],
    };
    expect(() => checkAllowed({ plan, reach, targets }, planning(allow))).not.toThrow();
    for (const list of Object.keys(allow)) {
      expect(() => checkAllowed({ plan, reach, targets }, planning({ ...allow, [list]: ['other'] })), list).toThrow(
        'does not name',
      );
    }
  });
});

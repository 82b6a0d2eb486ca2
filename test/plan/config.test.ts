import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportPlanSchema } from '../../src/config/plan-schema.js';
import { loadPlan } from '../../src/config/plan.js';
import { Secrets } from '../../src/config/secrets.js';
import { CallError } from '../../src/model/errors.js';
import { planOf, settingsOf, temporaryFolder } from './plan-file.js';

const FLAG = 'flag: {key: new-feed, sandbox: {}}';

async function problemsOf(text: string, env = {}): Promise<string[]> {
  const failure: unknown = await planOf(text, env).catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: 'KnownError', fault: 'call' });
  return (failure as Error).message.split('\n');
}

describe('a plan', () => {
  it('is data, with what it does not say filled in', async () => {
    const { plan, file } = await planOf(`name: flip
${FLAG}
unwatched: [rep-2]
seen: {canary: {type: email_opened}}
load: {replay: {file: load.ndjson, rate: 50}}
phases:
  - name: "on"
    flag: on
    events: {publish: {type: email_opened, count: 3}}
    expect:
      control: flowing
      candidate: {atLeast: 3}
      parity: {missing: 2, late: null, lag: {p99: 1s}}
      http: [{url: "http://127.0.0.1:9/metrics", metric: 'enriched_total{job="x"}', change: {atMost: 0}}]
`);
    expect(plan).toMatchObject({
      name: 'flip',
      repeat: 1,
      flag: {
        key: 'new-feed',
        variants: { on: 'on', off: 'off' },
        provider: { kind: 'sandbox', sandbox: { url: 'http://127.0.0.1:9' } },
      },
      seen: { withinMs: 30_000, canary: { everyMs: 500, agreeing: 1, events: { accounts: ['rep-1'], count: 1 } } },
      load: { kind: 'replay', replay: { file: file.replace('flip.yaml', 'load.ndjson'), perS: 50 } },
      page: { reconnectMs: 300, overlapMs: 0, deduplicated: true },
    });
    expect(plan.phases[0]).toMatchObject({
      flag: 'on',
      holdMs: 0,
      causes: { kind: 'publish', publish: { accounts: ['rep-1'], count: 3, everyMs: 100 } },
      expect: {
        sides: { control: { state: 'flowing', atLeast: 1 }, candidate: { state: 'flowing', atLeast: 3 } },
        parity: { counts: { mismatch: 0, missing: 2, extra: 0, duplicate: 0 }, minPerType: 0, lag: { p99: 1_000 } },
        http: [{ of: 'change', atMost: 0, figure: { kind: 'prometheus' } }],
      },
    });
    expect(plan.phases[0]?.expect.parity?.counts).not.toHaveProperty('late');
    expect(plan.phases[0]?.expect.parity).not.toHaveProperty('defectRate');
  });

  it('keeps its secrets', async () => {
    const { plan, redact, flag } = await planOf(
      'name: flip\nflag: {key: new-feed, unleash: {url: "http://127.0.0.1:9", token: "${UNLEASH}", environment: dev}}\nphases: [{name: a}]\n',
      { UNLEASH: 'very-secret' },
    );
    expect(plan.flag.provider).toMatchObject({ unleash: { token: 'very-secret' } });
    expect(redact('it said very-secret')).toBe('it said [UNLEASH]');
    expect(JSON.stringify(flag)).toContain('${UNLEASH}');
  });

  it('that is not there or empty is told with what a plan is, and never with the verb that writes configs', async () => {
    const settings = await settingsOf();
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'empty.yaml'), '');
    for (const [file, said] of [
      ['nope.yaml', 'nope.yaml does not exist; correct its name, or write a plan, which names a flag and the phases '],
      ['empty.yaml', 'empty.yaml is empty; write a plan, which names a flag and the phases it goes through: '],
    ] as const) {
      const error = await loadPlan(file, { env: {}, cwd, settings, secrets: new Secrets() }).catch(
        (thrown: Error) => thrown,
      );
      expect(error).toBeInstanceOf(CallError);
      expect((error as Error).message).toContain(said);
      expect((error as Error).message).toContain('parity plan --schema');
      expect((error as Error).message).not.toContain('parity init');
    }
  });

  it('tells every problem with its place', async () => {
    expect(
      await problemsOf(`name: flip
flag:
  key: new-feed
  targeting: {accounts: [rep-1, rep-9]}
  launchdarkly: {project: mail, environment: staging}
  unleash: {url: "http://127.0.0.1:9", token: "\${NOBODY}", environment: dev}
phases:
  - name: "on"
    flag: maybe
    events: {publish: {type: page_visited}}
    hold: 5
    expect: {candidate: loud, parity: {mising: 1}, http: [{url: "ftp://x", change: {}}]}
  - {name: "on"}
`),
    ).toEqual([
      'flip.yaml:5:17 flag.launchdarkly.token: is missing: expected text',
      'flip.yaml:6:47 flag.unleash.token: the environment variable NOBODY is not set; export NOBODY=…',
      'flip.yaml:9:11 phases[0].flag: expected one of on, off, found "maybe"',
      'flip.yaml:11:11 phases[0].hold: expected a duration with its unit, found 5: write 5s or 5ms',
      'flip.yaml:12:25 phases[0].expect.candidate: expected one of flowing, silent, found "loud"',
      'flip.yaml:12:40 phases[0].expect.parity.mising: unknown key "mising"; did you mean "missing"?',
      'flip.yaml:12:65 phases[0].expect.http[0].url: expected a URL that begins with http:// or https://, found "ftp://x"',
      'flip.yaml:12:84 phases[0].expect.http[0].change: expected atLeast or atMost, found neither',
    ]);
  });

  it('tells what only the config can know', async () => {
    expect(
      await problemsOf(`name: flip
flag: {key: new-feed, sandbox: {}}
unwatched: [rep-8]
phases:
  - {name: a, events: {publish: {type: page_visited, accounts: [rep-7]}}}
  - {name: a}
interference: {side: control, off: a, on: b}
`),
    ).toEqual([
      'flip.yaml:3:13 unwatched[0]: the config has no account "rep-8"',
      'flip.yaml:5:40 phases[0].events.publish.type: the config has no type "page_visited" on control; it has email_opened',
      'flip.yaml:5:65 phases[0].events.publish.accounts[0]: the config has no account "rep-7"',
      'flip.yaml:6:12 phases[1].name: expected a name of its own, found that of phases[0]',
      'flip.yaml:7:43 interference.on: there is no phase "b"',
    ]);
  });

  it.each([
    [
      'flag: {key: f, sandbox: {}, flagd: {file: f.json}}',
      'flip.yaml:2:7 flag: expected one of http, launchdarkly, unleash, flipper, flagd, command, sandbox, found flagd and sandbox',
    ],
    [
      'flag: {key: f}',
      'flip.yaml:2:7 flag: expected one of http, launchdarkly, unleash, flipper, flagd, command, sandbox, found none',
    ],
    ['flag: {key: f, on: "true", off: true, sandbox: {}}', 'flip.yaml:2:33 flag.off: on and off are the same value'],
    [
      'flag: {key: f, targeting: {accounts: [rep-9]}, sandbox: {}}',
      'flip.yaml:2:39 flag.targeting.accounts[0]: the config has no account "rep-9"',
    ],
    [
      'flag: {key: f, targeting: {key: "{account.nr}"}, sandbox: {}}',
      'flip.yaml:2:33 flag.targeting.key: the account rep-1 lacks a value for {account.nr}',
    ],
    [
      'flag: {key: f, http: {read: {url: "http://x/{user}"}, on: {url: "http://x"}, off: {url: "http://x"}}}',
      'flip.yaml:2:35 flag.http.read.url: unknown template {user}; known are {key}, {variant}, {targetingKey}, {account} and {account.NAME}',
    ],
    [
      'flag: {key: f, http: {read: {url: "http://x"}, on: {url: "http://x"}}}',
      'flip.yaml:2:22 flag.http: expected set (with {variant} in it), or on and off',
    ],
  ])('%s is refused', async (flag, problem) => {
    expect(await problemsOf(`name: flip\n${flag}\nphases: [{name: a}]\n`)).toEqual([problem]);
  });

  it('has a schema for editors', () => {
    const schema = exportPlanSchema() as { required: string[]; properties: Record<string, unknown> };
    expect(schema.required).toEqual(['name', 'flag', 'phases']);
    expect(Object.keys(schema.properties)).toEqual(
      expect.arrayContaining(['seen', 'load', 'repeat', 'unwatched', 'page', 'interference']),
    );
  });
});

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.js';
import type { SandboxOptions } from '../../src/sandbox/options.js';
import { folder } from '../cli/folder.js';
import { parity, start, type Ended } from '../cli/parity.js';
import { serve, stage } from '../cli/systems.js';

const PLANS = join(import.meta.dirname, '..', '..', 'fixtures', 'plans');

function reportOf({ stdout }: Ended): Report {
  return JSON.parse(stdout) as Report;
}

/** Cases that did not pass, with their phases. */
function found(report: Report): string[] {
  return (report.sections ?? []).flatMap(({ title, cases }) =>
    cases
      .filter(({ status }) => status !== 'passed')
      .map(({ name, status, detail }) => `${title} | ${name} | ${status} | ${detail}`),
  );
}

function staged(options: Partial<SandboxOptions> = {}) {
  return stage({ apiPort: 0, accounts: ['rep-1', 'rep-2', 'rep-3'], ...options });
}

/** The flag API of a sandbox, with a state of its own, that may stop answering. */
async function flagService(hangAt = Infinity) {
  const states: Record<string, string> = { 'rep-1': 'off', 'rep-2': 'on' };
  const asked: string[] = [];
  let hang: () => void = () => {};
  const hanging = new Promise<void>((resolve) => (hang = resolve));
  let isWell = hangAt === Infinity;
  const url = await serve((request, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) body += chunk;
      asked.push(`${request.method} ${request.url}${body === '' ? '' : ` ${body}`}`);
      if (!isWell && asked.length >= hangAt) return hang();
      if (request.method === 'POST') {
        const { account, variant } = JSON.parse(body) as { account: string; variant: string };
        states[account] = variant;
      }
      response.end(JSON.stringify({ 'new-feed': states }));
    })();
  });
  return { url, states, asked, hanging, mend: () => (isWell = true) };
}

const FIRST = { 'rep-1': 'off', 'rep-2': 'on' };

function smallPlan(url: string, more = ''): string {
  return `name: small
flag: {key: new-feed, sandbox: {url: "${url}"}, targeting: {accounts: [rep-1, rep-2]}}
${more}phases:
  - {name: with, flag: on}
  - {name: without, flag: off}
`;
}

/** A config of its own for a plan, so that journals are its own as well. */
async function place(
  config: string,
  plan: string,
): Promise<{ readonly cwd: string; readonly journals: () => Promise<string[]> }> {
  const cwd = await folder({ 'parity.yaml': await readFile(config, 'utf8'), 'plan.yaml': plan });
  return { cwd, journals: async () => (await readdir(join(cwd, '.parity'))).sort() };
}

describe('parity plan', () => {
  it('refuses before any call what the config does not allow', async () => {
    const service = await flagService();
    const { file } = await staged();
    const { cwd } = await place(file, smallPlan(service.url).replace('new-feed', 'billing'));
    const ended = await parity(['plan', 'plan.yaml'], { cwd });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(
      "parity: plan: would touch the flag billing, which the config's plan.allow does not name; nothing was called.",
    );
    expect(service.asked).toEqual([]);
  });

  it('finds an account that is let into another account’s topic, and says who and where', async () => {
    const { file, sandbox } = await staged({ accounts: ['rep-1', 'rep-2'], switches: ['join-any-topic'] });
    const { cwd } = await place(
      file,
      'name: apart\nflag: {key: new-feed, sandbox: {}}\nphases: [{name: both, flag: on, expect: {isolation: refused, snapshot: parity}}]\n',
    );
    const rehearsed = await parity(['plan', 'plan.yaml', '--dry-run'], { cwd });
    expect(rehearsed.stdout).toContain(
      `  try another account's channels, each once\n${[1, 2, 2, 1].map((whose, nth) => `      control: rep-${nth < 2 ? 1 : 2} subscribes to private-feed-rep-${whose}\n`).join('')}`,
    );
    expect(rehearsed.stdout).toContain('      candidate: rep-2 subscribes to feed:rep-1\n');
    expect(
      rehearsed.stdout.match(/^ {6}GET \S+\/api\/accounts\/rep-[12]\/(opens\?page=1|clicks|feed-items)$/gm),
    ).toHaveLength(6);
    expect(rehearsed.stdout.match(/^ {6}GET \S+\/v1\/feed$/gm)).toHaveLength(2);
    const ended = await parity(['plan', 'plan.yaml', '--json'], { cwd });
    expect(ended.code).toBe(1);
    const why =
      "candidate: rep-1 is kept out of feed:rep-2: rep-1 was let into feed:rep-2, which is rep-2's; check whom the join of the topic lets in on candidate (and 1 more)";
    expect(found(reportOf(ended))).toContain(`both | isolation refused | failed | ${why}`);
    expect(reportOf(ended).sections?.[0]?.summary).toMatch(/[^.]\.$/);
    expect(sandbox.flag.variant('rep-1')).toBe('on');
  });

  it('does not take lists for equal of which one could not be read', async () => {
    const { file, sandbox } = await staged({ accounts: ['rep-1', 'rep-2'] });
    for (let nth = 0; nth < 20; nth++) sandbox.publish(`rep-${(nth % 2) + 1}`, 'email_opened');
    sandbox.strikeLists('server-error', 'rep-2');
    const { cwd } = await place(
      file,
      'name: lists\nflag: {key: new-feed, sandbox: {}}\nphases: [{name: all, expect: {snapshot: parity}}]\n',
    );
    const ended = await parity(['plan', 'plan.yaml', '--json'], { cwd });
    expect(found(reportOf(ended))).toEqual([
      'all | snapshot parity | undecided | accounts read: 1 of 2 (candidate: HTTP 500)',
    ]);
    expect(ended.code).toBe(4);
  });

  it('prints every call that it would make, and makes none', async () => {
    const service = await flagService();
    const { file, sandbox } = await staged();
    const plan =
      `${smallPlan(service.url, 'seen: {canary: {type: email_opened}}\n')}    events: {publish: {type: email_clicked, count: 2, accounts: [rep-1]}}\n`.replace(
        '{name: without, flag: off}\n',
        'name: without\n    flag: off\n    hold: 1s\n',
      );
    const { cwd, journals } = await place(file, plan);
    const ended = await parity(['plan', 'plan.yaml', '--dry-run'], { cwd });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const get = `    GET ${service.url}/flags\n`;
    const post = (account: string, variant: string): string =>
      `    POST ${service.url}/flags {"account":"${account}","variant":"${variant}"}\n`;
    const event = `POST ${sandbox.apiUrl}/events`;
    expect(ended.stdout).toBe(
      `Dry run of small: nothing was called.
read the first state of new-feed, and keep it in the journal until it is put back
${get}phase with
  set new-feed to on
  ${get}  ${post('rep-1', 'on')}  ${post('rep-2', 'on')}  read it back until it is on, for 30000 ms at most
  ${get}  canary, one each 500 ms until it shows the flag on: 1 × email_opened
      +0.000 s ${event} (41 bytes)
  hold 0 ms, then wait 500 ms for what is on its way
phase without
  set new-feed to off
  ${get}  ${post('rep-1', 'off')}  ${post('rep-2', 'off')}  read it back until it is off, for 30000 ms at most
  ${get}  canary, one each 500 ms until it shows the flag off: 1 × email_opened
      +0.000 s ${event} (41 bytes)
  cause: 2 × email_clicked, one each 100 ms
      +0.000 s ${event} (42 bytes)
      +0.100 s ${event} (42 bytes)
  hold 1000 ms, then wait 500 ms for what is on its way
put new-feed back as it was, and make sure
${get}${post('rep-1', '{as it was}')}${post('rep-2', '{as it was}')}${get}`,
    );
    expect(service.asked).toEqual([]);
    expect(sandbox.truth.totals.published).toBe(0);
    await expect(journals()).rejects.toThrow('ENOENT');
  });

  it('has nothing to put back where nothing was cut off, and a schema for editors', async () => {
    const { file } = await staged();
    const { cwd } = await place(file, '');
    const [restored, schema, none] = await Promise.all([
      parity(['plan', '--restore'], { cwd }),
      parity(['plan', '--schema'], { cwd }),
      parity(['plan'], { cwd }),
    ]);
    expect(restored).toMatchObject({ code: 0, stderr: 'no plan was cut off: there is nothing to put back\n' });
    expect(JSON.parse(schema.stdout)).toMatchObject({ title: 'a plan of parity', type: 'object' });
    expect(none).toMatchObject({
      code: 2,
      stderr: 'parity: plan: names no plan; write parity plan FILE, or --restore after one was cut off\n',
    });
  });
});

const inCi = it.skipIf((process.env['CI'] ?? '') === '');

describe('the ready plans, against the sandbox', () => {
  inCi.each(['off-on-off.yaml', 'flip-under-load.yaml'])('%s passes, and leaves the flag as it was', async (name) => {
    const { file, sandbox } = await staged({ flagDelayMs: 100 });
    sandbox.flag.set('rep-1', 'on');
    sandbox.flag.set('rep-2', 'off');
    const ended = await parity(['plan', join(PLANS, name), '--config', file, '--json']);
    expect(ended.stderr).not.toMatch(/^parity: /m);
    const report = reportOf(ended);
    expect(found(report)).toEqual([]);
    expect(ended.code).toBe(0);
    expect(report.status).toBe('proven');
    expect(['rep-1', 'rep-2', 'rep-3'].map((account) => sandbox.flag.variant(account))).toEqual(['on', 'off', 'on']);
    expect(await readdir(join(dirname(file), '.parity'))).toEqual([]);
    const marks = report.moments
      .filter(({ kind }) => kind === 'mark')
      .map((mark) => ('label' in mark ? mark.label : ''));
    expect(marks).toEqual(
      expect.arrayContaining(['flag new-feed off', 'page shows control', 'flag new-feed on', 'page shows candidate']),
    );
    const propagation = (report.sections ?? []).flatMap(
      ({ facts }) => (facts as { propagationMs?: number } | undefined)?.propagationMs ?? [],
    );
    expect(propagation.length).toBeGreaterThanOrEqual(3);
  });

  inCi('off-on-off.yaml fails in the phase that shows a flag that the new service ignores', async () => {
    const { file, sandbox } = await staged({ switches: ['ignore-flag'] });
    const text = (await readFile(join(PLANS, 'off-on-off.yaml'), 'utf8')).replace('within: 15s', 'within: 2s');
    const { cwd } = await place(file, text);
    const ended = await parity(['plan', 'plan.yaml', '--json'], { cwd });
    expect(ended.code).toBe(1);
    expect(found(reportOf(ended))).toEqual([
      expect.stringMatching(
        /^off: the old feed alone \| flag is seen off \| failed \| not within 2000 ms: of \d+ events since then the candidate delivered \d+, where it should deliver none$/,
      ),
      'off: the old feed alone | candidate silent | failed | 20 events came (rep-1 7, rep-2 7, rep-3 6), where none should',
      expect.stringMatching(/^off again: the old feed alone \| flag is seen off \| failed \| /),
      'off again: the old feed alone | candidate silent | failed | 20 events came (rep-1 7, rep-2 7, rep-3 6), where none should',
    ]);
    expect(sandbox.flag.variant('rep-1')).toBe('on');
  });

  inCi('off-on-off.yaml fails in the phase that shows an old path that is broken while the flag is on', async () => {
    const { file } = await staged({ switches: ['silence-control'] });
    const ended = await parity(['plan', join(PLANS, 'off-on-off.yaml'), '--config', file, '--json']);
    expect(ended.code).toBe(1);
    expect(found(reportOf(ended))).toEqual([
      'on: both feeds agree | control flowing | failed | 0 events came, at least 1 should, 40 were caused',
      expect.stringMatching(/^on: both feeds agree \| parity \| failed \| extra is \d+ \(limit: at most 0\)/),
    ]);
  });
});

describe('a plan that is cut off', () => {
  /** Requests of one plan: first state, two phases of read, two sets and a read each, and as many to put it back. */
  const REQUESTS = 13;

  inCi(
    'with kill -9 at every call to the flag service is put back, and no plan starts before',
    { timeout: 300_000 },
    async () => {
      const { file } = await staged();
      const kill = async (nth: number): Promise<void> => {
        const service = await flagService(nth);
        const { cwd, journals } = await place(file, smallPlan(service.url));
        const running = start(['plan', 'plan.yaml'], { cwd });
        await service.hanging;
        running.kill('SIGKILL');
        expect((await running.ended).signal).toBe('SIGKILL');
        service.mend();
        const before = service.asked.length;
        const left = (await journals()).filter((name) => name.endsWith('.journal'));
        const next = await parity(['plan', 'plan.yaml', '--quiet', '--json'], { cwd });
        if (nth === 1) {
          // Nothing was changed, nor could have been.
          expect(left).toEqual([]);
          expect(next.code).toBe(0);
          return;
        }
        expect(left, `call ${nth}`).toHaveLength(1);
        expect(next).toMatchObject({ code: 2, stdout: '' });
        expect(next.stderr).toMatch(
          /^parity: plan: small \(.*\) was cut off while .*, and the flag new-feed was not put back; call parity plan --restore first\n$/,
        );
        expect(service.asked.length).toBe(before);
        const restored = await parity(['plan', '--restore'], { cwd });
        expect(restored.code, restored.stderr).toBe(0);
        expect(restored.stderr).toMatch(/^the flag new-feed is back as it was before small, which was cut off while /);
        expect(service.states, `call ${nth}`).toEqual(FIRST);
        expect(await journals()).toEqual([]);
      };
      const calls = Array.from({ length: REQUESTS }, (_, index) => index + 1);
      const workers = Array.from({ length: 3 }, async () => {
        for (let nth = calls.shift(); nth !== undefined; nth = calls.shift()) await kill(nth);
      });
      await Promise.all(workers);
      // The count is right: one more call is never made.
      const service = await flagService(REQUESTS + 1);
      const { cwd } = await place(file, smallPlan(service.url));
      expect(await parity(['plan', 'plan.yaml', '--quiet', '--json'], { cwd })).toMatchObject({ code: 0, stderr: '' });
      expect(service.asked).toHaveLength(REQUESTS);
      expect(service.states).toEqual(FIRST);
    },
  );

  inCi.each(['waiting one window', 'causing', 'holding'])('with kill -9 while it is %s is put back', async (words) => {
    const service = await flagService();
    const { file } = await staged();
    const plan = smallPlan(service.url).replace(
      'flag: on}',
      'flag: on, hold: 30s, events: {publish: {type: email_opened, count: 100}}}',
    );
    const held =
      words === 'waiting one window'
        ? smallPlan(service.url)
        : words === 'causing'
          ? plan
          : plan.replace('count: 100', 'count: 1');
    const { cwd } = await place(file, held);
    const running = start(['plan', 'plan.yaml'], { cwd });
    await running.said(words);
    running.kill('SIGKILL');
    await running.ended;
    expect(service.states).toEqual({ 'rep-1': 'on', 'rep-2': 'on' });
    expect((await parity(['plan', 'plan.yaml', '--dry-run'], { cwd })).code).toBe(0);
    expect((await parity(['plan', 'plan.yaml'], { cwd })).stderr).toContain(
      'was cut off while phase with was going on, with new-feed on',
    );
    expect((await parity(['plan', '--restore'], { cwd })).code).toBe(0);
    expect(service.states).toEqual(FIRST);
  });

  inCi.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 143],
  ] as const)('by %s puts the flag back, reports, and ends with exit code %i', async (signal, code) => {
    const service = await flagService();
    const { file } = await staged();
    const { cwd, journals } = await place(file, smallPlan(service.url).replace('flag: on}', 'flag: on, hold: 60s}'));
    const running = start(['plan', 'plan.yaml', '--json'], { cwd });
    await running.said('holding');
    // Meanwhile the flag is nobody else's.
    const other = await parity(['plan', 'plan.yaml'], { cwd });
    expect(other).toMatchObject({ code: 2 });
    expect(other.stderr).toContain('plan: the flag new-feed is being turned by small (process ');
    expect(await parity(['plan', '--restore'], { cwd })).toMatchObject({
      code: 0,
      stderr: 'no plan was cut off: there is nothing to put back\n',
    });
    expect(service.states).toEqual({ 'rep-1': 'on', 'rep-2': 'on' });
    running.kill(signal);
    const ended = await running.ended;
    expect(ended.code).toBe(code);
    expect(service.states).toEqual(FIRST);
    expect(await journals()).toEqual([]);
    const report = reportOf(ended);
    expect(report).toMatchObject({
      status: 'unproven',
      run: { interrupted: signal === 'SIGHUP' ? 'SIGTERM' : signal },
    });
    expect(found(report)).toEqual([
      `with | ran to its end | undecided | cut short by ${signal === 'SIGHUP' ? 'SIGTERM' : signal}`,
    ]);
  });

  inCi('by a flag service that fails in the middle tells so with exit code 3, after the report', async () => {
    const service = await flagService();
    const { file } = await staged();
    const { cwd } = await place(
      file,
      smallPlan(service.url.replace(/^/, '')).replace('phases:', 'seen: {within: 5s}\nphases:'),
    );
    await mkdir(join(cwd, 'plans'));
    // The second phase's flag is one that the service refuses.
    const refusing = await serve((request, response) => {
      void (async () => {
        let body = '';
        for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) body += chunk;
        if (body.includes('"off"') && service.states['rep-1'] === 'on' && body.includes('rep-2')) {
          response.writeHead(403).end('{"error":"no"}');
          return;
        }
        if (request.method === 'POST') {
          const { account, variant } = JSON.parse(body) as { account: string; variant: string };
          service.states[account] = variant;
        }
        response.end(JSON.stringify({ 'new-feed': service.states }));
      })();
    });
    await writeFile(
      join(cwd, 'plan.yaml'),
      smallPlan(refusing).replace('targeting: {accounts: [rep-1, rep-2]}', 'targeting: {accounts: [rep-2, rep-1]}'),
    );
    const ended = await parity(['plan', 'plan.yaml', '--json', '--quiet'], { cwd });
    expect(ended.code).toBe(3);
    expect(ended.stderr).toMatch(/^parity: the sandbox: POST .*\/flags was answered 403 \(no\): /);
    expect(reportOf(ended).sections?.map(({ title, status }) => [title, status])).toEqual([['with', 'passed']]);
    expect(service.states).toEqual(FIRST);
  });
});

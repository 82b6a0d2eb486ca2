import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.js';
import { folder } from './folder.js';
import { parity, sentence, type Ended } from './parity.js';
import { judging, recording, type Wrong } from './recordings.js';
import { stage, traffic } from './systems.js';

function reportOf({ stdout }: Pick<Ended, 'stdout'>): Report {
  return JSON.parse(stdout) as Report;
}

/** Judges a recording made for the test. */
async function judged(pairs: number, wrong: Wrong = {}, gate?: string, ...args: string[]): Promise<Ended> {
  const cwd = await folder({ 'rec.ndjson': recording(pairs, wrong), 'parity.yaml': judging(gate) });
  return parity(['diff', 'rec.ndjson', '--json', '--quiet', ...args], { cwd });
}

const ACCOUNTS = Array.from({ length: 9 }, (_, at) => `rep-${at + 1}`);

describe('clean pairs at a defect rate of 0.1 %', () => {
  it.each([
    [2_994, 4, 'unproven', '1 more clean pair for 0.1 % at 95 % confidence, about 1 s at this rate'],
    [2_995, 0, 'proven', undefined],
  ])('%i give exit code %i', async (pairs, code, status, lacking) => {
    const ended = await judged(pairs);
    expect(ended.code).toBe(code);
    expect(reportOf(ended)).toMatchObject({ status, outcomes: { match: pairs } });
    expect(reportOf(ended).gate.lacking[0]).toBe(lacking);
  });

  it('2,995 with a mismatch among them are neither proven nor broken, unless a count says so', async () => {
    const ended = await judged(2_995, { mismatches: 1 });
    expect(ended.code).toBe(4);
    expect(reportOf(ended)).toMatchObject({ status: 'unproven', outcomes: { match: 2_994, mismatch: 1 } });
    expect((await judged(2_995, { mismatches: 1 }, undefined, '--limit', 'mismatch<1')).code).toBe(1);
  });
});

describe('limits of one type', () => {
  it('are on what was measured of it alone, and stand in place of those for all', async () => {
    const gate = '{defectRate: 0.05, lag: {p99: 1ms}, types: {email_opened: {lag: {p99: 8ms}}}}';
    const ended = await judged(200, {}, gate);
    expect(ended.code).toBe(0);
    const { gate: decision, lag, lagParts } = reportOf(ended);
    expect(lagParts?.types['email_opened']).toEqual({ ...lag, intervals: undefined });
    expect(decision.limits.filter(({ name }) => name.includes('lag'))).toMatchObject([
      { name: 'types.email_opened.lag.p99', limit: 'at most 8 ms', actual: '7 ms', status: 'held' },
    ]);
    expect((await judged(200, {}, gate, '--limit', 'types.email_opened.lag.p99<=6ms')).code).toBe(1);
  });
});

describe('no data', () => {
  it.each([
    ['an empty recording', 0, {}, 'events to judge: none was seen while both sides were listening'],
    [
      'a recording of one side',
      50,
      { sides: ['control'] as const },
      'rec.ndjson: holds the control side alone; name the recording of candidate as well',
    ],
  ])('%s gives exit code 4 and its reason', async (_, pairs, wrong, lacking) => {
    const ended = await judged(pairs, wrong, '{minPerType: 0, defectRate: null}');
    expect(ended.code).toBe(4);
    expect(reportOf(ended).gate.lacking[0]).toBe(lacking);
  });

  it('of one declared type gives exit code 4, also where no number of pairs is asked for', async () => {
    const call = 'call_logged: {control: {event: call, key: $.id}, candidate: {event: call, key: $.id}}';
    const yaml = judging('{minPerType: 0, defectRate: 0.05}').replace('events:\n', `events:\n  ${call}\n`);
    const cwd = await folder({ 'rec.ndjson': recording(100), 'parity.yaml': yaml });
    const ended = await parity(['diff', 'rec.ndjson', '--json', '--quiet'], { cwd });
    expect(ended.code).toBe(4);
    expect(reportOf(ended).gate.lacking).toEqual(['call_logged was never seen']);
  });

  it('of a rule that was to be used gives exit code 4, once so many pairs have come', async () => {
    const rules = 'rules: [{path: $.spelt_wrong, ignore: true, reason: r, usedWithin: 100}]\n';
    const files = { 'rec.ndjson': recording(100), 'parity.yaml': judging('{defectRate: 0.05}', rules) };
    const ended = await parity(['diff', 'rec.ndjson', '--json', '--quiet'], { cwd: await folder(files) });
    expect(ended.code).toBe(4);
    expect(reportOf(ended).gate.lacking).toEqual([
      expect.stringMatching(/^the rule for \$\.spelt_wrong let nothing through/),
    ]);
  });
});

describe('parity gate', () => {
  /** Four shards of a run, judged apart, and the whole of it. */
  async function shards(): Promise<{ cwd: string; names: string[] }> {
    const accounts = { accounts: ACCOUNTS, mismatches: 9, missing: 4 };
    const cwd = await folder({
      'rec.ndjson': recording(3_000, accounts),
      'parity.yaml': judging('{missing: 10, lag: {p99: 1s}}'),
    });
    const names = [1, 2, 3, 4].map((shard) => `shard-${shard}.json`);
    const diff = ['diff', 'rec.ndjson', '--quiet'];
    const whole = parity([...diff, '--reporter', 'json=whole.json'], { cwd });
    const all = names.map((name, at) =>
      parity([...diff, '--shard', `${at + 1}/4`, '--reporter', `json=${name}`], { cwd }),
    );
    await Promise.all([whole, ...all]);
    return { cwd, names };
  }

  it('decides shards as the whole run, in every count and percentile', async () => {
    const { cwd, names } = await shards();
    const whole = reportOf({ stdout: await readFile(join(cwd, 'whole.json'), 'utf8') });
    const ended = await parity(['gate', ...names, '--json'], { cwd });
    const merged = reportOf(ended);
    expect(ended.code).toBe(1);
    const { run, order, gate, ...rest } = whole;
    expect(merged).toMatchObject({
      ...rest,
      run: { ...run, shards: ['1/4', '2/4', '3/4', '4/4'] },
      order: { pairs: order.pairs, reordered: order.reordered },
      gate: { status: gate.status, lacking: gate.lacking, evidence: gate.evidence },
    });
    expect(merged.gate.limits).toEqual([
      ...gate.limits,
      { name: 'shards', limit: 'all of 4', actual: 'all are there', status: 'held' },
    ]);
    // Each shard saw some of it, and none saw all.
    const each = await Promise.all(
      names.map(async (name) => reportOf({ stdout: await readFile(join(cwd, name), 'utf8') })),
    );
    expect(each.map(({ run }) => run.accounts).reduce((sum, count) => sum + count)).toBe(ACCOUNTS.length);
    expect(Math.max(...each.map(({ run }) => run.accounts))).toBeLessThan(ACCOUNTS.length);

    const [without, twice, beside] = await Promise.all([
      parity(['gate', ...names.slice(1), '--json', '--limit', 'defectRate=none'], { cwd }),
      parity(['gate', ...names, names[0] as string], { cwd }),
      parity(['gate', 'whole.json', names[0] as string], { cwd }),
    ]);
    expect(without.code).toBe(4);
    expect(reportOf(without).gate.lacking).toEqual(['the report of shard 1/4']);
    expect(twice).toEqual(
      sentence(2, 'shard-1.json: is the same run as shard-1.json, which must not count twice; name each run once'),
    );
    expect(beside).toMatchObject({ code: 2, stdout: '' });
    expect(beside.stderr).toMatch(
      /^parity: shard-1\.json: judged the same run of rep-\d as whole\.json, which must not count twice; name one/,
    );
  });

  it.skipIf(!process.env['CI'])('decides by other limits than before, and adds runs up', async () => {
    const cwd = await folder({
      'a.ndjson': recording(1_500),
      'b.ndjson': recording(1_495).replaceAll('16:03', '17:03'),
      'parity.yaml': judging(),
      'strict.yaml': judging('{lag: {p50: 1ms}}'),
    });
    const diff = (name: string) =>
      parity(['diff', `${name}.ndjson`, '--quiet', '--reporter', `json=${name}.json`], { cwd });
    expect((await Promise.all(['a', 'b'].map(diff))).map(({ code }) => code)).toEqual([4, 4]);
    const [both, limited, strict] = await Promise.all([
      parity(['gate', 'a.json', 'b.json', '--json'], { cwd }),
      parity(['gate', 'a.json', '--limit', 'defectRate<=1%', '--limit', 'lag.max<=7ms', '--json'], { cwd }),
      parity(['gate', 'a.json', '--config', 'strict.yaml', '--json'], { cwd }),
    ]);
    expect(both.code).toBe(0);
    expect(reportOf(both)).toMatchObject({ status: 'proven', outcomes: { match: 2_995 }, run: { accounts: 1 } });
    expect(limited.code).toBe(0);
    expect(reportOf(limited).gate.limits).toContainEqual({
      name: 'lag.max',
      limit: 'at most 7 ms',
      actual: '7 ms',
      status: 'held',
    });
    expect(reportOf(limited).run.configHash).not.toBe(reportOf(both).run.configHash);
    expect(strict.code).toBe(1);
  });

  it.skipIf(!process.env['CI'])('refuses reports of other configs, and says what differs', async () => {
    const rule = 'rules: [{path: $.subject, ignore: true, reason: r}]\n';
    const cwd = await folder({
      'a.ndjson': recording(40),
      'b.ndjson': recording(41).replaceAll('16:03', '17:03'),
      'a.yaml': judging('{defectRate: 0.2}'),
      'b.yaml': judging('{defectRate: 0.2}', `${rule}match: {window: {after: 5s}}\n`),
      'c.yaml': judging('{defectRate: 0.3}'),
    });
    const diff = (name: string, config: string) =>
      parity(
        ['diff', `${name}.ndjson`, '-c', `${config}.yaml`, '--quiet', '--reporter', `json=${name}-${config}.json`],
        { cwd },
      );
    await Promise.all([diff('a', 'a'), diff('b', 'b'), diff('b', 'c')]);
    const [other, limits, given] = await Promise.all([
      parity(['gate', 'a-a.json', 'b-b.json'], { cwd }),
      parity(['gate', 'a-a.json', 'b-c.json'], { cwd }),
      parity(['gate', 'a-a.json', 'b-c.json', '-c', 'c.yaml', '--json'], { cwd }),
    ]);
    expect(other).toEqual(
      sentence(
        2,
        'b-b.json: was judged by another config than a-a.json: rules and match differ; judge both by one config',
      ),
    );
    expect(limits).toEqual(
      sentence(
        2,
        'b-c.json: was judged by another config than a-a.json: gate differs; decide both by the limits of one with --config',
      ),
    );
    expect([given.code, reportOf(given).outcomes.match]).toEqual([0, 81]);
  });

  it('finds rules that expired since the report was made', async () => {
    const rules = 'rules: [{path: $.subject, ignore: true, reason: r, expires: 2099-01-01}]\n';
    const cwd = await folder({ 'rec.ndjson': recording(100), 'parity.yaml': judging('{defectRate: 0.1}', rules) });
    const made = await parity(['diff', 'rec.ndjson', '--quiet', '--json'], { cwd });
    expect(made.code).toBe(0);
    const old = await folder({ 'old.json': made.stdout.replace('2099-01-01', '2020-01-01') });
    const ended = await parity(['gate', 'old.json', '--json'], { cwd: old });
    expect(ended.code).toBe(4);
    expect(reportOf(ended).gate.lacking).toEqual([
      expect.stringMatching(/^the rule for \$\.subject expired on 2020-01-01/),
    ]);
  });
});

describe('parity watch --until proven', () => {
  it('stops by itself as soon as it may, and says how many events that took', async () => {
    const { sandbox, file } = await stage();
    traffic(sandbox, 300);
    const ended = await parity(['watch', '--until', 'proven', '--duration', '20s', '--json', '--config', file]);
    expect(ended.code).toBe(0);
    expect(ended.stderr).toMatch(
      /^watching 2 accounts of .*, until proven, or for 20s\nproven after \d+ events in [\d.]+ m?s; a sample of a size fixed before would have needed 59; /,
    );
    const { gate, run, terms } = reportOf(ended);
    expect(gate.evidence).toMatchObject({ bound: 'any-time', fixedSample: { events: 59 } });
    expect(gate.evidence.events).toBeGreaterThan(68);
    expect(run.durationMs).toBeLessThan(20_000);
    expect(terms.gate.bound).toBe('any-time');
  });

  it.skipIf(!process.env['CI'])('is not fooled: what cannot be proven runs for its duration', async () => {
    const { file } = await stage();
    const ended = await parity([
      'watch',
      '--until',
      'proven',
      '--duration',
      '1s',
      '--json',
      '--quiet',
      '--config',
      file,
    ]);
    expect([ended.code, reportOf(ended).status]).toEqual([4, 'unproven']);
  });

  it.skipIf(!process.env['CI'])(
    'watches a share of the accounts, and says so in its report; a share of none is told apart from a lost one',
    async () => {
      const { file } = await stage();
      const watch = ['watch', '--duration', '0s', '--json', '--config', file];
      const all = await Promise.all(
        ['1/7', '2/7', '3/7', '4/7', '5/7', '6/7', '7/7'].map((shard) => parity([...watch, '--shard', shard])),
      );
      const reports = all.map(reportOf);
      expect(reports.map(({ run }) => run.shards)).toEqual([1, 2, 3, 4, 5, 6, 7].map((shard) => [`${shard}/7`]));
      expect(reports.map(({ run }) => run.accounts).reduce((sum, count) => sum + count)).toBe(2);
      expect(all.map(({ code }) => code)).toEqual(Array.from({ length: 7 }, () => 4));
      const none = all.find((_, at) => reports[at]?.run.accounts === 0);
      expect(none?.stderr).toMatch(/^no account of .* falls to shard \d\/7: there is nothing to watch\n$/);
    },
  );
});

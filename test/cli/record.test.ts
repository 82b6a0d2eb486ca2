import { execFileSync } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Report } from '../../src/model/report.js';
import { config, folder } from './folder.js';
import { parity, sentence, start, type Ended } from './parity.js';
import { stage, traffic } from './systems.js';

const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1);
const reportOf = ({ stdout }: Ended): Report => JSON.parse(stdout) as Report;

/** Frames in a recording that is being written. */
function frames(file: string): number {
  return existsSync(file) ? linesOf(file).filter((line) => line.includes('"kind":"frame"')).length : 0;
}

describe('parity watch --record', () => {
  it('writes what diff judges as the watch did, to the byte', async () => {
    const { sandbox, file } = await stage();
    traffic(sandbox);
    const publishing = setInterval(() => sandbox.publish('rep-1', 'email_opened', { fault: 'drop' }), 100);
    const at = dirname(file);
    const watch = (name: string, ...rest: string[]) =>
      parity(['watch', '--duration', '1500ms', '--json', '--record', join(at, name), '--config', file, ...rest]);
    const [plain, zipped, one] = await Promise.all([
      watch('plain.ndjson'),
      watch('zipped.ndjson.gz'),
      watch('one.ndjson', '--accounts', 'rep-2'),
    ]);
    clearInterval(publishing);
    expect(reportOf(plain).outcomes.missing).toBeGreaterThan(0);
    expect(plain.stderr).toMatch(/\nrecorded \d+ control and \d+ candidate events, [\d.]+ [kM]B: .*plain\.ndjson\n$/);
    for (const [ended, name] of [
      [plain, 'plain.ndjson'],
      [zipped, 'zipped.ndjson.gz'],
      [one, 'one.ndjson'],
    ] as const) {
      expect(statSync(join(at, name)).mode & 0o777).toBe(0o600);
      const again = await parity(['diff', '--json', join(at, name), '--config', file]);
      if (ended === one) {
        // That the config knows more accounts, a watch of some of them need not say.
        const { sections, ...judged } = reportOf(again);
        expect([again.code, judged]).toEqual([ended.code, reportOf(ended)]);
        expect(JSON.stringify(sections)).toContain('not recorded are left out (1 of 2): rep-1');
      } else expect([again.code, again.stdout]).toEqual([ended.code, ended.stdout]);
    }
  });

  it('leaves a file that exists as it is', async () => {
    const { file } = await stage();
    const at = join(dirname(file), 'precious.ndjson');
    writeFileSync(at, 'precious');
    const ended = await parity(['watch', '--duration', '0s', '--record', at, '--config', file]);
    expect(ended).toEqual(
      sentence(2, `${at}: exists, and a recording never overwrites a file; name another one, or remove it first`),
    );
    expect(readFileSync(at, 'utf8')).toBe('precious');
  });

  it.skipIf(!existsSync('/dev/full'))('goes on without a recording that has no room, and reports', async () => {
    const { sandbox, file } = await stage();
    traffic(sandbox);
    const watch = ['watch', '--duration', '1500ms', '--json', '--record', '/dev/full', '--config', file];
    const [loud, quiet] = await Promise.all([parity(watch), parity([...watch, '--quiet'])]);
    for (const ended of [loud, quiet]) {
      expect([ended.code, reportOf(ended).status]).toEqual([0, 'proven']);
      const told = ended.stderr.match(/\/dev\/full: the recording ended at .* \(no space is left there: ENOSPC\)/g);
      expect(told).toHaveLength(1);
    }
    expect(loud.stderr).not.toContain('recorded ');
    expect(quiet.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it.skipIf(!process.env['CI'])('is ended by Ctrl-C in order', async () => {
    const { sandbox, file, listening } = await stage();
    traffic(sandbox);
    const at = join(dirname(file), 'r.ndjson');
    const running = start(['watch', '--json', '--record', at, '--config', file]);
    await listening();
    await vi.waitUntil(() => frames(at) > 20, { timeout: 20_000 });
    running.kill('SIGINT');
    const ended = await running.ended;
    const { run: _, ...live } = reportOf(ended);
    const { run, ...again } = reportOf(await parity(['diff', '--json', at, '--config', file]));
    expect(ended.code).toBe(130);
    expect(again).toEqual(live);
    expect(run.durationMs).toBe(_.durationMs);
  });
});

describe('parity record', () => {
  it('writes both sides, and judges nothing', async () => {
    const { sandbox, file } = await stage();
    traffic(sandbox);
    const at = join(dirname(file), 'both.ndjson');
    const { code, stdout, stderr } = await parity(['record', at, '--duration', '1s', '--config', file]);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(
      /^recording control and candidate of 2 accounts of .*\nrecorded \d+ control and \d+ candidate events, .*: .*both\.ndjson\n$/,
    );
    const [header = ''] = linesOf(at);
    expect(JSON.parse(header)).toMatchObject({
      version: 1,
      sides: ['control', 'candidate'],
      accounts: ['rep-1', 'rep-2'],
    });
    const { outcomes } = reportOf(await parity(['diff', '--json', at, '--config', file]));
    expect(outcomes.allowed).toBeGreaterThan(50);
    expect(outcomes).toMatchObject({ missing: 0, extra: 0, mismatch: 0 });
  });

  it.skipIf(!process.env['CI'])('writes one side, which diff pairs with the recording of the other', async () => {
    const { sandbox, file } = await stage();
    traffic(sandbox);
    const at = (side: string) => join(dirname(file), `${side}.ndjson.gz`);
    const sides = ['control', 'candidate'];
    const all = await Promise.all(
      sides.map((side) =>
        parity(['record', at(side), '--side', side, '--duration', '2s', '--quiet', '--config', file]),
      ),
    );
    expect(all).toEqual(sides.map(() => ({ code: 0, signal: null, stdout: '', stderr: '' })));
    const alone = await parity(['diff', at('control'), '--config', file, '--json']);
    expect(alone.code).toBe(4);
    expect(reportOf(alone).gate.lacking[0]).toBe(
      `${at('control')}: holds the control side alone; name the recording of candidate as well`,
    );
    const { outcomes } = reportOf(await parity(['diff', '--json', at('control'), at('candidate'), '--config', file]));
    expect(outcomes.allowed).toBeGreaterThan(50);
    expect(outcomes).toMatchObject({ missing: 0, extra: 0, mismatch: 0 });
  });

  it.skipIf(!process.env['CI'])('loses at most what came last when it is killed, in gzip too', async () => {
    const { sandbox, file, listening } = await stage();
    const at = (name: string) => join(dirname(file), name);
    const names = ['killed.ndjson', 'killed.ndjson.gz'];
    const running = names.map((name) => start(['record', at(name), '--config', file]));
    await listening(2);
    const keys = Array.from({ length: 30 }, () => sandbox.publish('rep-1', 'email_opened').key);
    const holds = async (name: string): Promise<boolean> => {
      if (!existsSync(at(name)) || statSync(at(name)).size === 0) return false;
      const { stdout } = await parity(['diff', '--json', '--quiet', at(name), '--config', file]);
      return stdout !== '' && reportOf({ stdout } as Ended).observed.candidate >= keys.length;
    };
    // Nothing comes after these, and nobody closes the file: they must get there by themselves.
    for (const name of names) await vi.waitFor(async () => expect(await holds(name)).toBe(true), { timeout: 20_000 });
    for (const each of running) each.kill('SIGKILL');
    expect((await Promise.all(running.map(({ ended }) => ended))).map(({ signal }) => signal)).toEqual([
      'SIGKILL',
      'SIGKILL',
    ]);
    for (const name of names) expect(await holds(name)).toBe(true);
  });

  it.skipIf(!existsSync('/dev/full'))('ends with one sentence where there is no room', async () => {
    const { file } = await stage();
    const { code, stdout, stderr } = await parity(['record', '/dev/full', '--quiet', '--config', file]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^parity: \/dev\/full: the recording ended at .* \(no space is left there: ENOSPC\); what came before is in it, but for the last \d+ kB at most\n$/,
    );
  });

  it('ends when the reader of its pipe goes away', async () => {
    const { sandbox, file } = await stage();
    traffic(sandbox);
    const pipe = join(dirname(file), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const running = start(['record', pipe, '--quiet', '--config', file]);
    const reader = createReadStream(pipe);
    await new Promise((resolve) => reader.once('data', resolve));
    reader.destroy();
    const { code, stderr } = await running.ended;
    expect([code, stderr.includes('(nobody reads it any more: EPIPE)')]).toEqual([2, true]);
  });

  it('hides what the config hides, and secrets, before anything is written', async () => {
    const places =
      '[{control: $.person.email, candidate: $.resource.actor.email}, {control: $.person.full_name, candidate: $.resource.actor.name}]';
    const redact = `redact: {key: "\${PARITY_REDACT_KEY}", paths: ${places}}\n`;
    const { sandbox, file } = await stage({ tokens: { 'rep-1': 'canary-77aa' } }, (yaml) => yaml + redact);
    traffic(sandbox);
    const publishing = setInterval(() => {
      sandbox.publish('rep-2', 'email_opened', { fault: 'edit' });
      sandbox.pusher.publish('private-feed-rep-1', 'email-opened', '{"id":1,"note":"canary-77aa"}');
    }, 40);
    const at = join(dirname(file), 'r.ndjson');
    const env = { PARITY_REDACT_KEY: 'canary-key-of-enough-characters' };
    const ended = await parity(['watch', '--duration', '1s', '--json', '--record', at, '--config', file], { env });
    clearInterval(publishing);
    const text = readFileSync(at, 'utf8');
    for (const found of ['"email":"«token:', '"full_name":"«token:', '"note":"[secret]"'])
      expect(text).toContain(found);
    expect(ended.stdout).toContain('«token:');
    expect(text + ended.stdout + ended.stderr).not.toMatch(/canary|person\d+@/);
    const again = await parity(['diff', '--json', at, '--config', file], { env });
    expect(again.stdout).toBe(ended.stdout);
  });

  it('leaves no file behind where nobody could be listened to', async () => {
    const { file } = await stage({}, (yaml) => yaml.replaceAll(/token: [\w-]+/g, 'token: revoked'));
    const at = join(dirname(file), 'r.ndjson');
    for (const args of [
      ['record', at, '--side', 'control'],
      ['watch', '--record', at],
    ]) {
      const { code, stderr } = await parity([...args, '--quiet', '--config', file]);
      expect([code, stderr]).toEqual([3, expect.stringContaining('0 of 2 accounts could be subscribed')]);
      expect(existsSync(at)).toBe(false);
    }
  });

  it.each([
    ['no/r.ndjson', 'there is no such directory; make it, or name another file'],
    ['parity.yaml/r.ndjson', 'there is no such directory; make it, or name another file'],
    ['.', 'it is a directory; name a file in it'],
  ])('says before it connects that %s cannot be written', async (at, said) => {
    const cwd = await folder({ 'parity.yaml': config() });
    for (const args of [
      ['record', at],
      ['watch', '--record', at],
    ])
      expect(await parity(args, { cwd })).toEqual(sentence(2, `recording: ${at} could not be written: ${said}`));
  });

  it.skipIf(process.getuid?.() === 0)('says so where it has no permission', async () => {
    const cwd = await folder({ 'parity.yaml': config() });
    mkdirSync(join(cwd, 'closed'), { mode: 0o500 });
    expect(await parity(['record', 'closed/r.ndjson'], { cwd })).toEqual(
      sentence(
        2,
        'recording: closed/r.ndjson could not be written: permission is denied; name a file that can be written',
      ),
    );
  });

  it('needs a side that the config has', async () => {
    const cwd = await folder({
      'parity.yaml':
        'accounts: [{id: a}]\nevents: {e: {control: {event: x, key: $.id}, candidate: {event: y, key: $.id}}}\n',
    });
    expect(await parity(['record', 'r.ndjson', '--side', 'candidate'], { cwd })).toEqual(
      sentence(2, 'the config has no candidate: add where to subscribe to it, parity init shows how'),
    );
    expect(existsSync(join(cwd, 'r.ndjson'))).toBe(false);
  });
});

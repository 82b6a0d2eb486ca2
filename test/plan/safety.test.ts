import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guarded, leaseName, restoreAll } from '../../src/plan/guard.js';
import { Journal, leftJournals } from '../../src/plan/journal.js';
import { isLeased, takeLease } from '../../src/plan/lease.js';
import { isAlive, thisProcess } from '../../src/plan/process.js';
import { ACCOUNTS, flagSettings, GO_ON, openFlag } from './flag.js';
import { temporaryFolder } from './plan-file.js';
import { startVendor, type Vendor } from './vendors/vendor.js';

/** The number of a process that is over. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

describe('a lease', () => {
  it('is held by one plan at a time, and free again afterwards', async () => {
    const folder = temporaryFolder();
    const lease = await takeLease(folder, 'new-feed', 'the first', 'new-feed');
    await expect(takeLease(folder, 'new-feed', 'the second', 'new-feed')).rejects.toThrow(
      `plan: the flag new-feed is being turned by the first (process ${process.pid} on ${hostname()}); wait until it has ended`,
    );
    expect(await isLeased(folder, 'new-feed')).toBe(true);
    await (await takeLease(folder, 'other-feed', 'the third', 'other-feed')).release();
    await lease.release();
    expect(readdirSync(folder)).toEqual([]);
    await (await takeLease(folder, 'new-feed', 'the second', 'new-feed')).release();
  });

  it('of a dead process counts for nothing, and so does one that was never written', async () => {
    const folder = temporaryFolder();
    const pid = await deadPid();
    writeFileSync(join(folder, `f.${pid}.lease`), JSON.stringify({ ...thisProcess(), pid, plan: 'p', flag: 'f' }));
    writeFileSync(join(folder, 'f.1.lease'), '');
    expect(await isLeased(folder, 'f')).toBe(false);
    const lease = await takeLease(folder, 'f', 'p', 'f');
    expect(readdirSync(folder)).toEqual([`f.${process.pid}.lease`]);
    await lease.release();
  });

  it('of a process that only has the number of a dead one counts for nothing', async () => {
    const folder = temporaryFolder();
    const me = thisProcess();
    const before = { ...me, began: me.began === '' ? '' : `${me.began}0`, plan: 'p', flag: 'f' };
    writeFileSync(join(folder, `f.${process.pid}.lease`), JSON.stringify(before));
    if (me.began === '') return;
    await (await takeLease(folder, 'f', 'p', 'f')).release();
  });

  it('of another machine is believed', async () => {
    const folder = temporaryFolder();
    const other = { host: `${hostname()}-2`, pid: 1, began: '' };
    writeFileSync(join(folder, 'f.9.lease'), JSON.stringify({ ...other, plan: 'p', flag: 'f' }));
    expect(isAlive(other)).toBe(true);
    await expect(takeLease(folder, 'f', 'q', 'f')).rejects.toThrow('if that machine is gone, remove ');
    expect(readdirSync(folder)).toEqual(['f.9.lease']);
  });
});

interface Stage {
  readonly folder: string;
  readonly vendor: Vendor;
  readonly states: Record<string, string>;
  readonly given: Parameters<typeof guarded>[0];
  readonly said: string[];
  readonly revive: Parameters<typeof restoreAll>[1];
}

/** The sandbox's flag API, with a flag of its own. */
async function stage(): Promise<Stage> {
  const states: Record<string, string> = { 'rep-1': 'off', 'rep-2': 'on' };
  const vendor = await startVendor(({ method, body }) => {
    if (method === 'POST') {
      const { account, variant } = JSON.parse(body) as { account: string; variant: string };
      states[account] = variant;
    }
    return { status: 200, body: { 'new-feed': states } };
  });
  const settings = flagSettings({ kind: 'sandbox', sandbox: { url: vendor.url } });
  const folder = join(temporaryFolder(), 'journal');
  const said: string[] = [];
  const about = {
    writtenAt: '2026-11-22T16:00:00.000Z',
    plan: 'flip',
    planFile: '/plans/flip.yaml',
    flag: { key: 'new-feed' },
  };
  const given = { flag: openFlag(settings.provider), settings, folder, about, say: (one: string) => said.push(one) };
  return { folder, vendor, states, given, said, revive: () => ({ flag: openFlag(settings.provider), settings }) };
}

describe('a guarded flag', () => {
  it('has its first state on disk before it is changed, and is put back', async () => {
    const { folder, states, given } = await stage();
    const result = await guarded(given, async (journal, first) => {
      const file = readdirSync(folder).find((name) => name.endsWith('.journal')) ?? '';
      expect(JSON.parse(readFileSync(join(folder, file), 'utf8'))).toMatchObject({
        plan: 'flip',
        flagKey: 'new-feed',
        first: { 'rep-1': 'off', 'rep-2': 'on' },
        doing: 'nothing was changed yet',
      });
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
      expect(first.variants).toEqual({ 'rep-1': 'off', 'rep-2': 'on' });
      await journal.doing('phase on was going on');
      await given.flag.set('on', GO_ON);
      expect(states).toEqual({ 'rep-1': 'on', 'rep-2': 'on' });
      return 'done';
    });
    expect(result).toBe('done');
    expect(states).toEqual({ 'rep-1': 'off', 'rep-2': 'on' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is put back when the work throws, which is told', async () => {
    const { folder, states, given } = await stage();
    const work = guarded(given, async () => {
      await given.flag.set('on', GO_ON);
      throw new TypeError('a bug');
    });
    await expect(work).rejects.toThrow(new TypeError('a bug'));
    expect(states).toEqual({ 'rep-1': 'off', 'rep-2': 'on' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('stays in the journal when it cannot be put back, keeps the next plan away, and comes back with --restore', async () => {
    const { folder, states, given, vendor, revive, said } = await stage();
    const broken = { status: 401, body: { error: 'gone' } };
    const work = guarded(given, async () => {
      await given.flag.set('on', GO_ON);
      vendor.instead.push(broken);
    });
    await expect(work).rejects.toThrow(
      /^the flag new-feed could not be put back: the sandbox: GET .* was answered 401 \(gone\): .*\. Once that is mended, call parity plan --restore$/,
    );
    expect(states).toEqual({ 'rep-1': 'on', 'rep-2': 'on' });
    const again = guarded(given, () => Promise.resolve());
    await expect(again).rejects.toThrow(
      'plan: flip (2026-11-22T16:00:00.000Z) was cut off while the flag new-feed was being put back, and the flag new-feed was not put back; call parity plan --restore first',
    );
    expect(await restoreAll(folder, revive, given.say)).toBe(1);
    expect(states).toEqual({ 'rep-1': 'off', 'rep-2': 'on' });
    expect(said).toEqual([
      'the flag new-feed is back as it was before flip, which was cut off while the flag new-feed was being put back',
    ]);
    await guarded(given, () => Promise.resolve());
    expect(await restoreAll(folder, revive, given.say)).toBe(0);
  });

  it('is told of once more when both the work and putting it back fail', async () => {
    const { given, vendor, said } = await stage();
    const work = guarded(given, () => {
      vendor.instead.push({ status: 401, body: {} });
      return Promise.reject(new Error('the feeds are gone'));
    });
    await expect(work).rejects.toThrow('the feeds are gone');
    expect(said.join()).toContain('could not be put back');
  });

  it('is not restored while its plan goes on', async () => {
    const { folder, given, states, revive } = await stage();
    await guarded(given, async () => {
      await given.flag.set('on', GO_ON);
      expect(await restoreAll(folder, revive, given.say)).toBe(0);
      expect(states).toEqual({ 'rep-1': 'on', 'rep-2': 'on' });
    });
  });

  it('keeps away plans of other flags as well while one waits to be put back', async () => {
    const { folder, given } = await stage();
    mkdirSync(folder);
    await Journal.begin(folder, { ...given.about, lease: 'other-feed', flagKey: 'other-feed', first: {}, doing: 'x' });
    await expect(guarded(given, () => Promise.resolve())).rejects.toThrow('the flag other-feed was not put back');
    expect(readdirSync(folder)).toEqual(['other-feed.journal']);
  });

  it('is not touched when the journal cannot be written', async () => {
    const { given, vendor } = await stage();
    const blocked = join(temporaryFolder(), 'file');
    writeFileSync(blocked, '');
    await expect(guarded({ ...given, folder: blocked }, () => Promise.resolve())).rejects.toThrow(
      'could not be written',
    );
    expect(vendor.changes).toEqual([]);
  });

  it('is not touched when a journal is there that nobody can read', async () => {
    const { folder, given, vendor } = await stage();
    mkdirSync(folder);
    writeFileSync(join(folder, 'x.journal'), '{"format":"feed-parity/plan-jour');
    await expect(guarded(given, () => Promise.resolve())).rejects.toThrow('is no journal that this version can read');
    await expect(leftJournals(folder)).rejects.toThrow('put the flag back by hand');
    expect(existsSync(join(folder, 'x.journal'))).toBe(true);
    expect(vendor.changes).toEqual([]);
  });

  it('has a name that tells flags of services and environments apart', () => {
    const name = (environment: string, key: string): string => {
      const launchdarkly = { url: 'https://a', token: 't', project: 'p', environment, contextKind: 'user' };
      return leaseName(flagSettings({ kind: 'launchdarkly', launchdarkly }, { key }));
    };
    expect(name('staging', 'a/b')).toMatch(/^a-b-[0-9a-f]{12}$/);
    expect(new Set([name('staging', 'a'), name('production', 'a'), name('staging', 'b')]).size).toBe(3);
    expect(ACCOUNTS).toHaveLength(3);
  });
});

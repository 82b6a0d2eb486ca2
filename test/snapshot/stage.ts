import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { loadSettings, type Loaded } from '../../src/config/load.js';
import type { Report } from '../../src/model/report.js';
import type { Section } from '../../src/model/section.js';
import type { Settings } from '../../src/model/settings.js';
import type { SnapshotSettings } from '../../src/model/snapshot.js';
import type { SandboxOptions } from '../../src/sandbox/options.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/system.js';
import { Snapshot, type SnapshotOptions } from '../../src/snapshot-line.js';

/** A sandbox for one test, and the settings that read its lists. */
export async function stage(options: Partial<SandboxOptions> = {}): Promise<{ sandbox: Sandbox; settings: Settings }> {
  const sandbox = await startSandbox({ accounts: ['rep-1'], seed: 7, ...options });
  onTestFinished(() => sandbox.stop());
  return { sandbox, settings: (await loaded(sandbox.config())).settings };
}

export async function loaded(config: string): Promise<Loaded> {
  const folder = await mkdtemp(join(tmpdir(), 'parity-snapshot-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'parity.yaml'), config);
  return loadSettings('parity.yaml', { env: {}, today: '2026-11-22', cwd: folder });
}

/** Publishes so many events of an account, and waits until both systems have them. */
export async function publish(sandbox: Sandbox, events: number, account = 'rep-1'): Promise<void> {
  for (let nth = 0; nth < events; nth++) sandbox.publish(account);
  await sandbox.drained();
}

/** The settings with other wishes for the lists. */
export function withLists(settings: Settings, some: Partial<SnapshotSettings>): Settings {
  return { ...settings, snapshot: { ...(settings.snapshot as SnapshotSettings), ...some } };
}

/** Takes a snapshot, closes it, and gives its report. */
export async function snapshotOf(settings: Settings, some: Partial<SnapshotOptions> = {}): Promise<Report> {
  const snapshot = openSnapshot(settings, some);
  try {
    await snapshot.compare();
    return snapshot.report({ startedAt: '2026-11-22T16:00:00.000Z' });
  } finally {
    await snapshot.stop();
  }
}

export function openSnapshot(settings: Settings, some: Partial<SnapshotOptions> = {}): Snapshot {
  const origin = performance.now();
  return new Snapshot(settings, {
    now: () => performance.now() - origin,
    interrupt: new AbortController().signal,
    ...some,
  });
}

export function listsIn(report: Report): Section {
  const section = report.sections?.find(({ kind }) => kind === 'snapshot');
  if (section === undefined) throw new Error('the report has no lists');
  return section;
}

/** Names of the section's cases that did not pass. */
export function failedIn({ cases }: Section): string[] {
  return cases.filter(({ status }) => status !== 'passed').map(({ name }) => name);
}

/** A table's rows by their first cell. */
export function rowsOf({ tables }: Section, title: string): Map<string | number, readonly (string | number)[]> {
  const table = tables.find((one) => one.title === title);
  return new Map((table?.rows ?? []).map(([first = '', ...rest]) => [first, rest]));
}

/** Serves HTTP for one test; returns the address. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

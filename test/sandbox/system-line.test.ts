import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { loadSettings } from '../../src/config/load.js';
import { runLive } from '../../src/live.js';
import type { Report } from '../../src/model/report.js';
import type { Outcome } from '../../src/model/verdict.js';
import type { FaultPlan } from '../../src/sandbox/fault-plan.js';
import type { RunOptions, Sandbox } from '../../src/sandbox/system.js';
import { startSandbox } from '../../src/sandbox/system.js';

const opened: { sandbox?: Sandbox; folder?: string } = {};

afterEach(async () => {
  await opened.sandbox?.stop();
  if (opened.folder !== undefined) await rm(opened.folder, { recursive: true });
});

/** Watches a sandbox with its own config while it runs, as the command does. */
async function watched(seed: number, run: RunOptions): Promise<{ report: Report; sandbox: Sandbox }> {
  const window = { beforeMs: 0, afterMs: 1000 };
  const sandbox = (opened.sandbox = await startSandbox({ accounts: ['rep-1', 'rep-2', 'rep-3'], seed, window }));
  const folder = (opened.folder = await mkdtemp(join(tmpdir(), 'sandbox-line-')));
  await writeFile(join(folder, 'parity.yaml'), sandbox.config());
  const { settings } = await loadSettings('parity.yaml', { env: {}, today: '2026-11-22', cwd: folder });
  const finished = new AbortController();
  let nowMs = 0;
  const never = new AbortController().signal;
  let load: Promise<void> | undefined;
  const report = await runLive(settings, {
    finish: finished.signal,
    interrupt: never,
    hurry: never,
    onProgress: ({ t }) => void (nowMs = t),
    onListening() {
      load = (async () => {
        // Nothing is judged before the settle time, and nothing is surely extra before a window has passed.
        const readyMs = nowMs + 2 * settings.match.settleMs + 2 * window.afterMs;
        await vi.waitFor(() => expect(nowMs).toBeGreaterThan(readyMs), { timeout: 20_000 });
        await sandbox.run(run);
        await sandbox.drained();
        finished.abort();
      })();
    },
  });
  await load;
  return { report, sandbox };
}

const found = (report: Report, outcome: Outcome): string[] =>
  report.findings.flatMap((verdict) => (verdict.outcome === outcome ? [verdict.key] : [])).sort();

const injected = ({ truth }: Sandbox, expects: string): string[] =>
  truth.faults.flatMap((fault) => (fault.expects === expects ? [fault.key ?? ''] : [])).sort();

it.skipIf(!process.env['CI'])('is found healthy by the line when no fault was injected', async () => {
  const { report, sandbox } = await watched(3, { ratePerS: 150, durationMs: 2500 });
  expect(report.findings).toEqual([]);
  const pairs = sandbox.truth.published.filter(({ type }) => type !== 'page_visited').length;
  expect(report.outcomes.match + report.outcomes.allowed).toBe(pairs);
  expect(report.unmapped).toEqual([]);
  expect(report.unreadable).toEqual([]);
  expect(report.only).toEqual({ page_visited: { side: 'candidate', count: 375 - pairs } });
});

it('has each injected fault found as what the truth says, and nothing else', async () => {
  const faults = { drop: 4, duplicate: 4, delay: 3, reorder: 4, edit: 5, extra: 4 };
  const { report, sandbox } = await watched(4, { ratePerS: 120, durationMs: 4000, faults });
  for (const outcome of ['missing', 'duplicate', 'late', 'mismatch', 'extra', 'inconclusive'] as const) {
    expect([outcome, found(report, outcome)]).toEqual([outcome, injected(sandbox, outcome)]);
  }
  expect(injected(sandbox, 'reordered')).toHaveLength(4);
  expect(report.order.reordered).toBeGreaterThanOrEqual(4);
  const paths = report.findings.flatMap(({ differences }) => differences?.map(({ path }) => path) ?? []);
  const edited = sandbox.truth.faults.flatMap(({ detail }) => detail['path'] ?? []).map(String);
  expect(paths.sort()).toEqual(edited.sort());
});

it.skipIf(!process.env['CI'])('has what a sick link did found as what the truth says', async () => {
  const faults: FaultPlan = {
    mute: { count: 1, side: 'candidate', forMs: 400 },
    disconnect: { count: 1, side: 'control', forMs: 300 },
    malformed: 2,
  };
  const { report, sandbox } = await watched(5, { ratePerS: 90, durationMs: 4000, faults });
  const { published, faults: struck } = sandbox.truth;
  const compared = published.filter(({ type }) => type !== 'page_visited');
  const muted = compared.filter(
    ({ during, delivered }) => during.includes('candidate mute') && delivered.candidate === 0,
  );
  const cut = compared.filter(({ delivered }) => delivered.control === 0);
  expect(muted.length).toBeGreaterThan(3);
  expect(cut.length).toBeGreaterThan(3);
  expect(found(report, 'missing')).toEqual(muted.map(({ key }) => key).sort());
  expect(found(report, 'inconclusive')).toEqual(expect.arrayContaining(cut.map(({ key }) => key)));
  expect(found(report, 'extra')).toEqual([]);
  const unreadable = report.unreadable.reduce((sum, { count }) => sum + count, 0);
  expect(unreadable).toBe(struck.filter(({ expects }) => expects === 'unreadable').length);
});

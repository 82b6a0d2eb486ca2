import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../src/model/report.js';

/**
 * The tool's own error in measuring lag: the sandbox lets every candidate event come exactly 50 ms after its control
 * event, in a process of its own, and a watch in another tells what it measured. Prints, and asserts nothing.
 */
const TRUTH_MS = 50;
const RATE_PER_S = 500;
const SECONDS = 20;

const folder = mkdtempSync(join(tmpdir(), 'parity-lag-'));
const config = join(folder, 'sandbox.yaml');
const parity = join(import.meta.dirname, '../../bin/parity.js');

const sandbox = spawn(
  process.execPath,
  [parity, 'sandbox', '--accounts', '20', '--rate', String(RATE_PER_S), '--delay', `${TRUTH_MS}ms`, '--config', config],
  { stdio: ['ignore', 'ignore', 'pipe'] },
);
try {
  await once(sandbox.stderr, 'data');
  const watch = spawn(
    process.execPath,
    [parity, 'watch', '--config', config, '--duration', `${SECONDS}s`, '--json', '-q'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let text = '';
  for await (const chunk of watch.stdout.setEncoding('utf8')) text += chunk;
  const { lag, outcomes } = JSON.parse(text) as Report;
  const error = (ms: number | null): string => (ms === null ? 'beyond the window' : `${(ms - TRUTH_MS).toFixed(2)} ms`);
  process.stdout.write(
    `${RATE_PER_S} events/s for ${SECONDS} s, every candidate ${TRUTH_MS} ms after its control, ${lag.count} pairs
error of p50 ${error(lag.p50Ms)}, of p95 ${error(lag.p95Ms)}, of p99 ${error(lag.p99Ms)}; measured in a stall ${lag.inStall}
${outcomes.missing + outcomes.extra + outcomes.late + outcomes.duplicate + outcomes.mismatch} findings of a healthy feed\n`,
  );
} finally {
  sandbox.kill('SIGTERM');
  await once(sandbox, 'exit');
  rmSync(folder, { recursive: true });
}

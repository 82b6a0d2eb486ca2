import { rmSync } from 'node:fs';
import type { Report } from '../../src/model/report.js';
import { measure, PARITY, scratch } from './contest.js';
import { startSandbox } from './sandbox.js';
import type { Section } from './section.js';

const TRUTH_MS = 50;
const RATE_PER_S = 500;
const SECONDS = 20;

/**
 * The tool's own error in measuring lag: the sandbox lets every candidate event come exactly 50 ms after its control
 * event, in a process of its own, and a watch in another tells what it measured.
 */
export async function lag(): Promise<Section[]> {
  const config = scratch('lag.yaml');
  const stop = await startSandbox(config, '--accounts', '20', '--rate', String(RATE_PER_S), '--delay', `${TRUTH_MS}ms`);
  try {
    const { stdout } = await measure([
      PARITY,
      'watch',
      '--config',
      config,
      '--duration',
      `${SECONDS}s`,
      '--json',
      '-q',
    ]);
    const { lag: told, outcomes } = JSON.parse(stdout) as Report;
    const error = (ms: number | null): string => (ms === null ? 'beyond the window' : (ms - TRUTH_MS).toFixed(2));
    const findings = outcomes.missing + outcomes.extra + outcomes.late + outcomes.duplicate + outcomes.mismatch;
    return [
      {
        title: 'Lag',
        notes: [
          `Every candidate event comes ${TRUTH_MS} ms after its control event: ${RATE_PER_S} events/s for ${SECONDS} s, ${told.count.toLocaleString('en')} pairs. What is told beyond that is error, the sandbox's own timers included.`,
          `Measured in a stall: ${told.inStall}. Findings of this healthy feed: ${findings}.`,
        ],
        columns: ['', 'p50 ms', 'p95 ms', 'p99 ms'],
        rows: [['error', error(told.p50Ms), error(told.p95Ms), error(told.p99Ms)]],
        goals: [],
      },
    ];
  } finally {
    await stop();
    rmSync(config, { force: true });
  }
}

import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import type { Link, TimelineEntry, TimelineHeader } from '../../src/model/timeline.js';
import { compete, measure, median, PARITY, scratch } from './contest.js';
import { startSandbox } from './sandbox.js';
import { number, type Section } from './section.js';

const ACCOUNTS = 1_000;

interface Round {
  /** From the start of the process until the last account of both sides was subscribed. */
  readonly subscribedMs: number;
  readonly peakMb: number;
  readonly cpuMs: number;
}

/** A watch of a thousand accounts on both sides, the sandbox in another process. */
export async function accounts({ rounds }: { readonly rounds: number }): Promise<Section[]> {
  const results = await compete(rounds, new Map([['parity watch', watch]]));
  const all = results.get('parity watch') ?? [];
  const of = (figure: keyof Round): number => median(all.map((round) => round[figure]));
  return [
    {
      title: `${ACCOUNTS.toLocaleString('en')} accounts on both sides`,
      notes: [
        `From the start of the process until all ${(2 * ACCOUNTS).toLocaleString('en')} connections were subscribed, ${rounds} ${rounds === 1 ? 'round' : 'rounds'}.`,
        'Peak and CPU are of the whole run, which goes on for a second and reports. The sandbox authorises each Pusher channel by HTTP, and shares the processor.',
      ],
      columns: ['', 'subscribed s', 'CPU s', 'peak MB'],
      rows: [['parity watch', number(of('subscribedMs') / 1000), number(of('cpuMs') / 1000), number(of('peakMb'))]],
      goals: [
        { what: 'all subscribed', figure: of('subscribedMs') / 1000, limit: 5, unit: 's' },
        { what: 'peak', figure: of('peakMb'), limit: 300, unit: 'MB' },
      ],
    },
  ];
}

async function watch(): Promise<Round> {
  const config = scratch('accounts.yaml');
  const recording = scratch('accounts.ndjson');
  rmSync(recording, { force: true });
  const stop = await startSandbox(config, '--accounts', String(ACCOUNTS), '--rate', '10');
  try {
    const startedAtMs = Date.now();
    const options = ['watch', '--config', config, '--duration', '1s', '--record', recording, '--json', '-q'];
    const { cost } = await measure([PARITY, ...options]);
    const [header, ...entries] = readFileSync(recording, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    const ups = (entries as TimelineEntry[]).filter(
      (entry): entry is Link => entry.kind === 'link' && entry.state === 'up',
    );
    assert.equal(new Set(ups.map(({ side, account }) => `${side} ${account}`)).size, 2 * ACCOUNTS);
    const lastMs = Math.max(...ups.map(({ t }) => t));
    const subscribedMs = Date.parse((header as TimelineHeader).startedAt) + lastMs - startedAtMs;
    return { subscribedMs, peakMb: cost.peakMb, cpuMs: cost.cpuMs };
  } finally {
    await stop();
  }
}

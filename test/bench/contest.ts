import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';

/** Processes that are measured, and the order in which contestants take their turns. */

export const ROOT = join(import.meta.dirname, '../..');
export const PARITY = join(ROOT, 'bin/parity.js');
const METER = join(import.meta.dirname, 'child/meter.cjs');

/** What a process has used. */
export interface Use {
  /** User and system time of all its threads. */
  readonly cpuMs: number;
  /** The most memory that it held at a time (RSS). */
  readonly peakMb: number;
}

/** What a whole process cost, from its start to its end. */
export interface Cost extends Use {
  readonly wallMs: number;
}

export interface Ended {
  readonly cost: Cost;
  readonly stdout: string;
}

/** The ignored folder of everything that the benchmark makes for itself. */
export function scratch(...path: readonly string[]): string {
  const folder = join(ROOT, '.bench');
  if (!existsSync(folder)) mkdirSync(folder);
  return join(folder, ...path);
}

/** A Node process under measurement. */
export class Measured {
  readonly child: ChildProcess;
  readonly #startedAt = performance.now();
  readonly #told: AsyncIterator<string>;
  readonly #stdout: Promise<string>;
  readonly #exit: Promise<unknown[]>;
  readonly #name: string;

  constructor(args: readonly string[]) {
    this.#name = args.join(' ');
    this.child = spawn(process.execPath, ['--require', METER, ...args], {
      stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    });
    this.#exit = once(this.child, 'exit');
    this.#told = createInterface({ input: this.child.stdio[3] as Readable })[Symbol.asyncIterator]();
    this.#stdout = textOf(this.child.stdout as Readable);
  }

  /** What it has used so far. Its event loop answers, so that what is asked while it is busy is answered afterwards. */
  async use(): Promise<Use> {
    this.child.kill('SIGUSR2');
    return this.#next();
  }

  /** What it has used once it has nothing to do any more. */
  async useWhenIdle(): Promise<Use> {
    let before = await this.use();
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
      const now = await this.use();
      if (now.cpuMs - before.cpuMs < IDLE_MS * IDLE_SHARE) return before;
      before = now;
    }
  }

  /** Resolves when it has ended by itself; rejects if no report of its use came, as when it was killed. */
  async ended(): Promise<Ended> {
    const [use] = await Promise.all([this.#next(), this.#exit]);
    return { cost: { ...use, wallMs: performance.now() - this.#startedAt }, stdout: await this.#stdout };
  }

  async #next(): Promise<Use> {
    const { value, done } = await this.#told.next();
    if (done === true) throw new Error(`ended before it told what it had used: ${this.#name}`);
    return JSON.parse(value) as Use;
  }
}

const IDLE_MS = 50;
const IDLE_SHARE = 0.1;

/** Runs a process to its end. */
export function measure(args: readonly string[]): Promise<Ended> {
  return new Measured(args).ended();
}

/** Gives every contestant a turn in each round, each time in another order, so that a busy minute strikes all alike. */
export async function compete<Result>(
  rounds: number,
  contestants: ReadonlyMap<string, () => Promise<Result>>,
): Promise<ReadonlyMap<string, readonly Result[]>> {
  const results = new Map<string, Result[]>([...contestants.keys()].map((name) => [name, []]));
  const order = [...contestants];
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of order) {
      process.stderr.write(`  round ${round + 1} of ${rounds}: ${name}\n`);
      results.get(name)?.push(await run());
    }
    order.push(...order.splice(0, 1));
  }
  return results;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** The median of the ratios of each round. */
export function ratio(values: readonly number[], to: readonly number[]): number {
  return median(values.map((value, round) => value / (to[round] as number)));
}

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += chunk as string;
  return text;
}

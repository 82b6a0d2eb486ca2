import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterwards } from './afterwards.js';

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'parity.js');

export interface Place {
  /** The folder that it is called in. */
  readonly cwd?: string;
  /** Variables besides PATH and NO_COLOR. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a call left behind. Code and signal are as `child_process` tells them. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A call under way. */
export interface Running {
  readonly ended: Promise<Ended>;
  /** Resolves once stderr holds the words; rejects if the command ends without them. */
  said(words: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Stops reading one of the streams, as `head` does. */
  turnAway(stream: 'stdout' | 'stderr'): void;
}

/** Calls the built command in a bare environment, with stdin closed. */
export function start(args: readonly string[], { cwd, env = {} }: Place = {}): Running {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Only a test that failed leaves one running.
  afterwards(() => child.kill('SIGKILL'));
  let heard = '';
  child.stderr.on('data', (chunk: Buffer) => (heard += chunk.toString('utf8')));
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const outputs = [child.stdout, child.stderr].map((stream) => text(stream).catch(() => ''));
  const ended = Promise.all([closed, ...outputs]).then(([[code, signal], stdout = '', stderr = '']): Ended => ({
    code,
    signal,
    stdout,
    stderr,
  }));
  return {
    ended,
    said: (words) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (heard.includes(words)) resolve();
        };
        check();
        child.stderr.on('data', check);
        ended.then(({ stderr }) => reject(new Error(`ended without saying ${words}:\n${stderr}`)), reject);
      }),
    kill: (signal) => void child.kill(signal),
    turnAway: (stream) => void child[stream].destroy(),
  };
}

/** Calls the built command and waits for its end. */
export function parity(args: readonly string[], place: Place = {}): Promise<Ended> {
  return start(args, place).ended;
}

/** How a call ends that says one sentence and nothing else. */
export function sentence(code: number, stderr: string): Ended {
  return { code, signal: null, stdout: '', stderr: `parity: ${stderr}\n` };
}

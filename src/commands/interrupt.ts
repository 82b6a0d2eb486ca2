/** Ctrl-C and its kin, as two signals: the first asks for an orderly end, the second for an immediate one. */
export interface Interrupt {
  readonly interrupt: AbortSignal;
  readonly hurry: AbortSignal;
  /** The exit code that a shell expects of an interrupted process, or undefined if there was no signal. */
  exitCode(): number | undefined;
  /** Gives the signals back to the process. */
  release(): void;
}

const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Listens to SIGINT and SIGTERM. A third signal ends the process on the spot. */
export function listenForInterrupt(onFirst: (signal: string) => void): Interrupt {
  const first = new AbortController();
  const second = new AbortController();
  let code: number | undefined;
  const handle = (signal: keyof typeof CODES): void => {
    if (code === undefined) {
      code = CODES[signal];
      first.abort(signal);
      onFirst(signal);
    } else if (!second.signal.aborted) second.abort(signal);
    else {
      // As below: an exit would wait for a write to a pipe that nobody reads.
      release();
      process.kill(process.pid, signal);
    }
  };
  const release = onSignals(handle);
  return {
    interrupt: first.signal,
    hurry: second.signal,
    exitCode: () => code,
    release,
  };
}

/**
 * For work of which a part would be no answer but a false one: the first signal ends the process on the spot, after
 * `lastWords`. Gives the signals back to the process when released.
 *
 * It ends by the signal itself, which a shell tells as 130 or 143: an exit would wait for whatever is being read, and a pipe
 * may never bring anything more.
 */
export function leaveWhenInterrupted(lastWords: (signal: string) => void): { release(): void } {
  const handle = (signal: keyof typeof CODES): void => {
    lastWords(signal);
    release();
    process.kill(process.pid, signal);
  };
  const release = onSignals(handle);
  return { release };
}

/** Returns what gives the signals back. */
function onSignals(handle: (signal: keyof typeof CODES) => void): () => void {
  const names = Object.keys(CODES) as (keyof typeof CODES)[];
  for (const name of names) process.on(name, handle);
  return () => {
    for (const name of names) process.off(name, handle);
  };
}

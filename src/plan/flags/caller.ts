import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Agent } from 'undici';
import writeFileAtomic from 'write-file-atomic';
import { ObserveError } from '../../model/errors.js';
import { spanAt } from '../../model/raw-json.js';
import type { Ms } from '../../model/timeline.js';
import { briefly } from '../../replay/targets/answer.js';
import { fetchAnswer, openAgent } from './answer.js';
import type { Call, FileCall, ProgramCall, SpliceCall } from './call.js';
import type { FlagProvider } from './provider.js';

/** Makes a provider's calls. The only place of a plan that touches its flag. */
export class Caller {
  readonly #about: Pick<FlagProvider, 'name' | 'advice'>;
  readonly #timeoutMs: Ms;
  readonly #agent: Agent;

  constructor(about: Pick<FlagProvider, 'name' | 'advice'>, timeoutMs: Ms) {
    this.#about = about;
    this.#timeoutMs = timeoutMs;
    this.#agent = openAgent(timeoutMs);
  }

  /** Makes a call and returns its answer. @throws ObserveError when it is refused or not answered */
  make(call: Call, signal: AbortSignal): Promise<string> {
    switch (call.kind) {
      case 'http':
        return fetchAnswer(call, this.#about, { timeoutMs: this.#timeoutMs, signal, agent: this.#agent });
      case 'file':
        return read(call);
      case 'splice':
        return splice(call);
      default:
        return run(call, this.#timeoutMs, signal);
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

async function read({ file }: FileCall): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unlucky(file, 'read', error);
  }
}

/** A reader of the file sees the old text or the new one, and never a part: the new one is written beside it and renamed. */
async function splice({ file, at, json }: SpliceCall): Promise<string> {
  const text = await read({ kind: 'file', file });
  const span = spanAt(text, at);
  if (span === undefined) throw new ObserveError(`${file} has no ${at.join(' → ')}; check the flag's key`);
  try {
    await writeFileAtomic(file, text.slice(0, span[0]) + json + text.slice(span[1]));
  } catch (error) {
    throw unlucky(file, 'written', error);
  }
  return '';
}

function unlucky(file: string, what: string, error: unknown): ObserveError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new ObserveError(`${file} could not be ${what} (${code ?? message}); check its name and permissions`, {
    cause: error,
  });
}

function run({ file, args, cwd }: ProgramCall, timeoutMs: Ms, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      file,
      args,
      { cwd, timeout: timeoutMs, signal, maxBuffer: 1024 * 1024, shell: false },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout);
        if (signal.aborted) return reject(signal.reason as Error);
        const { code, killed } = error as { readonly code?: string | number; readonly killed?: boolean };
        const what =
          killed === true
            ? `did not end within ${timeoutMs} ms`
            : typeof code === 'number'
              ? `ended with exit code ${code}${stderr.trim() === '' ? '' : ` (${briefly(stderr)})`}`
              : `could not be run (${code ?? error.message})`;
        reject(new ObserveError(`the command ${file} ${what}; try it by hand`));
      },
    );
  });
}

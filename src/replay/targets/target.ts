import type { Settings } from '../../model/settings.js';
import type { Ms } from '../../model/timeline.js';
import type { ReplayEvent } from '../events.js';

/** A system that events are sent to. Opening one sends nothing. */
export interface Target {
  /** For people, without secrets: `Pusher at 127.0.0.1:6001`. */
  readonly name: string;
  /** Every host that something may be sent to, without ports. */
  readonly hosts: readonly string[];
  /** What `send` would do, for people. */
  describe(event: ReplayEvent): string;
  /** Sends the event; resolves when the target has accepted it, and rejects with a SendFailure otherwise. */
  send(event: ReplayEvent): Promise<void>;
  /** What has not been answered has failed then. */
  close(): Promise<void>;
}

export interface TargetContext {
  readonly settings: Settings;
  readonly timeoutMs: Ms;
  /** Connections at most. */
  readonly inFlight: number;
  /** Whether a host may be sent to; asked again where a target follows redirects. */
  readonly allows: (host: string) => boolean;
}

/** A send that was not accepted, or of which that is not known. Its message is short, holds no secret, and is counted by. */
export class SendFailure extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'SendFailure';
  }
}

/** Why a send failed that never got its answer, as Node's or undici's code says. */
export function withoutAnswer(code: string, timeoutMs: Ms): string {
  if (code.endsWith('_TIMEOUT')) return noAnswer(timeoutMs);
  return BROKEN.has(code) ? `the connection broke off (${code})` : code;
}

const BROKEN: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** Why a send failed that was not answered in time. */
export function noAnswer(timeoutMs: Ms): string {
  return `no answer within ${timeoutMs} ms`;
}

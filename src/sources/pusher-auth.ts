import { request } from 'undici';
import { explain } from './wire.js';

/** What the endpoint grants: a signature for one socket and channel, and for presence channels who the member is. */
export interface Grant {
  readonly auth: string;
  readonly channel_data?: string;
}

/** A channel authorisation that failed. `status` is the endpoint's, where it answered at all. */
export class AuthFailure extends Error {
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.name = 'AuthFailure';
    this.status = status;
  }
}

export interface AuthRequest {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  readonly socketId: string;
  readonly channel: string;
  readonly timeoutMs: number;
}

/**
 * Asks the application whether a socket may subscribe to a private or presence channel: a form-encoded POST of
 * `socket_id` and `channel_name`, answered with JSON that holds `auth` (and `channel_data` for presence).
 * Rejects with an AuthFailure, whose message never holds what was sent.
 */
export async function authorize(ask: AuthRequest): Promise<Grant> {
  const body = new URLSearchParams({ ...ask.params, socket_id: ask.socketId, channel_name: ask.channel }).toString();
  const headers = { ...ask.headers, 'content-type': 'application/x-www-form-urlencoded' };
  const signal = AbortSignal.timeout(ask.timeoutMs);
  const { status, text } = await post(ask.endpoint, { headers, body, signal });
  if (status !== 200) throw new AuthFailure(`auth endpoint answered ${status}`, status);
  return granted(text);
}

async function post(
  endpoint: string,
  options: { headers: Record<string, string>; body: string; signal: AbortSignal },
): Promise<{ status: number; text: string }> {
  try {
    const answer = await request(endpoint, { method: 'POST', ...options });
    return { status: answer.statusCode, text: await answer.body.text() };
  } catch (error) {
    if (options.signal.aborted) throw new AuthFailure('auth endpoint did not answer in time');
    throw new AuthFailure(`auth endpoint: ${error instanceof Error ? explain(error).reason : 'no answer'}`);
  }
}

function granted(text: string): Grant {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new AuthFailure('auth endpoint answered no JSON');
  }
  const { auth } = (answer ?? {}) as { auth?: unknown };
  if (typeof auth !== 'string') throw new AuthFailure('auth endpoint answered JSON without auth');
  return answer as Grant;
}

import { setTimeout as elapsed } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { ObserveError } from '../../model/errors.js';
import type { Ms } from '../../model/timeline.js';
import { briefly } from '../../replay/targets/answer.js';
import type { HttpCall } from './call.js';
import type { FlagProvider } from './provider.js';

/** Tries of one call. All calls state what is to be, so that one more does no harm. */
const TRIES = 4;
const FIRST_PAUSE_MS = 250;
/** Who wants a longer pause than this is told about instead of waited for. */
const LONGEST_PAUSE_MS = 30_000;
const LARGEST_BYTES = 16 * 1024 * 1024;

export interface HttpOptions {
  readonly timeoutMs: Ms;
  /** Aborting it gives the call up. */
  readonly signal: AbortSignal;
  readonly agent: Agent;
}

/** Connections of one plan to its flag service. */
export function openAgent(timeoutMs: Ms): Agent {
  return new Agent({
    connections: 4,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { timeout: timeoutMs },
  });
}

/**
 * Makes a call and returns the answer's body. 429, 409, 5xx and lost connections are tried again, as long as they ask
 * (Retry-After, RFC 9110 section 10.2.3; LaunchDarkly's X-Ratelimit-Reset), a few times.
 * @throws ObserveError with what was tried, what came back and what to check
 */
export async function fetchAnswer(
  call: HttpCall,
  about: Pick<FlagProvider, 'name' | 'advice'>,
  options: HttpOptions,
): Promise<string> {
  for (let nth = 1; ; nth++) {
    const result = await attempt(call, options);
    if (result.kind === 'answer' && result.status >= 200 && result.status <= 299) return result.body;
    options.signal.throwIfAborted();
    const pauseMs = pauseAfter(result, nth);
    if (nth === TRIES || pauseMs === undefined || pauseMs > LONGEST_PAUSE_MS)
      throw refusal(call, about, result, nth, options.timeoutMs);
    await elapsed(pauseMs, undefined, { signal: options.signal });
  }
}

type Result =
  | { readonly kind: 'answer'; readonly status: number; readonly body: string; readonly pauseMs?: Ms }
  | { readonly kind: 'none'; readonly code: string };

async function attempt(
  { method, url, headers, body }: HttpCall,
  { agent, signal, timeoutMs }: HttpOptions,
): Promise<Result> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    const answer = await request(url, {
      method,
      headers,
      dispatcher: agent,
      signal: deadline,
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.body.text();
    if (text.length > LARGEST_BYTES) return { kind: 'none', code: 'an answer of more than 16 MB' };
    const pauseMs = pauseWanted(answer.headers, Date.now());
    return { kind: 'answer', status: answer.statusCode, body: text, ...(pauseMs === undefined ? {} : { pauseMs }) };
  } catch (error) {
    const { code, name, message } = error as NodeJS.ErrnoException;
    const late = name === 'TimeoutError' || code?.endsWith('_TIMEOUT') === true;
    return { kind: 'none', code: late ? 'TIMEOUT' : briefly(typeof code === 'string' ? code : message) };
  }
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** How long the service wants to be left alone. */
export function pauseWanted(headers: Headers, nowMs: Ms): Ms | undefined {
  const after = headers['retry-after'];
  if (typeof after === 'string') {
    const atMs = /^\s*\d+\s*$/.test(after) ? nowMs + Number(after) * 1000 : Date.parse(after);
    if (Number.isFinite(atMs)) return Math.max(0, atMs - nowMs);
  }
  const reset = headers['x-ratelimit-reset'];
  if (typeof reset === 'string' && /^\d{12,}$/.test(reset)) return Math.max(0, Number(reset) - nowMs);
  return undefined;
}

function pauseAfter(result: Result, nth: number): Ms | undefined {
  const usualMs = FIRST_PAUSE_MS * 2 ** (nth - 1);
  if (result.kind === 'none') return usualMs;
  const { status, pauseMs } = result;
  return status === 429 || status === 409 || status >= 500 ? (pauseMs ?? usualMs) : undefined;
}

function refusal(
  { method, url }: HttpCall,
  { name, advice }: Pick<FlagProvider, 'name' | 'advice'>,
  result: Result,
  tries: number,
  timeoutMs: Ms,
): ObserveError {
  const tried = `${name}: ${method} ${withoutQuery(url)}`;
  const times = tries === 1 ? '' : `, ${tries} times`;
  if (result.kind === 'none') {
    const what = result.code === 'TIMEOUT' ? `had no answer within ${timeoutMs} ms` : `failed (${result.code})`;
    return new ObserveError(`${tried} ${what}${times}; check the address, and that the service is running`);
  }
  const { status, body, pauseMs } = result;
  const words = wordsOf(body);
  const answered = `${tried} was answered ${status}${words === '' ? '' : ` (${words})`}${times}`;
  if (status === 429) {
    const wait = pauseMs === undefined ? 'later' : `in ${Math.ceil(pauseMs / 1000)} s`;
    return new ObserveError(`${answered}: it is asked too often; try again ${wait}`);
  }
  if (status >= 500) return new ObserveError(`${answered}: the service is not well; try again later`);
  if (status >= 300 && status < 400)
    return new ObserveError(`${answered}: redirects are not followed; write the address that it leads to`);
  const known = advice[status as keyof typeof advice];
  return new ObserveError(
    `${answered}: ${known ?? 'it did not accept the call; check what the plan says of the flag'}`,
  );
}

/** What the service itself says is wrong. */
function wordsOf(body: string): string {
  try {
    const answer = JSON.parse(body) as unknown;
    if (typeof answer !== 'object' || answer === null) return briefly(String(answer));
    const { message, error, details } = answer as Readonly<Record<string, unknown>>;
    const first: unknown = Array.isArray(details)
      ? (details[0] as { message?: unknown } | undefined)?.message
      : undefined;
    const words = [first, message, error].find((one) => typeof one === 'string' && one !== '');
    return briefly(typeof words === 'string' ? words : JSON.stringify(answer));
  } catch {
    // A page of HTML says nothing that a sentence could hold.
    return /^\s*</.test(body) ? '' : briefly(body);
  }
}

/** Tokens travel in queries and before an @. */
function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/, '').replace(/\/\/[^/@]*@/, '//');
}

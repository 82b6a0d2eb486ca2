import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { Agent, request, type Dispatcher } from 'undici';
import type { Ms } from '../model/timeline.js';
import { BadAnswer, type Call } from './call.js';
import { pause } from './pause.js';

/** What was answered, whole. */
export interface Answer {
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
  /** Where it came from in the end, redirects followed. */
  readonly url: string;
  /** When its last byte was there. */
  readonly t: Ms;
}

export interface AskerOptions {
  readonly timeoutMs: Ms;
  readonly retries: number;
  /** Of one answer, also once it is unpacked. */
  readonly maxBytes: number;
  /** Connections to one server. */
  readonly connections: number;
  readonly now: () => Ms;
  readonly signal: AbortSignal;
}

/** What asking cost, and what was no answer on the way to one. */
export interface Effort {
  requests: number;
  /** Of bodies, as they came over the wire. */
  bytes: number;
  readonly bad: string[];
}

export function noEffort(): Effort {
  return { requests: 0, bytes: 0, bad: [] };
}

const REDIRECTS_MOST = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Who is told to wait longer than this is told so, and does not. */
const RETRY_AFTER_MOST_MS = 30_000;
const BACKOFF_MS = 250;

/** A try that failed; `retryMs` is how long to wait before the next, undefined where none would help. */
class Failure extends Error {
  constructor(
    readonly reason: string,
    readonly remedy: string,
    readonly retryMs?: Ms,
  ) {
    super(reason);
  }
}

/**
 * Asks for JSON over a pool of connections. Idempotent requests are tried again after faults of transport, and after 429
 * and 503 when the server says; redirects are followed within one origin, since credentials go with them.
 */
export class Asker {
  readonly #options: AskerOptions;
  readonly #agent: Agent;

  constructor(options: AskerOptions) {
    this.#options = options;
    const { timeoutMs, connections } = options;
    this.#agent = new Agent({
      connections,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connect: { timeout: timeoutMs },
    });
  }

  /** @throws BadAnswer when there is none, after all tries. The effort counts every try. */
  async ask(call: Call, effort: Effort): Promise<Answer> {
    const tries = call.method === 'GET' ? this.#options.retries : 0;
    for (let tried = 0; ; tried++) {
      try {
        return await this.#follow(call, effort);
      } catch (error) {
        this.#options.signal.throwIfAborted();
        if (!(error instanceof Failure)) throw error;
        effort.bad.push(error.reason);
        const again = error.retryMs !== undefined && tried < tries;
        if (!again) throw new BadAnswer(call, tellTries(error.reason, tried), error.remedy);
        await pause(Math.max(error.retryMs, BACKOFF_MS * 2 ** tried), this.#options.signal);
      }
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #follow(call: Call, effort: Effort): Promise<Answer> {
    let { url } = call;
    const seen = new Set([url]);
    for (;;) {
      const answer = await this.#send({ ...call, url }, effort);
      if (answer.to === undefined) return answer;
      const to = redirected(call, url, answer.to);
      if (seen.has(to)) throw new Failure('its redirects go in a circle', `correct its url, or that server's routes`);
      if (seen.size > REDIRECTS_MOST)
        throw new Failure(`more than ${REDIRECTS_MOST} redirects`, 'name in its url where they lead');
      seen.add(to);
      url = to;
    }
  }

  async #send({ method, url, headers, body }: Call, effort: Effort): Promise<Answer & { readonly to?: string }> {
    const { timeoutMs, now, signal } = this.#options;
    const deadline = AbortSignal.timeout(timeoutMs);
    effort.requests++;
    try {
      const answer = await request(url, {
        method,
        headers: { accept: 'application/json', ...headers },
        dispatcher: this.#agent,
        signal: AbortSignal.any([signal, deadline]),
        ...(body === undefined ? {} : { body }),
      });
      const bytes = await this.#bytes(answer, effort);
      const { statusCode: status, headers: given } = answer;
      const location = REDIRECTS.has(status) ? given.location : undefined;
      if (typeof location === 'string') return { text: '', headers: given, url, t: now(), to: location };
      refuse(status, given);
      return { text: await unpacked(bytes, given, this.#options.maxBytes), headers: given, url, t: now() };
    } catch (error) {
      if (error instanceof Failure) throw error;
      if (deadline.aborted) throw noAnswer(timeoutMs);
      throw transportFault(error as NodeJS.ErrnoException, timeoutMs);
    }
  }

  /** The body, which is cut off where it grows beyond what was agreed. */
  async #bytes({ body }: Dispatcher.ResponseData, effort: Effort): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      effort.bytes += chunk.length;
      if (size > this.#options.maxBytes) throw tooLarge(this.#options.maxBytes);
    }
    return Buffer.concat(chunks);
  }
}

function tellTries(reason: string, tried: number): string {
  return tried === 0 ? reason : `${reason} (${tried + 1} tries)`;
}

function redirected({ method }: Call, from: string, location: string): string {
  if (method !== 'GET') throw new Failure('a POST was redirected', 'name in its url where it leads');
  const to = URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (to === undefined) throw new Failure('a redirect to what is no address', "see to that server's redirects");
  if (to.origin === new URL(from).origin) return to.href;
  throw new Failure(
    `a redirect to ${to.origin}, where its credentials are not sent`,
    'name that address in its url if it is right',
  );
}

/** Everything but a good status and JSON. */
function refuse(status: number, headers: IncomingHttpHeaders): void {
  if (status === 401 || status === 403) {
    throw new Failure(`HTTP ${status}`, "check the account's token and the request's headers");
  }
  if (status === 429 || status === 503) {
    const waitMs = retryAfter(headers);
    if (waitMs > RETRY_AFTER_MOST_MS)
      throw new Failure(`HTTP ${status}, and to wait ${Math.ceil(waitMs / 1000)} s`, 'try again after that time');
    throw new Failure(`HTTP ${status}`, 'try again later, with a lower concurrency or fewer --samples', waitMs);
  }
  if (status === 404) throw new Failure('HTTP 404', 'correct its url');
  if (status < 200 || status > 299) throw new Failure(`HTTP ${status}`, "see what that server's log says");
  const type = headers['content-type'];
  if (type !== undefined && !/^[\w.+-]+\/(?:[\w.+-]+\+)?json\b/i.test(type)) {
    const found = type.replace(/[;\s].*$/s, '').slice(0, 60);
    throw new Failure(`answered ${found} instead of JSON`, 'check that its url is that of the API, and its headers');
  }
}

/** RFC 9110, section 10.2.3: seconds or a date, which is counted from the answer's own. */
function retryAfter(headers: IncomingHttpHeaders): Ms {
  const told = headers['retry-after'];
  if (told === undefined) return 0;
  if (/^\d+$/.test(told)) return Number(told) * 1000;
  const waitMs = Date.parse(told) - Date.parse(headers.date ?? '');
  return Number.isNaN(waitMs) ? 0 : Math.max(0, waitMs);
}

const UNPACK = { gzip: promisify(gunzip), deflate: promisify(inflate), br: promisify(brotliDecompress) };

async function unpacked(bytes: Buffer, headers: IncomingHttpHeaders, most: number): Promise<string> {
  const coding = (headers['content-encoding'] ?? 'identity').toLowerCase();
  let plain = bytes;
  if (coding !== 'identity') {
    const unpack = Object.hasOwn(UNPACK, coding) ? UNPACK[coding as keyof typeof UNPACK] : undefined;
    if (unpack === undefined) throw new Failure(`packed as ${coding.slice(0, 20)}`, 'ask for gzip, deflate or br');
    try {
      plain = await unpack(bytes, { maxOutputLength: most });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(most);
      throw new Failure(`its ${coding} is broken`, "see to that server's compression");
    }
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch {
    throw new Failure('answered no UTF-8', 'JSON is UTF-8 (RFC 8259); see to that server');
  }
}

function tooLarge(most: number): Failure {
  return new Failure(`answered more than ${most} bytes`, 'ask for smaller pages, or raise snapshot.maxBytes');
}

function noAnswer(timeoutMs: Ms): Failure {
  return new Failure(`no whole answer within ${timeoutMs} ms`, 'see to that server, or raise snapshot.timeout', 0);
}

/** What failed before there was an answer. Certificates do not become valid by trying again. */
function transportFault(error: NodeJS.ErrnoException, timeoutMs: Ms): Failure {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const code = (first as NodeJS.ErrnoException).code ?? error.code ?? error.name;
  if (/_TIMEOUT$|^ETIMEDOUT$/.test(code)) return noAnswer(timeoutMs);
  if (/CERT|SIGNATURE|TLS|SSL|LEAF/.test(code)) {
    return new Failure(`its certificate is not trusted (${code})`, 'give Node the authority by NODE_EXTRA_CA_CERTS');
  }
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new Failure(`could not connect (${code})`, 'check that its url is right and that the server runs', 0);
  if (code === 'UND_ERR_INVALID_ARG' || code === 'ERR_INVALID_URL')
    return new Failure('its address or headers cannot be sent', 'check what the account fills in');
  return new Failure(`the answer broke off (${code})`, 'see to that server and what lies before it', 0);
}

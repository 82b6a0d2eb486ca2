import { onTestFinished } from 'vitest';
import { startSink, type Received } from '../../replay/sink.js';

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A flag service on loopback, for one test. What it refuses is what its vendor documents that it refuses. */
export interface Vendor {
  readonly url: string;
  /** Requests that changed something, as `POST /path {"body":…}`. */
  readonly changes: string[];
  readonly all: string[];
  /** Answers in place of the service's own, one request each; undefined lets one pass. */
  readonly instead: (Answer | 'hang up' | undefined)[];
}

export async function startVendor(answer: (request: Received) => Answer): Promise<Vendor> {
  const changes: string[] = [];
  const all: string[] = [];
  const instead: Vendor['instead'] = [];
  const sink = await startSink((request, response) => {
    const told = `${request.method} ${request.url}${request.body === '' ? '' : ` ${request.body}`}`;
    all.push(told);
    const other = instead.shift();
    if (other === 'hang up') {
      response.destroy();
      return;
    }
    const { status, body, headers = {} } = other ?? answer(request);
    if (request.method !== 'GET' && status < 300) changes.push(told);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
  });
  onTestFinished(() => sink.stop());
  return { url: sink.url, changes, all, instead };
}

export function jsonBody(request: Received): Record<string, unknown> | undefined {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) return undefined;
  return JSON.parse(request.body) as Record<string, unknown>;
}

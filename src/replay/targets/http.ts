import { Agent, type Dispatcher } from 'undici';
import { CallError } from '../../model/errors.js';
import type { HttpTargetSettings } from '../../model/settings.js';
import type { ReplayEvent } from '../events.js';
import { briefly, refusalIn } from './answer.js';
import { Deadline } from './deadline.js';
import { SendFailure, type Target, type TargetContext, withoutAnswer } from './target.js';
import { checkTemplates, template, type Template } from './template.js';

/** Calls an HTTP API: the new service's own, or a staging endpoint of the old system that causes both. */
export function openHttp(given: HttpTargetSettings, context: TargetContext): Target {
  const { accounts } = context.settings;
  checkTemplates([given.url, ...Object.values(given.headers), given.body ?? ''], accounts, 'replay');
  const call = compile(given);
  const { timeoutMs, inFlight } = context;
  // These free a connection that hangs; the deadline is exact, and counts for an answer that trickles in as well.
  const dispatcher = new Agent({
    connections: inFlight,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { timeout: timeoutMs },
  });
  const deadline = new Deadline(timeoutMs);
  return {
    name: `${given.method} ${withoutQuery(given.url)}`,
    hosts: hostsOf(given.url, context),
    describe: (event) => {
      const { url, body } = call(event);
      return `${given.method} ${url}${body === undefined ? '' : ` (${Buffer.byteLength(body)} bytes)`}`;
    },
    async send(event) {
      const ready = call(event);
      // What an event holds may be part of the address.
      if (!URL.canParse(ready.url)) throw new SendFailure('the event makes no URL of the address');
      const address = new URL(ready.url);
      if (!context.allows(address.hostname)) throw new SendFailure(`${address.hostname} is not in replay.allow`);
      await deadline.within(send(address, ready, dispatcher, timeoutMs));
    },
    close() {
      deadline.close();
      return dispatcher.destroy();
    },
  };
}

interface Call {
  readonly method: Dispatcher.HttpMethod;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

function compile({ method, url, headers, body }: HttpTargetSettings): (event: ReplayEvent) => Call {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const writing =
    type === undefined || /json/i.test(type) ? 'json' : /x-www-form-urlencoded/i.test(type) ? 'url' : 'plain';
  const address = template(url, 'url');
  const content = body === undefined ? undefined : template(body, writing);
  const fields = Object.entries(headers).map(([name, value]): [string, Template] => [name, template(value, 'plain')]);
  const asJson: [string, Template][] =
    content !== undefined && type === undefined ? [['content-type', () => 'application/json']] : [];
  return (event) => ({
    method,
    url: address(event),
    headers: Object.fromEntries([...asJson, ...fields].map(([name, value]) => [name, value(event)])),
    ...(content === undefined ? {} : { body: content(event) }),
  });
}

/** undici follows no redirect: an answer that is one counts as a failure. */
async function send(address: URL, call: Call, dispatcher: Dispatcher, timeoutMs: number): Promise<void> {
  let answer: Answer;
  try {
    answer = await ask(address, call, dispatcher);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw new SendFailure(briefly(message));
    if (REFUSED.has(code)) throw new SendFailure(`no request can be made of it: ${briefly(message)}`);
    throw new SendFailure(withoutAnswer(code, timeoutMs));
  }
  const { status, body } = answer;
  const refusal = refusalIn(body);
  if (status < 200 || status > 299)
    throw new SendFailure(`HTTP ${status}${refusal === undefined ? '' : `: ${refusal}`}`);
  if (refusal !== undefined) throw new SendFailure(`HTTP ${status} with an error: ${refusal}`);
}

/** Codes of undici for what it does not send, such as a header of several lines. Its words say what is wrong. */
const REFUSED: ReadonlySet<string> = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH']);

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Without the streams that `request` makes of each answer: their work would keep events waiting that are due. */
function ask(address: URL, { method, headers, body }: Call, dispatcher: Dispatcher): Promise<Answer> {
  const { origin, pathname, search } = address;
  const call = { origin, path: `${pathname}${search}`, method, headers, ...(body === undefined ? {} : { body }) };
  return new Promise((resolve, reject) => {
    let status = 0;
    const chunks: Buffer[] = [];
    dispatcher.dispatch(call, {
      // undici tells the new kind of handler by it.
      onRequestStart() {},
      onResponseStart: (_, statusCode) => void (status = statusCode),
      onResponseData: (_, chunk) => void chunks.push(chunk),
      onResponseEnd: () => resolve({ status, body: Buffer.concat(chunks).toString('utf8') }),
      onResponseError: (_, error) => reject(error),
    });
  });
}

/** Templates may reach into the host: every account's is known before anything is sent. */
function hostsOf(url: string, { settings }: TargetContext): string[] {
  const place = template(url, 'url');
  const event = { dueMs: 0, channel: 'x', event: 'x', type: 'x', payload: 'x', key: 'x' };
  const hosts = settings.accounts.map((account) => {
    const filled = place({ ...event, account });
    if (URL.canParse(filled)) return new URL(filled).hostname;
    throw new CallError(`replay: of ${withoutQuery(url)} the values of the account ${account.id} make no URL`);
  });
  return [...new Set(hosts)];
}

/** Tokens travel in queries and before an @; an address is told without. */
function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/, '').replace(/\/\/[^/@]*@/, '//');
}

import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CallError } from '../model/errors.js';
import type { Ms, Side } from '../model/timeline.js';
import { LIST_FAULTS, type Ailment, type Ailments, type AnswerFault } from './lists-faults.js';
import type { Listed, Shelves } from './lists.js';
import type { ItemType } from './scenario.js';
import { ITEM_TYPES } from './scenario.js';

/** What a server of lists is given. */
export interface ListWiring {
  readonly shelves: Shelves;
  readonly ailments: Ailments;
  readonly tokens: ReadonlyMap<string, string>;
  readonly pageSize: number;
  readonly nowMs: () => Ms;
  readonly wait: (ms: Ms) => Promise<void>;
  /** A first page was read, as the database was at that moment. */
  readonly served: (side: Side, account: string, types: readonly ItemType[], asOfMs: Ms) => void;
}

export interface ListServer {
  readonly url: string;
  /** List requests that came in, bad answers included. */
  readonly requests: number;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Where the legacy system's three lists are, what they hold, and how their pages follow: three ways, as such systems grow. */
const LEGACY_LISTS: Readonly<Record<string, readonly ItemType[]>> = {
  opens: ['email_opened'],
  clicks: ['email_clicked'],
  'feed-items': ['email_replied', 'send_failed'],
};

/** Starts the API of one side's system on loopback: its lists and, on the legacy side, its records. */
export async function startListServer(side: Side, wiring: ListWiring): Promise<ListServer> {
  let requests = 0;
  const http = createServer((request, response) => {
    requests++;
    void respond(side, wiring, request, response).catch(() => response.destroy());
  });
  http.listen(0, HOST);
  await once(http, 'listening').catch((error: unknown) => {
    throw new CallError(`Could not start the sandbox's lists on ${HOST}.`, { cause: error });
  });
  return {
    url: `http://${HOST}:${(http.address() as AddressInfo).port}`,
    get requests() {
      return requests;
    },
    async stop() {
      const closed = once(http, 'close');
      http.close();
      http.closeAllConnections();
      await closed;
    },
  };
}

/** What is asked for: whose, what kinds, and in which way it is paged. */
interface Asked {
  readonly account: string;
  readonly types: readonly ItemType[];
  readonly paging: 'page' | 'cursor' | 'link';
  readonly url: URL;
}

async function respond(side: Side, wiring: ListWiring, request: IncomingMessage, response: ServerResponse) {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? HOST}`);
  const account = accountOf(wiring.tokens, request);
  if (account === undefined) return send(response, 401, { error: 'unauthorized' });
  const [, recordKey] = /^\/api\/records\/([^/]+)$/.exec(url.pathname) ?? [];
  if (side === 'control' && recordKey !== undefined) return sendRecord(wiring, account, recordKey, response);
  const asked =
    side === 'control' ? legacy(account, url) : { account, types: ITEM_TYPES, paging: 'cursor' as const, url };
  if (asked === undefined || (side === 'candidate' && url.pathname !== '/v1/feed')) {
    return send(response, 404, { error: 'not found' });
  }
  const ailments = wiring.ailments.of(side, account);
  const spoilt = ailments.find(({ name }) => LIST_FAULTS[name].acts === 'answer');
  if (spoilt !== undefined) {
    spoilt.timesLeft--;
    if (await spoil(spoilt, wiring, url, response)) return;
  }
  const text = page(side, wiring, asked, ailments, response);
  const isCut = spoilt?.name === 'truncated-json' || spoilt?.name === 'broken-off';
  const body = isCut ? text.slice(0, Math.ceil(text.length * 0.6)) : text;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  if (spoilt?.name !== 'broken-off') return void response.end(body);
  response.setHeader('content-length', Buffer.byteLength(text));
  response.write(body, () => response.destroy());
}

function accountOf(tokens: ReadonlyMap<string, string>, request: IncomingMessage): string | undefined {
  const [, token] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
  return [...tokens].find(([, known]) => known === token)?.[0];
}

function legacy(account: string, url: URL): Asked | undefined {
  const [, owner, list = ''] = /^\/api\/accounts\/([^/]+)\/([a-z-]+)$/.exec(url.pathname) ?? [];
  const types = Object.hasOwn(LEGACY_LISTS, list) ? LEGACY_LISTS[list] : undefined;
  if (types === undefined || decodeURIComponent(owner ?? '') !== account) return undefined;
  return { account, types, paging: list === 'opens' ? 'page' : list === 'clicks' ? 'cursor' : 'link', url };
}

/** Answers instead of the list, where the fault says so; false where the list is answered after all. */
async function spoil({ name, byMs }: Ailment, wiring: ListWiring, url: URL, response: ServerResponse) {
  const fault: AnswerFault = LIST_FAULTS[name] as AnswerFault;
  switch (fault.answer) {
    case 'slow':
      await wiring.wait(byMs);
      return false;
    case 'error':
      send(response, 500, { error: 'internal server error' });
      return true;
    case 'busy':
      response.setHeader('retry-after', '1');
      send(response, 429, { error: 'too many requests' });
      return true;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end('<!doctype html><title>Sign in</title><form action="/login"></form>');
      return true;
    case 'circle':
      url.searchParams.set('round', url.searchParams.get('round') === '1' ? '2' : '1');
      response.writeHead(302, { location: `${url.pathname}${url.search}` });
      response.end();
      return true;
    default:
      return false;
  }
}

/** One page's text. Sets the Link header where that tells of the next page. */
function page(side: Side, wiring: ListWiring, asked: Asked, ailments: readonly Ailment[], response: ServerResponse) {
  const { account, types, paging, url } = asked;
  const { shelves, pageSize, nowMs, served } = wiring;
  const asOfMs = nowMs() - wiring.ailments.byMs('list-too-early', side, account);
  const whole = shelves.list(side, account, types, asOfMs);
  const list = ailments.reduce((shown, { name, key }): readonly Listed[] => {
    const fault = LIST_FAULTS[name];
    // A list shows what happened to an item only if it is one of that list's.
    const isHere = key !== undefined && whole.some((one) => one.key === key);
    return fault.acts === 'content' && isHere ? fault.show(shown, key, pageSize) : shown;
  }, whole);
  const from = startOf(list, paging, url.searchParams, pageSize);
  if (from === 0) served(side, account, types, asOfMs);
  const shown = list.slice(from, from + pageSize);
  const items = `[${shown.map((one) => shelves.payload(side, account, one)).join(',')}]`;
  const last = shown.at(-1);
  const more = last !== undefined && from + pageSize < list.length;
  const next = more ? String(from + pageSize) : null;
  if (side === 'candidate') return `{"data":${items},"next":${JSON.stringify(more ? cursorOf(last, from) : null)}}`;
  if (paging === 'page') return `{"items":${items}}`;
  if (paging === 'cursor') {
    return `{"data":{"clicks":${items}},"meta":{"next_cursor":${JSON.stringify(more ? cursorOf(last, from) : null)}}}`;
  }
  if (next !== null) {
    url.searchParams.set('offset', next);
    response.setHeader('link', `<${url.pathname}${url.search}>; rel="next", <${url.pathname}>; rel="first"`);
  }
  return items;
}

/** Names the last item of a page and its place, which is used where the item is there twice. */
function cursorOf(last: Listed, from: number): string {
  return Buffer.from(`${last.index}:${from}`).toString('base64url');
}

function startOf(list: readonly Listed[], paging: Asked['paging'], query: URLSearchParams, pageSize: number): number {
  if (paging === 'page') return (Math.max(1, Number(query.get('page') ?? 1)) - 1) * pageSize;
  if (paging === 'link') return Math.max(0, Number(query.get('offset') ?? 0));
  const cursor = query.get('cursor');
  if (cursor === null) return 0;
  const [index = NaN, from = 0] = Buffer.from(cursor, 'base64url').toString().split(':').map(Number);
  // An item moves down the list as others come; where it is shown twice, its place on the page before counts.
  const place = list.findIndex((one, at) => one.index === index && at >= from + pageSize - 1);
  if (place >= 0) return place + 1;
  const older = list.findIndex((one) => one.index < index);
  return older < 0 ? list.length : older;
}

function sendRecord({ shelves, nowMs }: ListWiring, account: string, key: string, response: ServerResponse): void {
  const listed = shelves.list('control', account, ITEM_TYPES, nowMs()).find((one) => one.key === key);
  if (listed === undefined) return send(response, 404, { error: 'not found' });
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(`{"record":${shelves.payload('control', account, listed)}}`);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

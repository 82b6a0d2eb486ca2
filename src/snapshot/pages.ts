import LinkHeader from 'http-link-header';
import type { Account } from '../model/settings.js';
import type { ListRequest, NextPage } from '../model/snapshot.js';
import type { Ms } from '../model/timeline.js';
import type { Answer, Asker, Effort } from './ask.js';
import { BadAnswer, fillHeaders, fillIn, type Call } from './call.js';
import { Misread, PageText } from './items.js';

export interface Page {
  /** Counted from 1. */
  readonly number: number;
  /** The items' texts as the server spelt them. */
  readonly items: readonly string[];
  readonly t: Ms;
}

export interface Limits {
  readonly maxPages: number;
  /** Items after which no further page is asked for. */
  readonly most: number;
}

/**
 * Reads one list of one account, page by page. Pages that go in a circle, never end or lead to another server are told
 * as bad answers.
 */
export async function* pagesOf(
  list: ListRequest,
  { place, account, asker, effort, limits }: Reader,
): AsyncGenerator<Page> {
  const first = firstCall(list, place, account);
  const seen = new Set<string>();
  let items = 0;
  let before = '';
  let call: Call | undefined = first;
  for (let number = 1; call !== undefined; number++) {
    if (seen.has(call.url)) throw bad(call, effort, 'its pages go in a circle', 'see to its next, and to that server');
    if (number > limits.maxPages)
      throw bad(call, effort, `more than ${limits.maxPages} pages`, 'set snapshot.limit, or raise snapshot.maxPages');
    seen.add(call.url);
    const answer = await asker.ask(call, effort);
    const { page, next } = read(list, call, answer, number, effort);
    if (page.items.length > 0 && answer.text === before)
      throw bad(call, effort, 'answers the same page again', 'see to its next, and to that server');
    before = answer.text;
    yield page;
    items += page.items.length;
    call = next === undefined || items >= limits.most ? undefined : { ...first, url: next };
  }
}

/** For whom a list is read, and with what. */
export interface Reader {
  readonly place: string;
  readonly account: Account;
  readonly asker: Asker;
  readonly effort: Effort;
  readonly limits: Limits;
}

/** What asks for a list's first page. */
export function firstCall({ method, url, headers, body, next }: ListRequest, place: string, account: Account): Call {
  const address = fillIn(url, account, 'url');
  return {
    method,
    url: next?.kind === 'page' ? withParameter(address, next.parameter, String(next.first)) : new URL(address).href,
    headers: fillHeaders(headers, account),
    place,
    account: account.id,
    ...(body === undefined ? {} : { body: fillIn(body, account, 'plain') }),
  };
}

function read(list: ListRequest, call: Call, answer: Answer, number: number, effort: Effort) {
  try {
    const text = new PageText(answer.text);
    const page: Page = { number, items: text.items(list.items), t: answer.t };
    return { page, next: list.next && following(list.next, call, answer, text, page) };
  } catch (error) {
    if (!(error instanceof Misread)) throw error;
    throw bad(call, effort, error.message, 'see to that server, or to items and next of the request');
  }
}

/** The address of the page after this one, or undefined where this is the last. */
function following(next: NextPage, { url }: Call, answer: Answer, text: PageText, page: Page): string | undefined {
  switch (next.kind) {
    case 'page': {
      const { parameter, first, size, more } = next;
      const ended = more === undefined ? page.items.length < (size ?? 1) : text.value(more) === undefined;
      return ended ? undefined : withParameter(url, parameter, String(first + page.number));
    }
    case 'cursor': {
      const cursor = text.value(next.at);
      return cursor === undefined ? undefined : withParameter(url, next.parameter, cursor);
    }
    case 'url':
      return sameServer(text.value(next.at), answer.url);
    case 'link':
      return sameServer(linked(answer, next.rel), answer.url);
    default:
      return next satisfies never;
  }
}

function linked({ headers }: Answer, rel: string): string | undefined {
  const header = headers['link'];
  if (header === undefined) return undefined;
  try {
    return LinkHeader.parse(String(header)).rel(rel)[0]?.uri;
  } catch {
    throw new Misread('its Link header cannot be read');
  }
}

/** Credentials go with the request for the next page, so it has to lie where the first one did. */
function sameServer(address: string | undefined, base: string): string | undefined {
  if (address === undefined) return undefined;
  const to = URL.canParse(address, base) ? new URL(address, base) : undefined;
  if (to === undefined) throw new Misread('its next page has no sound address');
  if (to.origin !== new URL(base).origin) throw new Misread(`its next page is on another server (${to.origin})`);
  return to.href;
}

function withParameter(address: string, name: string, value: string): string {
  const url = new URL(address);
  url.searchParams.set(name, value);
  return url.href;
}

function bad(call: Call, effort: Effort, reason: string, remedy: string): BadAnswer {
  effort.bad.push(reason);
  return new BadAnswer(call, reason, remedy);
}

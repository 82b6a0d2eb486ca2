import { ObserveError } from '../model/errors.js';
import type { Account } from '../model/settings.js';

/** One request, ready to be sent. */
export interface Call {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Where the config declares it: `snapshot.control[1]`. */
  readonly place: string;
  readonly account: string;
}

/** What came was no answer to judge by: told in a sentence, and never taken for a disagreement. */
export class BadAnswer extends ObserveError {
  /** In a few words, without what was sent: `HTTP 500`. */
  readonly reason: string;

  constructor({ method, url, place, account }: Call, reason: string, remedy: string) {
    super(`${place}: ${method} ${addressOf(url)} for ${account}: ${reason}; ${remedy}`);
    this.name = 'BadAnswer';
    this.reason = reason;
  }
}

/** Tokens travel in queries and before an @; an address is told without. */
export function addressOf(url: string): string {
  return url.replace(/[?#].*$/s, '').replace(/\/\/[^/@]*@/, '//');
}

/** The text with each `{account.NAME}`, and each of the further names, filled in. In a URL values are percent-encoded. */
export function fillIn(
  text: string,
  { values }: Account,
  writing: 'url' | 'plain',
  more: Readonly<Record<string, string>> = {},
): string {
  return text.replaceAll(/\{(?:account\.)?([^{}]*)\}/g, (whole, name: string) => {
    const from = whole.startsWith('{account.') ? values : more;
    const value = Object.hasOwn(from, name) ? from[name] : undefined;
    if (value === undefined) return whole;
    // Half of a surrogate pair has no place in a URL.
    return writing === 'plain' ? value : encodeURIComponent(value.replaceAll(/\p{Surrogate}/gu, '\ufffd'));
  });
}

/** Headers with what they hold filled in. */
export function fillHeaders(headers: Readonly<Record<string, string>>, account: Account): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fillIn(value, account, 'plain')]));
}

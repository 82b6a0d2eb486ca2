import { CallError } from '../../model/errors.js';
import type { Account } from '../../model/settings.js';
import type { ReplayEvent } from '../events.js';

/** How a value has to be written where it goes. */
export type Writing = (value: string) => string;

export const WRITINGS = {
  plain: (value) => value,
  // Half of a surrogate pair has no place in a URL.
  url: (value) => encodeURIComponent(value.replaceAll(/\p{Surrogate}/gu, '\ufffd')),
  json: (value) => JSON.stringify(value).slice(1, -1),
} as const satisfies Readonly<Record<string, Writing>>;

/** A text with values of an event: {event}, {type}, {channel}, {key}, {payload}, {account} and {account.NAME}. */
export type Template = (event: ReplayEvent) => string;

const VALUE = /\{(event|type|channel|key|payload|account(?:\.[^{}]+)?)\}/;

/**
 * Compiles a template. In a JSON body the payload is put in as the JSON that it is, and as a text where it stands in
 * quotes; all other values are written as JSON writes texts, without the quotes.
 */
export function template(text: string, writing: keyof typeof WRITINGS): Template {
  const pieces = text.split(new RegExp(VALUE, 'g'));
  const parts = pieces.map((piece, place): string | Template => {
    if (place % 2 === 0) return piece;
    const quoted = pieces[place - 1]?.endsWith('"') === true && pieces[place + 1]?.startsWith('"') === true;
    const write: Writing = piece === 'payload' && writing === 'json' && !quoted ? WRITINGS.plain : WRITINGS[writing];
    return (event) => write(valueOf(piece, event));
  });
  return (event) => parts.map((part) => (typeof part === 'string' ? part : part(event))).join('');
}

/** Refuses templates that an account could not fill. */
export function checkTemplates(texts: readonly string[], accounts: readonly Account[], where: string): void {
  for (const text of texts) {
    for (const [whole, name = ''] of text.matchAll(/\{account\.([^{}]+)\}/g)) {
      const lacking = accounts.find(({ values }) => !Object.hasOwn(values, name));
      if (lacking === undefined) continue;
      throw new CallError(`${where}: the account ${lacking.id} lacks the value that ${whole} names; add ${name} to it`);
    }
  }
}

function valueOf(name: string, event: ReplayEvent): string {
  switch (name) {
    case 'event':
      return event.event;
    case 'type':
      return event.type;
    case 'channel':
      return event.channel;
    case 'payload':
      return event.payload;
    case 'key':
      return event.key ?? '';
    case 'account':
      return event.account.id;
    default:
      return event.account.values[name.slice('account.'.length)] ?? '';
  }
}

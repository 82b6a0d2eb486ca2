import { CallError } from '../model/errors.js';
import type { Account } from '../model/settings.js';

/** Fills every `{account.NAME}` in the strings of a JSON-like value. Throws a CallError for a name the account lacks. */
export function fillIn<T>(template: T, account: Account): T {
  if (typeof template === 'string') return fillText(template, account) as T;
  if (Array.isArray(template)) return template.map((element: unknown) => fillIn(element, account)) as T;
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, fillIn(value, account)])) as T;
}

function fillText(text: string, account: Account): string {
  return text.replaceAll(/\{account\.([^{}]*)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(account.values, name) ? account.values[name] : undefined;
    if (value !== undefined) return value;
    throw new CallError(`account ${account.id} has no value for ${whole}; give the account a ${name}`);
  });
}

import { isDeepStrictEqual } from 'node:util';
import { ObserveError } from '../../model/errors.js';
import type { HttpFlagSettings, Variant } from '../../model/plan.js';
import type { Path } from '../../model/path.js';
import type { Account, HttpTargetSettings } from '../../model/settings.js';
import type { HttpCall } from './call.js';
import { AS_IT_WAS, jsonOf, reachOf, variantOf, type FlagContext, type FlagProvider } from './provider.js';
import { checkRestorable, filled, isPerAccount, spelt, type Values } from './values.js';

/**
 * Any API that tells and takes a variant. A template that names an account makes a call an account; else one call is for
 * all. The first state is the variant that each account had.
 */
export function openHttp(given: HttpFlagSettings, { flag, accounts }: FlagContext): FlagProvider {
  const { read, set, state } = given;
  const each = (target: HttpTargetSettings, values: (account: Account) => Values | undefined): HttpCall[] => {
    const who = textsOf(target).some(isPerAccount) ? accounts : accounts.slice(0, 1);
    return who.flatMap((account) => {
      const filling = values(account);
      return filling === undefined ? [] : [callOf(target, filling)];
    });
  };
  const hosts = [read, set.on, set.off].flatMap((target) =>
    each(target, (account) => ({ flag, account, variant: 'x' })),
  );
  const reads = each(read, (account) => ({ flag, account }));
  const isShared = reads.length < accounts.length;
  const setTo = (wanted: (account: Account) => Variant | undefined): HttpCall[] =>
    (['on', 'off'] as const).flatMap((variant) =>
      each(set[variant], (account) =>
        wanted(account) === variant ? { flag, account, variant: spelt(flag, variant) } : undefined,
      ),
    );
  return {
    name: 'the flag service',
    reach: {
      ...reachOf(read.url.replaceAll(/\{[^{}]*\}/g, 'x'), given.environment),
      hosts: [...new Set(hosts.map(({ url }) => new URL(url).hostname))],
    },
    advice: {
      401: 'the credentials are not accepted; check the headers of flag.http',
      403: 'the credentials may not do this; check the headers of flag.http',
      404: 'there is nothing at this address; check the urls of flag.http and flag.key',
      409: 'somebody else is changing the flag; try again',
    },
    reads,
    reading: (answers) => {
      const found = accounts.map(({ id }, index) => {
        const value = valueAt(answers[isShared ? 0 : index] ?? '', state);
        const variant = variantOf(value, flag);
        if (variant !== undefined) return [id, variant] as const;
        throw new ObserveError(
          `the flag service says ${JSON.stringify(value)?.slice(0, 80)} of ${flag.key} for ${id}, which is neither ${spelt(flag, 'on')} nor ${spelt(flag, 'off')}; say what they are with flag.on and flag.off, and where they are with flag.http.state`,
        );
      });
      return { variants: Object.fromEntries(found), state: Object.fromEntries(found) };
    },
    changes: (to, now) => {
      checkRestorable(
        now,
        [set.on, set.off].every((target) => textsOf(target).some(isPerAccount)),
      );
      return setTo(() => to);
    },
    restores: (first) => {
      if (first !== undefined) return setTo((account) => (first as Readonly<Record<string, Variant>>)[account.id]);
      const either = [set.on, set.off].flatMap((target) =>
        each(target, (account) => ({ flag, account, variant: AS_IT_WAS })),
      );
      return either.filter((call, place) => either.findIndex((other) => isDeepStrictEqual(other, call)) === place);
    },
  };
}

function textsOf({ url, body, headers }: HttpTargetSettings): string[] {
  return [url, body ?? '', ...Object.values(headers)];
}

function callOf({ method, url, headers, body }: HttpTargetSettings, values: Values): HttpCall {
  const named = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  const isJson = named ? Object.values(headers).some((value) => /json/i.test(value)) : true;
  return {
    kind: 'http',
    method,
    url: filled(url, values, 'url'),
    headers: {
      ...(body === undefined || named ? {} : { 'content-type': 'application/json' }),
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, filled(value, values, 'plain')])),
    },
    ...(body === undefined ? {} : { body: filled(body, values, isJson ? 'json' : 'plain') }),
  };
}

/** What stands at the path, or the whole answer as a text. */
function valueAt(answer: string, path: Path | undefined): unknown {
  if (path === undefined) return answer.trim();
  let value = jsonOf('the flag service', answer);
  for (const segment of path.segments) {
    const step = segment.kind === 'name' ? segment.name : segment.kind === 'index' ? segment.index : '';
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Record<string | number, unknown>)[step]
        : undefined;
  }
  if (value === undefined)
    throw new ObserveError(`the flag service's answer has nothing at ${path.text}; check flag.http.state`);
  return value;
}

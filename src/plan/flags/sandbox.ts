import { ObserveError } from '../../model/errors.js';
import type { Variant } from '../../model/plan.js';
import type { HttpCall } from './call.js';
import { AS_IT_WAS, jsonOf, reachOf, variantOf, type FlagContext, type FlagProvider } from './provider.js';
import { spelt } from './values.js';

/** The flag of `parity sandbox`: a variant an account. */
export function openSandbox({ url }: { readonly url: string }, { flag, accounts }: FlagContext): FlagProvider {
  const set = (account: string, variant: string): HttpCall => ({
    kind: 'http',
    method: 'POST',
    url: `${url}/flags`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ account, variant }),
  });
  return {
    name: 'the sandbox',
    reach: reachOf(url),
    advice: {
      404: "there is no such call; check that flag.sandbox.url is the API's address, as parity sandbox says it",
    },
    reads: [{ kind: 'http', method: 'GET', url: `${url}/flags`, headers: {} }],
    reading: ([answer]) => {
      const flags = jsonOf('the sandbox', answer) as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
      const variants = flags[flag.key];
      if (variants === undefined)
        throw new ObserveError(
          `the sandbox has no flag ${JSON.stringify(flag.key)}; it has ${Object.keys(flags).join(', ')}`,
        );
      const found = accounts.map(({ id }) => {
        const variant = variantOf(variants[id], flag);
        if (variant === undefined)
          throw new ObserveError(`the sandbox has no account ${JSON.stringify(id)}; watch it with its own config`);
        return [id, variant] as const;
      });
      return { variants: Object.fromEntries(found), state: Object.fromEntries(found) };
    },
    changes: (to) => accounts.map(({ id }) => set(id, spelt(flag, to))),
    restores: (first) =>
      accounts.map(({ id }) => {
        const before = (first as Readonly<Record<string, Variant>> | undefined)?.[id];
        return set(id, before === undefined ? AS_IT_WAS : spelt(flag, before));
      }),
  };
}

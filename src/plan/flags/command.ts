import { ObserveError } from '../../model/errors.js';
import type { CommandSettings, Variant } from '../../model/plan.js';
import type { Account } from '../../model/settings.js';
import type { ProgramCall } from './call.js';
import { AS_IT_WAS, NOTHING, variantOf, type FlagContext, type FlagProvider } from './provider.js';
import { checkRestorable, filled, isPerAccount, spelt } from './values.js';

/** An executable that prints the variant, and one that sets it. Arguments go to it as they are: no shell reads them. */
export function openCommand(
  { read, set, cwd, environment }: CommandSettings,
  { flag, accounts }: FlagContext,
): FlagProvider {
  const each = (
    line: readonly string[],
    variant: (account: Account) => Variant | typeof AS_IT_WAS | undefined,
  ): ProgramCall[] =>
    (line.some(isPerAccount) ? accounts : accounts.slice(0, 1)).flatMap((account) => {
      const wanted = variant(account);
      if (line === set && wanted === undefined) return [];
      const values = {
        flag,
        account,
        ...(wanted === undefined ? {} : { variant: wanted === AS_IT_WAS ? wanted : spelt(flag, wanted) }),
      };
      const [file = '', ...args] = line.map((part) => filled(part, values, 'plain'));
      return [{ kind: 'program', file, args, cwd }];
    });
  const reads = each(read, () => undefined);
  return {
    name: 'the flag command',
    reach: {
      ...NOTHING,
      commands: [...new Set([read[0] ?? '', set[0] ?? ''])],
      ...(environment === undefined ? {} : { environment }),
    },
    advice: {},
    reads,
    reading: (answers) => {
      const found = accounts.map(({ id }, index) => {
        const said = (answers[reads.length < accounts.length ? 0 : index] ?? '').trim();
        const variant = variantOf(said, flag);
        if (variant !== undefined) return [id, variant] as const;
        throw new ObserveError(
          `the command ${read[0]} printed ${JSON.stringify(said.slice(0, 80))} for ${id}, which is neither ${spelt(flag, 'on')} nor ${spelt(flag, 'off')}; say what it prints with flag.on and flag.off`,
        );
      });
      return { variants: Object.fromEntries(found), state: Object.fromEntries(found) };
    },
    changes: (to, now) => {
      checkRestorable(now, set.some(isPerAccount));
      return each(set, () => to);
    },
    restores: (first) =>
      each(set, ({ id }) => (first === undefined ? AS_IT_WAS : (first as Readonly<Record<string, Variant>>)[id])),
  };
}

import { CallError, ObserveError } from '../../model/errors.js';
import type { FlagdSettings, Variant } from '../../model/plan.js';
import { rawAt } from '../../model/raw-json.js';
import { AS_IT_WAS, jsonOf, NOTHING, variantOf, type FlagContext, type FlagProvider } from './provider.js';
import { spelt } from './values.js';

/** A flag definition, as far as it matters here (flagd.dev/reference/flag-definitions). */
interface Definition {
  readonly state?: unknown;
  readonly variants?: unknown;
  readonly defaultVariant?: unknown;
  readonly targeting?: unknown;
}

/**
 * flagd's own file. For the accounts alone a rule is put before the flag's targeting: `if` the targeting key is one of
 * theirs the variant, else what there was before (nothing: the default variant). For everyone the default variant is set
 * and targeting put aside. The first state is the definition as it was written, to the byte.
 */
export function openFlagd({ file, environment }: FlagdSettings, { flag, accounts }: FlagContext): FlagProvider {
  const { key, targeting } = flag;
  const at = ['flags', key];
  const keys = accounts.map(({ id }) => targeting.keys[id] ?? id);
  const splice = (json: string) => [{ kind: 'splice', file, at, json } as const];

  const definitionOf = (text: string): Definition => jsonOf(file, text) as Definition;

  /** The members that are to be other than they are. */
  const changed = (before: Definition, to: Variant): Definition => {
    checkVariants(before, file, [spelt(flag, 'on'), spelt(flag, 'off')]);
    if (targeting.scope === 'everyone') return { state: 'ENABLED', defaultVariant: spelt(flag, to), targeting: {} };
    const isEnabled = before.state === 'ENABLED';
    if (!isEnabled && (before.defaultVariant !== spelt(flag, 'off') || hasRules(before.targeting))) {
      throw new CallError(
        `flag: ${key} is DISABLED in ${file}, and enabling it would give others more than ${spelt(flag, 'off')}; set its defaultVariant to ${spelt(flag, 'off')} without targeting first, or say targeting: {scope: everyone}`,
      );
    }
    const rule = [conditionOf(keys), spelt(flag, to), theirs(before.targeting, keys)];
    return { state: 'ENABLED', targeting: { if: rule } };
  };

  return {
    name: 'flagd',
    reach: { ...NOTHING, files: [file], ...(environment === undefined ? {} : { environment }) },
    advice: {},
    reads: [{ kind: 'file', file }],
    reading: ([text = '']) => {
      jsonOf(file, text);
      const written = rawAt(text, at);
      if (written === undefined) throw new ObserveError(`${file} has no flags → ${key}; check flag.key`);
      const variant = standing(definitionOf(written), keys, targeting.scope);
      const known = variant === undefined ? undefined : variantOf(variant, flag);
      return { variants: Object.fromEntries(accounts.map(({ id }) => [id, known])), state: { written } };
    },
    changes: (to, now) => {
      if (now === undefined)
        return splice(`{…, "state": "ENABLED", ${sketch(targeting.scope, keys, spelt(flag, to))}}`);
      const { written } = now.state as { readonly written: string };
      return splice(withMembers(written, changed(definitionOf(written), to)));
    },
    restores: (first) => splice(first === undefined ? AS_IT_WAS : (first as { readonly written: string }).written),
  };
}

/** The variant that these keys get; undefined where a rule of others decides, or the flag is disabled. */
function standing(definition: Definition, keys: readonly string[], scope: 'accounts' | 'everyone'): unknown {
  if (definition.state !== 'ENABLED') return undefined;
  const rule = ruleFor(definition.targeting, keys);
  if (scope === 'accounts' && rule !== undefined) return rule[1];
  return hasRules(definition.targeting) ? undefined : definition.defaultVariant;
}

function hasRules(targeting: unknown): boolean {
  return typeof targeting === 'object' && targeting !== null && Object.keys(targeting).length > 0;
}

/** The parts of a rule of ours: condition, variant, and what decides for others. */
function ruleFor(targeting: unknown, keys: readonly string[]): readonly unknown[] | undefined {
  const rule = (targeting as { if?: unknown } | null | undefined)?.if;
  if (!Array.isArray(rule) || rule.length !== 3) return undefined;
  return JSON.stringify(rule[0]) === JSON.stringify(conditionOf(keys)) ? rule : undefined;
}

/** What decides for others: JsonLogic's null leaves it to the default variant. */
function theirs(targeting: unknown, keys: readonly string[]): unknown {
  const rule = ruleFor(targeting, keys);
  if (rule !== undefined) return rule[2];
  return hasRules(targeting) ? targeting : null;
}

function conditionOf(keys: readonly string[]): object {
  return { in: [{ var: 'targetingKey' }, keys] };
}

/** The definition with these members instead; the others keep their bytes, and so every digit. */
function withMembers(written: string, members: object): string {
  const before = Object.keys(JSON.parse(written) as object);
  const lines = [...new Set([...before, ...Object.keys(members)])].map((name) => {
    const value: unknown = members[name as keyof typeof members];
    return `      ${JSON.stringify(name)}: ${value === undefined ? rawAt(written, [name]) : JSON.stringify(value)}`;
  });
  return `{\n${lines.join(',\n')}\n    }`;
}

function checkVariants({ variants }: Definition, file: string, names: readonly string[]): void {
  const known = typeof variants === 'object' && variants !== null ? Object.keys(variants) : [];
  const lacking = names.find((name) => !known.includes(name));
  if (lacking === undefined) return;
  throw new CallError(
    `flag: ${file} has no variant ${JSON.stringify(lacking)} of the flag; it has ${known.join(', ') || 'none'}: say with flag.on and flag.off which they are`,
  );
}

function sketch(scope: 'accounts' | 'everyone', keys: readonly string[], variant: string): string {
  if (scope === 'everyone') return `"defaultVariant": ${JSON.stringify(variant)}, "targeting": {}`;
  return `"targeting": {"if": [{"in": [{"var": "targetingKey"}, ${JSON.stringify(keys)}]}, ${JSON.stringify(variant)}, …]}`;
}

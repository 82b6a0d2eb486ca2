import { ObserveError } from '../../model/errors.js';
import type { Json } from '../../model/json.js';
import type { FlagSettings, ProviderSettings, Variant } from '../../model/plan.js';
import type { Account } from '../../model/settings.js';
import type { Call } from './call.js';

/**
 * A place where flags are kept, as pure functions between what it says and what it is to be told. It does nothing
 * itself: whoever has it makes the calls, or prints them.
 */
export interface FlagProvider {
  /** For sentences: `LaunchDarkly`. */
  readonly name: string;
  /** What may be touched, for the allow-list. */
  readonly reach: Reach;
  /** What to check when the service refuses, by HTTP status. */
  readonly advice: Readonly<Partial<Record<401 | 403 | 404 | 409, string>>>;
  /** Calls that tell the flag's state. */
  readonly reads: readonly Call[];
  /** What the answers to `reads` say. @throws ObserveError when they do not say it */
  reading(answers: readonly string[]): FlagReading;
  /**
   * Calls that make the accounts get a variant. Without a reading (a dry run), what only reading tells stands in braces.
   * @throws CallError when that could not be done without touching others, or not be undone
   */
  changes(to: Variant, now: FlagReading | undefined): readonly Call[];
  /** Calls that bring the first state back from the present one. Without the two (a dry run), what only reading tells stands in braces. */
  restores(first: Json | undefined, now: FlagReading | undefined): readonly Call[];
}

/** The flag as it is. */
export interface FlagReading {
  /** By account; undefined where it is neither variant, or cannot be told. */
  readonly variants: Readonly<Record<string, Variant | undefined>>;
  /** What `restores` needs, and what has to read the same once it is restored. Holds no secret. */
  readonly state: Json;
}

export interface Reach {
  readonly environment?: string;
  readonly hosts: readonly string[];
  readonly commands: readonly string[];
  readonly files: readonly string[];
}

/** What a provider is made from. */
export interface FlagContext {
  readonly flag: FlagSettings;
  /** Of the targeting, in its order. */
  readonly accounts: readonly Account[];
}

export type Kind = ProviderSettings['kind'];
export type SettingsOf<K extends Kind> = Extract<ProviderSettings, { kind: K }>;

export function reachOf(url: string, environment?: string): Reach {
  return { ...NOTHING, hosts: [new URL(url).hostname], ...(environment === undefined ? {} : { environment }) };
}

/** Stands in a dry run for what only reading would tell. */
export const AS_IT_WAS = '{as it was}' as const;

export const NOTHING: Reach = { hosts: [], commands: [], files: [] };

/** Each account with the same variant. */
export function everyone(ids: readonly string[], variant: Variant | undefined): FlagReading['variants'] {
  return Object.fromEntries(ids.map((id) => [id, variant]));
}

/** An answer as JSON. @throws ObserveError when it is none */
export function jsonOf(name: string, answer: string | undefined): unknown {
  try {
    return JSON.parse(answer ?? '');
  } catch (error) {
    throw new ObserveError(`${name} answered with what is no JSON; check that the address is that of its API`, {
      cause: error,
    });
  }
}

/** The variant that a value is, spelt as a text or as what it is. */
export function variantOf(value: unknown, { variants }: FlagSettings): Variant | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  return (['on', 'off'] as const).find((variant) => String(variants[variant]) === String(value));
}

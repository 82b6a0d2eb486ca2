import { isDeepStrictEqual } from 'node:util';
import { CallError, ObserveError } from '../../model/errors.js';
import type { LaunchDarklySettings, Variant } from '../../model/plan.js';
import type { HttpCall } from './call.js';
import {
  AS_IT_WAS,
  everyone,
  jsonOf,
  reachOf,
  type FlagContext,
  type FlagProvider,
  type FlagReading,
} from './provider.js';

/** What is read of a flag in an environment, and put back: whether targeting is on, and the keys' own targets. */
interface State {
  readonly on: boolean;
  /** By targeting key: the id of the variation that it is given as an individual, or null. */
  readonly targets: Readonly<Record<string, string | null>>;
}

/** A reading also knows what `changes` has to know. */
interface Known {
  readonly ids: Readonly<Record<Variant, string>>;
  /** Variation ids that everybody else gets while targeting is on and off; undefined where rules decide. */
  readonly others: { readonly on: string | undefined; readonly off: string | undefined };
}

type Instruction = Readonly<Record<string, unknown>> & { readonly kind: string };

/**
 * LaunchDarkly's REST API (launchdarkly.com/docs/api/feature-flags/patch-feature-flag): semantic patches with turnFlagOn,
 * turnFlagOff, addTargets and removeTargets. Individual targets count only while targeting is on, and turning it on lets
 * the default rule decide for everybody else: that is done only where the default rule serves what being off serves.
 */
export function openLaunchDarkly(given: LaunchDarklySettings, { flag, accounts }: FlagContext): FlagProvider {
  const { url, token, project, environment, contextKind } = given;
  const address = `${url}/api/v2/flags/${encodeURIComponent(project)}/${encodeURIComponent(flag.key)}`;
  const ids = accounts.map(({ id }) => id);
  const keys = accounts.map(({ id }) => flag.targeting.keys[id] ?? id);
  const isForEveryone = flag.targeting.scope === 'everyone';
  /** Of the flag's last reading: `changes` and `restores` follow one. */
  const known = new WeakMap<object, Known>();

  const patch = (instructions: readonly Instruction[]): HttpCall[] =>
    instructions.length === 0
      ? []
      : [
          {
            kind: 'http',
            method: 'PATCH',
            url: address,
            headers: {
              authorization: token,
              'content-type': 'application/json; domain-model=launchdarkly.semanticpatch',
            },
            body: JSON.stringify({ environmentKey: environment, comment: 'a QA plan of feed-parity', instructions }),
          },
        ];

  /** Instructions that give keys these variations, or none of their own. */
  const targeted = (now: State['targets'], wanted: (key: string) => string | null): Instruction[] => {
    const moves = keys.filter((key) => (now[key] ?? null) !== wanted(key));
    const list = (kind: string, of: (key: string) => string | null): Instruction[] => {
      const variations = [...new Set(moves.map(of))].filter((id) => id !== null);
      return variations.map((variationId) => ({
        kind,
        contextKind,
        variationId,
        values: moves.filter((key) => of(key) === variationId),
      }));
    };
    // A key may be a target of one variation only, so it leaves before it comes.
    return [...list('removeTargets', (key) => now[key] ?? null), ...list('addTargets', wanted)];
  };

  const turn = (to: boolean): Instruction => ({ kind: to ? 'turnFlagOn' : 'turnFlagOff' });

  const reading = ([answer]: readonly string[]): FlagReading => {
    const told = jsonOf('LaunchDarkly', answer) as Told;
    const here = told.environments?.[environment];
    if (here === undefined) {
      const others = Object.keys(told.environments ?? {}).join(', ');
      throw new ObserveError(
        `LaunchDarkly tells nothing of the environment ${environment}${others === '' ? '' : `, but of ${others}`}; check flag.launchdarkly.environment`,
      );
    }
    const variations = (told.variations ?? []).map(({ _id: id, value, name }) => ({ id, value, name }));
    const idOf = (variant: Variant): string => {
      const value = flag.variants[variant];
      const found = variations.find(
        (one) => isDeepStrictEqual(one.value, value) || one.name === value || one.id === value,
      );
      if (found !== undefined) return found.id;
      throw new CallError(
        `flag: ${flag.key} has no variation ${JSON.stringify(value)}; say with flag.on and flag.off which of ${variations.map((one) => JSON.stringify(one.value)).join(', ')} they are`,
      );
    };
    const idAt = (index: number | undefined): string | undefined =>
      index === undefined ? undefined : variations[index]?.id;
    const lists = [...(here.targets ?? []), ...(here.contextTargets ?? [])].filter(
      (list) => (list.contextKind ?? 'user') === contextKind,
    );
    const state: State = {
      on: here.on === true,
      targets: Object.fromEntries(
        keys.map((key) => [key, idAt(lists.find(({ values }) => values.includes(key))?.variation) ?? null]),
      ),
    };
    const simple = (here.rules ?? []).length === 0 && (here.prerequisites ?? []).length === 0;
    const facts: Known = {
      ids: { on: idOf('on'), off: idOf('off') },
      others: { on: simple ? idAt(here.fallthrough?.variation) : undefined, off: idAt(here.offVariation) },
    };
    const variantOf = (id: string | undefined): Variant | undefined =>
      (['on', 'off'] as const).find((variant) => facts.ids[variant] === id);
    const found: FlagReading = {
      variants: isForEveryone
        ? everyone(ids, state.on ? 'on' : 'off')
        : Object.fromEntries(
            ids.map((id, index) => [
              id,
              variantOf(state.on ? (state.targets[keys[index] ?? ''] ?? facts.others.on) : facts.others.off),
            ]),
          ),
      state: { on: state.on, targets: { ...state.targets } },
    };
    known.set(found, facts);
    return found;
  };

  const changes = (to: Variant, now: FlagReading | undefined): HttpCall[] => {
    if (isForEveryone) return patch((now?.state as State | undefined)?.on === (to === 'on') ? [] : [turn(to === 'on')]);
    const facts = now === undefined ? undefined : known.get(now);
    if (now === undefined || facts === undefined) {
      const id = (variant: Variant): string => `{id of the variation ${String(flag.variants[variant])}}`;
      return patch(
        targeted(Object.fromEntries(keys.map((key) => [key, id(to === 'on' ? 'off' : 'on')])), () => id(to)),
      );
    }
    const state = now.state as unknown as State;
    // Where everybody gets it already there is nothing to say.
    if (!state.on && to === 'off' && facts.others.off === facts.ids.off) return [];
    if (!state.on && (facts.others.on === undefined || facts.others.on !== facts.others.off)) {
      throw new CallError(
        `flag: targeting of ${flag.key} is off in ${environment}, and turning it on for the test accounts would let its rules decide for everybody else; give its default rule the variation that it serves when off, without other rules, or say targeting: {scope: everyone}`,
      );
    }
    return patch([...targeted(state.targets, () => facts.ids[to]), ...(state.on ? [] : [turn(true)])]);
  };

  return {
    name: 'LaunchDarkly',
    reach: reachOf(url, environment),
    advice: {
      401: 'the token is not accepted; check flag.launchdarkly.token',
      403: 'the token may not change this flag here; give it a role that may',
      404: 'there is no such project or flag; check flag.launchdarkly.project and flag.key',
      409: 'somebody else is changing the flag; try again',
    },
    reads: [
      {
        kind: 'http',
        method: 'GET',
        url: `${address}?env=${encodeURIComponent(environment)}`,
        headers: { authorization: token },
      },
    ],
    reading,
    changes,
    restores: (first, now) => {
      if (first === undefined) {
        const list = { contextKind, values: keys };
        return patch(
          isForEveryone
            ? [{ kind: 'turnFlagOn or turnFlagOff, as it was' }]
            : [
                { kind: 'removeTargets', ...list, variationId: '{id of the variation that was set}' },
                { kind: 'addTargets', ...list, variationId: AS_IT_WAS },
              ],
        );
      }
      const before = first as unknown as State;
      const after = now?.state as unknown as State | undefined;
      const back = targeted(after?.targets ?? {}, (key) => before.targets[key] ?? null);
      return patch([...(isForEveryone ? [] : back), ...(after?.on === before.on ? [] : [turn(before.on)])]);
    },
  };
}

/** An answer of `GET /api/v2/flags/PROJECT/KEY`, as far as it matters here. */
interface Told {
  readonly variations?: readonly { readonly _id: string; readonly value: unknown; readonly name?: string }[];
  readonly environments?: Readonly<Record<string, Here>>;
}

interface Here {
  readonly on?: boolean;
  readonly targets?: readonly Targets[];
  readonly contextTargets?: readonly Targets[];
  readonly rules?: readonly unknown[];
  readonly prerequisites?: readonly unknown[];
  readonly fallthrough?: { readonly variation?: number };
  readonly offVariation?: number;
}

interface Targets {
  readonly values: readonly string[];
  /** Place among the variations. */
  readonly variation: number;
  readonly contextKind?: string;
}

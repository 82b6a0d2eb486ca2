import { CallError } from '../../model/errors.js';
import type { UnleashSettings, Variant } from '../../model/plan.js';
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

/** What is read of a feature in an environment, and put back. */
interface State {
  readonly enabled: boolean;
  /** Ids of the strategies that were there, sorted. */
  readonly strategies: readonly string[];
}

interface Strategy {
  readonly id: string;
  readonly title?: string | null;
  readonly disabled?: boolean | null;
  readonly constraints?: readonly Constraint[];
}

interface Constraint {
  readonly contextName: string;
  readonly operator: string;
  readonly values?: readonly string[];
  readonly inverted?: boolean;
}

/** By its title a strategy of ours is known again, whoever reads it. */
const TITLE = 'a QA plan of feed-parity';

/**
 * Unleash's admin API (`/api/admin/projects/P/features/F/environments/E`): `on`, `off` and strategies with constraints.
 * For the accounts alone a strategy of our own, constrained to their targeting keys, is added and removed. Unleash lets
 * in whom any strategy lets in; an environment that is turned on without a strategy gets one for everybody, so ours is
 * there before; and when ours is the only one, off means the environment's off.
 */
export function openUnleash(given: UnleashSettings, { flag, accounts }: FlagContext): FlagProvider {
  const { url, token, project, environment, contextName } = given;
  const place = [project, 'features', flag.key, 'environments', environment].map(encodeURIComponent).join('/');
  const address = `${url}/api/admin/projects/${place}`;
  const ids = accounts.map(({ id }) => id);
  const keys = accounts.map(({ id }) => flag.targeting.keys[id] ?? id);
  const isForEveryone = flag.targeting.scope === 'everyone';
  const known = new WeakMap<object, readonly Strategy[]>();

  const call = (method: string, path: string, body?: object): HttpCall => ({
    kind: 'http',
    method,
    url: `${address}${path}`,
    headers: { authorization: token, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const turn = (to: Variant): HttpCall => call('POST', `/${to}`);
  const remove = (id: string): HttpCall => call('DELETE', `/strategies/${encodeURIComponent(id)}`);
  const add = call('POST', '/strategies', {
    name: 'flexibleRollout',
    title: TITLE,
    constraints: [{ contextName, operator: 'IN', values: keys }],
    parameters: { rollout: '100', stickiness: 'default', groupId: flag.key },
  });

  /** Whether a strategy that is not ours lets no account in, as far as its constraints tell. */
  const passesOver = ({ constraints = [] }: Strategy): boolean =>
    constraints.some(
      (one) =>
        one.contextName === contextName &&
        ((one.operator === 'IN' && one.inverted !== true && !keys.some((key) => one.values?.includes(key))) ||
          (one.operator === 'NOT_IN' && one.inverted !== true && keys.every((key) => one.values?.includes(key)))),
    );

  const standing = (enabled: boolean, strategies: readonly Strategy[]): Variant | undefined => {
    if (!enabled || isForEveryone) return enabled ? 'on' : 'off';
    const others = othersOf(strategies);
    if (strategies.some(isOurs)) return 'on';
    return others.length > 0 && others.every(passesOver) ? 'off' : undefined;
  };

  const reading = ([answer]: readonly string[]): FlagReading => {
    const told = jsonOf('Unleash', answer) as { readonly enabled?: boolean; readonly strategies?: readonly Strategy[] };
    const strategies = told.strategies ?? [];
    const state = { enabled: told.enabled === true, strategies: strategies.map(({ id }) => id).sort() };
    const found: FlagReading = { variants: everyone(ids, standing(state.enabled, strategies)), state };
    known.set(found, strategies);
    return found;
  };

  const changes = (to: Variant, now: FlagReading | undefined): HttpCall[] => {
    if (isForEveryone) return [turn(to)];
    const strategies = (now === undefined ? undefined : known.get(now)) ?? [];
    const { enabled } = (now?.state ?? { enabled: false }) as unknown as State;
    const ours = strategies.filter(isOurs);
    const others = othersOf(strategies);
    const open = others.find((one) => !passesOver(one));
    if (open !== undefined && (to === 'off' || !enabled)) {
      throw new CallError(
        `flag: the strategy ${JSON.stringify(open.title ?? open.id)} of ${flag.key} in ${environment} may let in more than the test accounts, so that the flag cannot be ${to} for them alone; disable it first, or say targeting: {scope: everyone}`,
      );
    }
    if (!enabled && others.length > 0 && to === 'on') {
      throw new CallError(
        `flag: ${flag.key} is off in ${environment} and has strategies of its own, which turning it on would put to work; disable them first, or say targeting: {scope: everyone}`,
      );
    }
    if (to === 'on') return [...(ours.length > 0 ? [] : [add]), ...(enabled ? [] : [turn('on')])];
    if (others.length > 0) return ours.map(({ id }) => remove(id));
    return enabled || now === undefined ? [turn('off')] : [];
  };

  return {
    name: 'Unleash',
    reach: reachOf(url, environment),
    advice: {
      401: 'the token is not accepted; check flag.unleash.token, which has to be one of the admin API',
      403: 'the token may not change this flag here, or changes have to be requested and approved there',
      404: 'there is no such project, feature or environment; check flag.unleash.project, flag.key and flag.unleash.environment',
      409: 'somebody else is changing the flag; try again',
    },
    reads: [call('GET', '')],
    reading,
    changes,
    restores: (first, now) => {
      if (first === undefined) {
        return [
          call('POST', `/${AS_IT_WAS}`),
          ...(isForEveryone ? [] : [call('DELETE', '/strategies/{id of what was added}')]),
        ];
      }
      const before = first as unknown as State;
      const after = now?.state as unknown as State | undefined;
      const added = (after?.strategies ?? []).filter((id) => !before.strategies.includes(id));
      const turned = after?.enabled === before.enabled ? [] : [turn(before.enabled ? 'on' : 'off')];
      // On before ours is removed, as an environment without strategies would get one; off before, so that nobody is let in.
      return [...turned, ...added.map(remove)];
    },
  };
}

function isOurs({ title, disabled }: Strategy): boolean {
  return title === TITLE && disabled !== true;
}

function othersOf(strategies: readonly Strategy[]): Strategy[] {
  return strategies.filter((one) => one.title !== TITLE && one.disabled !== true);
}

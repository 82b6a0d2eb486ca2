import { isDeepStrictEqual } from 'node:util';
import { CallError, ObserveError } from '../../model/errors.js';
import type { Json } from '../../model/json.js';
import type { FlipperSettings, Variant } from '../../model/plan.js';
import type { HttpCall } from './call.js';
import { everyone, jsonOf, reachOf, type FlagContext, type FlagProvider, type FlagReading } from './provider.js';

/** The last one only in dry runs, which do not know what was. */
type Method = 'POST' | 'DELETE' | 'POST or DELETE';

/** A feature's gates, by key. Expressions are JSON. */
interface Gates {
  readonly boolean: boolean;
  readonly actors: readonly string[];
  readonly groups: readonly string[];
  readonly percentage_of_actors: number;
  readonly percentage_of_time: number;
  readonly expression: Json;
}

/**
 * Flipper's HTTP API (flippercloud.io/docs/api): `POST` and `DELETE …/features/NAME/boolean` and `…/actors`. Disabling
 * the boolean gate clears every other gate of the feature, so the first state is all gates, and putting it back may
 * have to fill them again.
 */
export function openFlipper(
  { url, headers, environment }: FlipperSettings,
  { flag, accounts }: FlagContext,
): FlagProvider {
  const feature = `${url}/features/${encodeURIComponent(flag.key)}`;
  const ids = accounts.map(({ id }) => id);
  const actors = accounts.map(({ id }) => flag.targeting.keys[id] ?? id);
  const isForEveryone = flag.targeting.scope === 'everyone';
  const gate = (method: Method, name: string, body?: object): HttpCall => ({
    kind: 'http',
    method,
    url: `${feature}/${name}`,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const actor = (method: Method, id: string) => gate(method, 'actors', { flipper_id: id });

  const variants = (gates: Gates): FlagReading['variants'] => {
    if (gates.boolean) return everyone(ids, 'on');
    if (isForEveryone) return everyone(ids, isOpen(gates) || gates.actors.length > 0 ? undefined : 'off');
    // Other gates may let an account in that is no actor.
    return Object.fromEntries(
      ids.map((id, index) => [
        id,
        gates.actors.includes(actors[index] ?? '') ? 'on' : isOpen(gates) ? undefined : 'off',
      ]),
    );
  };

  const changes = (to: Variant, now: FlagReading | undefined): HttpCall[] => {
    if (isForEveryone) return [gate(to === 'on' ? 'POST' : 'DELETE', 'boolean')];
    const gates = now?.state as Gates | undefined;
    if (gates !== undefined && (gates.boolean || isOpen(gates))) {
      throw new CallError(
        `flag: ${flag.key} is on by ${gates.boolean ? 'its boolean gate' : 'groups, a percentage or an expression'}, so that it cannot be off for the test accounts alone; close that gate first, or say targeting: {scope: everyone}`,
      );
    }
    return actors.map((id) => actor(to === 'on' ? 'POST' : 'DELETE', id));
  };

  return {
    name: 'Flipper',
    reach: reachOf(url, environment),
    advice: {
      401: 'the credentials are not accepted; check flag.flipper.headers',
      403: 'the credentials may not do this; check flag.flipper.headers',
      404: 'there is no such feature, or no Flipper API; check flag.key and flag.flipper.url',
    },
    reads: [{ kind: 'http', method: 'GET', url: feature, headers }],
    reading: ([answer]) => {
      const gates = gatesOf(jsonOf('Flipper', answer));
      return { variants: variants(gates), state: gates as unknown as Json };
    },
    changes,
    restores: (first, now) => {
      if (first === undefined) {
        return isForEveryone ? [gate('POST or DELETE', 'boolean')] : actors.map((id) => actor('POST or DELETE', id));
      }
      const before = first as unknown as Gates;
      const after = now?.state as unknown as Gates | undefined;
      if (!isForEveryone)
        return actors.flatMap((id) => {
          const [was, is] = [before.actors.includes(id), after?.actors.includes(id)];
          return was === is ? [] : [actor(was ? 'POST' : 'DELETE', id)];
        });
      const closing = !before.boolean && after?.boolean !== false;
      // Closing the boolean gate clears the others as well, and before it is closed nobody knows what they were.
      const left = closing ? undefined : after;
      return [
        ...(closing ? [gate('DELETE', 'boolean')] : []),
        ...(before.boolean && left?.boolean !== true ? [gate('POST', 'boolean')] : []),
        ...lacking(before.actors, left?.actors).map((id) => actor('POST', id)),
        ...lacking(before.groups, left?.groups).map((name) => gate('POST', 'groups', { name })),
        ...(['percentage_of_actors', 'percentage_of_time'] as const)
          .filter((name) => before[name] !== (left?.[name] ?? 0))
          .map((name) => gate('POST', name, { percentage: before[name] })),
        ...(isDeepStrictEqual(before.expression, left?.expression ?? null)
          ? []
          : [gate('POST', 'expression', before.expression as object)]),
      ];
    },
  };
}

function lacking(before: readonly string[], after: readonly string[] = []): string[] {
  return before.filter((one) => !after.includes(one));
}

/** Whether others than actors are let in. */
function isOpen(gates: Gates): boolean {
  return (
    gates.groups.length > 0 ||
    gates.percentage_of_actors > 0 ||
    gates.percentage_of_time > 0 ||
    gates.expression !== null
  );
}

function gatesOf(answer: unknown): Gates {
  const { gates } = answer as { readonly gates?: unknown };
  if (!Array.isArray(gates))
    throw new ObserveError('Flipper answered without gates; check that flag.flipper.url is where its API is mounted');
  const values = new Map(
    gates.map((gate: { readonly key?: unknown; readonly value?: unknown }) => [gate.key, gate.value]),
  );
  const list = (name: string): string[] => {
    const value = values.get(name);
    return Array.isArray(value) ? value.map(String).sort() : [];
  };
  // Adapters that keep texts tell numbers and truth as texts.
  return {
    boolean: [true, 'true'].includes(values.get('boolean') as boolean | string),
    actors: list('actors'),
    groups: list('groups'),
    percentage_of_actors: Number(values.get('percentage_of_actors') ?? 0),
    percentage_of_time: Number(values.get('percentage_of_time') ?? 0),
    expression: (values.get('expression') ?? null) as Json,
  };
}

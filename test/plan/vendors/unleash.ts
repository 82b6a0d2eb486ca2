import type { Received } from '../../replay/sink.js';
import { jsonBody, startVendor, type Answer, type Vendor } from './vendor.js';

export interface UnleashStrategy {
  id: string;
  name: string;
  title?: string | null;
  disabled?: boolean;
  constraints?: { contextName: string; operator: string; values: string[]; inverted?: boolean }[];
}

export interface UnleashFlag {
  enabled: boolean;
  strategies: UnleashStrategy[];
}

export const UNLEASH_TOKEN = '*:*.unleash-admin-token';
const PLACE = '/api/admin/projects/default/features/new-feed/environments/development';

/**
 * Unleash's admin API of one feature in one environment, as version 7.5.1 behaves: the token as it is in `authorization`,
 * JSON where there is a body, and a strategy for everybody added to an environment that is turned on without any.
 */
export async function unleash(flag: UnleashFlag): Promise<Vendor> {
  let added = 0;
  return startVendor((request) =>
    answer(request, flag, () => `00000000-0000-4000-8000-${String(++added).padStart(12, '0')}`),
  );
}

function answer(request: Received, flag: UnleashFlag, newId: () => string): Answer {
  const { method, url, headers } = request;
  if (headers.authorization !== UNLEASH_TOKEN)
    return { status: 401, body: { name: 'AuthenticationRequired', message: 'You must log in to use Unleash.' } };
  if (!url.startsWith(PLACE))
    return { status: 404, body: { name: 'NotFoundError', message: 'Could not find feature' } };
  const rest = url.slice(PLACE.length);
  if (method === 'GET' && rest === '')
    return {
      status: 200,
      body: { name: 'new-feed', environment: 'development', enabled: flag.enabled, strategies: flag.strategies },
    };
  if (method === 'POST' && (rest === '/on' || rest === '/off')) {
    if (rest === '/on' && flag.strategies.every(({ disabled }) => disabled === true))
      flag.strategies.push({ id: newId(), name: 'flexibleRollout', title: null, constraints: [] });
    flag.enabled = rest === '/on';
    return { status: 200, body: { name: 'new-feed' } };
  }
  if (method === 'POST' && rest === '/strategies') {
    const given = jsonBody(request);
    if (given === undefined)
      return {
        status: 415,
        body: { name: 'ContentTypeError', message: 'application/json is the only accepted content type' },
      };
    if (typeof given['name'] !== 'string')
      return { status: 400, body: { name: 'BadDataError', details: [{ message: 'name is required' }] } };
    const strategy = { id: newId(), ...given } as UnleashStrategy;
    flag.strategies.push(strategy);
    return { status: 200, body: strategy };
  }
  const [, id] = /^\/strategies\/([0-9a-f-]+)$/.exec(rest) ?? [];
  if (method === 'DELETE' && id !== undefined) {
    flag.strategies = flag.strategies.filter((one) => one.id !== id);
    return { status: 200 };
  }
  return { status: 404, body: { message: `No ${method} ${rest}` } };
}

/** Whether a user gets the flag, as Unleash's clients decide: by any strategy that is not disabled. */
export function unleashServes({ enabled, strategies }: UnleashFlag, userId: string): boolean {
  const active = strategies.filter(({ disabled }) => disabled !== true);
  if (!enabled) return false;
  if (active.length === 0) return true;
  return active.some(({ constraints = [] }) =>
    constraints.every(
      ({ operator, values, inverted }) => (values.includes(userId) === (operator === 'IN')) !== (inverted === true),
    ),
  );
}

import type { Received } from '../../replay/sink.js';
import { jsonBody, startVendor, type Answer, type Vendor } from './vendor.js';

export interface FlipperFeature {
  boolean: boolean;
  actors: string[];
  groups: string[];
  percentage_of_actors: number;
  percentage_of_time: number;
}

const NONE: FlipperFeature = { boolean: false, actors: [], groups: [], percentage_of_actors: 0, percentage_of_time: 0 };

export function feature(given: Partial<FlipperFeature> = {}): FlipperFeature {
  return structuredClone({ ...NONE, ...given });
}

/**
 * Flipper's HTTP API of one feature, mounted at /flipper/api (docs/api of the gem): gates as `key`, `name` and `value`,
 * errors with `code`, `message` and `more_info`, and a boolean gate whose disabling clears every other gate.
 */
export async function flipper(state: FlipperFeature): Promise<Vendor> {
  return startVendor((request) => answer(request, state));
}

function answer(request: Received, state: FlipperFeature): Answer {
  const { method, url, headers } = request;
  // The API has no credentials of its own; apps put theirs before it.
  if (headers['x-api-key'] !== 'flipper-key') return { status: 401, body: 'HTTP Token: Access denied.\n' };
  const [, key, gate] = /^\/flipper\/api\/features\/([^/]+)(?:\/(\w+))?$/.exec(url) ?? [];
  if (key !== 'new_feed')
    return { status: 404, body: { code: 1, message: 'Feature not found.', more_info: 'https://example.com' } };
  if (method === 'GET' && gate === undefined) return { status: 200, body: told(state) };
  const given = jsonBody(request) ?? {};
  if (gate === 'boolean' && method === 'POST') state.boolean = true;
  else if (gate === 'boolean' && method === 'DELETE') Object.assign(state, feature());
  else if (gate === 'actors') {
    const id = given['flipper_id'];
    if (typeof id !== 'string')
      return { status: 422, body: { code: 4, message: 'Required parameter flipper_id is missing.' } };
    state.actors = [...state.actors.filter((one) => one !== id), ...(method === 'POST' ? [id] : [])];
  } else if (gate === 'groups' && method === 'POST') state.groups.push(String(given['name']));
  else if ((gate === 'percentage_of_actors' || gate === 'percentage_of_time') && method === 'POST') {
    const percentage = Number(given['percentage']);
    if (!(percentage >= 0 && percentage <= 100))
      return {
        status: 422,
        body: { code: 3, message: 'Percentage must be a positive number less than or equal to 100.' },
      };
    state[gate] = percentage;
  } else return { status: 404, body: {} };
  return { status: 200, body: told(state) };
}

function told(state: FlipperFeature): unknown {
  const gates = Object.entries(state).map(([key, value]) => ({
    key,
    name: key.replace(/s$/, ''),
    value: value as unknown,
  }));
  return {
    key: 'new_feed',
    state: state.boolean ? 'on' : 'off',
    gates: [...gates, { key: 'expression', name: 'expression', value: null }],
  };
}

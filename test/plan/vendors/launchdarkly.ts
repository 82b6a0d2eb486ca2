import type { Received } from '../../replay/sink.js';
import { startVendor, type Answer, type Vendor } from './vendor.js';

interface Targets {
  values: string[];
  variation: number;
  contextKind: string;
}

export interface LdFlag {
  on: boolean;
  targets: Targets[];
  rules: unknown[];
  fallthrough: { variation: number };
  offVariation: number;
}

export const LD_TOKEN = 'api-0000-token';
export const VARIATIONS = [
  { _id: 'id-true', value: true, name: 'New feed' },
  { _id: 'id-false', value: false, name: 'Old feed' },
];

const SEMANTIC = 'application/json; domain-model=launchdarkly.semanticpatch';

/**
 * LaunchDarkly's `GET` and `PATCH /api/v2/flags/PROJECT/KEY` (launchdarkly.com/docs/api/feature-flags): an access token in
 * `authorization`, semantic patches by their content type only, `environmentKey` and a list of instructions, and the
 * documented refusal of a context key that would be a target of two variations.
 */
export async function launchDarkly(flag: LdFlag): Promise<Vendor> {
  return startVendor((request) => answer(request, flag));
}

function answer(request: Received, flag: LdFlag): Answer {
  const { method, headers, body } = request;
  const url = new URL(request.url, 'http://x');
  if (headers.authorization !== LD_TOKEN)
    return { status: 401, body: { code: 'unauthorized', message: 'Invalid access token' } };
  if (url.pathname !== '/api/v2/flags/mail/new-feed')
    return { status: 404, body: { code: 'not_found', message: 'Unknown flag key' } };
  if (method === 'GET') {
    const env = url.searchParams.get('env');
    return {
      status: 200,
      body: {
        key: 'new-feed',
        kind: 'boolean',
        variations: VARIATIONS,
        environments: env === 'staging' ? { staging: told(flag) } : {},
      },
    };
  }
  if (method !== 'PATCH') return { status: 405, body: { code: 'method_not_allowed', message: 'no' } };
  if (headers['content-type'] !== SEMANTIC)
    return { status: 400, body: { code: 'invalid_request', message: 'not a semantic patch' } };
  const patch = JSON.parse(body) as { environmentKey?: string; instructions?: Record<string, unknown>[] };
  if (patch.environmentKey !== 'staging') return { status: 400, body: { message: 'environmentKey is required' } };
  if (!Array.isArray(patch.instructions) || patch.instructions.length === 0)
    return { status: 400, body: { message: 'instructions is required' } };
  const next = structuredClone(flag);
  for (const instruction of patch.instructions) {
    const wrong = apply(next, instruction);
    if (wrong !== undefined) return { status: 400, body: { code: 'invalid_request', message: wrong } };
  }
  Object.assign(flag, next);
  return { status: 200, body: { key: 'new-feed', variations: VARIATIONS, environments: { staging: told(flag) } } };
}

/** Of the kind user in `targets`, of others in `contextTargets`, as the API tells them. */
function told({ targets, ...rest }: LdFlag): unknown {
  return {
    ...rest,
    targets: targets
      .filter(({ contextKind }) => contextKind === 'user')
      .map(({ values, variation }) => ({ values, variation })),
    contextTargets: targets.filter(({ contextKind }) => contextKind !== 'user'),
    prerequisites: [],
    version: 7,
  };
}

function apply(flag: LdFlag, instruction: Record<string, unknown>): string | undefined {
  const { kind, values, variationId, contextKind = 'user' } = instruction;
  if (kind === 'turnFlagOn' || kind === 'turnFlagOff') {
    flag.on = kind === 'turnFlagOn';
    return undefined;
  }
  const variation = VARIATIONS.findIndex(({ _id }) => _id === variationId);
  if (variation < 0) return `unknown variation ${String(variationId)}`;
  if (!Array.isArray(values) || values.length === 0) return 'values is required';
  const of = (place: number): Targets => {
    let list = flag.targets.find((one) => one.variation === place && one.contextKind === contextKind);
    if (list === undefined)
      flag.targets.push((list = { values: [], variation: place, contextKind: String(contextKind) }));
    return list;
  };
  if (kind === 'removeTargets') {
    of(variation).values = of(variation).values.filter((value) => !values.includes(value));
    return undefined;
  }
  if (kind !== 'addTargets') return `unknown instruction ${String(kind)}`;
  for (const value of values as string[]) {
    if (
      flag.targets.some(
        (list) => list.contextKind === contextKind && list.variation !== variation && list.values.includes(value),
      )
    )
      return `${value} is already targeted in another variation`;
    if (!of(variation).values.includes(value)) of(variation).values.push(value);
  }
  return undefined;
}

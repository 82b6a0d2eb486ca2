import { isAbsolute, resolve } from 'node:path';
import * as z from 'zod';
import type { FlagSettings, FlagValue, HttpFlagSettings, ProviderSettings, Variant } from '../model/plan.js';
import type { Account, HttpTargetSettings } from '../model/settings.js';
import { fillTemplate } from './account-template.js';
import { unlike } from './explain.js';
import { closed, duration, headers, path, tell, text, url } from './schema-parts.js';

/** What a plan's schema has to know of the config, and of the file that the plan is in. */
export interface PlanSurroundings {
  readonly accounts: readonly Account[];
  /** Canonical types that both sides or control alone have, which therefore can be caused. */
  readonly types: readonly string[];
  /** Where the sandbox's API is, if the config's replay knows one. */
  readonly sandboxUrl?: string;
  /** The folder that relative files are relative to. */
  readonly folder: string;
}

const KNOWN = ['key', 'variant', 'targetingKey', 'account'];

const call = closed({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
  url: url(['http:', 'https:']).describe('may hold {key}, {variant}, {account}, {account.NAME} and {targetingKey}'),
  headers: headers.default({}),
  body: z.string().optional(),
}).superRefine((given, context) => {
  for (const [place, spelt] of [
    ['url', given.url],
    ['body', given.body ?? ''],
  ] as const) {
    for (const [whole, name = ''] of spelt.matchAll(/\{([A-Za-z]\w*(?:\.[^{}]*)?)\}/g)) {
      if (KNOWN.includes(name) || /^account\.[^{}]+$/.test(name)) continue;
      tell(
        context,
        `unknown template ${whole}; known are ${KNOWN.map((one) => `{${one}}`).join(', ')} and {account.NAME}`,
        [place],
      );
    }
  }
});

type GivenCall = z.output<typeof call>;

function target({ method, body, ...rest }: GivenCall, usual: string): HttpTargetSettings {
  return { ...rest, method: method ?? usual, ...(body === undefined ? {} : { body }) };
}

const environment = text.optional().describe('what it is called in the allow-list');

const http = closed({
  read: call.describe('tells the variant'),
  state: path().optional().describe('where in the answer the variant is; the whole answer otherwise'),
  set: call.optional().describe('sets a variant; or give on and off'),
  on: call.optional(),
  off: call.optional(),
  environment,
}).transform(({ read, state, set, on, off, environment: where }, context): HttpFlagSettings => {
  const [first, second] = [on ?? set, off ?? set];
  if (first === undefined || second === undefined) {
    tell(context, 'expected set (with {variant} in it), or on and off');
    return z.NEVER;
  }
  return {
    read: target(read, 'GET'),
    set: { on: target(first, 'POST'), off: target(second, 'POST') },
    ...(state === undefined ? {} : { state }),
    ...(where === undefined ? {} : { environment: where }),
  };
});

const address = url(['http:', 'https:']).transform((spelt) => spelt.replace(/\/+$/, ''));
const launchdarkly = closed({
  url: address.prefault('https://app.launchdarkly.com'),
  token: text.describe('an access token that may change the flag'),
  project: text,
  environment: text,
  contextKind: text.default('user').describe('the kind of context that the targeting key is of'),
});

const unleash = closed({
  url: address.describe("the server's address, without /api/admin"),
  token: text.describe('a token of the admin API'),
  project: text.default('default'),
  environment: text,
  contextName: text.default('userId').describe('the context field that the targeting key is in'),
});

const flipper = closed({
  url: address.describe("where Flipper's API is mounted, such as https://app.example.com/flipper/api"),
  headers: headers.default({}),
  environment,
});

const flagd = closed({ file: text.describe('the JSON file that flagd watches'), environment });

const line = z.array(text).min(1, 'expected an executable, and its arguments');
const command = closed({
  read: line.describe('prints the variant; executable and arguments, no shell'),
  set: line.describe('sets the variant {variant}'),
  environment,
});

const KINDS = ['http', 'launchdarkly', 'unleash', 'flipper', 'flagd', 'command', 'sandbox'] as const;

/** The flag's values where a plan does not name them. */
const USUAL: Readonly<Record<(typeof KINDS)[number], readonly [on: FlagValue, off: FlagValue]>> = {
  http: ['on', 'off'],
  launchdarkly: [true, false],
  unleash: ['on', 'off'],
  flipper: ['on', 'off'],
  flagd: ['on', 'off'],
  command: ['on', 'off'],
  sandbox: ['on', 'off'],
};

const value = z.union([text, z.number(), z.boolean()], {
  error: ({ input }) => unlike('text, a number, true or false', input),
});

const given = closed({
  key: text.describe("the flag's key"),
  on: value.optional().describe('what the provider calls the variant with the new feed'),
  off: value.optional(),
  targeting: closed({
    scope: z.enum(['accounts', 'everyone']).default('accounts').describe('for whom the flag is turned'),
    accounts: z.array(text).min(1, 'expected at least one account').optional().describe('all of the config otherwise'),
    key: text.default('{account.id}').describe('who an account is to the flag service'),
  }).prefault({}),
  timeout: duration(1).prefault('10s').describe('how long an answer of the flag service may take'),
  http: http.optional().describe('any API'),
  launchdarkly: launchdarkly.optional(),
  unleash: unleash.optional(),
  flipper: flipper.optional(),
  flagd: flagd.optional(),
  command: command.optional(),
  sandbox: closed({ url: address.optional().describe("the sandbox's API; that of the config's replay otherwise") })
    .optional()
    .describe('the flag of parity sandbox'),
});

/** The `flag` section of a plan. */
export const flagSchema = (around: PlanSurroundings) =>
  given.transform((flag, context): FlagSettings => {
    const kinds = KINDS.filter((kind) => flag[kind] !== undefined);
    const [kind] = kinds;
    if (kind === undefined || kinds.length > 1) {
      tell(context, `expected one of ${KINDS.join(', ')}, found ${kinds.join(' and ') || 'none'}`);
      return z.NEVER;
    }
    const provider = providerOf(flag, kind, around, context);
    if (provider === undefined) return z.NEVER;
    const [on, off] = USUAL[kind];
    const variants: Record<Variant, FlagValue> = { on: flag.on ?? on, off: flag.off ?? off };
    if (String(variants.on) === String(variants.off)) tell(context, 'on and off are the same value', ['off']);
    const accounts = flag.targeting.accounts ?? around.accounts.map(({ id }) => id);
    const keys = accounts.flatMap((id, index) => {
      const account = around.accounts.find((one) => one.id === id);
      if (account === undefined) {
        tell(context, `the config has no account ${JSON.stringify(id)}`, ['targeting', 'accounts', index]);
        return [];
      }
      return [[id, fillTemplate(flag.targeting.key, account.values)] as const];
    });
    const unfilled = keys.find(([, key]) => key.includes('{'));
    if (unfilled !== undefined)
      tell(context, `the account ${unfilled[0]} lacks a value for ${flag.targeting.key}`, ['targeting', 'key']);
    const { scope } = flag.targeting;
    const targeting = { scope, accounts, keys: Object.fromEntries(keys) };
    return { key: flag.key, variants, targeting, timeoutMs: flag.timeout, provider };
  });

type Given = z.output<typeof given>;

/** The one provider that is there, its files made absolute. */
function providerOf(
  flag: Given,
  kind: (typeof KINDS)[number],
  { folder, sandboxUrl }: PlanSurroundings,
  context: z.core.$RefinementCtx,
): ProviderSettings | undefined {
  if (flag.http) return { kind: 'http', http: flag.http };
  if (flag.launchdarkly) return { kind: 'launchdarkly', launchdarkly: flag.launchdarkly };
  if (flag.unleash) return { kind: 'unleash', unleash: flag.unleash };
  if (flag.flipper) return { kind: 'flipper', flipper: spared(flag.flipper) };
  if (flag.flagd) return { kind: 'flagd', flagd: { ...spared(flag.flagd), file: resolve(folder, flag.flagd.file) } };
  if (flag.command) {
    const { read, set } = flag.command;
    return {
      kind: 'command',
      command: { ...spared(flag.command), read: placed(read, folder), set: placed(set, folder), cwd: folder },
    };
  }
  const address = flag.sandbox?.url ?? sandboxUrl;
  if (address !== undefined) return { kind: 'sandbox', sandbox: { url: address } };
  tell(context, "is without url, and the config's replay knows no sandbox; add its API's address", [kind]);
  return undefined;
}

/** Without members that are there and undefined. */
function spared<Member extends { readonly environment?: string | undefined }>({ environment: where, ...rest }: Member) {
  return { ...rest, ...(where === undefined ? {} : { environment: where }) };
}

/** A path is relative to the plan; a bare name is looked for where the system looks. */
function placed([file = '', ...args]: readonly string[], folder: string): string[] {
  return [file.includes('/') && !isAbsolute(file) ? resolve(folder, file) : file, ...args];
}

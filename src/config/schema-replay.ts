import * as z from 'zod';
import type { PusherTargetSettings, ReplaySettings, TargetSettings } from '../model/settings.js';
import { unlike } from './explain.js';
import { closed, duration, headers, tell, text, url } from './schema-parts.js';
import { cluster, host, port } from './schema-sources.js';

const EVENT_VALUES = ['event', 'type', 'channel', 'account', 'key', 'payload'];

/** Text that may hold values of the event that is sent. */
function refuseUnknownTemplates(spelt: string, context: z.core.$RefinementCtx, path: string[]): void {
  for (const [whole, name = ''] of spelt.matchAll(/\{([A-Za-z]\w*(?:\.[^{}]*)?)\}/g)) {
    if (EVENT_VALUES.includes(name) || /^account\.[^{}]+$/.test(name)) continue;
    const known = EVENT_VALUES.map((value) => `{${value}}`).join(', ');
    tell(context, `unknown template ${whole}; known are ${known} and {account.NAME}`, path);
  }
}

const pusher = closed({
  appId: z.union([text, z.int()], { error: ({ input }) => unlike("the app's id", input) }).transform(String),
  secret: text.describe("the app's secret, which signs what is sent"),
  key: text.optional().describe("the app's public key; that of control otherwise"),
  cluster: cluster.optional(),
  host: host.optional().describe('a Pusher-compatible server; without host and cluster, that of control'),
  port: port.optional(),
  tls: z.boolean().optional(),
}).transform(({ port: given, key, cluster, host, tls, ...rest }): PusherTargetSettings => ({
  ...rest,
  ...(given === undefined ? {} : { port: Number(given) }),
  ...(key === undefined ? {} : { key }),
  ...(cluster === undefined ? {} : { cluster }),
  ...(host === undefined ? {} : { host }),
  ...(tls === undefined ? {} : { tls }),
}));

const http = closed({
  method: z.enum(['POST', 'PUT', 'PATCH', 'GET', 'DELETE']).default('POST'),
  url: url(['http:', 'https:']).describe('may hold {account}, {type}, {key} and the like'),
  headers: headers.default({}),
  body: z.string().optional().describe('such as {"account": "{account}", "id": {key}, "data": {payload}}'),
}).superRefine(({ method, url: address, headers: fields, body }, context) => {
  refuseUnknownTemplates(address, context, ['url']);
  refuseUnknownTemplates(body ?? '', context, ['body']);
  for (const [name, value] of Object.entries(fields)) refuseUnknownTemplates(value, context, ['headers', name]);
  if (method === 'GET' && body !== undefined)
    tell(context, 'a GET has no body; leave it out, or choose POST', ['body']);
});

const target = closed({
  pusher: pusher.optional().describe("an app's HTTP API: what is recorded is triggered on the account's channel"),
  http: http.optional().describe('any HTTP API'),
  sandbox: closed({ url: url(['http:', 'https:']) })
    .optional()
    .describe('the API of parity sandbox, which causes both'),
}).transform((given, context): TargetSettings => {
  const { pusher: one, http: two, sandbox: three } = given;
  if (one && !two && !three) return { kind: 'pusher', pusher: one };
  if (three && !one && !two) return { kind: 'sandbox', sandbox: three };
  if (two && !one && !three) {
    const { body, ...rest } = two;
    return { kind: 'http', http: { ...rest, ...(body === undefined ? {} : { body }) } };
  }
  tell(context, `expected one of pusher, http or sandbox, found ${Object.keys(given).join(' and ') || 'none'}`);
  return z.NEVER;
});

const accounts = z.union([z.enum(['same', 'order']), z.record(z.string(), text)], {
  error: ({ input }) => unlike('same, order or a map of recorded to test accounts', input),
});

/** The `replay` section. */
export const replay = closed({
  allow: z
    .array(
      z
        .string()
        .regex(
          /^(?:(?:\*\.)?[A-Za-z0-9._-]+|\[?[0-9A-Fa-f]*(?::[0-9A-Fa-f]*){2,}\]?)$/,
          'expected a host without scheme and port, such as staging.example.com',
        ),
    )
    .default([])
    .describe('hosts that may be sent to; loopback always may'),
  seam: z
    .enum(['after-control', 'independent', 'control-only'])
    .optional()
    .describe('when the candidate is called: once control has answered, at once, or never, as control causes both'),
  keys: z.enum(['unique', 'recorded']).default('unique').describe('whether correlation keys are made new for each run'),
  accounts: accounts.default('same').describe('recorded account to test account: by id, in order, or as told'),
  timeout: duration(1).prefault('5s').describe('how long an answer may take'),
  inFlight: z.int().min(1, 'expected at least 1').max(10_000, 'expected at most 10000').default(256),
  control: target.describe('what is sent to the trusted system'),
  candidate: target.optional().describe('what is sent to the system on trial; without it, control causes both'),
})
  .superRefine(({ seam, candidate }, context) => {
    if (candidate === undefined && seam !== undefined && seam !== 'control-only') {
      tell(context, `needs a candidate target; add one, or leave seam out`, ['seam']);
    }
    if (candidate !== undefined && seam === 'control-only') {
      tell(context, 'control-only never calls the candidate; leave out one of the two', ['seam']);
    }
  })
  .transform(({ timeout, seam, candidate, ...rest }): ReplaySettings => ({
    ...rest,
    timeoutMs: timeout,
    seam: seam ?? (candidate === undefined ? 'control-only' : 'after-control'),
    ...(candidate === undefined ? {} : { candidate }),
  }));

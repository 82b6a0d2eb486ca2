import * as z from 'zod';
import type { PusherSettings, SourceSettings } from '../model/settings.js';
import { closed, duration, headers, path, tell, text, textMap, url, where } from './schema-parts.js';
import { shown, unlike } from './explain.js';

const names = (what: string) => z.array(text).min(1, `expected at least one ${what}`);

const PORT = 'a port from 1 to 65535';

export const port = z.union(
  [
    z.int().min(1, `expected ${PORT}`).max(65_535, `expected ${PORT}`),
    z.stringFormat('port', isPort, `expected ${PORT}`),
  ],
  { error: ({ input }) => unlike(PORT, input) },
);

export const cluster = z.string().regex(/^[a-z0-9-]+$/, 'expected the name of a cluster such as mt1 or eu');

export const host = z
  .string()
  .regex(
    /^(?:[A-Za-z0-9._-]+|\[?[0-9A-Fa-f]*(?::[0-9A-Fa-f]*){2,}\]?)$/,
    'expected a host alone: no scheme, path or port (port is a key of its own)',
  );

const pusher = closed({
  key: text.describe("the app's public key"),
  cluster: cluster.optional(),
  host: host.optional().describe('a Pusher-compatible server, instead of cluster'),
  port: port.optional(),
  tls: z.boolean().optional().describe('true by default; false for a host on the loopback'),
  channels: names('channel').describe('such as private-feed-{account.id}'),
  auth: closed({
    endpoint: url(['http:', 'https:']).describe('where private and presence channels are authorised'),
    headers: headers.default({}),
    params: textMap.default({}),
  }).optional(),
})
  .superRefine(({ cluster, host }, context) => {
    if (cluster === undefined && host === undefined) tell(context, 'is without a server: give it cluster, or host');
  })
  .transform(({ port: given, tls, ...rest }): PusherSettings => ({
    ...rest,
    ...(given === undefined ? {} : { port: Number(given) }),
    tls: tls ?? !(rest.host !== undefined && isLoopback(rest.host)),
  }));

const phoenix = closed({
  url: url(['ws:', 'wss:'])
    .superRefine((spelt, context) => {
      if (/\/websocket\/?$/.test(spelt)) {
        tell(context, `expected the socket's own URL, found ${shown(spelt)}: leave out /websocket, which is appended`);
      }
      if (spelt.includes('?'))
        tell(context, `expected a URL without ?, found ${shown(spelt)}: put parameters in params`);
    })
    .describe('such as wss://feed.example.com/socket; /websocket is appended'),
  params: textMap.default({}).describe('parameters of the connection'),
  topics: names('topic').describe('such as feed:{account.id}'),
  join: z.record(z.string(), z.unknown()).default({}).describe('parameters of each join'),
  authToken: text.optional().describe('sent as a sub-protocol rather than a parameter (Phoenix 1.8)'),
});

const websocket = closed({
  url: url(['ws:', 'wss:']),
  headers: headers.default({}),
  subscribe: z.unknown().optional().describe('sent as JSON once the socket is open'),
  acknowledged: where.optional().describe('the link is up when a message matches; without it, when the socket is open'),
  event: path().describe("where in a message the event's name is"),
  payload: path().prefault('$').describe('where in a message the payload is'),
  channel: path().optional().describe("where the channel's name is; the URL's path otherwise"),
  pingEvery: duration(1000).prefault('30s').describe('how often the link is tried'),
}).transform(({ pingEvery, ...rest }) => ({ ...rest, pingEveryMs: pingEvery }));

/** One side's source: exactly one of these keys. */
export const source = closed({
  pusher: pusher.optional().describe('Pusher Channels, or a compatible server'),
  phoenix: phoenix.optional().describe('Phoenix Channels'),
  websocket: websocket.optional().describe('a WebSocket with JSON messages'),
}).transform((given, context): SourceSettings => {
  const { pusher: one, phoenix: two, websocket: three } = given;
  if (one && !two && !three) return { kind: 'pusher', pusher: one };
  if (two && !one && !three) return { kind: 'phoenix', phoenix: two };
  if (three && !one && !two) return { kind: 'websocket', websocket: three };
  tell(context, `expected one of pusher, phoenix or websocket, found ${Object.keys(given).join(' and ') || 'none'}`);
  return z.NEVER;
});

function isPort(spelt: string): boolean {
  return /^[1-9]\d{0,4}$/.test(spelt) && Number(spelt) <= 65_535;
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[?::1\]?)$/i.test(host);
}

import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import Pusher from 'pusher';
import { CallError } from '../../model/errors.js';
import type { PusherTargetSettings } from '../../model/settings.js';
import type { Ms } from '../../model/timeline.js';
import { isLoopback } from '../allow.js';
import { briefly, refusalIn } from './answer.js';
import { Deadline } from './deadline.js';
import { noAnswer, SendFailure, type Target, type TargetContext, withoutAnswer } from './target.js';

/** Triggers events through an app's HTTP API, with the official server SDK. */
export function openPusher(given: PusherTargetSettings, context: TargetContext): Target {
  const place = placeOf(given, context);
  const { host, port, tls, key } = place;
  const connections = { keepAlive: true, maxSockets: context.inFlight };
  const agent = tls ? new HttpsAgent(connections) : new HttpAgent(connections);
  const sdk = new Pusher({
    appId: given.appId,
    key,
    secret: given.secret,
    host,
    ...(port === undefined ? {} : { port: String(port) }),
    useTLS: tls,
    timeout: context.timeoutMs,
    agent: watchful(agent, context.allows) as HttpAgent,
  });
  const deadline = new Deadline(context.timeoutMs);
  const address = `${host}${port === undefined ? '' : `:${port}`}`;
  return {
    name: `Pusher at ${address}, app ${given.appId}`,
    hosts: [host],
    describe: ({ channel, event, payload }) =>
      `trigger ${event} on ${channel} at ${address} (${Buffer.byteLength(payload)} bytes)`,
    send: ({ channel, event, payload }) => deadline.within(trigger(sdk, context.timeoutMs, channel, event, payload)),
    async close() {
      deadline.close();
      agent.destroy();
    },
  };
}

interface Place {
  readonly host: string;
  readonly port?: number;
  readonly tls: boolean;
  readonly key: string;
}

/** What the target leaves out is as in the config's control, whose server takes events and hands them out alike. */
function placeOf(given: PusherTargetSettings, { settings }: TargetContext): Place {
  const source = settings.control?.kind === 'pusher' ? settings.control.pusher : undefined;
  const own = given.host !== undefined || given.cluster !== undefined;
  const key = given.key ?? source?.key;
  if (key === undefined) throw new CallError('replay: a pusher target needs the key of its app; add key to it');
  const { host, cluster, port } = own ? given : { ...source, port: given.port ?? source?.port };
  // Hosts of the hosted service: the HTTP API is not where the WebSockets are.
  const api = host ?? (cluster === undefined ? undefined : `api-${cluster}.pusher.com`);
  if (api === undefined) throw new CallError('replay: a pusher target needs a server; add host or cluster to it');
  const tls = given.tls ?? (own ? !isLoopback(api) : (source?.tls ?? true));
  return { host: api, ...(port === undefined ? {} : { port }), tls, key };
}

async function trigger(sdk: Pusher, timeoutMs: Ms, channel: string, event: string, payload: string): Promise<void> {
  let body: string;
  try {
    const answer = await sdk.trigger(channel, event, payload);
    // A redirect may make a GET of it: the page that answers then has accepted nothing.
    if (answer.redirected) throw new SendFailure('redirected to another address; name the one that takes events');
    body = await answer.text();
  } catch (error) {
    throw error instanceof SendFailure ? error : new SendFailure(reasonOf(error, timeoutMs));
  }
  const refusal = refusalIn(body);
  if (refusal !== undefined) throw new SendFailure(`HTTP 200 with an error: ${refusal}`);
}

/** The SDK's errors: `status` and `body` of an answer, or `error`, the cause. Its URL holds a signature and is not told. */
function reasonOf(error: unknown, timeoutMs: Ms): string {
  const { status, body, error: cause, message } = error as Readonly<Record<string, unknown>>;
  if (typeof status === 'number')
    return `HTTP ${status}${typeof body === 'string' && body !== '' ? `: ${briefly(body)}` : ''}`;
  if (cause instanceof SendFailure) return cause.message;
  const { code, type } = (cause ?? {}) as Readonly<Record<string, unknown>>;
  if (type === 'aborted') return noAnswer(timeoutMs);
  return typeof code === 'string' ? withoutAnswer(code, timeoutMs) : briefly(String(message ?? error));
}

/**
 * The SDK follows redirects, and asks for the agent of each address anew: this one refuses to go where replay may not.
 */
function watchful(agent: HttpAgent | HttpsAgent, allows: (host: string) => boolean): unknown {
  return (url: URL) => {
    if (!allows(url.hostname)) throw new SendFailure(`redirected to ${url.hostname}, which replay.allow does not hold`);
    return agent;
  };
}

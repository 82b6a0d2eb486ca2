import { once } from 'node:events';
import { parse as parseLosslessly } from 'lossless-json';
import { WebSocket } from 'ws';
import { parse as parseYaml } from 'yaml';
import type { Sandbox } from '../../src/sandbox/system.js';

/** What one account's two links brought, spoken to over plain WebSockets as the sandbox's own config tells. */
export interface Watch {
  /** Events by arrival: each side's name, and the payload's text where the frame has it as one. */
  readonly seen: Seen[];
  /** Everything that came on each side, as received. */
  readonly raw: { readonly side: 'control' | 'candidate'; readonly text: string }[];
  /** Sides whose connection has ended, with the close code. */
  readonly closed: { readonly side: 'control' | 'candidate'; readonly code: number }[];
  close(): void;
}

export interface Seen {
  readonly side: 'control' | 'candidate';
  readonly event: string;
  /** Type and id as the payload spells them; the id digit by digit. */
  readonly type: string;
  readonly key: string;
  readonly payload: string;
}

interface Config {
  readonly accounts: readonly { readonly id: string; readonly token: string }[];
  readonly control: { readonly pusher: Readonly<Record<'key' | 'host' | 'port', string>> & Pusher };
  readonly candidate: { readonly phoenix: { readonly url: string; readonly topics: readonly string[] } };
}

interface Pusher {
  readonly channels: readonly string[];
  readonly auth: { readonly endpoint: string };
}

type Frame = Readonly<Record<string, unknown>>;

/** Connects both sides of an account and resolves once both are acknowledged. */
export async function watch(sandbox: Sandbox, account: string): Promise<Watch> {
  const seen: Seen[] = [];
  const raw: Watch['raw'] = [];
  const closed: Watch['closed'] = [];
  const into = { seen, raw, closed };
  const sockets = [await watchControl(sandbox, account, into), await watchCandidate(sandbox, account, into)];
  return { ...into, close: () => sockets.forEach((socket) => socket.terminate()) };
}

type Into = Pick<Watch, 'seen' | 'raw' | 'closed'>;

/** Asks the auth endpoint whether this token may subscribe to the account's channel. */
export async function authorize(sandbox: Sandbox, account: string, token: string, socketId: string): Promise<Response> {
  const { channels, auth } = configOf(sandbox).control.pusher;
  return fetch(auth.endpoint, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: new URLSearchParams({ socket_id: socketId, channel_name: named(channels, account) }),
  });
}

export async function watchControl(sandbox: Sandbox, account: string, into: Into): Promise<WebSocket> {
  const { key, host, port, channels } = configOf(sandbox).control.pusher;
  const socket = new WebSocket(`ws://${host}:${port}/app/${key}?protocol=7&client=test&version=1`);
  const frames = tap(socket, 'control', into);
  const established = await frames.first((frame) => frame['event'] === 'pusher:connection_established');
  const { socket_id: socketId } = JSON.parse(String(established['data'])) as { socket_id: string };
  const answer = await authorize(sandbox, account, tokenOf(sandbox, account), socketId);
  const { auth } = (await answer.json()) as { auth: string };
  socket.send(JSON.stringify({ event: 'pusher:subscribe', data: { auth, channel: named(channels, account) } }));
  await frames.first((frame) => frame['event'] === 'pusher_internal:subscription_succeeded');
  return socket;
}

/** Joins the account's topic; resolves when it is answered, with the reply's status in what was received. */
export async function watchCandidate(sandbox: Sandbox, account: string, into: Into): Promise<WebSocket> {
  const { url, topics } = configOf(sandbox).candidate.phoenix;
  const socket = new WebSocket(`${url}/websocket?vsn=2.0.0&token=${tokenOf(sandbox, account)}`);
  const frames = tap(socket, 'candidate', into);
  await once(socket, 'open');
  socket.send(JSON.stringify(['1', '1', named(topics, account), 'phx_join', {}]));
  await frames.first((frame) => frame['event'] === 'phx_reply');
  return socket;
}

export function tokenOf(sandbox: Sandbox, account: string): string {
  return configOf(sandbox).accounts.find(({ id }) => id === account)?.token ?? '';
}

function configOf(sandbox: Sandbox): Config {
  return parseYaml(sandbox.config()) as Config;
}

function named(templates: readonly string[], account: string): string {
  return (templates[0] ?? '').replace('{account.id}', account);
}

/** Notes every frame, and lets one wait for the first that fits. */
function tap(socket: WebSocket, side: Seen['side'], { seen, raw, closed }: Into) {
  const frames: Frame[] = [];
  let waiting: (() => void)[] = [];
  socket.on('error', () => undefined);
  socket.on('close', (code) => closed.push({ side, code }));
  socket.on('message', (data) => {
    const text = (data as Buffer).toString('utf8');
    raw.push({ side, text });
    const frame = read(text);
    if (frame !== undefined) frames.push(frame);
    const payload = payloadOf(side, text, frame);
    if (payload !== undefined) seen.push(seenOf(side, String(frame?.['event']), payload));
    for (const look of waiting.splice(0)) look();
  });
  async function first(fits: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const found = frames.find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  }
  return { first };
}

function read(text: string): Frame | undefined {
  try {
    const frame = JSON.parse(text) as Frame | readonly unknown[];
    if (!Array.isArray(frame)) return frame as Frame;
    const [, , topic, event, payload] = frame as readonly unknown[];
    return { topic, event, payload };
  } catch {
    return undefined;
  }
}

/** An event's payload as text: Pusher has it as a string, Phoenix as the frame's last element. */
function payloadOf(side: Seen['side'], text: string, frame: Frame | undefined): string | undefined {
  const event = frame?.['event'];
  if (typeof event !== 'string' || /^(?:pusher|phx_)/.test(event)) return undefined;
  return side === 'control' ? String(frame?.['data']) : text.slice(text.indexOf(',{') + 1, -1);
}

function seenOf(side: Seen['side'], event: string, payload: string): Seen {
  const whole = parseLosslessly(payload) as { type: string; id: unknown; resource: { id: unknown } };
  return { side, event, type: whole.type, key: String(side === 'control' ? whole.id : whole.resource.id), payload };
}

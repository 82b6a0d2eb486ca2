import type { IncomingHttpHeaders } from 'node:http';
import { isChannelName, kindOf } from './channel.js';
import type { PusherApp } from './app.js';
import type { Answer } from './http-api.js';
import { channelAuth, userAuth } from './signatures.js';

/** What an application is asked before a client may subscribe. */
export interface AuthRequest {
  readonly socketId: string;
  readonly channel: string;
  readonly headers: IncomingHttpHeaders;
  /** Form fields besides socket_id and channel_name. */
  readonly params: Readonly<Record<string, string>>;
}

/** How an application answers who may subscribe, as whom, and who a signing-in client is. */
export interface Authority {
  /** May this client subscribe? Everyone may, if not given. */
  readonly authorize?: (request: AuthRequest) => boolean;
  /** Who it is on a presence channel; by default the form field user_id, or else the socket's id. */
  readonly member?: (request: AuthRequest) => { readonly user_id: string; readonly user_info?: object };
  /** Who is signing in; undefined refuses. Nobody may, if not given. */
  readonly user?: (request: Omit<AuthRequest, 'channel'>) => { readonly id: string } | undefined;
}

const forbidden: Answer = { status: 403, body: 'Forbidden' };

/** Answers `POST /pusher/auth`: form-encoded socket_id and channel_name; 200 with the signature, or 403. */
export function authorizeChannel(
  app: PusherApp,
  authority: Authority,
  headers: IncomingHttpHeaders,
  form: string,
): Answer {
  const { socket_id: socketId = '', channel_name: channel = '', ...params } = fields(form);
  if (!isSocketId(socketId)) return { status: 400, body: 'socket_id is missing or malformed' };
  if (!isChannelName(channel)) return { status: 400, body: 'channel_name is missing or malformed' };
  const request = { socketId, channel, headers, params };
  const { guarded, presence } = kindOf(channel);
  const welcome = guarded && !app.refused.has(channel) && (authority.authorize?.(request) ?? true);
  if (!welcome) return forbidden;
  if (!presence) return { status: 200, body: { auth: channelAuth(app.keys, socketId, channel) } };
  const channelData = JSON.stringify(authority.member?.(request) ?? { user_id: params['user_id'] ?? socketId });
  const auth = channelAuth(app.keys, socketId, channel, channelData);
  return { status: 200, body: { auth, channel_data: channelData } };
}

/** Answers `POST /pusher/user-auth`: form-encoded socket_id; 200 with the signed user, or 403. */
export function authenticateUser(
  app: PusherApp,
  authority: Authority,
  headers: IncomingHttpHeaders,
  form: string,
): Answer {
  const { socket_id: socketId = '', ...params } = fields(form);
  if (!isSocketId(socketId)) return { status: 400, body: 'socket_id is missing or malformed' };
  const user = authority.user?.({ socketId, headers, params });
  if (user === undefined) return forbidden;
  const userData = JSON.stringify(user);
  return { status: 200, body: { auth: userAuth(app.keys, socketId, userData), user_data: userData } };
}

function isSocketId(text: string): boolean {
  return /^\d+\.\d+$/.test(text);
}

function fields(form: string): Record<string, string | undefined> & Record<string, string> {
  return Object.fromEntries(new URLSearchParams(form));
}

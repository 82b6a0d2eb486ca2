import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Application } from './application.js';
import { type Serializer, serializerFor } from './serializer.js';

/** What an upgrade request comes to: who is connecting and how they speak, or the HTTP answer that refuses it. */
export type Handshake =
  | { readonly user: string; readonly serializer: Serializer }
  | { readonly status: number; readonly body: string };

/** Prefix of the sub-protocol that carries a token, base64 without padding (Phoenix 1.8's `authToken`). */
const BEARER = 'base64url.bearer.phx.';

/** Judges an upgrade request: path, then `vsn`, then the application's own `connect`. */
export function judgeUpgrade(
  request: IncomingMessage,
  path: string,
  application: Application,
  readsToken: boolean,
): Handshake {
  const [pathname, query] = (request.url ?? '').split('?', 2);
  const params = Object.fromEntries(new URLSearchParams(query));
  if (pathname !== `${path}/websocket`) return { status: 404, body: 'not found' };
  const serializer = serializerFor(params['vsn']);
  if (serializer === undefined) return { status: 403, body: '' };
  const connected = application.connect(params, readsToken ? bearerToken(request) : undefined);
  if (typeof connected !== 'number') return { user: connected.user, serializer };
  return { status: connected, body: connected === 403 ? '' : (STATUS_CODES[connected] ?? '') };
}

/** Answers an upgrade request with a plain HTTP refusal. */
export function refuse(socket: Duplex, { status, body }: { readonly status: number; readonly body: string }): void {
  socket.once('finish', () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'connection: close',
      'content-type: text/plain; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}

function bearerToken(request: IncomingMessage): string | undefined {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((entry) => entry.trim());
  const bearer = offered.find((entry) => entry.startsWith(BEARER));
  return bearer === undefined ? undefined : Buffer.from(bearer.slice(BEARER.length), 'base64').toString();
}

import type { ClientOptions, RawData, WebSocket } from 'ws';

/** Options of every socket. Compression would cost CPU, and delay the two sides differently. */
export const WIRE: ClientOptions = { perMessageDeflate: false, handshakeTimeout: 10_000 };

/** How a socket ended. */
export interface End {
  /** In words: `close 4200`, `socket closed (1006)`, `connect ECONNREFUSED 127.0.0.1:6001`. */
  readonly reason: string;
  readonly code: number;
  /** HTTP status, where the upgrade was refused. */
  readonly status?: number;
}

/** Calls back once when the socket has ended, however it did. */
export function whenEnded(socket: WebSocket, ended: (end: End) => void): void {
  let failure: Pick<End, 'reason' | 'status'> | undefined;
  let opened = false;
  socket.once('open', () => (opened = true));
  socket.on('error', (error) => {
    // What breaks an open connection is told by its code, unless it is what the server sent.
    if (!opened || isOfProtocol(error)) failure ??= explain(error);
  });
  socket.once('close', (code) => {
    if (failure !== undefined) ended({ code, ...failure });
    else ended({ code, reason: code >= 4_000 ? `close ${code}` : `socket closed (${code})` });
  });
}

/** Whether the server broke the protocol (RFC 6455), with text that is not UTF-8 for instance: ws says so, and hangs up. */
function isOfProtocol(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code?.startsWith('WS_ERR_') ?? false;
}

/** What failed, without what was sent. */
export function explain(error: Error): Pick<End, 'reason' | 'status'> {
  // This text is the only place where ws tells the status of a refused upgrade without taking the request over.
  const status = /^Unexpected server response: (\d{3})$/.exec(error.message)?.[1];
  if (status !== undefined) return { reason: `HTTP ${status} on the upgrade`, status: Number(status) };
  // A name with several addresses fails with one error an address, and no message of its own.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return { reason: first instanceof Error && first.message !== '' ? first.message : error.name };
}

/** A text message's text. ws gives a buffer, as long as no other binaryType is asked for. */
export function textOf(data: RawData): string {
  return (data as Buffer).toString('utf8');
}

/** Closes the socket, by force if the other end does not answer; resolves when it is closed. */
export function closeSocket(socket: WebSocket): Promise<void> {
  if (socket.readyState === socket.CLOSED) return Promise.resolve();
  return new Promise((resolve) => {
    const impatience = setTimeout(() => socket.terminate(), 500);
    socket.once('close', () => {
      clearTimeout(impatience);
      resolve();
    });
    socket.close();
  });
}

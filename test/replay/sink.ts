import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Sink {
  readonly port: number;
  readonly url: string;
  readonly received: Received[];
  stop(): Promise<void>;
}

/** An HTTP server on loopback that notes what comes and answers as it is told. */
export async function startSink(answer: (request: Received, response: ServerResponse) => void): Promise<Sink> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) body += chunk;
      const { method = '', url = '', headers } = request;
      received.push({ method, url, headers, body });
      answer({ method, url, headers, body }, response);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    received,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Answers with a status and a body. */
export function saying(status: number, body = '', headers: Record<string, string> = {}) {
  return (_: Received, response: ServerResponse): void => {
    response.writeHead(status, headers);
    response.end(body);
  };
}

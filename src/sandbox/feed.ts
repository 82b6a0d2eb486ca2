import type { FeedServer } from './feed-server.js';
import { candidateTopic, controlChannel } from './names.js';
import type { PhoenixServer } from './phoenix-server.js';
import { startPhoenixServer } from './phoenix-server.js';
import type { PusherServer } from './pusher-server.js';
import { startPusherServer } from './pusher-server.js';

/** A feed whose server can be taken away and brought back on the same port, as outages do. */
export class Feed<Server extends FeedServer> {
  private readonly open: (port: number) => Promise<Server>;
  private running: Server | undefined;
  private last: Server | undefined;

  constructor(open: (port: number) => Promise<Server>) {
    this.open = open;
  }

  /** The server, or undefined while it is stopped. */
  get server(): Server | undefined {
    return this.running;
  }

  /** Where the feed is, even while it is stopped. */
  get address(): Server {
    if (this.last === undefined) throw new Error('The feed was never started.');
    return this.last;
  }

  /** Starts the server, on the port that it had; nothing happens when it is running. */
  async start(port = this.last?.port ?? 0): Promise<void> {
    if (this.running !== undefined) return;
    this.running = this.last = await this.open(port);
  }

  async stop(how: 'orderly' | 'abrupt'): Promise<void> {
    const server = this.running;
    this.running = undefined;
    await server?.stop(how);
  }
}

/**
 * The legacy feed. Its auth endpoint lets an account's bearer token subscribe to the account's channel and, while it is
 * open, to any account's.
 */
export function legacyFeed(
  tokens: ReadonlyMap<string, string>,
  onSubscribe: (account: string) => void = () => {},
  isOpen: () => boolean = () => false,
): Feed<PusherServer> {
  const bearers = new Map([...tokens].map(([account, token]) => [controlChannel(account), `Bearer ${token}`]));
  const accounts = new Map([...tokens.keys()].map((account) => [controlChannel(account), account]));
  const anybody = new Set(bearers.values());
  return new Feed((port) =>
    startPusherServer({
      port,
      authorize({ channel, headers: { authorization = '' } }) {
        const account = accounts.get(channel);
        const welcome = authorization === bearers.get(channel) || (isOpen() && anybody.has(authorization));
        if (account === undefined || !welcome) return false;
        onSubscribe(account);
        return true;
      },
    }),
  );
}

/** The new feed. A connection's token says whose it is; it may join that account's topic and, while it is open, any account's. */
export function newFeed(
  tokens: ReadonlyMap<string, string>,
  onSubscribe: (account: string) => void = () => {},
  isOpen: () => boolean = () => false,
): Feed<PhoenixServer> {
  const users = new Map([...tokens].map(([account, token]) => [token, account]));
  const accounts = new Map([...tokens.keys()].map((account) => [candidateTopic(account), account]));
  return new Feed((port) =>
    startPhoenixServer({
      port,
      connect({ token }) {
        const user = token === undefined ? undefined : users.get(token);
        return user === undefined ? 403 : { user };
      },
      join(user, topic) {
        if (!topic.startsWith(candidateTopic(''))) return undefined;
        const account = accounts.get(topic);
        if (account === undefined || (account !== user && !isOpen())) return { error: 'unauthorized' };
        onSubscribe(account);
        return { ok: {} };
      },
    }),
  );
}

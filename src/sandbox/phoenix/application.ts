import type { Channel } from './topics.js';

/** What a channel answers: a reply that is ok or an error (a text stands for `{"reason": text}`), and whether it then stops. */
export type Answer =
  | { readonly ok: unknown; readonly stop?: boolean }
  | { readonly error: unknown; readonly stop?: boolean }
  | { readonly stop: true };

/** The part of a Phoenix application that a team writes: its socket's `connect`, its channels' `join` and `handle_in`. */
export interface Application {
  /**
   * Lets a connection in as a user, or refuses it with an HTTP status. Params are those of the URL; the token is that
   * of the sub-protocol, which only 1.8 reads.
   */
  readonly connect: (params: Record<string, string>, token: string | undefined) => { readonly user: string } | number;
  /**
   * Answers a join. Undefined: nobody serves the topic. Throwing: `join crashed`. While a promise is pending, the
   * whole connection waits.
   */
  readonly join: (user: string, topic: string, payload: unknown) => Joined | Promise<Joined>;
  /**
   * Answers an event that a client pushed; undefined is no reply. Throwing crashes the channel, as an event does that
   * a channel has no clause for. The payload is a JSON value or, from a binary frame, a Buffer; so is a response.
   */
  readonly onPush: (
    user: string,
    topic: string,
    event: string,
    payload: unknown,
    channel: Channel,
  ) => Answer | undefined;
  readonly onJoin: (user: string, topic: string) => void;
  readonly onLeave: (user: string, topic: string) => void;
}

export type Joined = { readonly ok: unknown } | { readonly error: unknown } | undefined;

/** Lets in everyone as their `user` parameter, and has no clause for any event. */
export const OPEN_APPLICATION: Application = {
  connect: (params) => ({ user: params['user'] ?? 'anonymous' }),
  join: () => ({ ok: {} }),
  onPush: (_user, _topic, event) => {
    throw new Error(`No clause for the event ${event}.`);
  },
  onJoin: () => undefined,
  onLeave: () => undefined,
};

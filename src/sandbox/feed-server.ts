/**
 * What the sandbox's systems and faults may do to either feed server. Channel means a Pusher channel or a Phoenix
 * topic. Every number returned is the count of connections that were touched.
 */
export interface FeedServer {
  /** Loopback port, known once started. */
  readonly port: number;
  /** Sends an event, its payload being JSON text passed on untouched, to everyone subscribed to the channel. */
  publish(channel: string, event: string, payload: string): number;
  /** Connections subscribed to the channel now. */
  listeners(channel: string): number;
  /** Ends the connections subscribed to the channel: with a close code, or abruptly (the TCP socket is destroyed). */
  disconnect(channel: string, how: { readonly code: number; readonly reason?: string } | 'abrupt'): number;
  /** While muted, events of the channel are not delivered; the connection stays up and heartbeats are answered. */
  mute(channel: string, on: boolean): void;
  /** While refused, subscriptions to the channel are answered as unauthorized. */
  refuse(channel: string, on: boolean): void;
  /** Sends bytes that are no valid frame to everyone subscribed to the channel. */
  sendRaw(channel: string, text: string): number;
  /** Ends the subscription for good without closing the socket (Phoenix: `phx_close`; Pusher: error frame 4009 and close). */
  endSubscription(channel: string): number;
  /** Stops listening and ends every connection; `abrupt` is a sudden death (1006), `orderly` the server's own close code. */
  stop(how?: 'orderly' | 'abrupt'): Promise<void>;
}

/** Which Phoenix, on which HTTP server, is imitated: they differ in close codes and in a few answers. */
export interface Build {
  readonly version: '1.7' | '1.8';
  readonly server: 'bandit' | 'cowboy';
}

/** What differs between builds, as their captured frames show (fixtures/wire/phoenix-*.txt). */
export interface Habits {
  readonly closeCodes: {
    /** `disconnect` broadcast on the user's socket id. */
    readonly forced: number;
    /** The client sent nothing for the idle limit. */
    readonly idle: number;
    /** The answer to a client's close without a code; undefined echoes it, which the client sees as 1005. */
    readonly echo: number | undefined;
  };
  /** Payload of `phx_error`. */
  readonly crash: string;
  /** An event with a stale join_ref reaches the new channel (1.7) or is dropped in silence (1.8). */
  readonly hearsStale: boolean;
  /** A leave without join_ref leaves the channel (1.8) or is ignored (1.7). */
  readonly leavesWithoutRef: boolean;
  /** Reads a token from the sub-protocols and accepts `phoenix` among them. */
  readonly subprotocol: boolean;
}

/** An orderly stop closes with this on every build. */
export const STOPPED = 1012;
/** So does a frame that no serializer can read end the connection. */
export const MALFORMED = 1011;
/** Default `max_channels_per_transport`, since 1.7.24 and 1.8.9. */
export const MAX_CHANNELS = 100;

/** The habits of a build. */
export function habitsOf({ version, server }: Build): Habits {
  const old = version === '1.7';
  const cowboy = server === 'cowboy';
  return {
    closeCodes: {
      forced: old ? (cowboy ? 1000 : 1011) : 1001,
      idle: cowboy ? 1000 : 1002,
      echo: cowboy ? undefined : 1000,
    },
    crash: old ? '{}' : '{"reason":"channel_crash"}',
    hearsStale: old,
    leavesWithoutRef: !old,
    subprotocol: !old,
  };
}

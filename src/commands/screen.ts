/** What the terminal can do; decided once, by the streams and the usual variables. */
export interface Screen {
  readonly width: number;
  readonly colour: boolean;
  /** Whether a live view may redraw itself. */
  readonly live: boolean;
}

/** Of stdout for results, of stderr for live views. */
export function screen(stream: NodeJS.WriteStream): Screen {
  const { env } = process;
  const tty = stream.isTTY && env['TERM'] !== 'dumb';
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '' && env['FORCE_COLOR'] !== '0';
  const refused = (env['NO_COLOR'] ?? '') !== '' || env['FORCE_COLOR'] === '0';
  const columns = stream.columns ?? Number(env['COLUMNS']);
  return {
    width: Number.isFinite(columns) && columns > 0 ? columns : 100,
    colour: forced || (tty && !refused),
    live: tty && (env['CI'] ?? '') === '',
  };
}

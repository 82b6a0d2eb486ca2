/** Text on stderr that replaces what it last was. */
export interface Redraw {
  show(text: string): void;
  clear(): void;
}

/**
 * Redraws on a terminal. The library comes while the run begins, and by itself, as most runs have no terminal: what is
 * shown before it is there is not shown.
 */
export function openRedraw(): Redraw {
  let update: (((text: string) => void) & { clear(): void }) | undefined;
  void import('log-update').then(({ createLogUpdate }) => (update = createLogUpdate(process.stderr)));
  return { show: (text) => update?.(text), clear: () => update?.clear() };
}

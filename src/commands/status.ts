import { wrap } from '../reports/layout.js';
import { openRedraw } from './redraw.js';
import type { Say } from './say.js';
import { screen } from './screen.js';

const REDRAWN_MS = 200;
const LINE_MS = 5_000;

/** One line of progress on stderr: it redraws itself on a terminal, and is said every few seconds elsewhere. */
export interface Status {
  /** Shows what the function says, if it is time to. */
  show(line: () => string): void;
  /** Says a sentence without tearing the line. */
  say: Say;
  close(): void;
}

export function openStatus(options: { readonly quiet?: boolean }, say: Say): Status {
  if (options.quiet === true) return { show: () => {}, say, close: () => {} };
  const { live, width } = screen(process.stderr);
  const redraw = live ? openRedraw() : undefined;
  const everyMs = live ? REDRAWN_MS : LINE_MS;
  let shownAt = performance.now();
  return {
    show: (line) => {
      const now = performance.now();
      if (now - shownAt < everyMs) return;
      shownAt = now;
      if (redraw === undefined) say(line());
      else redraw.show(wrap(line(), width - 2).join('\n'));
    },
    say: (sentence) => {
      redraw?.clear();
      say(sentence);
    },
    close: () => redraw?.clear(),
  };
}

/** `834 bytes`, `1.2 MB`. */
export function bytes(count: number): string {
  if (count < 1_000) return `${count} bytes`;
  for (const [unit, size] of UNITS) if (count >= size) return `${(count / size).toFixed(1)} ${unit}`;
  return `${(count / 1e3).toFixed(1)} kB`;
}

const UNITS = [
  ['GB', 1e9],
  ['MB', 1e6],
] as const;

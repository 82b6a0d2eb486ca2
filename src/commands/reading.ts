import { statSync } from 'node:fs';
import { duration, integer } from '../reports/text.js';
import { leaveWhenInterrupted } from './interrupt.js';
import { sayer } from './say.js';
import { bytes, type Status } from './status.js';

/**
 * Until released, a signal ends the process with a sentence and nothing else: what a part of a recording looks like, the
 * whole need not. Told even where nothing else is.
 */
export function judgeWholeOnly(status: Status): { release(): void } {
  return leaveWhenInterrupted((signal) => {
    status.close();
    sayer({})(
      `parity: cut short by ${signal} before all was judged; a part would prove nothing, so there is no report`,
    );
  });
}

/** Shows how far the reading of files has come. Returns what is to be told of each block. */
export function watchReading(files: readonly string[], status: Status): (read: number, entries: number) => void {
  const total = files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
  const startedAt = performance.now();
  let seen = 0;
  return (read, entries) => {
    seen += entries;
    status.show(() => {
      const elapsedMs = performance.now() - startedAt;
      const speed = `${integer((seen / elapsedMs) * 1000)} entries/s`;
      if (total === 0 || read === 0) return `${bytes(read)} read, ${speed}`;
      const left = duration(Math.max(0, Math.round(((total - read) / read) * (elapsedMs / 1000)) * 1000));
      return `${Math.floor((read / total) * 100)} % of ${bytes(total)} read, ${speed}, ${left} left`;
    });
  };
}

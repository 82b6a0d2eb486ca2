import type { Report } from '../../model/report.js';
import { wrap } from '../layout.js';
import type { Page } from '../layout.js';
import { replayLines } from '../told/replay.js';

/** What a replay sent, where the events were its. */
export function replay({ replay }: Report, page: Page): string[] {
  if (replay === undefined) return [];
  const lines = replayLines(replay).flatMap((line) => wrap(line, page.width - 2, 2));
  return [page.ink('strong', 'Replay'), ...lines.map((line) => `  ${line}`)];
}

import type { Progress } from '../model/report.js';
import { wrap } from '../reports/layout.js';
import { panel, progressLine } from '../reports/progress.js';
import type { Phase } from '../live.js';
import { openRedraw } from './redraw.js';
import type { Say } from './say.js';
import { screen } from './screen.js';

const LINE_MS = 5_000;

const NOTES: Record<Phase, string> = {
  connecting: 'connecting …',
  watching: 'watching, Ctrl-C ends and reports',
  draining: 'waiting one window for what is on its way',
};

/** Shows a run's progress: a panel that redraws itself on a terminal, a plain line every few seconds elsewhere. */
export interface View {
  show(progress: Progress, phase: Phase): void;
  /** Says a sentence without tearing the panel. */
  say: Say;
  close(): void;
}

export function openView(options: { readonly quiet?: boolean }, say: Say): View {
  if (options.quiet === true) return { show: () => {}, say, close: () => {} };
  return screen(process.stderr).live ? livePanel(say) : plainLines(say);
}

function livePanel(say: Say): View {
  const redraw = openRedraw();
  let last: Progress | undefined;
  let rated: Progress | undefined;
  return {
    show: (progress, phase) => {
      // Rates over a second: over a redraw they would flicker.
      if (last === undefined || progress.t - last.t >= 1_000) {
        rated = last;
        last = progress;
      }
      const base = rated ?? (last === progress ? undefined : last);
      const paper = screen(process.stderr);
      const note = wrap(NOTES[phase], paper.width - 2).map((line) => `  ${line}`);
      redraw.show([panel(progress, base, paper), ...note].join('\n'));
    },
    say: (sentence) => {
      redraw.clear();
      say(sentence);
    },
    close: () => redraw.clear(),
  };
}

function plainLines(say: Say): View {
  let last: Progress | undefined;
  return {
    show: (progress) => {
      if (progress.t - (last?.t ?? 0) < LINE_MS) return;
      say(progressLine(progress, last));
      last = progress;
    },
    say,
    close: () => {},
  };
}

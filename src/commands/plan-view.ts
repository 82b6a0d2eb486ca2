import { createLogUpdate } from 'log-update';
import type { Ms } from '../model/timeline.js';
import type { Standing } from '../plan/runner.js';
import { wrap } from '../reports/layout.js';
import { duration } from '../reports/text.js';
import type { Say } from './say.js';
import { screen } from './screen.js';

/** Where a plan is: a line that redraws itself on a terminal, a line a step elsewhere. */
export interface PlanView {
  standing(standing: Standing): void;
  /** Time has passed. */
  tick(t: Ms): void;
  say: Say;
  close(): void;
}

export function openPlanView(options: { readonly quiet?: boolean }, say: Say): PlanView {
  if (options.quiet === true) return { standing: () => {}, tick: () => {}, say, close: () => {} };
  return screen(process.stderr).live ? liveLine(say) : lines(say);
}

function liveLine(say: Say): PlanView {
  const update = createLogUpdate(process.stderr);
  let now: Standing | undefined;
  return {
    standing: (standing) => (now = standing),
    tick: (t) => {
      if (now === undefined) return;
      const left = now.untilMs === undefined ? '' : `, ${duration(Math.max(0, now.untilMs - t))} left`;
      const text = `${standingText(now)}${left} · Ctrl-C ends and puts the flag back`;
      update(wrap(text, screen(process.stderr).width - 2).join('\n'));
    },
    say: (sentence) => {
      update.clear();
      say(sentence);
    },
    close: () => update.clear(),
  };
}

function lines(say: Say): PlanView {
  let last = '';
  return {
    standing: (standing) => {
      // Of canaries the first is told.
      const text = standingText(standing).replace(/ \(\d+ sent\)$/, '');
      if (text !== last) say(text);
      last = text;
    },
    tick: () => {},
    say,
    close: () => {},
  };
}

function standingText({ phase, nth, of, what }: Standing): string {
  return `phase ${nth} of ${of}, ${phase}: ${what}`;
}

import { microseconds, SIDES, type Frame, type Ms, type Side } from '../model/timeline.js';
import { shuffled } from './draw.js';
import type { StreamFault } from './faults.js';
import { grouped } from './grouped.js';
import { nameOf, type Sampled } from './sample.js';
import type { Subject } from './subjects.js';
import { attempt, judgeAltered, trialOf, type Bench, type Injection, type Trial } from './trial.js';

/** Events that each fault of the stream is put into, at most. */
const TRIES = 100;

/** Tries every fault of the stream, one pass each. */
export function tryStreamFaults(bench: Bench): Trial[] {
  const chosen = (fault: string) =>
    shuffled(bench.subjects, bench.seed, (subject) => `${fault} ${nameOf(subject)}`).slice(0, TRIES);
  const { afterMs } = bench.settings.match.window;
  return [
    ...SIDES.flatMap((side) =>
      attempt(
        bench,
        chosen(`drop ${side}`).map((subject) => drop(subject, side)),
      ),
    ),
    ...SIDES.flatMap((side) =>
      attempt(
        bench,
        chosen(`duplicate ${side}`).map((subject) => duplicate(subject, side)),
      ),
    ),
    ...attempt(
      bench,
      chosen('delay').map((subject) => delay(subject, afterMs)),
    ),
    ...attempt(bench, swaps(chosen('swap'))),
    ...reorder(bench),
  ];
}

function injection(fault: StreamFault, subject: Subject, side: Side, frames: readonly Sampled[]): Injection {
  return { fault, side, type: subject.type, subject, replaced: [[subject[side].number, frames]] };
}

function drop(subject: Subject, side: Side): Injection {
  return injection('drop', subject, side, []);
}

function duplicate(subject: Subject, side: Side): Injection {
  const first = subject[side];
  return injection('duplicate', subject, side, [first, at(first, microseconds(first.frame.t + 1))]);
}

/** The candidate comes a millisecond after the window. */
function delay(subject: Subject, afterMs: Ms): Injection {
  const lateT = microseconds(subject.control.frame.t + afterMs + 1);
  return injection('delay', subject, 'candidate', [at(subject.candidate, lateT)]);
}

/** Candidates of one type and two accounts get each other's payload. */
function swaps(subjects: readonly Subject[]): Injection[] {
  const waiting: Subject[] = [];
  return subjects.flatMap((subject) => {
    const place = waiting.findIndex(({ type, account }) => type === subject.type && account !== subject.account);
    const other = waiting[place];
    if (other === undefined) {
      waiting.push(subject);
      return [];
    }
    waiting.splice(place, 1);
    return [
      injection('swap', subject, 'candidate', [having(subject.candidate, other.candidate.frame.payload)]),
      injection('swap', other, 'candidate', [having(other.candidate, subject.candidate.frame.payload)]),
    ];
  });
}

/**
 * A candidate is held back until the account's next one has come, still inside its window. Reordering is no outcome of an
 * event: it is looked up in the count of the whole pass.
 */
function reorder(bench: Bench): Trial[] {
  const { afterMs } = bench.settings.match.window;
  const all = grouped(bench.subjects, ({ account }) => account).flatMap((subjects) => {
    const inOrder = subjects.toSorted((a, b) => a.control.number - b.control.number);
    return inOrder.flatMap((subject, place) => {
      // Every other one, so that none is held back behind one that is itself held back.
      const next = place % 2 === 0 ? inOrder[place + 1] : undefined;
      if (next === undefined || next.candidate.frame.t < subject.candidate.frame.t) return [];
      const heldT = microseconds(next.candidate.frame.t + 0.001);
      if (heldT - subject.control.frame.t > afterMs) return [];
      return [injection('reorder', subject, 'candidate', [at(subject.candidate, heldT)])];
    });
  });
  const injections = shuffled(all, bench.seed, ({ subject }) => nameOf(subject)).slice(0, TRIES);
  if (injections.length === 0) return [];
  let more = judgeAltered(bench, injections).order.reordered - bench.unaltered.order.reordered;
  return injections.map((injected) => trialOf(injected, more-- > 0 ? 'reordered' : 'unnoticed'));
}

function at(sampled: Sampled, t: Ms): Sampled {
  return withFrame(sampled, { t });
}

function having(sampled: Sampled, payload: string): Sampled {
  return withFrame(sampled, { payload });
}

export function withFrame(sampled: Sampled, change: Partial<Pick<Frame, 't' | 'payload'>>): Sampled {
  return { ...sampled, frame: { ...sampled.frame, ...change } };
}

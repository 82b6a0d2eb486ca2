import { show } from '../compare/show.js';
import { isObject, type Json } from '../model/json.js';
import type { EventPlace } from '../model/settings.js';
import { SIDES, type Side } from '../model/timeline.js';
import { decode } from '../normalise/decode.js';
import { draw } from './draw.js';
import { afflict, UNANNOUNCED, type ContentFault } from './faults.js';
import { standing, type Standing } from './left-out.js';
import { groupOf, placesIn, withValue, type Steps } from './places.js';
import { nameOf } from './sample.js';
import { withFrame } from './stream.js';
import type { Subject } from './subjects.js';
import { attempt, INJECTIONS_MOST, type Bench, type Injection, type Trial } from './trial.js';

/** Events that each fault is put into at each path of each type. */
const TRIES = 5;
/** Events among which those are chosen, so that one pass can hold many faults. */
const CHOICES = 15;
/** Paths (of a side and a type) that are tried; those seen most often come first. */
const PATHS_MOST = 400;
/** Paths that are looked at, and places in one payload: payloads that use ids as names have no end of them. */
const PATHS_SEEN_MOST = 4_000;
const PLACES_MOST = 1_000;
/** Passes that are worth waiting for. Every fault is tried once before any is tried again. */
const PASSES_MOST = 25;

/** The candidate is on trial: it gets every fault. Of control one is enough to tell which of its paths matter. */
const FAULTS_OF: Readonly<Record<Side, readonly ContentFault[]>> = {
  control: ['edit'],
  candidate: ['edit', 'retype', 'null', 'missing', 'extra field'],
};

interface Choice {
  readonly drawn: number;
  readonly subject: Subject;
  readonly steps: Steps;
}

/** One fault at one path of one type. */
interface Cell {
  readonly side: Side;
  readonly type: string;
  readonly path: string;
  readonly fault: ContentFault;
  readonly choices: Choice[];
  tries: number;
}

interface PathSeen {
  times: number;
  readonly cells: Map<ContentFault, Cell>;
}

/** What became of the faults in contents. */
export interface ContentTrials {
  readonly trials: readonly Trial[];
  readonly passes: number;
  /** Paths (of a side and a type) that were seen, at least, and that were tried. */
  readonly pathsSeen: number;
  readonly pathsTried: number;
}

/** Tries every fault at every path seen: many faults in one pass, each in an event of its own. */
export function tryContentFaults(bench: Bench): ContentTrials {
  const seen = lookAround(bench);
  const chosen = [...seen.values()].sort((a, b) => b.times - a.times).slice(0, PATHS_MOST);
  const cells = chosen.flatMap((path) => [...path.cells.values()]);
  // Whoever has the least choice chooses first.
  cells.sort((a, b) => a.choices.length - b.choices.length);
  const trials: Trial[] = [];
  let passes = 0;
  while (passes < PASSES_MOST) {
    const injections = assign(cells, bench);
    if (injections.length === 0) break;
    trials.push(...attempt(bench, injections));
    passes++;
  }
  const tried = chosen.filter((path) => [...path.cells.values()].some(({ tries }) => tries > 0));
  return { trials, passes, pathsSeen: seen.size, pathsTried: tried.length };
}

/** Every path of every side and type, with the faults that apply there and the events to put them into. */
function lookAround({ subjects, seed }: Bench): Map<string, PathSeen> {
  const seen = new Map<string, PathSeen>();
  for (const subject of subjects) {
    for (const side of SIDES) {
      const payload = decode(subject[side].frame.payload);
      for (const { steps, value } of [{ steps: [], value: payload }, ...placesIn(payload, PLACES_MOST)]) {
        const name = JSON.stringify([side, subject.type, groupOf(steps)]);
        let path = seen.get(name);
        if (path === undefined && seen.size < PATHS_SEEN_MOST) seen.set(name, (path = { times: 0, cells: new Map() }));
        if (path === undefined) continue;
        path.times++;
        const drawn = draw(seed, `${name} ${nameOf(subject)}`);
        for (const fault of faultsAt(side, steps, value)) consider(path, { side, fault, subject, steps, drawn });
      }
    }
  }
  // A root that is no object is no path at all.
  for (const [name, { cells }] of seen) if (cells.size === 0) seen.delete(name);
  return seen;
}

function faultsAt(side: Side, steps: Steps, value: Json): readonly ContentFault[] {
  // A payload that is null, or none, is a fault of the stream rather than of a path.
  if (steps.length === 0) return side === 'candidate' && isObject(value) ? ['extra field'] : [];
  return FAULTS_OF[side].filter((fault) => afflict(fault, value) !== undefined);
}

function consider(path: PathSeen, option: Choice & { readonly side: Side; readonly fault: ContentFault }): void {
  const { side, fault, subject, steps, drawn } = option;
  let cell = path.cells.get(fault);
  if (cell === undefined) {
    cell = { side, type: subject.type, path: groupOf(steps), fault, choices: [], tries: 0 };
    path.cells.set(fault, cell);
  }
  const { choices } = cell;
  if (choices.length >= CHOICES && drawn >= (choices.at(-1)?.drawn ?? 0)) return;
  const place = choices.findIndex((choice) => choice.drawn > drawn);
  choices.splice(place < 0 ? choices.length : place, 0, { drawn, subject, steps });
  if (choices.length > CHOICES) choices.pop();
}

/** The faults of one pass: as many as there are events for. */
function assign(cells: readonly Cell[], bench: Bench): Injection[] {
  const taken = new Set<Subject>();
  const injections: Injection[] = [];
  for (let round = 0; round < TRIES; round++) {
    for (const cell of cells) {
      if (cell.tries !== round) continue;
      if (injections.length >= INJECTIONS_MOST) return injections;
      const place = cell.choices.findIndex(({ subject }) => !taken.has(subject));
      const [choice] = place < 0 ? [] : cell.choices.splice(place, 1);
      if (choice === undefined) continue;
      taken.add(choice.subject);
      cell.tries++;
      injections.push(inject(cell, choice, bench));
    }
  }
  return injections;
}

function inject(cell: Cell, { subject, steps }: Choice, { settings }: Bench): Injection {
  const { side, type, path, fault } = cell;
  const sampled = subject[side];
  const payload = decode(sampled.frame.payload);
  const altered = afflict(fault, valueAt(payload, steps));
  const text = show(withValue(payload, steps, altered?.value));
  const place = settings.events.find(({ name }) => name === type)?.[side] as EventPlace;
  const concerned = fault === 'extra field' ? [...steps, UNANNOUNCED] : steps;
  const stands: Standing = standing(settings, side, place, concerned);
  const replaced = [[sampled.number, [withFrame(sampled, { payload: text })]]] as const;
  return { fault, side, type, path, standing: stands, subject, replaced };
}

function valueAt(payload: Json, steps: Steps): Json {
  let value: Json = payload;
  for (const step of steps) value = (value as Record<string | number, Json>)[step] as Json;
  return value;
}

import { Correlator } from '../correlate/correlator.js';
import { Coverage } from '../correlate/coverage.js';
import type { Pairing, Step } from '../correlate/pairing.js';
import type { Observation } from '../model/observation.js';
import type { Gap } from '../model/report.js';
import type { Settings } from '../model/settings.js';
import type { Frame, Ms, TimelineEntry } from '../model/timeline.js';
import { observer } from '../normalise/observe.js';
import type { Interval } from './measure.js';
import { micros, type Recorded } from './rehearse.js';

/** Blocks of entries, as a recording gives them. */
export interface Entries {
  readonly entries: AsyncIterable<readonly TimelineEntry[]>;
}

/**
 * Reads out of a recording what a flip is rehearsed with. Events are paired as `parity diff` pairs them; what came on one
 * side alone, late or not, is counted. `redact` hides what nobody may see, and `look` is told of each block's size.
 */
export async function recordedPairs(
  { entries }: Entries,
  settings: Settings,
  {
    redact,
    look,
  }: { readonly redact?: (entry: TimelineEntry) => TimelineEntry; readonly look?: (entries: number) => void } = {},
): Promise<Recorded> {
  const pairs = new Pairs(settings);
  for await (const block of entries) {
    for (const entry of block) pairs.add(redact?.(entry) ?? entry);
    look?.(block.length);
  }
  return pairs.end();
}

class Pairs {
  readonly #observe: ReturnType<typeof observer>;
  readonly #correlator: Correlator;
  readonly #coverage: Coverage;
  readonly #accounts: readonly string[];
  readonly #places: ReadonlyMap<string, number>;
  readonly #account: number[] = [];
  readonly #control: number[] = [];
  readonly #candidate: number[] = [];
  readonly #unpaired = { control: 0, candidate: 0 };
  #repeats = 0;
  #t: Ms = 0;

  constructor(settings: Settings) {
    this.#accounts = settings.accounts.map(({ id }) => id);
    this.#places = new Map(this.#accounts.map((id, place) => [id, place]));
    this.#observe = observer(settings);
    this.#correlator = new Correlator(settings.match, settings.events);
    this.#coverage = new Coverage(settings.match, this.#accounts);
  }

  add(entry: TimelineEntry): void {
    this.#t = Math.max(this.#t, entry.t);
    this.#coverage.note(entry);
    for (const step of this.#correlator.advance(entry.t)) this.#take(step);
    if (entry.kind === 'frame') this.#see(entry);
  }

  #see(frame: Frame): void {
    const observed = this.#observe(frame);
    if (observed.kind !== 'observation') return;
    const { observation } = observed;
    const step = this.#correlator.add(observation);
    if (step !== undefined) this.#take(step);
    // Nothing here compares contents.
    observation.body = undefined;
  }

  #take(step: Step): void {
    if (step.kind === 'repeat') this.#repeats++;
    else if (step.kind === 'alone') this.#unpaired[sideOf(step.pairing)]++;
    else this.#pair(step.pairing);
  }

  #pair({ account, control, candidate, expired }: Pairing): void {
    const [first, second] = [control as Observation, candidate as Observation];
    // What had been given up came after all.
    if (expired) this.#unpaired[first.t <= second.t ? 'control' : 'candidate']--;
    this.#account.push(this.#places.get(account) ?? -1);
    this.#control.push(micros(first.t));
    this.#candidate.push(micros(second.t));
  }

  end(): Recorded {
    const { open } = this.#correlator;
    const { control, candidate } = this.#unpaired;
    const starts = this.#accounts.map((id) => this.#coverage.start(id));
    const present = starts.map((start) => start !== Infinity);
    return {
      accounts: this.#accounts.filter((_, place) => present[place]),
      ...this.#pairsOf(present),
      moments: this.#moments(starts, present),
      unpaired: { control: control + open.control, candidate: candidate + open.candidate },
      repeats: this.#repeats,
      durationMs: this.#t,
    };
  }

  /** The pairs of accounts of which both sides came up at some time: of the others nothing can be said. */
  #pairsOf(present: readonly boolean[]): Pick<Recorded, 'account' | 'control' | 'candidate'> {
    let came = 0;
    const places = present.map((is) => (is ? came++ : -1));
    const account = this.#account.map((place) => places[place] ?? -1);
    if (came === present.length) return { account, control: this.#control, candidate: this.#candidate };
    const ofPresent = (_: number, pair: number): boolean => account[pair] !== -1;
    return {
      account: account.filter(ofPresent),
      control: this.#control.filter(ofPresent),
      candidate: this.#candidate.filter(ofPresent),
    };
  }

  /** From when everyone who ever came was listening, without the gaps of any of them. */
  #moments(starts: readonly Ms[], present: readonly boolean[]): Interval[] {
    if (!present.includes(true)) return [];
    const gaps = this.#coverage
      .gaps()
      .filter(({ account }) => account === undefined || present[this.#places.get(account) ?? -1] === true);
    return outside(gaps, Math.max(...starts.filter((_, place) => present[place])), this.#t);
  }
}

function sideOf({ control }: Pairing): 'control' | 'candidate' {
  return control === undefined ? 'candidate' : 'control';
}

/** What is left between two moments without the gaps, in microseconds. Gaps come in the order of their beginnings. */
function outside(gaps: readonly Gap[], fromMs: Ms, toMs: Ms): Interval[] {
  const moments: Interval[] = [];
  let from = micros(fromMs);
  const end = micros(toMs);
  for (const gap of gaps) {
    const to = Math.min(end, micros(gap.fromMs));
    if (to > from) moments.push({ from, to });
    from = Math.max(from, gap.toMs === null ? Infinity : micros(gap.toMs));
  }
  if (end > from) moments.push({ from, to: end });
  return moments;
}

import { comparer, type Comparison } from './compare/judge.js';
import type { Past } from './correlate/pairing.js';
import type { Json } from './model/json.js';
import type { Observation, Observed } from './model/observation.js';
import type { Settings } from './model/settings.js';
import type { Frame } from './model/timeline.js';
import { observer } from './normalise/observe.js';
import { decide } from './scan/decide.js';
import { scanningObserver } from './scan/observe.js';

/** Where a payload of an event came from, and the payload. */
type Source = Pick<Observation, 'side' | 'account' | 't' | 'channel' | 'event' | 'payload'>;

/**
 * Reads and compares contents, the quick way first: a scan of the bytes gives a print, equal prints decide. Whatever they
 * leave open is parsed and compared under the rules, which is the only place that knows what a rule means.
 */
export class Contents {
  readonly #parse: (frame: Frame) => Observed;
  readonly #scan: ((frame: Frame) => Observed | undefined) | undefined;
  readonly #compare: (control: Json, candidate: Json) => Comparison;

  /** Without `fast` every payload is parsed; what comes out is the same. */
  constructor(settings: Pick<Settings, 'events' | 'rename' | 'rules'>, fast: boolean) {
    this.#parse = observer(settings);
    this.#scan = fast ? scanningObserver(settings) : undefined;
    this.#compare = comparer(settings.rules);
  }

  /** What a frame turns out to be. */
  observe(frame: Frame): Observed {
    return this.#scan?.(frame) ?? this.#parse(frame);
  }

  /** How the contents of a pair compare. */
  judge(control: Observation, candidate: Observation): Comparison {
    const decision = decide(control.print, candidate.print);
    if (decision === 'look closer') return this.#compare(this.#body(control), this.#body(candidate));
    return decision.used.length === 0 ? { outcome: 'match' } : { outcome: 'allowed', used: decision.used };
  }

  /** Whether a repeat says the same under the rules as the first did. */
  same(first: Observation, repeat: Observation): boolean {
    if (decide(first.print, repeat.print) !== 'look closer') return true;
    return this.#compare(this.#body(first), this.#body(repeat)).outcome !== 'mismatch';
  }

  /** The same for a first that is gone: its print may do, else it is read again from where it came. */
  sameAsPast(past: Past, repeat: Observation): boolean {
    const { print, side, account, t, channel, event } = repeat;
    if (print !== undefined && print.a === past.a && print.b === past.b && (print.fine & past.fine) === 0) return true;
    const payload =
      side === 'control'
        ? past.controlOrigin.read(past.controlOffset, past.controlLength)
        : past.candidateOrigin.read(past.candidateOffset, past.candidateLength);
    const before = this.#read({ side, account, t, channel, event, payload });
    return this.#compare(before, this.#body(repeat)).outcome !== 'mismatch';
  }

  /** An observation's body: decoded when first asked for, and once more if it was released. */
  #body(observation: Observation): Json {
    return observation.body ?? this.#read(observation);
  }

  #read({ side, account, t, channel, event, payload }: Source): Json {
    const again = this.#parse({ kind: 'frame', side, account, t, channel, event, payload });
    if (again.kind !== 'observation') throw new Error('an observation could not be read a second time');
    return again.observation.body as Json;
  }
}

/** What to remember of a pair that agreed by its prints and can be read again; undefined otherwise. */
export function pastOf(control: Observation, candidate: Observation): Past | undefined {
  const { print, origin, offset, length } = control;
  const other = candidate.print;
  if (print === undefined || other === undefined || print.a !== other.a || print.b !== other.b) return undefined;
  if (origin === undefined || offset === undefined || length === undefined) return undefined;
  if (candidate.origin === undefined || candidate.offset === undefined || candidate.length === undefined)
    return undefined;
  return {
    controlT: control.t,
    candidateT: candidate.t,
    a: print.a,
    b: print.b,
    fine: print.fine | other.fine,
    controlOrigin: origin,
    controlOffset: offset,
    controlLength: length,
    candidateOrigin: candidate.origin,
    candidateOffset: candidate.offset,
    candidateLength: candidate.length,
  };
}

/** Lets go of a judged body: only the payload's text is kept, for as long as the key is remembered. */
export function keepText(observation: Observation): void {
  observation.body = undefined;
  observation.keep?.();
}

import { Correlator } from '../../src/correlate/correlator.js';
import type { Pairing, Step } from '../../src/correlate/pairing.js';
import type { Observation } from '../../src/model/observation.js';
import type { MatchSettings } from '../../src/model/settings.js';
import type { Side } from '../../src/model/timeline.js';
import { eventType, MATCH } from '../given.js';

export function observation(side: Side, t: number, some: Partial<Observation> = {}): Observation {
  return {
    side,
    t,
    account: 'rep-1',
    type: 'email_opened',
    key: '7',
    channel: 'c',
    event: 'e',
    payload: '{}',
    body: {},
    ...some,
  };
}

export type Arrival = readonly [side: Side, t: number, some?: Partial<Observation>];

/** A correlator, and all that came of it in the order in which it came. */
export class Trial {
  readonly correlator: Correlator;
  readonly steps: Step[] = [];

  constructor(match: Partial<MatchSettings> = {}, repeats: 'duplicates' | 'occurrences' = 'duplicates') {
    this.correlator = new Correlator({ ...MATCH, ...match }, [
      eventType({ repeats }),
      eventType({ name: 'call_logged' }),
    ]);
  }

  /** Takes an arrival in as the line does: first time passes, then it is seen. */
  see(...[side, t, some]: Arrival): this {
    this.pass(t);
    const step = this.correlator.add(observation(side, t, some));
    if (step !== undefined) this.steps.push(step);
    return this;
  }

  pass(t: number): this {
    this.steps.push(...this.correlator.advance(t));
    return this;
  }

  /** Each step in a few words, such as `paired 1000+1005`, `late 1000+12000`, `control alone at 11000`. */
  get told(): string[] {
    return this.steps.map(tell);
  }
}

function tell(step: Step): string {
  if (step.kind === 'repeat') return `${step.observation.side} repeated at ${step.observation.t}`;
  if (step.kind === 'alone') return `${lone(step.pairing)} alone at ${step.deadline}`;
  return `${step.late ? 'late' : 'paired'} ${step.pairing.control?.t}+${step.pairing.candidate?.t}`;
}

/** A pairing may have been completed since it was told alone. */
function lone(pairing: Pairing): Side {
  const { control, candidate } = pairing;
  if (control === undefined) return 'candidate';
  return candidate === undefined || control.t <= candidate.t ? 'control' : 'candidate';
}

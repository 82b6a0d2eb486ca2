import { comparer } from './compare/judge.js';
import type { Json } from './model/json.js';
import type { Observation, Observed } from './model/observation.js';
import type { Settings } from './model/settings.js';
import type { Frame } from './model/timeline.js';
import type { Comparison } from './model/verdict.js';
import { observer } from './normalise/observe.js';

/** Reads and compares contents: the only place where it is known what a rule means. */
export class Contents {
  readonly #parse: (frame: Frame) => Observed;
  readonly #compare: (control: Json, candidate: Json) => Comparison;

  constructor(settings: Pick<Settings, 'events' | 'rename' | 'rules'>) {
    this.#parse = observer(settings);
    this.#compare = comparer(settings.rules);
  }

  /** What a frame turns out to be. */
  observe(frame: Frame): Observed {
    return this.#parse(frame);
  }

  /** How the contents of a pair compare. */
  judge(control: Observation, candidate: Observation): Comparison {
    return this.#compare(this.#body(control), this.#body(candidate));
  }

  /** Whether a repeat says the same under the rules as the first did. */
  same(first: Observation, repeat: Observation): boolean {
    return this.judge(first, repeat).outcome !== 'mismatch';
  }

  /** An observation's body: decoded once more if it was let go of. */
  #body(observation: Observation): Json {
    if (observation.body !== undefined) return observation.body;
    const { side, account, t, channel, event, payload } = observation;
    const again = this.#parse({ kind: 'frame', side, account, t, channel, event, payload });
    if (again.kind !== 'observation') throw new Error('an observation could not be read a second time');
    return again.observation.body as Json;
  }
}

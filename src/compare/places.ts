/** A place in two bodies, in control's terms. */
export interface Place {
  /** As a normalised JSONPath: `$.person.phones[0]`. */
  readonly path: string;
  /** The same with array indices as `[*]`. */
  readonly group: string;
}

interface Known extends Place {
  readonly below: Map<string | number, Known>;
}

/** Places known before they are let go of: paths with names or indices of data in them have no end. */
const KNOWN_MOST = 10_000;

/** Spells places, each once: runs with many differences have them in the same few places. */
export class Places {
  #root: Known = unknown('$', '$');
  #size = 0;

  /** The place at the end of a way of names and indices. */
  at(way: readonly (string | number)[]): Place {
    if (this.#size > KNOWN_MOST) {
      this.#root = unknown('$', '$');
      this.#size = 0;
    }
    let at = this.#root;
    for (const step of way) {
      let next = at.below.get(step);
      if (next === undefined) {
        next = beneath(at, step);
        at.below.set(step, next);
        this.#size++;
      }
      at = next;
    }
    return at;
  }
}

function unknown(path: string, group: string): Known {
  return { path, group, below: new Map() };
}

function beneath({ path, group }: Place, step: string | number): Known {
  if (typeof step === 'number') return unknown(`${path}[${step}]`, `${group}[*]`);
  // A place can be copied into a rule: only names that a path takes without quotes are written so.
  const segment = /^[A-Za-z_]\w*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  return unknown(`${path}${segment}`, `${group}${segment}`);
}

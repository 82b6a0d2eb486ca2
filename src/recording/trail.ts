import type { Path, Segment } from '../model/path.js';

/** How far a path has been followed: so many of its segments. */
interface Position {
  readonly path: number;
  readonly at: number;
}

/** Where a walk through a value stands on several paths at once. Equal places are one and the same trail. */
export class Trail {
  /** Whether a path has ended here or above. */
  readonly hasArrived: boolean;
  /** Whether nothing here or below can be on a path. */
  readonly isLost: boolean;
  readonly #map: TrailMap;
  readonly #positions: readonly Position[];
  readonly #members = new Map<string, Trail>();

  constructor(map: TrailMap, positions: readonly Position[], hasArrived: boolean) {
    this.#map = map;
    this.#positions = positions;
    this.hasArrived = hasArrived;
    this.isLost = !hasArrived && positions.length === 0;
  }

  /** The trail one member further. */
  member(name: string): Trail {
    let next = this.#members.get(name);
    if (next === undefined) {
      next = this.#step((segment) => segment.kind === 'name' && segment.name === name);
      if (this.#members.size < REMEMBERED_MOST) this.#members.set(name, next);
    }
    return next;
  }

  /** The trail one element further. */
  element(index: number): Trail {
    return this.#step((segment) => segment.kind === 'index' && segment.index === index);
  }

  #step(leads: (segment: Segment) => boolean): Trail {
    const positions = this.#positions.flatMap(({ path, at }): Position[] => {
      const segment = this.#map.segment(path, at);
      if (segment === undefined) return [];
      if (segment.kind === 'descend') return [{ path, at }];
      return segment.kind === 'each' || leads(segment) ? [{ path, at: at + 1 }] : [];
    });
    return this.#map.trail(positions, this.hasArrived);
  }
}

/** Names remembered by each trail; payloads with more of them are no reason to grow. */
const REMEMBERED_MOST = 1_000;

/** All trails that lead along some paths. */
class TrailMap {
  readonly #paths: readonly (readonly Segment[])[];
  readonly #trails = new Map<string, Trail>();

  constructor(paths: readonly Path[]) {
    this.#paths = paths.map(({ segments }) => segments);
  }

  segment(path: number, at: number): Segment | undefined {
    return this.#paths[path]?.[at];
  }

  trail(reached: readonly Position[], hadArrived: boolean): Trail {
    const positions = new Map<string, Position>();
    for (const { path, at } of reached) {
      positions.set(`${path}.${at}`, { path, at });
      // `..` may be followed by its next segment at once.
      if (this.segment(path, at)?.kind === 'descend') positions.set(`${path}.${at + 1}`, { path, at: at + 1 });
    }
    const all = [...positions.values()];
    const hasArrived = hadArrived || all.some(({ path, at }) => this.segment(path, at) === undefined);
    const place = `${hasArrived} ${[...positions.keys()].sort().join(' ')}`;
    let trail = this.#trails.get(place);
    if (trail === undefined) this.#trails.set(place, (trail = new Trail(this, all, hasArrived)));
    return trail;
  }
}

/** The beginning of a walk along these paths. */
export function trailOf(paths: readonly Path[]): Trail {
  const start = paths.map((_, path): Position => ({ path, at: 0 }));
  return new TrailMap(paths).trail(start, false);
}

import { FINDINGS_KEPT, GROUPS_KEPT, type FindingGroup, type Report } from '../model/report.js';
import { OUTCOMES, type Difference, type Outcome, type Verdict } from '../model/verdict.js';
import { compare, inOrder } from './order.js';

/** A verdict without its place among the findings, which only the whole report knows. */
export type Entry = Omit<Verdict, 'id'>;

/** What a report tells of findings. */
export type Told = Pick<Report, 'findings' | 'findingsLeftOut' | 'groups' | 'groupsLeftOut'>;

type Kind = Difference['kind'];

/** Times the findings that are told are held before the others are dropped: the sooner, the fewer more have to be looked at. */
const HELD_MOST = 1.25;

/** A finding with what decides whether it is kept. */
interface Ranked {
  readonly entry: Entry;
  readonly groups: readonly string[];
  readonly severity: number;
  readonly draw: number;
}

/** The last of those that a group kept: who is neither worse than the one nor drawn before the other is not kept. */
interface Bar {
  readonly worst: Ranked | undefined;
  readonly drawn: Ranked | undefined;
}

/**
 * Verdicts to show: all of them up to a bound, and beyond it of each group a fair share, half of it the worst, half
 * drawn by a hash of what they speak of. Both are the first of an order that holds for all runs, so that samples of shares
 * add up to the sample of the whole, whoever saw what first. Groups are counted exactly.
 */
export class Findings {
  #held: Ranked[] = [];
  #total = 0;
  readonly #groups = new Map<string, number>();
  #groupsLeftOut = 0;
  readonly #names = new GroupNames();
  /** By group, of those that are full. */
  #bars = new Map<string, Bar>();

  constructor(private readonly most = FINDINGS_KEPT) {}

  add(entry: Entry): void {
    const ranked = this.#rank(entry);
    for (const group of ranked.groups) this.#groups.set(group, (this.#groups.get(group) ?? 0) + 1);
    if (this.#groups.size > 2 * GROUPS_KEPT) this.#dropGroups();
    this.#total++;
    if (this.#isOutdone(ranked)) return;
    this.#held.push(lasting(ranked));
    if (this.#held.length > HELD_MOST * this.most) this.#drop();
  }

  /** Counts a verdict that would not be kept. False, and nothing is counted, where it has to be added whole. */
  addOutdone(entry: Entry): boolean {
    const ranked = this.#rank(entry);
    if (!this.#isOutdone(ranked)) return false;
    for (const group of ranked.groups) this.#groups.set(group, (this.#groups.get(group) ?? 0) + 1);
    this.#total++;
    return true;
  }

  /** Whether there are more than are kept. */
  get isSampling(): boolean {
    return this.#bars.size > 0;
  }

  /** Takes a verdict back that later news amended, and that may no longer be held. */
  remove(entry: Entry): void {
    const at = this.#held.findIndex((held) => held.entry === entry);
    if (at >= 0) this.#held.splice(at, 1);
    this.#total--;
    // The share of each group may be larger now.
    this.#bars.clear();
    for (const group of this.#names.of(entry)) {
      const count = this.#groups.get(group);
      if (count === undefined) this.#groupsLeftOut--;
      else if (count === 1) this.#groups.delete(group);
      else this.#groups.set(group, count - 1);
    }
  }

  /** Adds what another run tells. */
  addAll({ findings, findingsLeftOut, groups, groupsLeftOut }: Told): void {
    for (const { id: _, ...entry } of findings) this.#held.push(this.#rank(entry));
    this.#total += findings.length + findingsLeftOut;
    for (const row of groups) {
      const name = nameOf(row);
      this.#groups.set(name, (this.#groups.get(name) ?? 0) + row.count);
    }
    this.#groupsLeftOut += groupsLeftOut;
  }

  copy(): Findings {
    const copy = new Findings(this.most);
    copy.#held = [...this.#held];
    copy.#total = this.#total;
    for (const [name, count] of this.#groups) copy.#groups.set(name, count);
    copy.#groupsLeftOut = this.#groupsLeftOut;
    return copy;
  }

  told(): Told {
    this.#dropGroups();
    if (this.#total > this.most) this.#drop();
    const entries = this.#held.map(({ entry }) => entry).sort(inFindingOrder);
    const groups = [...this.#groups].map(([name, count]): FindingGroup => ({ ...groupNamed(name), count }));
    return {
      findings: entries.map((entry, index) => Object.assign({ id: `v${index + 1}` }, entry)),
      findingsLeftOut: this.#total - entries.length,
      groups: groups.sort(mostFirst),
      groupsLeftOut: this.#groupsLeftOut,
    };
  }

  #rank(entry: Entry): Ranked {
    return { entry, groups: this.#names.of(entry), severity: severityOf(entry), draw: draw(entry) };
  }

  /**
   * Whether the next drop will not keep it anyway: shares of groups only shrink while all groups are told, so that who is
   * not among the first of any of its groups now will not be later.
   */
  #isOutdone(ranked: Ranked): boolean {
    if (this.#bars.size === 0 || this.#groups.size > GROUPS_KEPT) return false;
    for (const group of ranked.groups) {
      const bar = this.#bars.get(group);
      if (bar === undefined) return false;
      if (bar.worst !== undefined && worstFirst(ranked, bar.worst) <= 0) return false;
      if (bar.drawn !== undefined && drawnFirst(ranked, bar.drawn) <= 0) return false;
    }
    return true;
  }

  /** Only the first by name are told: one that is among the first of all is so in every share, which counts it whole. */
  #dropGroups(): void {
    if (this.#groups.size <= GROUPS_KEPT) return;
    for (const name of [...this.#groups.keys()].sort(compare).slice(GROUPS_KEPT)) {
      this.#groupsLeftOut += this.#groups.get(name) ?? 0;
      this.#groups.delete(name);
    }
  }

  #drop(): void {
    this.#dropGroups();
    const members = new Map<string, Ranked[]>([...this.#groups.keys()].map((name) => [name, []]));
    for (const held of this.#held) for (const group of held.groups) members.get(group)?.push(held);
    const share = fairShare([...this.#groups.values()], this.most);
    const kept = new Set<Ranked>();
    this.#bars = new Map();
    for (const [name, group] of members) {
      const isFull = group.length >= share;
      const worst = group.sort(worstFirst).splice(0, Math.ceil(share / 2));
      const drawn = group.sort(drawnFirst).slice(0, share - worst.length);
      for (const held of [...worst, ...drawn]) kept.add(held);
      if (isFull) this.#bars.set(name, { worst: worst.at(-1), drawn: drawn.at(-1) });
    }
    this.#held = this.#held.filter((held) => kept.has(held));
  }
}

/**
 * The same in objects of its own. The collector of garbage learns by the place in the code that makes an object whether
 * it will last; when the first thousand findings do, it would take all that are made alike for lasting, the hundreds of
 * thousands that are outdone among them, and their payloads would fill the memory. A verdict that may yet be amended is
 * known by its identity.
 */
function lasting({ entry, groups, severity, draw }: Ranked): Ranked {
  const { control, candidate, differences } = entry;
  if (control === undefined || candidate === undefined) return { entry, groups, severity, draw };
  const copy = { ...entry, control: { ...control }, candidate: { ...candidate } };
  if (differences !== undefined) copy.differences = differences.map((difference) => ({ ...difference }));
  return { entry: copy, groups: [...groups], severity, draw };
}

/**
 * How many of each group may be kept, so that together they are no more than so many: the same number of each, as far as a
 * group has them. The larger the groups, the smaller it is; so what a share of a run drops, the whole would not have kept.
 */
function fairShare(counts: readonly number[], most: number): number {
  let [left, groups] = [most, counts.length];
  for (const count of counts.toSorted((a, b) => a - b)) {
    if (count * groups > left) return Math.floor(left / groups);
    left -= count;
    groups--;
  }
  return most;
}

/** The groups, where verdicts of these types (one each) turned out to be of another outcome. */
export function turnGroups(
  { groups, groupsLeftOut }: Pick<Told, 'groups' | 'groupsLeftOut'>,
  types: readonly string[],
  from: Outcome,
  to: Outcome,
): Pick<Told, 'groups' | 'groupsLeftOut'> {
  const counts = new Map(groups.map((group) => [nameOf(group), group]));
  const add = (outcome: Outcome, type: string, by: number): void => {
    const name = nameOf({ outcome, type });
    const count = (counts.get(name)?.count ?? 0) + by;
    if (count === 0) counts.delete(name);
    else counts.set(name, { outcome, type, count });
  };
  for (const type of types) {
    add(from, type, -1);
    add(to, type, 1);
  }
  return { groups: [...counts.values()].sort(mostFirst), groupsLeftOut };
}

function mostFirst(a: FindingGroup, b: FindingGroup): number {
  return b.count - a.count || compare(nameOf(a), nameOf(b));
}

/** Names made before the known ones are let go of: paths with keys of data in them have no end. */
const NAMES_KNOWN = 10_000;

/** Names of groups, each made once, since a name is longer in the making than in all its use. */
class GroupNames {
  /** By type and path. */
  readonly #known = new Map<string, Map<string, Partial<Record<Kind, string>>>>();
  #size = 0;

  /** The groups of a verdict. */
  of({ outcome, type, differences }: Entry): readonly string[] {
    if (outcome !== 'mismatch' || differences === undefined) return [nameOf({ outcome, type })];
    const [first, ...others] = differences;
    if (first !== undefined && others.length === 0) return [this.#of(type, first)];
    return [...new Set(differences.map((difference) => this.#of(type, difference)))];
  }

  #of(type: string, { group: path, kind }: Pick<Difference, 'group' | 'kind'>): string {
    if (this.#size > NAMES_KNOWN) this.#forget();
    let paths = this.#known.get(type);
    if (paths === undefined) this.#known.set(type, (paths = new Map()));
    let kinds = paths.get(path);
    if (kinds === undefined) paths.set(path, (kinds = {}));
    let name = kinds[kind];
    if (name === undefined) {
      kinds[kind] = name = nameOf({ outcome: 'mismatch', type, path, kind });
      this.#size++;
    }
    return name;
  }

  #forget(): void {
    this.#known.clear();
    this.#size = 0;
  }
}

function nameOf({ outcome, type, path, kind }: Omit<FindingGroup, 'count'>): string {
  return JSON.stringify(path === undefined ? [0, outcome, type] : [1, outcome, type, path, kind]);
}

function groupNamed(name: string): Omit<FindingGroup, 'count'> {
  const [, outcome, type, path, kind] = JSON.parse(name) as [
    number,
    FindingGroup['outcome'],
    string,
    string | undefined,
    FindingGroup['kind'],
  ];
  return path === undefined || kind === undefined ? { outcome, type } : { outcome, type, path, kind };
}

/** Within a group, higher is worse. */
function severityOf({ outcome, differences, lagMs, duplicate }: Entry): number {
  if (outcome === 'mismatch') return differences?.length ?? 0;
  if (outcome === 'late') return lagMs ?? 0;
  return duplicate?.sameContent === false ? 1 : 0;
}

function worstFirst(a: Ranked, b: Ranked): number {
  return b.severity - a.severity || drawnFirst(a, b);
}

function drawnFirst(a: Ranked, b: Ranked): number {
  return a.draw - b.draw || inFindingOrder(a.entry, b.entry);
}

function inFindingOrder(a: Entry, b: Entry): number {
  return (
    inOrder(a, b) ||
    OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome) ||
    compare(a.duplicate?.side ?? '', b.duplicate?.side ?? '')
  );
}

/** Any number would do, but the same one for all runs: samples of shares have to be drawn alike. */
const SEED = 0x9e3779b9;

/** A number that what the verdict speaks of decides, evenly spread: FNV-1a, then the last step of MurmurHash3. */
export function draw({ account, type, key, t, outcome }: Entry): number {
  // What is hashed is `JSON.stringify([account, type, key, t, outcome])`, piece by piece: making that text takes longest.
  let hash = quoted(hashed(SEED, '['), account);
  hash = quoted(hashed(hash, ','), type);
  hash = quoted(hashed(hash, ','), key);
  hash = hashed(hashed(hash, ','), String(t));
  hash = hashed(quoted(hashed(hash, ','), outcome), ']');
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Goes on with a text as JSON spells it. */
function quoted(hash: number, text: string): number {
  return isPlain(text) ? hashed(hashed(hashed(hash, '"'), text), '"') : hashed(hash, JSON.stringify(text));
}

/** Whether JSON spells a text as it is. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 32 || code === 34 || code === 92 || code >= 0xd800) return false;
  }
  return true;
}

function hashed(before: number, text: string): number {
  let hash = before;
  for (let at = 0; at < text.length; at++) {
    const character = text.codePointAt(at) as number;
    if (character > 0xffff) at++;
    hash = Math.imul(hash ^ character, 0x01000193);
  }
  return hash;
}

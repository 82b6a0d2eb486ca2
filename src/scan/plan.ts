import type { EventPlace, EventType, Rename, Rule, Settings } from '../model/settings.js';
import type { Path } from '../model/path.js';
import type { Side } from '../model/timeline.js';

/** How a rule's values enter the print. Rules of other kinds are strict: unequal values are looked at closer. */
export type Relaxed = 'ignore' | 'instant' | 'string' | 'nullish' | 'strict';

const RELAXED: ReadonlySet<string> = new Set<Relaxed>(['ignore', 'instant', 'string', 'nullish']);

/** A place in the payload at which the scanner does something. Places that are none of these need no node. */
export interface Node {
  /** Few, so that looking through them is quicker than any table. */
  readonly children: Child[];
  /** Of arrays: every element. */
  each?: Node;
  /** Capture the value: index into the plan's captures. */
  capture?: number;
  /** The compared part of the payload begins here; `node` leads on within it. */
  body?: Node;
  rule?: { readonly index: number; readonly kind: Relaxed };
  /** The object counts as being there even if all it holds is let through. */
  present?: boolean;
  /** The member is read at another place: the names that lead there, the node there, and the rename's bit. */
  moved?: { readonly to: readonly string[]; readonly node: Node; readonly bit: number };
  /** A rename leads here: the rename's bit. */
  target?: number;
}

/** A member by its name. */
export interface Child {
  readonly name: string;
  readonly node: Node;
}

/** One type's claim on frames of an event: captures that must have these values, and captures that are the key. */
export interface Claim {
  readonly type: EventType;
  readonly where: readonly { readonly capture: number; readonly value: string | boolean | null }[];
  readonly key: readonly number[];
}

/** How to scan the frames of one event on one side. */
export interface Plan {
  readonly root: Node;
  readonly captures: number;
  readonly claims: readonly Claim[];
  /** Some rule could not be followed and may speak of anything: which rule let a difference through is not for prints to say. */
  readonly partial: boolean;
}

/** A plan, and the frames it is for. */
export interface Planned {
  readonly side: Side;
  readonly event: string;
  readonly plan: Plan;
}

/** Rules whose values are folded into the print; the fine-instant bits of a print have room for these. */
const RULES_MOST = 31;
/** Captures that the scanner has room for. */
const CAPTURES_MOST = 64;

/**
 * Compiles the plans by side and event name. An event whose declaration the scanner cannot follow (types of one event
 * that compare different parts, renames that build on each other, rules that overlap) has none, and is always parsed.
 */
export function compilePlans(settings: Pick<Settings, 'events' | 'rename' | 'rules'>): Planned[] {
  const plans: Planned[] = [];
  const rules = ruleTree(settings.rules);
  if (rules === undefined || !independent(settings.rename)) return plans;
  const partial = settings.rules.some(({ path }) =>
    path.segments.some(({ kind }) => kind === 'descend' || kind === 'index'),
  );
  for (const side of ['control', 'candidate'] as const) {
    const names = new Set(settings.events.flatMap((type) => type[side]?.event ?? []));
    for (const name of names) {
      const types = settings.events.filter((type) => type[side]?.event === name);
      const plan = planOf(side, types, rules, side === 'candidate' ? settings.rename : []);
      if (plan !== undefined) plans.push({ side, event: name, plan: { ...plan, partial } });
    }
  }
  return plans;
}

function planOf(
  side: Side,
  types: readonly EventType[],
  rules: Node,
  renames: readonly Rename[],
): Omit<Plan, 'partial'> | undefined {
  const places = types.map((type) => type[side] as EventPlace);
  const body = places[0]?.body;
  if (places.some((place) => place.body?.text !== body?.text)) return undefined;
  const root: Node = { children: [] };
  const captured = new Map<string, number>();
  const capture = (path: Path): number | undefined => {
    const known = captured.get(path.text);
    if (known !== undefined) return known;
    const node = place(root, path);
    if (node === undefined) return undefined;
    const index = captured.size;
    captured.set(path.text, index);
    node.capture = index;
    return index;
  };
  const start = body === undefined ? root : place(root, body);
  if (start === undefined) return undefined;
  const bodyNode = clone(rules);
  for (const [bit, rename] of renames.entries()) if (!addRename(bodyNode, rename, bit)) return undefined;
  // Captures inside the body must be found while the body is scanned, so both trees become one.
  start.body = bodyNode;
  const claims: Claim[] = [];
  for (const [at, type] of types.entries()) {
    const claim = claimOf(type, places[at] as EventPlace, capture);
    if (claim === undefined) return undefined;
    claims.push(claim);
  }
  graft(start, bodyNode);
  if (ambiguous(root) || ambiguous(bodyNode) || captured.size > CAPTURES_MOST) return undefined;
  if (losesCapture(bodyNode)) return undefined;
  return { root, captures: captured.size, claims };
}

function claimOf(type: EventType, where: EventPlace, capture: (path: Path) => number | undefined): Claim | undefined {
  const conditions = where.where.map(({ path, value }) => {
    const index = capture(path);
    // Numbers have many spellings; only texts and literals are told by their bytes.
    if (index === undefined || typeof value === 'number') return undefined;
    return { capture: index, value };
  });
  const key = where.key.map(capture);
  if (conditions.includes(undefined) || key.includes(undefined)) return undefined;
  return { type, where: conditions as Claim['where'], key: key as number[] };
}

/** The node of a path of names, made where there is none. */
function place(root: Node, path: Path): Node | undefined {
  let node = root;
  for (const segment of path.segments) {
    if (segment.kind === 'name') node = childOf(node, segment.name);
    else if (segment.kind === 'each') node = node.each ??= { children: [] };
    else return undefined;
  }
  return node;
}

function childOf(node: Node, name: string): Node {
  const known = find(node, name);
  if (known !== undefined) return known;
  const made: Node = { children: [] };
  node.children.push({ name, node: made });
  return made;
}

function find(node: Node, name: string): Node | undefined {
  return node.children.find((child) => child.name === name)?.node;
}

function ruleTree(rules: readonly Rule[]): Node | undefined {
  const root: Node = { children: [] };
  if (rules.length > RULES_MOST) return undefined;
  for (const [index, rule] of rules.entries()) {
    const { kind } = rule.permits;
    const node = place(root, rule.path);
    // Indices and `..` are not followed here: what they permit is looked at closer.
    if (node === undefined) continue;
    if (node === root || node.rule !== undefined) return undefined;
    node.rule = { index, kind: RELAXED.has(kind) ? (kind as Relaxed) : 'strict' };
    if (kind === 'ignore' || kind === 'nullish') markWay(root, rule.path);
  }
  return overlaps(root, false) ? undefined : root;
}

function markWay(root: Node, path: Path): void {
  let node = root;
  for (const segment of path.segments) {
    node.present = true;
    node = segment.kind === 'name' ? childOf(node, segment.name) : (node.each as Node);
  }
}

/** Whether one rule lies below another, or a name and `[*]` speak of the same place. */
function overlaps(node: Node, ruled: boolean): boolean {
  if (ruled && node.rule !== undefined) return true;
  return ambiguous(node) || nodesBelow(node).some((child) => overlaps(child, ruled || node.rule !== undefined));
}

/** Whether a name and `[*]` speak of the same members anywhere. */
function ambiguous(node: Node): boolean {
  return (node.each !== undefined && node.children.length > 0) || nodesBelow(node).some(ambiguous);
}

function nodesBelow(node: Node): Node[] {
  const named = node.children.map((child) => child.node);
  return node.each === undefined ? named : [...named, node.each];
}

/** Renames that neither feed nor contain one another. */
function independent(renames: readonly Rename[]): boolean {
  const texts = renames.map(({ from, to }) => ({ from: `${from.text}.`, to: `${to.text}.` }));
  return texts.every(({ from, to }, at) =>
    texts.every(
      (other, index) =>
        !touches(from, other.to) &&
        !touches(to, other.from) &&
        (at === index || (!touches(from, other.from) && !touches(to, other.to))),
    ),
  );
}

function touches(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

function addRename(body: Node, rename: Rename, bit: number): boolean {
  if (bit >= 31 || ruledAbove(body, rename.from) || ruledAbove(body, rename.to)) return false;
  if (presentAbove(body, rename.from, rename.to) || presentAbove(body, rename.to, rename.from)) return false;
  const from = place(body, rename.from);
  const target = place(body, rename.to);
  if (from === undefined || target === undefined) return false;
  const to = rename.to.segments.map((segment) => (segment.kind === 'name' ? segment.name : undefined));
  if (to.includes(undefined)) return false;
  // A copy: what is captured is captured where it stands, and not where it is moved from.
  from.moved = { to: to as string[], node: clone(target), bit };
  target.target = bit;
  return true;
}

/** Whether a rule speaks of something that holds the place. */
function ruledAbove(body: Node, path: Path): boolean {
  let node: Node | undefined = body;
  for (const segment of path.segments.slice(0, -1)) {
    if (segment.kind !== 'name') return true;
    node = node && find(node, segment.name);
    if (node?.rule !== undefined) return true;
  }
  return false;
}

/**
 * Whether something counts as being there that holds one of a rename's two places and not the other: the rename may take
 * it away, or make it, and nobody would tell the print.
 */
function presentAbove(body: Node, path: Path, other: Path): boolean {
  let node: Node | undefined = body;
  let isShared = true;
  for (const [at, segment] of path.segments.slice(0, -1).entries()) {
    const beside = other.segments[at];
    if (segment.kind !== 'name') return true;
    isShared &&= beside?.kind === 'name' && beside.name === segment.name;
    node = node && find(node, segment.name);
    if (node?.present === true && !isShared) return true;
  }
  return false;
}

/** Whether a capture lies in what a rename moves: the scanner goes through that as through what is at its new place. */
function losesCapture(node: Node): boolean {
  const below = nodesBelow(node);
  return (node.moved !== undefined && below.some(captures)) || below.some(losesCapture);
}

function captures(node: Node): boolean {
  return node.capture !== undefined || nodesBelow(node).some(captures);
}

/** A copy, since captures and renames of one event must not show in another's tree. */
function clone(node: Node): Node {
  const children = node.children.map(({ name, node }) => ({ name, node: clone(node) }));
  return { ...node, children, ...(node.each === undefined ? {} : { each: clone(node.each) }) };
}

/** Puts what the outer tree captures below the body's beginning into the body's own tree. */
function graft(outer: Node, body: Node): void {
  if (outer.capture !== undefined) body.capture = outer.capture;
  for (const { name, node } of outer.children) {
    const known = find(body, name);
    if (known === undefined) body.children.push({ name, node: clone(node) });
    else graft(node, known);
  }
}

import { isObject, type Json, type JsonObject } from '../model/json.js';
import { own, put, without } from '../model/member.js';
import type { Segment } from '../model/path.js';
import type { Rule } from '../model/settings.js';
import { equal } from './equal.js';
import { reconciler } from './permissions/index.js';
import type { Reconcile } from './permissions/permission.js';

/** A candidate body in control's terms, and the rules that had to speak for it. */
export interface Reconciled {
  readonly body: Json;
  /** Indices of the rules that let something through. */
  readonly used: readonly number[];
}

/**
 * Compiles rules into a function that reads a candidate body in control's terms: every permitted difference is
 * replaced by control's value, everything else stays. Neither body is changed; only what a rule touches is copied.
 */
export function compileRules(rules: readonly Rule[]): (control: Json, candidate: Json) => Reconciled {
  const compiled = rules.map((rule, index) => ({
    index,
    segments: rule.path.segments,
    kind: rule.permits.kind,
    reconcile: reconciler(rule.permits),
  }));
  // Sets first: a rule for the elements of an array needs them in control's order.
  compiled.sort((a, b) => Number(b.kind === 'set') - Number(a.kind === 'set'));
  return (control, candidate) => {
    let body: Json | undefined = candidate;
    const used: number[] = [];
    for (const { index, segments, reconcile } of compiled) {
      const next: Json | undefined = visit(control, body, segments, 0, reconcile);
      if (next !== body) used.push(index);
      body = next;
    }
    return { body: body ?? null, used };
  };
}

type Value = Json | undefined;

/** Walks both values along the segments and returns candidate's value, copied only where a rule changed it. */
function visit(
  control: Value,
  candidate: Value,
  segments: readonly Segment[],
  at: number,
  reconcile: Reconcile,
): Value {
  if (control === candidate) return candidate;
  const segment = segments[at];
  // A rule lets something through only where the two differ as values.
  if (segment === undefined) return equal(control, candidate) ? candidate : reconcile(control, candidate);
  const below = (c: Value, d: Value) => visit(c, d, segments, at + 1, reconcile);
  switch (segment.kind) {
    case 'name':
      return member(control, candidate, segment.name, below);
    case 'index':
      return element(control, candidate, segment.index, below);
    case 'each':
      return children(control, candidate, below);
    case 'descend':
      return children(control, below(control, candidate), (c, d) => visit(c, d, segments, at, reconcile));
    default:
      return segment satisfies never;
  }
}

type Below = (control: Value, candidate: Value) => Value;

function member(control: Value, candidate: Value, name: string, below: Below): Value {
  if (!isObject(candidate)) return candidate;
  const before = own(candidate, name);
  const after = below(isObject(control) ? own(control, name) : undefined, before);
  return after === before ? candidate : withMember(candidate, name, after);
}

function element(control: Value, candidate: Value, index: number, below: Below): Value {
  if (!Array.isArray(candidate)) return candidate;
  const position = index < 0 ? candidate.length + index : index;
  const before = candidate[position];
  if (before === undefined) return candidate;
  const after = below(Array.isArray(control) ? control.at(index) : undefined, before);
  return after === before || after === undefined ? candidate : candidate.with(position, after);
}

/** Every element or member of either side. An element that only control has cannot be placed, and stays a difference. */
function children(control: Value, candidate: Value, below: Below): Value {
  if (Array.isArray(candidate)) {
    let result: Value = candidate;
    for (let index = 0; index < candidate.length; index++) result = element(control, result, index, below);
    return result;
  }
  if (!isObject(candidate)) return candidate;
  const names = new Set([...Object.keys(candidate), ...(isObject(control) ? Object.keys(control) : [])]);
  let result: Value = candidate;
  for (const name of names) result = member(control, result, name, below);
  return result;
}

function withMember(object: JsonObject, name: string, value: Value): JsonObject {
  if (value === undefined) return without(object, name);
  const copy = { ...object };
  put(copy, name, value);
  return copy;
}

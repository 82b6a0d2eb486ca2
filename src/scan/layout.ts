import type { Kernel } from '../kernel/kernel.js';
import type { Claim, Node, Plan } from './plan.js';

/** Sizes and offsets as kernel/wasm/plan.ts reads them. */
const PLAN = 32;
const NODE = 56;
const CHILD = 16;
const CLAIM = 32;
const CONDITION = 16;

const RULE_KINDS = { ignore: 1, instant: 2, string: 3, nullish: 4, strict: 5 } as const;

/** Writes a plan into the kernel's memory. `typeOf` numbers the types. Returns where it lies. */
export function writePlan(kernel: Kernel, plan: Plan, typeOf: (claim: Claim) => number): number {
  const at = kernel.reserve(PLAN);
  // The view is asked for each time: to set bytes aside may make the memory grow.
  const ints = (from: number, values: readonly number[]): void =>
    values.forEach((value, index) => kernel.view.setInt32(from + index * 4, value, true));
  const claims = kernel.reserve(plan.claims.length * CLAIM);
  plan.claims.forEach((claim, index) => {
    const where = kernel.reserve(claim.where.length * CONDITION);
    claim.where.forEach(({ capture, value }, n) => {
      kernel.view.setInt32(where + n * CONDITION, capture, true);
      kernel.view.setBigUint64(where + n * CONDITION + 8, kernel.valueHash(value), true);
    });
    const key = kernel.reserve(claim.key.length * 4);
    ints(key, claim.key);
    const only = claim.type.only === undefined ? 0 : 1;
    ints(claims + index * CLAIM, [typeOf(claim), only, claim.where.length, where, claim.key.length, key]);
  });
  const root = writeNode(kernel, plan.root);
  ints(at, [root, plan.captures, plan.partial ? 1 : 0, plan.claims.length, claims]);
  return at;
}

/** A node and all below it. */
function writeNode(kernel: Kernel, node: Node): number {
  const at = kernel.reserve(NODE);
  const children = kernel.reserve(node.children.length * CHILD);
  const { view } = kernel;
  node.children.forEach(({ name, node: child }, index) => {
    view.setBigUint64(children + index * CHILD, kernel.hashOf(name), true);
    view.setInt32(children + index * CHILD + 8, writeNode(kernel, child), true);
  });
  const { each, body, rule, moved } = node;
  const fields = [
    node.children.length,
    children,
    each === undefined ? 0 : writeNode(kernel, each),
    node.capture ?? -1,
    body === undefined ? 0 : writeNode(kernel, body),
    rule?.index ?? -1,
    rule === undefined ? 0 : RULE_KINDS[rule.kind],
    node.present === true ? 1 : 0,
    moved?.bit ?? -1,
    moved === undefined ? 0 : writeNode(kernel, moved.node),
  ];
  fields.forEach((value, index) => view.setInt32(at + index * 4, value, true));
  view.setBigUint64(at + 40, moved === undefined ? 0n : pathOf(kernel, moved.to), true);
  view.setInt32(at + 48, node.target ?? -1, true);
  return at;
}

function pathOf(kernel: Kernel, names: readonly string[]): bigint {
  const root = kernel.run.rootPath();
  return BigInt.asUintN(
    64,
    names.reduce((path, name) => kernel.run.pathBelow(path, BigInt.asIntN(64, kernel.hashOf(name))), root),
  );
}

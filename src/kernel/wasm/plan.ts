/**
 * A plan as it lies in memory (see ../plan.ts for what it means, ../layout.ts for who writes it). A place in the payload
 * at which the scanner does something is a node; places that are none of these have the node 0.
 */

/** The member of an object by the hash of its name: few, so that looking through them is quicker than any table. */
export function childOf(node: usize, name: u64): usize {
  const count = load<i32>(node);
  let child = <usize>load<i32>(node, 4);
  for (let i = 0; i < count; i++, child += 16) if (load<u64>(child) == name) return load<i32>(child, 8);
  return 0;
}

/** Of arrays: every element. */
export function eachOf(node: usize): usize {
  return load<i32>(node, 8);
}

/** Which capture the value is, or -1. */
export function captureOf(node: usize): i32 {
  return load<i32>(node, 12);
}

/** The node that leads on within the compared part, if that begins here. */
export function bodyOf(node: usize): usize {
  return load<i32>(node, 16);
}

/** The rule that speaks of the place, or -1. */
export function ruleOf(node: usize): i32 {
  return load<i32>(node, 20);
}

export const IGNORE: i32 = 1;
export const AS_INSTANT: i32 = 2;
export const AS_STRING: i32 = 3;
export const NULLISH: i32 = 4;
export const STRICT: i32 = 5;

export function ruleKindOf(node: usize): i32 {
  return load<i32>(node, 24);
}

/** Whether the object counts as being there even if all it holds is let through. */
export function isPresent(node: usize): bool {
  return load<i32>(node, 28) != 0;
}

/** The bit of the rename that reads the member at another place, or -1. */
export function movedBitOf(node: usize): i32 {
  return load<i32>(node, 32);
}

export function movedNodeOf(node: usize): usize {
  return load<i32>(node, 36);
}

export function movedPathOf(node: usize): u64 {
  return load<u64>(node, 40);
}

/** The bit of the rename that leads here, or -1. */
export function targetOf(node: usize): i32 {
  return load<i32>(node, 48);
}

export function rootOf(plan: usize): usize {
  return load<i32>(plan);
}

export function capturesOf(plan: usize): i32 {
  return load<i32>(plan, 4);
}

export function isPartial(plan: usize): bool {
  return load<i32>(plan, 8) != 0;
}

export function claimsOf(plan: usize): i32 {
  return load<i32>(plan, 12);
}

/** The seams of payloads that were walked through by this plan (see seams.ts): the first that may stand at the beginning. */
export function rootSeamOf(plan: usize): usize {
  return load<i32>(plan, 20);
}

export function setRootSeam(plan: usize, seam: usize): void {
  store<i32>(plan, <i32>seam, 20);
}

/** Payloads that could be told by seams, and those that could not. */
export function followedOf(plan: usize): i32 {
  return load<i32>(plan, 24);
}

export function countFollowed(plan: usize): void {
  store<i32>(plan, followedOf(plan) + 1, 24);
}

export function walkedOf(plan: usize): i32 {
  return load<i32>(plan, 28);
}

export function countWalked(plan: usize): void {
  store<i32>(plan, walkedOf(plan) + 1, 28);
}

/** A type's claim: type, whether it is an `only` type, conditions (capture, hash) and key captures. */
export function claimAt(plan: usize, index: i32): usize {
  return <usize>load<i32>(plan, 16) + ((<usize>index) << 5);
}

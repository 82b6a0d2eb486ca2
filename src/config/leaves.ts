import type { TreePath } from './document.js';

/** The same tree with each leaf (whatever is no map or list) replaced by what the function makes of it. */
export function mapLeaves(
  tree: unknown,
  change: (leaf: unknown, path: TreePath) => unknown,
  path: TreePath = [],
): unknown {
  if (Array.isArray(tree)) return tree.map((item, index) => mapLeaves(item, change, [...path, index]));
  if (!isMap(tree)) return change(tree, path);
  return Object.fromEntries(Object.entries(tree).map(([key, item]) => [key, mapLeaves(item, change, [...path, key])]));
}

/** Every leaf and its path, in the order of the text. */
export function leavesOf(tree: unknown, path: TreePath = []): (readonly [leaf: unknown, path: TreePath])[] {
  const leaves: (readonly [unknown, TreePath])[] = [];
  mapLeaves(tree, (leaf, where) => leaves.push([leaf, where]), path);
  return leaves;
}

/** True for a map of a tree: neither null nor a list. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

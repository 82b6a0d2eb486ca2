import type { TreePath } from './document.js';
import { substitute } from './environment.js';
import type { Environment } from './environment.js';
import { isMap, mapLeaves } from './leaves.js';
import type { Problem } from './problem.js';
import type { Secrets } from './secrets.js';

/** A tree with its variables filled in and its integers as numbers, and what stood in the way. */
export interface Filled<Tree> {
  readonly tree: Tree;
  readonly problems: readonly Problem[];
}

/** Fills in `${NAME}`; every value used is a secret from then on. `above` is the path of the tree's own root. */
export function fill<Tree>(tree: Tree, env: Environment, secrets: Secrets, above: TreePath = []): Filled<Tree> {
  const problems = keyProblems(tree, above);
  const change = (leaf: unknown, path: TreePath): unknown => {
    if (typeof leaf === 'bigint') {
      if (Number.isSafeInteger(Number(leaf))) return Number(leaf);
      problems.push({
        path,
        message: `expected a number below 2^53, so that no digit is lost, found ${leaf}: put it in quotes if it is text`,
      });
    }
    if (typeof leaf === 'number' && !Number.isFinite(leaf)) {
      problems.push({ path, message: `expected a finite number, found ${leaf}` });
    }
    if (typeof leaf !== 'string') return leaf;
    const { text, used, problems: faults } = substitute(leaf, env);
    for (const { name, value } of used) secrets.add(value, name);
    for (const message of faults) problems.push({ path, message });
    return text;
  };
  return { tree: mapLeaves(tree, change, above) as Tree, problems };
}

/** `{token:abc}` lacks a space, and is a key `token:abc` of nothing; told here, since elsewhere the key would be shown. */
function keyProblems(tree: unknown, path: TreePath): Problem[] {
  if (Array.isArray(tree)) return tree.flatMap((item, index) => keyProblems(item, [...path, index]));
  if (!isMap(tree)) return [];
  return Object.entries(tree).flatMap(([key, item]) => {
    if (item !== null || key.startsWith('$') || !key.includes(':')) return keyProblems(item, [...path, key]);
    return [
      { path, message: `expected key: value, found a key that holds ':' and has no value; put a space after the ':'` },
    ];
  });
}

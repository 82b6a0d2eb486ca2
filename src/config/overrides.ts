import type { TreePath } from './document.js';
import type { Environment } from './environment.js';
import { isMap } from './leaves.js';
import { suggestion } from './near.js';

/**
 * Settings that the environment and flags can set over the config, by dotted path. The variable of
 * `gate.minPerType` is `PARITY_GATE_MIN_PER_TYPE`, and so for all of them.
 */
export const OVERRIDABLE: Readonly<Record<string, 'text' | 'number'>> = {
  'match.window.before': 'text',
  'match.window.after': 'text',
  'match.settle': 'text',
  'match.tombstone': 'text',
  'match.stall': 'text',
  'match.resolution': 'text',
  'gate.confidence': 'number',
  'gate.defectRate': 'number',
  'gate.mismatch': 'number',
  'gate.missing': 'number',
  'gate.extra': 'number',
  'gate.duplicate': 'number',
  'gate.late': 'number',
  'gate.minPerType': 'number',
  'gate.inconclusiveShare': 'number',
  'gate.reorderedShare': 'number',
  'gate.lag.p50': 'text',
  'gate.lag.p95': 'text',
  'gate.lag.p99': 'text',
  'gate.lag.max': 'text',
  unmapped: 'text',
};

/** The environment variable that sets a dotted path. */
export function variableOf(dotted: string): string {
  return `PARITY_${dotted.replaceAll(/[A-Z]/g, '_$&').replaceAll('.', '_').toUpperCase()}`;
}

/** A value set over the config, and by what. */
export interface Override {
  readonly path: TreePath;
  readonly value: unknown;
  /** `PARITY_MATCH_WINDOW_AFTER`, or `override match.window.after`: what an error names instead of a line. */
  readonly origin: string;
}

/** All overrides, the environment's first so that flags win, and what is no override although it looks like one. */
export function overridesFrom(
  env: Environment,
  flags: Readonly<Record<string, unknown>>,
): { readonly overrides: readonly Override[]; readonly problems: readonly string[] } {
  const dottedOf = new Map(Object.keys(OVERRIDABLE).map((dotted) => [variableOf(dotted), dotted]));
  const overrides: Override[] = [];
  const problems: string[] = [];
  for (const [variable, value] of Object.entries(env)) {
    const dotted = dottedOf.get(variable);
    if (value !== undefined && value !== '' && dotted !== undefined) overrides.push(override(dotted, value, variable));
    else if (dotted === undefined && /^PARITY_(?:MATCH|GATE)_/.test(variable)) {
      problems.push(`${variable}: no setting has this variable${suggestion(variable, [...dottedOf.keys()])}`);
    }
  }
  for (const [dotted, value] of Object.entries(flags)) {
    const origin = `override ${dotted}`;
    if (value === undefined) continue;
    if (Object.hasOwn(OVERRIDABLE, dotted)) overrides.push(override(dotted, value, origin));
    else
      problems.push(
        `${origin}: no setting of this name can be overridden${suggestion(dotted, Object.keys(OVERRIDABLE))}`,
      );
  }
  return { overrides, problems };
}

/** Environment variables and flags are text; where a number belongs, text that spells one is read as such. */
function override(dotted: string, given: unknown, origin: string): Override {
  const isNumber = OVERRIDABLE[dotted] === 'number' && typeof given === 'string' && /^-?\d+(?:\.\d+)?$/.test(given);
  return { path: dotted.split('.'), value: isNumber ? Number(given) : given, origin };
}

/** The tree with a value at a path, maps made where there are none; a tree that holds no map on the way stays as it is. */
export function withValue(tree: unknown, path: TreePath, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (tree !== undefined && !isMap(tree)) return tree;
  return { ...tree, [step]: withValue(tree?.[step], rest, value) };
}

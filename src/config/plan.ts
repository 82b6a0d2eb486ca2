import { dirname, resolve } from 'node:path';
import { CallError } from '../model/errors.js';
import type { FlagSettings, Plan } from '../model/plan.js';
import type { Settings } from '../model/settings.js';
import type { Environment } from './environment.js';
import { explain, kindOf, problemsOf } from './explain.js';
import { fill } from './fill.js';
import { isMap } from './leaves.js';
import { addLiteralSecrets } from './literals.js';
import { labelOf, openDocument } from './open.js';
import { flagSchema } from './plan-flag-schema.js';
import { planSchema, type PlanContext } from './plan-schema.js';
import { messageOf, pathText, withoutRepeats } from './problem.js';
import type { Secrets } from './secrets.js';

export interface PlanFileContext {
  readonly env: Environment;
  readonly cwd: string;
  readonly settings: Settings;
  /** Those of the config; those of the plan are added. */
  readonly secrets: Secrets;
}

export interface LoadedPlan {
  readonly plan: Plan;
  /** The plan's file, absolute. */
  readonly file: string;
  /** The `flag` section as it is written, variables not filled in: what a restore needs, and no secret that is not in the file. */
  readonly flag: unknown;
}

/**
 * Reads, fills in and checks a plan.
 * @throws CallError with a line for each problem: `flip.yaml:6:5 phases[0].expect.candidate: …`
 */
export async function loadPlan(file: string, context: PlanFileContext): Promise<LoadedPlan> {
  const chosen = resolve(context.cwd, file);
  const document = await openDocument(chosen, labelOf(chosen, context.cwd), 'plan');
  if (!isMap(document.tree)) {
    throw new CallError(
      `${document.place([])} expected a map with name, flag and phases, found ${kindOf(document.tree)}`,
    );
  }
  const filled = fill(document.tree, context.env, context.secrets);
  addLiteralSecrets(filled.tree, context.secrets);
  const parsed = planSchema(surroundings(context.settings, dirname(chosen))).safeParse(filled.tree, {
    error: explain,
    reportInput: true,
  });
  const problems = withoutRepeats(filled.problems, problemsOf(parsed.error?.issues ?? []));
  const lines = problems.map(({ path, at, message }) => {
    const where = pathText(path);
    return `${document.place(path, at)} ${where === '' ? '' : `${where}: `}${message}`;
  });
  const sorted = lines.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  if (sorted.length > 0 || !parsed.success) throw new CallError(messageOf(sorted, context.secrets));
  return { plan: parsed.data, file: chosen, flag: document.tree['flag'] };
}

/**
 * The flag of a plan that was interrupted, from what its journal holds.
 * @throws CallError naming the journal, when the config or the environment no longer has what the flag needs
 */
export function reviveFlag(
  tree: unknown,
  { planFile, journal }: { readonly planFile: string; readonly journal: string },
  { env, settings, secrets }: Omit<PlanFileContext, 'cwd'>,
): FlagSettings {
  const filled = fill(tree, env, secrets);
  addLiteralSecrets({ flag: filled.tree }, secrets);
  const parsed = flagSchema(surroundings(settings, dirname(planFile))).safeParse(filled.tree, {
    error: explain,
    reportInput: true,
  });
  const problems = withoutRepeats(filled.problems, problemsOf(parsed.error?.issues ?? []));
  if (problems.length === 0 && parsed.success) return parsed.data;
  const lines = problems.map(({ path, message }) => `${journal} ${pathText(['flag', ...path])}: ${message}`);
  throw new CallError(messageOf(lines, secrets));
}

function surroundings(settings: Settings, folder: string): PlanContext {
  const { accounts, events, gate, replay } = settings;
  const target = replay?.control;
  return {
    accounts,
    gate,
    folder,
    types: events.filter(({ control }) => control !== undefined).map(({ name }) => name),
    ...(target?.kind === 'sandbox' ? { sandboxUrl: target.sandbox.url.replace(/\/+$/, '') } : {}),
  };
}

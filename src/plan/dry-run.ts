import type { Plan } from '../model/plan.js';
import type { Ms } from '../model/timeline.js';
import { callText } from './flags/call.js';
import type { FlagProvider } from './flags/provider.js';
import { causingText, type Sender } from './sender.js';

/** What a plan would do, step by step, with every call that it would make. */
export interface DryRun {
  readonly format: 'feed-parity/plan-dry-run';
  readonly version: 1;
  readonly plan: string;
  readonly steps: readonly DryStep[];
}

export interface DryStep {
  /** Undefined before the first phase and after the last. */
  readonly phase?: string;
  readonly what: string;
  readonly calls: readonly string[];
}

/** What the judgements of other rooms would call. */
export type Asked = Readonly<Record<keyof typeof ASKING, readonly string[]>>;

const ASKING = {
  snapshot: 'compare the lists: these and the pages that follow, control again after candidate, until they are stable',
  isolation: "try another account's channels, each once",
} as const;

/** Says everything and does nothing: what only an answer would tell stands in braces. */
export async function dryRun(
  plan: Plan,
  provider: FlagProvider,
  sender: Sender | undefined,
  windowMs: Ms,
  asked: Asked,
): Promise<DryRun> {
  const { key } = plan.flag;
  const reads = provider.reads.map(callText);
  const steps: DryStep[] = [
    { what: `read the first state of ${key}, and keep it in the journal until it is put back`, calls: reads },
    ...(await caused('load, from the first phase to the last, again and again', plan.load, sender)),
  ];
  for (let round = 1; round <= plan.repeat; round++) {
    for (const phase of plan.phases) {
      const title = plan.repeat === 1 ? phase.name : `${phase.name} (${round} of ${plan.repeat})`;
      const inPhase = (step: DryStep): number => steps.push({ phase: title, ...step });
      if (phase.flag !== undefined) {
        inPhase({
          what: `set ${key} to ${phase.flag}`,
          calls: [...reads, ...provider.changes(phase.flag, undefined).map(callText)],
        });
        inPhase({ what: `read it back until it is ${phase.flag}, for ${plan.seen.withinMs} ms at most`, calls: reads });
        const { canary } = plan.seen;
        if (canary !== undefined) {
          const what = `canary, one each ${canary.everyMs} ms until it shows the flag ${phase.flag}`;
          for (const step of await caused(what, { kind: 'publish', publish: canary.events }, sender)) inPhase(step);
        }
      }
      const metrics = phase.expect.http.map(({ url }) => `GET ${url}`);
      if (metrics.length > 0) inPhase({ what: 'read figures, before and after', calls: metrics });
      for (const step of await caused('cause', phase.causes, sender)) inPhase(step);
      inPhase({ what: `hold ${phase.holdMs} ms, then wait ${windowMs} ms for what is on its way`, calls: [] });
      for (const name of ['snapshot', 'isolation'] as const) {
        if (phase.expect[name] !== undefined) inPhase({ what: ASKING[name], calls: asked[name] });
      }
    }
  }
  const back = provider.restores(undefined, undefined).map(callText);
  steps.push({ what: `put ${key} back as it was, and make sure`, calls: [...reads, ...back, ...reads] });
  return { format: 'feed-parity/plan-dry-run', version: 1, plan: plan.name, steps };
}

async function caused(what: string, causing: Plan['load'], sender: Sender | undefined): Promise<DryStep[]> {
  if (causing === undefined || sender === undefined) return [];
  const calls: string[] = [];
  for await (const { dueMs, calls: sends } of sender.rehearse(causing)) {
    for (const send of sends) calls.push(`+${(dueMs / 1000).toFixed(3)} s ${send}`);
  }
  return [{ what: `${what}: ${causingText(causing)}`, calls }];
}

/** For people. */
export function dryRunText({ plan, steps }: DryRun): string {
  const lines = [`Dry run of ${plan}: nothing was called.`];
  let phase: string | undefined;
  for (const step of steps) {
    if (step.phase !== undefined && step.phase !== phase) lines.push(`phase ${step.phase}`);
    phase = step.phase;
    const indent = phase === undefined ? '' : '  ';
    lines.push(`${indent}${step.what}`, ...step.calls.map((call) => `${indent}    ${call}`));
  }
  return `${lines.join('\n')}\n`;
}

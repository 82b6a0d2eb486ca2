import { CallError } from '../model/errors.js';
import type { Causing, Plan, PlanningSettings } from '../model/plan.js';
import { allower } from '../replay/allow.js';
import type { Reach } from './flags/provider.js';

/** What a plan is going to touch. */
export interface Touched {
  readonly plan: Plan;
  readonly reach: Reach;
  /** Hosts of replay targets; they are in the allow-list of `replay` as well. */
  readonly targets: readonly string[];
}

/**
 * Refuses a plan that would touch anything that the config's `plan.allow` does not name; called before any call.
 * @throws CallError that names every such thing, and what to add
 */
export function checkAllowed({ plan, reach, targets }: Touched, planning: PlanningSettings | undefined): void {
  const allow = planning?.allow ?? { flags: [], environments: [], accounts: [], hosts: [], commands: [], files: [] };
  const hostAllowed = allower(allow.hosts);
  const { flag } = plan;
  const hosts = [...reach.hosts, ...targets, ...metricHosts(plan)];
  const refused = [
    ...outside('flags', 'the flag', [flag.key], named(allow.flags)),
    ...outside(
      'environments',
      'the environment',
      reach.environment === undefined ? [] : [reach.environment],
      named(allow.environments),
    ),
    ...outside('accounts', 'the account', accountsOf(plan), named(allow.accounts)),
    ...outside('hosts', 'the host', hosts, hostAllowed),
    ...outside('commands', 'the command', reach.commands, named(allow.commands)),
    ...outside('files', 'the file', reach.files, named(allow.files)),
  ];
  if (refused.length === 0) return;
  const add = [...new Set(refused.map(({ list }) => list))].map(
    (list) =>
      `${list}: [${refused
        .filter((one) => one.list === list)
        .map(({ name }) => JSON.stringify(name))
        .join(', ')}]`,
  );
  throw new CallError(
    `plan: would touch ${refused.map(({ what, name }) => `${what} ${name}`).join(', ')}, which the config's plan.allow does not name; nothing was called. If that is for tests, add plan: {allow: {${add.join(', ')}}}`,
  );
}

function outside(list: string, what: string, names: readonly string[], allows: (name: string) => boolean) {
  return [...new Set(names)].filter((name) => !allows(name)).map((name) => ({ list, what, name }));
}

/** Whether a name is in the list; one that ends in `*` stands for any ending. */
function named(list: readonly string[]): (name: string) => boolean {
  return (name) => list.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : one === name));
}

function accountsOf({ flag, seen, load, phases }: Plan): string[] {
  const causes = [load, ...phases.map((phase) => phase.causes)];
  const published = causes.flatMap((one: Causing | undefined) => (one?.kind === 'publish' ? one.publish.accounts : []));
  // For everyone the flag is nobody's in particular, and the environment has to be allowed.
  return [...flag.targeting.accounts, ...(seen.canary?.events.accounts ?? []), ...published];
}

function metricHosts({ phases }: Plan): string[] {
  return phases.flatMap(({ expect }) => expect.http.map(({ url }) => new URL(url).hostname));
}

import type { Report } from '../model/report.js';
import type { Render } from './index.js';
import { plainly } from './plainly.js';
import { count, integer } from './text.js';
import { why } from './told/answer.js';
import { alike, differing, placeOf, reasonOf, someOfEach, valuesOf } from './told/findings.js';
import { gapGroups } from './told/gaps.js';

/** GitHub shows so many annotations of a level from one step, and no more. */
const MOST = 10;
/** Of a message, in characters; what is longer nobody reads beside a diff. */
const LONGEST = 1_000;

interface Annotation {
  readonly title: string;
  readonly message: string;
}

/**
 * Annotations for a job of GitHub Actions, as commands to its runner: what is broken as errors, what is unknown as
 * warnings, the rest as one notice.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export const github: Render = (report) => {
  const harmless = plainly(report);
  const said = { title: `Parity ${report.status}`, message: why(harmless) };
  const level = { proven: 'notice', broken: 'error', unproven: 'warning' } as const;
  const own = (wanted: string): Annotation[] => (level[report.status] === wanted ? [said] : []);
  return [
    ...own('notice').map((annotation) => command('notice', annotation)),
    ...bounded([...own('error'), ...errors(harmless)]).map((annotation) => command('error', annotation)),
    ...bounded([...own('warning'), ...warnings(harmless)]).map((annotation) => command('warning', annotation)),
  ].join('');
};

function errors(report: Report): Annotation[] {
  const differences = differing(report).map(({ type, path, kind, times, example }) => {
    const title = `${integer(times)}× mismatch, ${type}`;
    if (example === undefined) return { title, message: `${path} is ${kind}` };
    const { control, candidate } = valuesOf(example.difference);
    const values = `control ${shortened(control)}, candidate ${shortened(candidate)}`;
    return { title, message: `${path} is ${kind}: ${values} (${placeOf(example.verdict)})` };
  });
  const groups = alike(report).filter(({ outcome }) => outcome !== 'inconclusive');
  const most = someOfEach(groups, 1);
  const others = [...most, ...groups.filter((group) => !most.includes(group))].map(groupOf);
  const failed = casesOf(report, 'failed');
  // A frequent outcome must not push out the others.
  return [...failed.slice(0, 3), ...alternately(differences, others), ...failed.slice(3)];
}

function warnings(report: Report): Annotation[] {
  return [
    ...report.gate.lacking.map((message) => ({ title: 'Lacking for a proof', message })),
    ...casesOf(report, 'undecided'),
    ...alike(report)
      .filter(({ outcome }) => outcome === 'inconclusive')
      .map(groupOf),
    ...gapGroups(report).map(({ side, who, when, reason, isUnread }) => ({
      title: `${isUnread ? 'Cannot be read' : 'Not listening'}: ${side}`,
      message: [who, when, reason].filter(Boolean).join(', '),
    })),
  ];
}

function groupOf({ outcome, type, times, verdicts }: ReturnType<typeof alike>[number]): Annotation {
  const places = verdicts.slice(0, 3).map(placeOf).join(' · ');
  const [reason = ''] = verdicts.map(reasonOf);
  const told = [reason, places].filter(Boolean).join(': ');
  // A command without a message is shown as none.
  const message = told === '' ? `${outcome}, ${type}` : told;
  return { title: `${integer(times)}× ${outcome}, ${type}`, message: `${message}${times > 3 ? ' · …' : ''}` };
}

function casesOf({ sections }: Report, answered: 'failed' | 'undecided'): Annotation[] {
  return (sections ?? []).flatMap(({ title, cases }) =>
    cases
      .filter(({ status }) => status === answered)
      .map(({ name, detail }) => ({ title: `${title}: ${answered}`, message: `${name}${detail && `: ${detail}`}` })),
  );
}

function alternately<Item>(some: readonly Item[], others: readonly Item[]): Item[] {
  const longest = Math.max(some.length, others.length);
  return Array.from({ length: longest }, (_, at) => [...some.slice(at, at + 1), ...others.slice(at, at + 1)]).flat();
}

/** What is beyond the most that are shown is counted in the last. */
function bounded(all: readonly Annotation[]): Annotation[] {
  if (all.length <= MOST) return [...all];
  const left = all.length - (MOST - 1);
  const last = { title: 'And more', message: `${count(left, 'further finding')}: see the whole report` };
  return [...all.slice(0, MOST - 1), last];
}

function command(level: string, { title, message }: Annotation): string {
  return `::${level} title=${property(shortened(title))}::${data(shortened(message))}\n`;
}

function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

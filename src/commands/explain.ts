import { touches } from '../challenge/left-out.js';
import { parsePath } from '../config/path.js';
import { CallError } from '../model/errors.js';
import type { Report } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import { explanationJson, explanationOf, explanationText } from '../reports/explain.js';
import { count } from '../reports/text.js';
import { write } from './result.js';
import { readReport } from './saved.js';
import { screen } from './screen.js';

/** `parity explain`: one verdict of a saved report, with everything that is known of it. */
export async function explain(file: string, id: string, options: { readonly json?: boolean }): Promise<number> {
  const report = await readReport(file);
  const explanation = explanationOf(verdictOf(report, id, file), report, speaksOf);
  const text =
    options.json === true
      ? explanationJson(explanation)
      : explanationText(explanation, stepsOf, screen(process.stdout));
  await write(text);
  return 0;
}

/** Whether a rule's path leads to a place, or to something that holds it. */
function speaksOf(rule: string, place: string): boolean {
  const steps = stepsOf(place);
  return steps.length > 0 && touches({ path: parsePath(rule, 'many') }, steps);
}

/** The names and indices of a path that names one place, as differences are told by; none where a secret was cut out of it. */
function stepsOf(place: string): (string | number)[] {
  try {
    return parsePath(place).segments.map((segment) =>
      segment.kind === 'name' ? segment.name : segment.kind === 'index' ? segment.index : '',
    );
  } catch (error) {
    if (error instanceof CallError) return [];
    throw error;
  }
}

function verdictOf(report: Report, id: string, file: string): Verdict {
  const { findings } = report;
  const wanted = id.toLowerCase();
  const verdict = findings.find((finding) => finding.id === wanted || finding.id === `v${wanted}`);
  if (verdict !== undefined) return verdict;
  throw new CallError(`${file}: there is no verdict ${JSON.stringify(id)}; ${whatThereIs(report, id)}`);
}

function whatThereIs({ findings, findingsLeftOut }: Report, id: string): string {
  const [first, last] = [findings[0], findings.at(-1)];
  if (first === undefined || last === undefined) return 'the report tells none, since it found nothing amiss';
  const named = findings.filter(({ key }) => key === id).map((finding) => finding.id);
  if (named.length > 0) return `the event of that key is ${named.slice(0, 5).join(', ')}`;
  const left = findingsLeftOut === 0 ? '' : `; ${count(findingsLeftOut, 'further one')} were counted and not kept`;
  return `${findings.length === 1 ? `the only one is ${first.id}` : `they are ${first.id} to ${last.id}`}${left}`;
}

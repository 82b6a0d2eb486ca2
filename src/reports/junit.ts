import type { Report } from '../model/report.js';
import type { Render } from './index.js';
import { gateSuite, sectionSuites, streamSuite } from './junit/suites.js';
import type { Case, Suite } from './junit/suites.js';
import { element, xml } from './junit/xml.js';
import type { Element } from './junit/xml.js';
import { plainly } from './plainly.js';

/**
 * For whatever reads test results: a suite for the stream with a case a type and account, one for the gate with a case a
 * limit, one for each section. A failure is against the system under test, an error is what could not be decided. In the
 * dialect that Jenkins, GitLab, GitHub's readers and Ant share.
 */
export const junit: Render = (report) => {
  const harmless = plainly(report);
  const suites = [streamSuite(harmless), gateSuite(harmless), ...sectionSuites(harmless)];
  const cases = suites.flatMap(({ cases }) => cases);
  const time = seconds(report);
  return xml(
    element(
      'testsuites',
      { name: `feed parity: ${report.status}`, ...counts(cases), time },
      suites.map((suite) => suiteElement(suite, harmless)),
    ),
  );
};

const UNNAMED = 'unnamed';

function suiteElement({ name, properties, cases, text }: Suite, report: Report): Element {
  const attributes = {
    name: name.trim() || UNNAMED,
    ...counts(cases),
    skipped: 0,
    time: seconds(report),
    timestamp: startedAt(report),
  };
  return element('testsuite', attributes, [
    ...(properties.length === 0
      ? []
      : [
          element(
            'properties',
            {},
            properties.map(([name, value]) => element('property', { name, value })),
          ),
        ]),
    ...cases.map(caseElement),
    ...(text === '' ? [] : [element('system-out', {}, text)]),
  ]);
}

function caseElement({ group, name, answer, message, detail }: Case): Element {
  // Control characters alone leave no name, and every reader wants one.
  const attributes = { name: name.trim() || UNNAMED, classname: group.trim() || UNNAMED, time: 0 };
  if (answer === 'passed') return element('testcase', attributes);
  const kind = answer === 'failed' ? 'failure' : 'error';
  return element('testcase', attributes, [element(kind, { type: answer, message }, detail)]);
}

function counts(cases: readonly Case[]): {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
} {
  const of = (wanted: Case['answer']): number => cases.filter(({ answer }) => answer === wanted).length;
  return { tests: cases.length, failures: of('failed'), errors: of('undecided') };
}

function seconds({ run }: Report): string {
  return (run.durationMs / 1000).toFixed(3);
}

/** In the one form that every reader takes: UTC, without fraction and zone. */
function startedAt({ run }: Report): string {
  return run.startedAt.replace(/\.\d+Z?$|Z$/, '');
}

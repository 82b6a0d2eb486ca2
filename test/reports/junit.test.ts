import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { junit } from '../../src/reports/junit.js';
import { broken, counts, empty, proven, rewritten } from './sample.js';
import { sectioned } from './sectioned.js';
import { casesOf, faults, propertiesOf } from './xml.js';

const options = { width: 100, colour: false };

describe('the schema', () => {
  it('is kept by every report', async () => {
    const documents = { proven: proven(), broken: broken(), empty: empty(), sectioned: sectioned() };
    const rendered = Object.entries(documents).map(([name, report]) => [`${name}.xml`, junit(report, options)]);
    expect(await faults(Object.fromEntries(rendered))).toEqual([]);
  });

  it('is kept whatever names and payloads hold', async () => {
    const strings = fc.sample(fc.string({ unit: 'binary', maxLength: 80 }), { numRuns: 30, seed: 7 });
    const hostile = [
      ...strings,
      ']]><!-- --><![CDATA[',
      '"/><testcase name="forged" classname="x" time="0"/><x y="',
      '&amp;&lt;&#0;&#x1b;%entity;&entity;',
      '\u0000\u0001\u001b[2J\ufffe\uffff\ud800',
    ];
    const documents = hostile.map((text, at) => [
      `${at}.xml`,
      junit(
        rewritten((own) => own + text),
        options,
      ),
    ]);
    expect(await faults(Object.fromEntries(documents))).toEqual([]);
    for (const [, document = ''] of documents)
      expect(casesOf(document)).toHaveLength(casesOf(junit(broken(), options)).length);
  });

  it('is one that a fault does not pass', async () => {
    const document = junit(broken(), options);
    const wrong = {
      'time.xml': document.replace(/time="[^"]*"/, 'time="5 s"'),
      'forbidden.xml': document.replace('31 mismatch', '\u0001'),
      'order.xml': document.replace(/(<properties>[\s\S]*?<\/properties>)([\s\S]*?)(<\/testsuite>)/, '$2$1$3'),
      'both.xml': document.replace('<failure type="failed"', '<error type="x"/><failure type="failed"'),
    };
    const found = await Promise.all(Object.entries(wrong).map(([name, text]) => faults({ [name]: text })));
    for (const errors of found) expect(errors).not.toEqual([]);
  });
});

it('fails what has defects, and cannot decide those with inconclusive events alone', () => {
  const types = {
    clean: counts({ match: 5, allowed: 2 }),
    edited: counts({ match: 5, mismatch: 1, inconclusive: 1 }),
    unknown: counts({ match: 5, inconclusive: 2 }),
    late: counts({ late: 1 }),
    twice: counts({ match: 1, duplicate: 1 }),
  };
  const cells = Object.entries(types).map(([type, counts]) => ({ type, account: 'rep-1', counts }));
  const cases = casesOf(junit({ ...broken(), types, cells }, options)).filter(({ suite }) => suite === 'stream');
  expect(Object.fromEntries(cases.map(({ classname, kind }) => [classname, kind]))).toEqual({
    'stream.clean': 'passed',
    'stream.edited': 'failure',
    'stream.unknown': 'error',
    'stream.late': 'failure',
    'stream.twice': 'failure',
  });
});

it('shows what a defect was, with the values of both sides', () => {
  const opened = casesOf(junit(broken(), options)).find(({ name }) => name === 'email_opened of rep-1');
  expect(opened?.message).toContain('31 mismatch');
  expect(opened?.text).toContain('key 4703, rep-1, v3\n  $.person.phone changed: "+49 30 12342" → "+493012342"');
  expect(opened?.text).not.toContain('rep-2');
  // What is merely unknown takes no room from what is wrong.
  const clicked = casesOf(junit(broken(), options)).find(({ name }) => name === 'link_clicked of rep-1');
  expect(clicked?.text).toContain('mismatch: key 4733');
  expect(clicked?.text).not.toContain('inconclusive');
});

it('has a case for what is left, where there are too many types and accounts to tell them apart', () => {
  const report = broken();
  const [cell, ...others] = report.cells;
  const some = {
    ...report,
    cells: [{ ...cell!, counts: counts({ match: 7999, mismatch: 1 }) }],
    cellsLeftOut: others.length,
  };
  const cases = casesOf(junit(some, options)).filter(({ suite }) => suite === 'stream');
  expect(cases.map(({ name, message }) => [name, message])).toEqual([
    ['email_opened of rep-1', '7,999 match, 1 mismatch'],
    ['email_opened of all further accounts', '1 match, 500 allowed, 30 mismatch, 10 missing, 5 duplicate, 2 late'],
    ['link_clicked of all further accounts', '3,000 match, 3 mismatch, 2 missing, 21 inconclusive'],
    ['call_logged of all further accounts', '500 match, 3 extra'],
  ]);
});

it('has a case for every limit, and one for the answer, so that no run is green that proved nothing', () => {
  const kinds = (report: ReturnType<typeof broken>): Record<string, string> =>
    Object.fromEntries(
      casesOf(junit(report, options))
        .filter(({ suite }) => suite === 'gate')
        .map(({ name, kind }) => [name, kind]),
    );
  expect(kinds(broken())).toMatchObject({
    'parity is proven': 'failure',
    'missing: at most 0': 'failure',
    'lag.p50: at most 250 ms': 'passed',
  });
  expect(kinds(empty())).toEqual({ 'parity is proven': 'error', 'missing: at most 0': 'error' });
  expect(new Set(Object.values(kinds(proven())))).toEqual(new Set(['passed']));
  const lacking = casesOf(junit(empty(), options)).find(({ name }) => name === 'parity is proven');
  expect(lacking?.text).toContain('lacking: 30 more pairs of email_opened');
});

it('gives lag as numbers, and leaves out those that nobody knows', () => {
  expect(propertiesOf(junit(broken(), options))).toMatchObject({
    'lag.p50Ms': '112.4',
    'lag.inWindow.p99Ms': '8720',
    'lag.maxMs': '72310',
    'lag.censored': '14',
    'types.email_opened.mismatch': '31',
    'order.reordered': '4',
  });
  expect(propertiesOf(junit(broken(), options))).not.toHaveProperty(['lag.p99Ms']);
});

it('has a suite for every section, with a case for whatever was asked', () => {
  const document = junit(sectioned(), options);
  const asked = casesOf(document).filter(({ suite }) => suite === 'Three lists against one');
  expect(asked.map(({ name, classname, kind, message }) => [name, classname, kind, message])).toEqual([
    ['rep-1', 'snapshot', 'passed', ''],
    ['rep-2', 'snapshot', 'failure', 'item 4711 is only in the legacy lists'],
    ['rep-3', 'snapshot', 'error', 'HTTP 503 from the candidate, three times'],
  ]);
  expect(document).toContain('control | 1,500 | 182.4');
  expect(document).toContain('<testsuite name="A flip at any moment" tests="0"');
});

import { describe, expect, it } from 'vitest';
import type { TimelineEntry } from '../../src/model/timeline.js';
import { html } from '../../src/reports/html.js';
import { json } from '../../src/reports/json.js';
import { Line } from '../../src/run.js';
import { frame, settings, tick, up } from '../given.js';

const VERDICTS = 100_000;
const MOST_BYTES = 15 * 1024 * 1024;

/** A payload as real ones are: some 900 bytes. */
function payload(id: number, phone: string): string {
  const text = 'Thank you for your message, we will come back to you as soon as we can. '.repeat(11);
  return `{"id":${id},"person":{"phone":"${phone}"},"text":"${text}"}`;
}

describe.skipIf(process.env['CI'] === undefined)('a report of 100,000 non-matching verdicts', () => {
  it('counts them all, shows the worst and some of the others, and stays small', () => {
    const accounts = Array.from({ length: 50 }, (_, n) => `rep-${n}`);
    const line = new Line(settings({ accounts: accounts.map((id) => ({ id, values: { id } })) }));
    const add = (entry: TimelineEntry): void => line.add(entry);
    for (const account of accounts) for (const side of ['control', 'candidate'] as const) add(up(side, 0, account));
    for (let id = 0; id < VERDICTS; id++) {
      const account = accounts[id % accounts.length] as string;
      add(frame('control', 1_000 + id, payload(id, '+49 30 1'), { account }));
      // Each tenth is missing; of the others each differs.
      if (id % 10 > 0) add(frame('candidate', 1_000 + id + 0.5, payload(id, '+4930 1'), { account }));
    }
    add(tick(1_000 + VERDICTS + 100_000));
    const report = line.report({ startedAt: '2026-11-22T16:03:11.660Z' });
    expect(report.outcomes).toMatchObject({ mismatch: 90_000, missing: 10_000, match: 0 });
    expect(report.groups).toEqual([
      { outcome: 'mismatch', type: 'email_opened', path: '$.person.phone', kind: 'changed', count: 90_000 },
      { outcome: 'missing', type: 'email_opened', count: 10_000 },
    ]);
    expect(report.findings.length + report.findingsLeftOut).toBe(VERDICTS);
    const page = { width: 100, colour: false };
    for (const render of [json, html]) {
      const text = render(report, page);
      expect(Buffer.byteLength(text)).toBeLessThan(MOST_BYTES);
      console.log(`${render === json ? 'json' : 'html'}: ${(Buffer.byteLength(text) / 1024 / 1024).toFixed(1)} MB`);
    }
  });
});

import { describe, expect, it } from 'vitest';
import type { TruthSettings } from '../../src/model/snapshot.js';
import { eventType, path, settings as settingsOf } from '../given.js';
import { listsIn, rowsOf, serve, snapshotOf } from './stage.js';

/** A list of so many records on both sides, whose titles differ, and a source of truth with a third say. */
async function differing(items: number, truth: (key: string) => string, some: Partial<TruthSettings> = {}) {
  const at: number[] = [];
  const url = await serve((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://127.0.0.1');
    response.writeHead(200, { 'content-type': 'application/json' });
    if (pathname.startsWith('/records/')) {
      at.push(performance.now());
      response.end(truth(pathname.slice('/records/'.length)));
      return;
    }
    const all = Array.from({ length: items }, (_, id) => ({ id, title: pathname.slice(1), note: 'same' }));
    response.end(JSON.stringify(all));
  });
  const list = (side: string) => ({ method: 'GET' as const, url: `${url}/${side}`, headers: {}, items: path('$') });
  const settings = settingsOf({
    events: [eventType()],
    snapshot: {
      control: [{ ...list('control'), event: 'email-opened' }],
      candidate: [{ ...list('candidate'), event: 'item_created' }],
      attempts: 1,
      intervalMs: 0,
      timeoutMs: 2_000,
      retries: 0,
      maxPages: 2,
      maxBytes: 1_000_000,
      concurrency: 1,
      dedupe: true,
      enriched: [path('$.title')],
      truth: { url: `${url}/records/{key}`, headers: {}, perSecond: 1_000, most: 100, ...some },
    },
  });
  return { settings, at };
}

describe('the source of truth', () => {
  it.each([
    ['control', 'control is fresher at $.title'],
    ['candidate', 'candidate is fresher at $.title'],
    ['something else', 'neither at $.title'],
  ])('that says %s', async (title, reason) => {
    const { settings } = await differing(1, () => JSON.stringify({ id: 0, title, note: 'same' }));
    const report = await snapshotOf(settings);
    expect(report.findings.map((finding) => finding.reason)).toEqual([reason]);
    expect(report.outcomes.mismatch).toBe(1);
    const drift = listsIn(report).tables.find((table) => table.title === 'drift');
    expect(drift?.rows).toEqual([['rep-1', 'email_opened', '0', '$.title', reason.replace(' at $.title', '')]]);
  });

  it('that answers no record, or not at all, decides nothing', async () => {
    const { settings } = await differing(1, () => 'oops');
    expect((await snapshotOf(settings)).findings[0]?.reason).toBe('the source of truth answered no record');
    const deaf = {
      ...settings,
      snapshot: {
        ...settings.snapshot,
        truth: { url: 'http://127.0.0.1:9/{key}', headers: {}, perSecond: 9, most: 9 },
      },
    };
    const report = await snapshotOf(deaf as typeof settings);
    expect(report.findings[0]?.reason).toBe('the source of truth could not be asked');
    expect(report.outcomes.mismatch).toBe(1);
  });

  it('is asked no faster and no more often than it may be', async () => {
    const { settings, at } = await differing(8, (key) => `{"id":${key},"title":"control","note":"same"}`, {
      perSecond: 10,
      most: 5,
    });
    const report = await snapshotOf(settings);
    expect(at).toHaveLength(5);
    // Four waits of 100 ms lie between five requests, of which the first may have been noticed late.
    expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(200);
    const rows = rowsOf(listsIn(report), 'source of truth');
    expect(rows.get('records read again')).toEqual([5]);
    expect(rows.get('records beyond the limit')).toEqual([3]);
    expect(rows.get('control is fresher')).toEqual([5]);
  });
});

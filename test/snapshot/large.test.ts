import { describe, expect, it } from 'vitest';
import type { SnapshotProgress } from '../../src/snapshot-line.js';
import { eventType, path, settings as settingsOf } from '../given.js';
import { failedIn, listsIn, rowsOf, serve, snapshotOf } from './stage.js';

const PAGE = 100;

/** Serves a list of so many items in pages of a hundred, newest first, and settings that read it on both sides. */
async function listOf(
  items: number,
  show: (place: number) => object = (place) => ({ id: items - place, at: items - place }),
) {
  const url = await serve((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://127.0.0.1');
    const from = (Number(searchParams.get('page')) - 1) * PAGE;
    const page = Array.from({ length: Math.max(0, Math.min(PAGE, items - from)) }, (_, nth) => show(from + nth));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ items: page }));
  });
  const next = { kind: 'page' as const, parameter: 'page', first: 1, size: PAGE };
  const list = { method: 'GET' as const, url, headers: {}, items: path('$.items'), next };
  return settingsOf({
    events: [eventType()],
    snapshot: {
      control: [{ ...list, event: 'email-opened' }],
      candidate: [{ ...list, event: 'item_created' }],
      sort: { by: path('$.at'), as: 'number', direction: 'descending', tie: path('$.id') },
      attempts: 1,
      intervalMs: 0,
      timeoutMs: 10_000,
      retries: 0,
      maxPages: 1_000,
      maxBytes: 1_000_000,
      concurrency: 1,
      dedupe: true,
      enriched: [],
    },
  });
}

describe('a list of ten thousand items', () => {
  it('is read page by page, each once a reading, and progress is told with each', async () => {
    const told: SnapshotProgress[] = [];
    const report = await snapshotOf(await listOf(10_000), { onProgress: (progress) => told.push({ ...progress }) });
    expect(report.status).toBe('proven');
    expect(report.outcomes.match).toBe(10_000);
    // The page behind a full last one is empty.
    expect(rowsOf(listsIn(report), 'cost of a full list').get('requests')).toEqual([101, 101]);
    expect(told.map(({ items }) => items).at(-1)).toBe(30_000);
    expect(told.length).toBe(3 * 101 + 1);
    expect(told.every(({ items }, place) => items >= (told[place - 1]?.items ?? 0))).toBe(true);
  });

  it('that is turned round, and of another order on each page, is told in a bounded report', async () => {
    // Ten thousand findings of order, each of which would be a row.
    const report = await snapshotOf(await listOf(10_000, (place) => ({ id: place, at: place })));
    expect(failedIn(listsIn(report))).toEqual(['items out of order']);
    expect(listsIn(report).facts).toMatchObject({ inversions: { candidate: 9_999 } });
    expect(JSON.stringify(report).length).toBeLessThan(200_000);
  });
});

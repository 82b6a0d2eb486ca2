import type { Frame, Link, Side, TimelineEntry } from '../../src/model/timeline.js';

/** Entries as the plan-file's config understands them. */
export function up(t: number, side: Side, account = 'rep-1'): Link {
  return { kind: 'link', t, side, account, state: 'up', reason: 'subscribed' };
}

export function down(t: number, side: Side, account = 'rep-1'): Link {
  return { kind: 'link', t, side, account, state: 'down', reason: 'closed' };
}

export function opened(t: number, side: Side, id: number, account = 'rep-1'): Frame {
  const payload = side === 'control' ? `{"id":${id}}` : `{"type":"open","data":{"id":${id}}}`;
  const event = side === 'control' ? 'opened' : 'item';
  return { kind: 'frame', t, side, account, channel: 'c', event, payload };
}

export function tick(t: number): TimelineEntry {
  return { kind: 'tick', t };
}

export const BOTH_UP: readonly TimelineEntry[] = ['rep-1', 'rep-2'].flatMap((account) => [
  up(0, 'control', account),
  up(0, 'candidate', account),
]);

import { describe, expect, it } from 'vitest';
import type { Frame, TimelineEntry } from '../../src/model/timeline.js';
import { EntryQueue } from '../../src/sources/queue.js';

function frame(t: number): Frame {
  return { kind: 'frame', t, side: 'control', account: 'a', channel: 'c', event: 'e', payload: '{}' };
}

async function drain(queue: EntryQueue): Promise<TimelineEntry[][]> {
  const batches: TimelineEntry[][] = [];
  for await (const batch of queue) batches.push(batch);
  return batches;
}

describe('the queue', () => {
  it('hands out everything in order, in batches of at most 1024', async () => {
    const queue = new EntryQueue(10_000);
    for (let t = 0; t < 2_500; t++) queue.push(frame(t));
    queue.end();
    const batches = await drain(queue);
    expect(batches.map((batch) => batch.length)).toEqual([1_024, 1_024, 452]);
    expect(batches.flat().map((entry) => entry.t)).toEqual(Array.from({ length: 2_500 }, (_, t) => t));
  });

  it('hands out what came while the consumer worked or slept, and ends when told', async () => {
    const queue = new EntryQueue(100);
    const seen: number[] = [];
    const consumed = (async () => {
      for await (const batch of queue) {
        seen.push(...batch.map((entry) => entry.t));
        if (seen.includes(3)) queue.end();
        else queue.push(frame(seen.length + 1));
      }
    })();
    setTimeout(() => queue.push(frame(1)), 5);
    await consumed;
    expect(seen).toEqual([1, 2, 3]);
    queue.push(frame(4));
    expect(await drain(queue)).toEqual([]);
  });

  it('gathers what arrives within one turn of the event loop', async () => {
    const queue = new EntryQueue(100);
    const batches = drain(queue);
    setTimeout(() => {
      for (let t = 0; t < 5; t++) queue.push(frame(t));
      queue.end();
    }, 5);
    expect((await batches).map((batch) => batch.length)).toEqual([5]);
  });

  it('lets the event loop turn before every batch, so that sockets are read and stamped meanwhile', async () => {
    const queue = new EntryQueue(10_000);
    for (let t = 0; t < 4_000; t++) queue.push(frame(t));
    queue.end();
    let turns = 0;
    let batches = 0;
    for await (const batch of queue) {
      expect(batch.length).toBeGreaterThan(0);
      expect(turns).toBe(batches++);
      setImmediate(() => turns++);
    }
    expect(batches).toBe(4);
  });

  it('when full drops frames and marks, keeps links and ticks, and then tells how long it was blind', async () => {
    const queue = new EntryQueue(2);
    const batches = queue[Symbol.asyncIterator]();
    for (const t of [1, 2, 300, 400]) queue.push(frame(t));
    queue.push({ kind: 'mark', t: 450, label: 'step' });
    queue.push({ kind: 'link', t: 500, side: 'control', account: 'a', state: 'down', reason: 'close 4200' });
    queue.push({ kind: 'tick', t: 600 });
    expect(queue.dropped).toBe(3);
    const first = await batches.next();
    expect((first.value ?? []).map((entry) => [entry.kind, entry.t])).toEqual([
      ['frame', 1],
      ['frame', 2],
      ['link', 500],
      ['tick', 600],
    ]);
    queue.push(frame(700));
    queue.end();
    const rest = await drain(queue);
    expect(rest.flat()).toEqual([{ kind: 'tick', t: 600, lateMs: 300 }, frame(700)]);
    expect(queue.dropped).toBe(3);
  });

  it('tells even a short blindness as longer than the lateness that is tolerated', async () => {
    const queue = new EntryQueue(1, 250);
    queue.push(frame(1));
    queue.push(frame(2));
    queue.end();
    expect((await drain(queue)).flat()).toEqual([frame(1), { kind: 'tick', t: 2, lateMs: 251 }]);
  });
});

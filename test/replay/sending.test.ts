import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { ReplaySettings } from '../../src/model/settings.js';
import type { ReplayEvent } from '../../src/replay/events.js';
import { Sending } from '../../src/replay/sending.js';
import type { Named } from '../../src/replay/sieve.js';
import { settings } from '../given.js';
import { event } from './recorded.js';
import { saying, startSink, type Received, type Sink } from './sink.js';

/** The thread runs what was built. */
const CODE = pathToFileURL(join(import.meta.dirname, '../../dist/replay/sending-thread.js'));

/** Notes what it is told. */
class Told {
  readonly begun: string[] = [];
  readonly ended: [string, boolean][] = [];
  begin = ({ key = '-' }: Named): void => void this.begun.push(key);
  end = ({ key = '-' }: Named, accepted: boolean): void => void this.ended.push([key, accepted]);
}

let sinks: Sink[] = [];
let sending: Sending | undefined;

afterEach(async () => {
  await sending?.close();
  sending = undefined;
  await Promise.all(sinks.map((sink) => sink.stop()));
  sinks = [];
});

async function sink(answer: Parameters<typeof startSink>[0]): Promise<Sink> {
  const started = await startSink(answer);
  sinks.push(started);
  return started;
}

function open(control: Sink, candidate: Sink, told: Told, some: Partial<ReplaySettings> = {}): Sending {
  const target = ({ url }: Sink) => ({
    kind: 'http' as const,
    http: { method: 'POST', url: `${url}/{account}`, headers: {}, body: '{"key":"{key}"}' },
  });
  const how: ReplaySettings = {
    allow: [],
    seam: 'after-control',
    keys: 'recorded',
    accounts: 'same',
    timeoutMs: 20_000,
    inFlight: 8,
    control: target(control),
    candidate: target(candidate),
    ...some,
  };
  const accounts = [{ id: 'rep-1', values: { id: 'rep-1' } }];
  return (sending = new Sending(settings({ accounts }), how, told, CODE));
}

async function* events(count: number, everyMs = 0): AsyncGenerator<ReplayEvent> {
  for (let n = 0; n < count; n++) yield event({ key: String(n), dueMs: n * everyMs });
}

const never = new AbortController().signal;
const keyOf = ({ body }: Received): string => (JSON.parse(body) as { key: string }).key;
const keys = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n));
const byNumber = (all: readonly string[]): string[] => all.toSorted((a, b) => Number(a) - Number(b));

describe('sending from a thread of its own', () => {
  it('sends every event to both, and nothing else', async () => {
    const told = new Told();
    const [control, candidate] = [await sink(saying(200)), await sink(saying(202))];
    const counts = await open(control, candidate, told).run(events(100), never);
    expect(counts).toMatchObject({
      intended: 100,
      due: 100,
      notReached: 0,
      sent: { control: 100, candidate: 100 },
      failed: [],
    });
    expect(counts.lateness?.p50Ms).toBeGreaterThan(0);
    expect(byNumber(control.received.map(keyOf))).toEqual(keys(100));
    expect(byNumber(candidate.received.map(keyOf))).toEqual(keys(100));
    expect(told.begun).toEqual(keys(100));
    expect(byNumber(told.ended.map(([key]) => key))).toEqual(keys(100));
    expect(told.ended.every(([, accepted]) => accepted)).toBe(true);
  });

  it('a send is known before it arrives anywhere, and its end with what came of it', async () => {
    const told = new Told();
    const unknown: string[] = [];
    const control = await sink((request, response) => {
      // No turn of the event loop lies between: the thread's word has to be there already.
      sending?.catchUp();
      if (!told.begun.includes(keyOf(request))) unknown.push(keyOf(request));
      saying(200)(request, response);
    });
    const candidate = await sink((request, response) =>
      saying(Number(keyOf(request)) % 3 === 0 ? 503 : 200)(request, response),
    );
    const counts = await open(control, candidate, told).run(events(60), never);
    expect(unknown).toEqual([]);
    const refused = told.ended.filter(([, accepted]) => !accepted).map(([key]) => key);
    expect(byNumber(refused)).toEqual(keys(60).filter((key) => Number(key) % 3 === 0));
    expect(counts.failed).toEqual([{ target: 'candidate', reason: 'HTTP 503', count: 20 }]);
  });

  it('cut short, it sends nothing more, waits for what is under way and counts the rest', async () => {
    const told = new Told();
    const cut = new AbortController();
    const control = await sink((request, response) => {
      cut.abort();
      saying(200)(request, response);
    });
    const candidate = await sink(saying(200));
    // Uncut, it would take the better part of a day.
    const counts = await open(control, candidate, told).run(events(1_000, 60_000), cut.signal);
    expect(counts).toMatchObject({ due: 1, sent: { control: 1, candidate: 1 }, failed: [] });
    expect(counts.notReached).toBeGreaterThan(0);
    expect(counts.intended).toBe(counts.due + counts.notReached);
    expect([control.received.length, candidate.received.length]).toEqual([1, 1]);
  });

  it('cut short before it has begun, it sends nothing', async () => {
    const [control, candidate] = [await sink(saying(200)), await sink(saying(200))];
    const counts = await open(control, candidate, new Told()).run(events(10), AbortSignal.abort());
    expect(counts).toMatchObject({ intended: 0, due: 0, lateness: null });
    expect(control.received).toEqual([]);
  });

  it('events that cannot be read on end it, with the reason, and close their source', async () => {
    const [control, candidate] = [await sink(saying(200)), await sink(saying(200))];
    let closed = false;
    const torn = new Error('torn');
    async function* source(): AsyncGenerator<ReplayEvent> {
      try {
        yield* events(40);
        throw torn;
      } finally {
        closed = true;
      }
    }
    await expect(open(control, candidate, new Told()).run(source(), never)).rejects.toBe(torn);
    expect(closed).toBe(true);
  });

  it.each([
    ['throws', 'throw new TypeError("ours")', /ours/],
    ['rejects', 'Promise.reject(new TypeError("ours"))', /ours/],
    ['ends', 'process.exit(7)', /has ended, with status 7/],
    ['does not load', 'import "node:nothing"', /node:nothing/],
  ])('a thread that %s ends it, with the reason', async (_, code, reason) => {
    const how = { control: { kind: 'sandbox', sandbox: { url: 'http://127.0.0.1:9' } } } as unknown as ReplaySettings;
    sending = new Sending(settings(), how, new Told(), new URL(`data:text/javascript,${encodeURIComponent(code)}`));
    await expect(sending.run(events(1_000_000), never)).rejects.toThrow(reason);
  });
});

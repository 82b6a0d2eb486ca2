import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { withSandbox } from '../../src/commands/embedded.js';
import { runLive } from '../../src/live.js';
import type { Report } from '../../src/model/report.js';
import type { Settings } from '../../src/model/settings.js';
import type { TimelineEntry } from '../../src/model/timeline.js';
import { OUTCOMES } from '../../src/model/verdict.js';
import { openRecording } from '../../src/recording/reader.js';
import { openRecorder, type Recorder } from '../../src/recording/writer.js';
import { Line } from '../../src/run.js';
import type { Sandbox } from '../../src/sandbox/system.js';
import { frame, settings, tick, up } from '../given.js';
import { withMoreTicks } from '../simulation/clocks.js';
import { world } from '../simulation/world.js';
import { at, HEADER } from './file.js';

const asIs = (text: string): string => text;

let files = 0;
const fresh = (extension: string) => at(`rejudged-${++files}.${extension}`);

/** Judges a recording as `parity diff` does. */
async function rejudged(file: string, given: Settings): Promise<Report> {
  const told: string[] = [];
  const recording = await openRecording(file, (sentence) => told.push(sentence));
  const line = new Line(given);
  for await (const entries of recording.entries) {
    for (const entry of entries) line.add(entry);
  }
  expect(told).toEqual([]);
  return line.report({ startedAt: recording.header.startedAt });
}

const text = (report: Report): string => JSON.stringify(report, undefined, 1);

describe.skipIf(!process.env['CI'])('a live watch of feeds with every kind of fault', () => {
  const accounts = ['rep-1', 'rep-2', 'rep-3', 'rep-4', 'rep-5', 'rep-6', 'rep-7', 'rep-8'];
  it.each(['ndjson', 'ndjson.gz'])(
    'is judged the same, to the byte, from its recording: %s',
    { timeout: 60_000 },
    async (extension) => {
      const file = fresh(extension);
      const recorder = await openRecorder(file, asIs);
      await withSandbox({ accounts, seed: 11, window: { beforeMs: 0, afterMs: 700 } }, async (sandbox, loaded) => {
        // Whether a machine under test stalls is no matter here.
        const given = { ...loaded.settings, match: { ...loaded.settings.match, stallMs: 5_000 } };
        const report = await watched(sandbox, given, recorder);
        await recorder.close();
        for (const outcome of OUTCOMES.slice(1))
          expect([outcome, report.outcomes[outcome] > 0]).toEqual([outcome, true]);
        expect(report.unreadable.length).toBeGreaterThan(0);
        expect(report.gaps.length).toBeGreaterThan(1);
        expect(report.lag.count).toBeGreaterThan(100);
        expect(text(await rejudged(file, given))).toBe(text(report));
      });
    },
  );

  /** Watches and records while everything that can go wrong does. */
  async function watched(sandbox: Sandbox, given: Settings, recorder: Recorder): Promise<Report> {
    const finish = new AbortController();
    const over = new AbortController();
    onTestFinished(() => over.abort());
    const never = new AbortController().signal;
    let nowMs = 0;
    let traffic = Promise.resolve();
    const report = await runLive(given, {
      finish: finish.signal,
      interrupt: never,
      hurry: never,
      onStart: (startedAt) => recorder.begin({ startedAt, sides: ['control', 'candidate'], accounts }),
      tee: (entry) => recorder.add(entry),
      onProgress: ({ t }) => void (nowMs = t),
      onListening: () => {
        traffic = (async () => {
          // Nothing is surely extra before a window has passed in which both sides listened.
          const readyMs = nowMs + given.match.settleMs + 2 * given.match.window.afterMs;
          await vi.waitFor(() => expect(nowMs).toBeGreaterThan(readyMs), { timeout: 20_000 });
          await sandbox.run({
            ratePerS: 150,
            durationMs: 5_000,
            faults: {
              drop: 4,
              duplicate: 4,
              delay: 3,
              reorder: 3,
              edit: 4,
              extra: 3,
              malformed: 2,
              disconnect: {
                count: 1,
                side: 'control',
                forMs: 600,
              },
              mute: {
                count: 1,
                side: 'candidate',
                forMs: 600,
              },
              'close-without-rejoin': 1,
            },
            signal: over.signal,
          });
        })().finally(() => finish.abort());
      },
    });
    await traffic;
    return report;
  }
});

describe('a simulated world', () => {
  /** What a recording of the timeline gives back. */
  async function recorded(entries: Iterable<TimelineEntry>): Promise<string> {
    const file = fresh('ndjson');
    const recorder = await openRecorder(file, asIs);
    recorder.begin(HEADER);
    for (const entry of entries) recorder.add(entry);
    await recorder.close();
    return file;
  }

  function judged(given: Settings, entries: Iterable<TimelineEntry>): Report {
    const line = new Line(given);
    for (const entry of entries) line.add(entry);
    return line.report({ startedAt: HEADER.startedAt });
  }

  it.each(Array.from({ length: process.env['CI'] ? 40 : 10 }, (_, index) => index * 5 + 1))(
    'of seed %i is judged the same from its recording',
    async (seed) => {
      const given = world(seed);
      for (const entries of [given.entries, withMoreTicks(given)]) {
        const file = await recorded(entries);
        expect(text(await rejudged(file, given.settings))).toBe(text(judged(given.settings, entries)));
      }
    },
  );

  it('is judged the same where a stall is told only after a deadline in it has passed', async () => {
    const given = settings();
    const entries = [
      up('control', 0),
      up('candidate', 0),
      frame('control', 1e3, '{"id":1}'),
      frame('control', 2e3, '{"id":2}'),
      tick(11500),
      tick(13e3, 2500),
      tick(13100),
    ];
    const report = judged(given, entries);
    expect(report.outcomes).toMatchObject({ missing: 1, inconclusive: 1 });
    expect(text(await rejudged(await recorded(entries), given))).toBe(text(report));
  });
});

import * as fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { CallError } from '../../src/model/errors.js';
import type { Frame, TimelineEntry } from '../../src/model/timeline.js';
import type { Sink } from '../../src/recording/sink.js';
import { openRecorder, Recorder } from '../../src/recording/writer.js';
import { down, frame, tick, up } from '../given.js';
import { at, HEADER, read } from './file.js';
import { runs } from '../runs.js';

const asIs = (text: string): string => text;

/** A recorder into memory, and what has reached its sink. */
function inMemory(hide = asIs): { recorder: Recorder; text: () => string; flushes: () => number } {
  const blocks: Buffer[] = [];
  let flushed = 0;
  const sink: Sink = {
    write: (block) => void blocks.push(block),
    flush: () => void flushed++,
    close: () => Promise.resolve(),
    bytes: 0,
  };
  return {
    recorder: new Recorder('memory', sink, hide),
    text: () => Buffer.concat(blocks).toString(),
    flushes: () => flushed,
  };
}

/** The lines that are written for these entries. */
async function linesOf(entries: readonly TimelineEntry[], hide = asIs): Promise<string[]> {
  const { recorder, text } = inMemory(hide);
  for (const entry of entries) recorder.add(entry);
  await recorder.close();
  return text().split('\n').slice(0, -1);
}

let files = 0;
const fresh = (extension = 'ndjson') => at(`recorded-${++files}.${extension}`);

/** Records into a file, and closes it. */
async function recorded(file: string, entries: readonly TimelineEntry[], hide = asIs): Promise<Recorder> {
  const recorder = await openRecorder(file, hide);
  recorder.begin(HEADER);
  for (const entry of entries) recorder.add(entry);
  await recorder.close();
  return recorder;
}

describe('a recording', () => {
  it('is a header, and a line for each entry as it happened', async () => {
    const file = fresh();
    await recorded(file, [
      up('control', 41.717),
      frame('control', 1063.294, '{"id": 9007199254740993.0}'),
      { kind: 'mark', t: 2500, label: 'flag on' },
      tick(2600.5, 300),
      down('candidate', 2700, { final: true, remedy: 'see to it' }),
    ]);
    expect(readFileSync(file, 'utf8')).toBe(
      [
        '{"format":"feed-parity/timeline","version":1,"startedAt":"2026-11-22T16:03:11.660Z","sides":["control","candidate"],"accounts":["rep-1"]}',
        '{"t":41.717,"kind":"link","side":"control","account":"rep-1","state":"up","reason":"subscribed"}',
        '{"t":1063.294,"kind":"frame","side":"control","account":"rep-1","channel":"feed-of-control","event":"email-opened","payload":{"id": 9007199254740993.0}}',
        '{"t":2500,"kind":"mark","label":"flag on"}',
        '{"t":2600.5,"kind":"tick","lateMs":300}',
        '{"t":2700,"kind":"link","side":"candidate","account":"rep-1","state":"down","reason":"closed with 1006","final":true,"remedy":"see to it"}',
        '',
      ].join('\n'),
    );
  });

  it.each([
    ['no JSON', '{"id":'],
    ['nothing', ''],
    ['JSON with half of a surrogate pair', '{"name":"\ud83d"}'],
    ['with a raw line break in a text', '{"name":"a\nb"}'],
  ])('keeps a payload that is %s as text', async (_, payload) => {
    const [line = ''] = await linesOf([frame('control', 1, payload)]);
    expect(JSON.parse(line)).toMatchObject({ text: payload });
    expect(line).not.toContain('"payload"');
  });

  it('keeps why a source could not read a frame', async () => {
    const [one = '', two = ''] = await linesOf([
      frame('control', 1, '\u0001\u0002', { unreadable: 'binary payload' }),
      frame('control', 1, '[1]', { unreadable: 'no event' }),
    ]);
    expect(JSON.parse(one)).toMatchObject({ text: '\u0001\u0002', unreadable: 'binary payload' });
    expect(JSON.parse(two)).toMatchObject({ payload: [1], unreadable: 'no event' });
  });

  it.each(['ndjson', 'ndjson.gz'])('gives every entry back: %s', async (extension) => {
    const name = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(',"payload":', '\\', '"', '\ud800'));
    const t = fc.nat({ max: 1e9 }).map((us) => us / 1000);
    const side = fc.constantFrom('control' as const, 'candidate' as const);
    const frames = fc.record({
      t,
      side,
      account: name,
      channel: name,
      event: name,
      payload: fc.oneof(fc.json(), fc.string({ unit: 'binary' }), fc.constantFrom('"\ud800"', '{', '1e999', ' [1] ')),
    });
    const entry = fc.oneof(
      frames.map((some): TimelineEntry => Object.assign({ kind: 'frame' as const }, some)),
      fc
        .record({ t, side, account: name, reason: name })
        .map((some): TimelineEntry => ({ kind: 'link', state: 'up', ...some })),
      fc.record({ t, label: name }).map((some): TimelineEntry => ({ kind: 'mark', ...some })),
      fc.record({ t, lateMs: t }).map((some): TimelineEntry => ({ kind: 'tick', ...some })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 12 }), async (entries) => {
        const file = fresh(extension);
        await recorded(file, entries);
        const found = await read(file);
        rmSync(file);
        expect(found.entries).toEqual(entries);
      }),
      { numRuns: runs(150) },
    );
  });

  it('loses nothing at the seams of its blocks', async () => {
    const payloads = Array.from({ length: 3_000 }, (_, n) => JSON.stringify('é€😀x'.repeat(n % 300)));
    payloads.push(JSON.stringify('€'.repeat(500_000)), '\u0001'.repeat(300_000));
    for (const extension of ['ndjson', 'ndjson.gz']) {
      const file = fresh(extension);
      await recorded(
        file,
        payloads.map((payload, t) => frame('control', t, payload)),
      );
      const { entries } = await read(file);
      expect(entries.map((entry) => (entry as Frame).payload)).toEqual(payloads);
    }
  });

  it('makes blanks of line breaks between the tokens of a payload, and of nothing else', async () => {
    const [line = ''] = await linesOf([frame('control', 1, '{\r\n  "a": "b\\nc"\n}')]);
    expect(line).toContain('"payload":{    "a": "b\\nc" }}');
  });
});

describe('of the ticks', () => {
  it('only those that matter are kept', async () => {
    const kept = await linesOf([
      tick(100),
      tick(200),
      frame('control', 250, '1'),
      tick(300),
      tick(400),
      tick(900, 400),
      tick(1000),
      tick(1100),
    ]);
    expect(kept.map((line) => (JSON.parse(line) as { t: number }).t)).toEqual([250, 400, 900, 1100]);
  });
});

describe('what is recorded', () => {
  it('is handed to the file twice a second', () => {
    const { recorder, text, flushes } = inMemory();
    recorder.add(frame('control', 100, '1'));
    recorder.add(tick(499));
    expect([text(), flushes()]).toEqual(['', 0]);
    recorder.add(tick(500));
    expect([text().split('\n').length, flushes()]).toEqual([2, 1]);
    recorder.add(tick(999));
    expect(flushes()).toBe(1);
    recorder.add(tick(1000));
    expect(flushes()).toBe(2);
  });

  it.each(['ndjson', 'ndjson.gz'])('can be read before it is closed: %s', async (extension) => {
    const file = fresh(extension);
    const recorder = await openRecorder(file, asIs);
    recorder.begin(HEADER);
    recorder.add(frame('control', 600, '{"id":1}'));
    await vi.waitFor(async () => expect((await read(file)).entries).toHaveLength(1), { timeout: 10_000 });
    await recorder.close();
  });

  it('is zipped by its extension', async () => {
    const file = fresh('ndjson.gz');
    const recorder = await recorded(file, [frame('control', 1, '[1]')]);
    expect(gunzipSync(readFileSync(file)).toString()).toContain('"payload":[1]');
    expect(recorder.bytes).toBe(statSync(file).size);
    expect(recorder.frames).toEqual({ control: 1, candidate: 0 });
  });

  it('can be read by its owner alone', async () => {
    const file = fresh();
    await recorded(file, []);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

describe('a place for a recording', () => {
  it('is never a file that exists', async () => {
    const file = fresh();
    await recorded(file, [frame('control', 1, '"precious"')]);
    const before = readFileSync(file, 'utf8');
    const link = fresh();
    symlinkSync(file, link);
    for (const place of [file, link]) {
      await expect(openRecorder(place, asIs)).rejects.toThrow(
        new CallError(
          `${place}: exists, and a recording never overwrites a file; name another one, or remove it first`,
        ),
      );
    }
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('is no folder, and in one that exists', async () => {
    const folder = fresh('folder');
    mkdirSync(folder);
    await expect(openRecorder(folder, asIs)).rejects.toThrow(
      new CallError(`${folder}: is a directory; name the recording to write in it`),
    );
    const nowhere = `${folder}/none/r.ndjson`;
    await expect(openRecorder(nowhere, asIs)).rejects.toThrow(
      new CallError(`${nowhere}: the recording could not be created (ENOENT); make its folder first`),
    );
  });

  it.skipIf(!existsSync('/dev/full')).each(['', '.gz'])(
    'may have no room: the recording ends with a sentence%s',
    async (extension) => {
      const file = extension === '' ? '/dev/full' : fresh('ndjson.gz');
      if (extension !== '') symlinkSync('/dev/full', file);
      const recorder = await openRecorder(file, asIs);
      recorder.begin(HEADER);
      recorder.add(frame('control', 1200, '1'));
      expect(await recorder.ended).toBe(
        `${file}: the recording ended at 1.200 s, as it could not be written any further (no space is left there: ENOSPC); what came before is in it, but for ${extension === '' ? 'the last 1 kB at most' : 'its end'}`,
      );
      recorder.add(frame('control', 1300, '1'));
      await recorder.close();
      expect([recorder.hasEnded, recorder.frames.control]).toEqual([true, 1]);
    },
  );

  it('may be a pipe, whose reader may leave', async () => {
    const file = fresh('pipe');
    execFileSync('mkfifo', [file]);
    const reader = createReadStream(file, { highWaterMark: 64 });
    const recorder = await openRecorder(file, asIs);
    recorder.begin(HEADER);
    recorder.add(frame('control', 500, '1'));
    const [chunk] = (await reader.iterator({ destroyOnReturn: false }).next()).value as [number];
    expect(chunk).toBe('{'.charCodeAt(0));
    reader.destroy();
    const sentence = await vi.waitFor(
      async () => {
        recorder.add(frame('control', 5000, `"${'x'.repeat(100_000)}"`));
        const told = await Promise.race([recorder.ended, new Promise<string>((resolve) => setImmediate(resolve, ''))]);
        expect(told).not.toBe('');
        return told;
      },
      { timeout: 20_000, interval: 10 },
    );
    expect(sentence).toContain('(nobody reads it any more: EPIPE)');
    await recorder.close();
  });

  it('outlives one message larger than all that may wait', { timeout: 60_000 }, async () => {
    const file = fresh();
    const big = frame('control', 1, `"${'x'.repeat(70 * 1024 * 1024)}"`);
    const recorder = await recorded(file, [frame('control', 0, '1'), big, frame('control', 2, '2')]);
    const { size } = statSync(file);
    rmSync(file);
    expect([recorder.hasEnded, size > 70 * 1024 * 1024]).toEqual([false, true]);
  });

  it.runIf(process.env['CI'])(
    'never throws, also where a server sends what no text can hold once it is escaped',
    () => {
      let bytes = 0;
      const sink = { write: (block: Buffer) => void (bytes += block.length), flush: () => {}, bytes: 0 };
      const recorder = new Recorder('memory', { ...sink, close: () => Promise.resolve() }, asIs);
      const size = 95 * 1024 * 1024;
      expect(() => recorder.add(frame('control', 1, '\u0001'.repeat(size)))).not.toThrow();
      expect(bytes).toBeGreaterThan(6 * size);
    },
  );

  it('closes though nobody reads the pipe that it went to', { timeout: 60_000 }, async () => {
    const file = fresh('pipe');
    execFileSync('mkfifo', [file]);
    const opened = open(file, 'r');
    const recorder = await openRecorder(file, asIs);
    const reader = await opened;
    for (let n = 0; n < 700; n++) recorder.add(frame('control', n, `"${'x'.repeat(100_000)}"`));
    expect(await recorder.ended).toMatch(
      /\(too slow for what arrives\); what came before is in it, but for the last (6\d|70)\.\d MB at most$/,
    );
    const closed = recorder.close().then(() => 'closed');
    expect(await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 2_000, 'waits'))])).toBe('closed');
    await reader.close();
  });
});

describe('a secret', () => {
  const hide = (text: string): string => text.replaceAll(/s3cr3t|12345678/g, '[TOKEN]');

  it('is replaced wherever it stands', async () => {
    const [link = '', sent = '', mark = ''] = await linesOf(
      [
        down('control', 1, { account: 'a', reason: 'refused s3cr3t', remedy: 'renew s3cr3t' }),
        frame('control', 2, '{"note":"Bearer s3cr3t","pin":12345678,"s3cr3t":[1.50]}', {
          channel: 'c-s3cr3t',
          event: 's3cr3t',
        }),
        { kind: 'mark', t: 3, label: 's3cr3t' },
      ],
      hide,
    );
    expect(JSON.parse(link)).toMatchObject({ reason: 'refused [TOKEN]', remedy: 'renew [TOKEN]' });
    expect(sent).toContain(
      '"channel":"c-[TOKEN]","event":"[TOKEN]","payload":{"note":"Bearer [TOKEN]","pin":"[TOKEN]","[TOKEN]":[1.50]}}',
    );
    expect(JSON.parse(mark)).toMatchObject({ label: '[TOKEN]' });
  });

  it('is replaced also where the rest is no JSON, or it reaches over several values', async () => {
    const over = (text: string): string => text.replaceAll('x","y', '[TOKEN]');
    const [broken = ''] = await linesOf([frame('control', 1, '{"a":"s3cr3t')], hide);
    const [several = ''] = await linesOf([frame('control', 1, '["x","y"]')], over);
    expect(JSON.parse(broken)).toMatchObject({ text: '{"a":"[TOKEN]' });
    expect(JSON.parse(several)).toMatchObject({ payload: ['[TOKEN]'] });
  });

  it('is left nowhere, and what was JSON stays JSON', async () => {
    const word = fc.constantFrom('s3cr3t', '12345678', 'as3cr3tb', '-12345678.5e1', 'other', '7');
    const payload = fc
      .jsonValue({ maxDepth: 3 })
      .chain((value) =>
        fc
          .array(word, { minLength: 1, maxLength: 4 })
          .map((words) => JSON.stringify([value, ...words]).replaceAll(/"(-?\d[^"]*)"/g, '$1')),
      );
    await fc.assert(
      fc.asyncProperty(payload, async (text) => {
        fc.pre(isJson(text));
        const [line = ''] = await linesOf([frame('control', 1, text)], hide);
        expect(line).not.toMatch(/s3cr3t|12345678/);
        expect(Object.keys(JSON.parse(line) as object)).toContain('payload');
      }),
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

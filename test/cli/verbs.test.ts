import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { config, folder } from './folder.js';
import { parity, sentence, start } from './parity.js';

describe('parity init', () => {
  it('prints a config that loads once its variables are set', async () => {
    const { code, stdout, stderr } = await parity(['init']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const cwd = await folder({ 'parity.yaml': stdout });
    expect((await parity(['watch'], { cwd })).stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(
        /^parity: parity\.yaml:\d+:\d+ accounts\[0\]\.token: the environment variable REP1_TOKEN is not set; /,
      ),
      expect.stringMatching(
        /^parity\.yaml:\d+:\d+ control\.pusher\.key: the environment variable PUSHER_KEY is not set; /,
      ),
    ]);
    // Past the config the first complaint is about the recording.
    const env = { REP1_TOKEN: 'canary-token', PUSHER_KEY: 'canary-key' };
    expect(await parity(['diff', 'none.ndjson'], { cwd, env })).toEqual(
      sentence(2, 'none.ndjson: no such file; name a recording made by parity record'),
    );
  });

  it('prints the schema of the config', async () => {
    const { code, stdout } = await parity(['init', '--schema']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ title: 'parity.yaml', type: 'object' });
  });

  it('is not put off by a reader that went away', async () => {
    const running = start(['init', '--schema']);
    running.turnAway('stdout');
    expect(await running.ended).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
  });
});

const HEADER =
  '{"format":"feed-parity/timeline","version":1,"startedAt":"2026-11-22T16:03:11.660Z","sides":["control","candidate"],"accounts":["rep-1"]}';

/** A recording of both sides with one event on each; `note` is what the candidate says. */
function recording(note: string): string {
  const up = (side: string): string =>
    `{"t":10,"kind":"link","side":"${side}","account":"rep-1","state":"up","reason":"subscribed"}`;
  const frame = (t: number, side: string, event: string, text: string): string =>
    `{"t":${t},"kind":"frame","side":"${side}","account":"rep-1","channel":"feed","event":"${event}","payload":{"id":9007199254740993,"note":"${text}"}}`;
  const frames = [frame(2000, 'control', 'email-opened', 'one'), frame(2040, 'candidate', 'item_created', note)];
  return [HEADER, up('control'), up('candidate'), ...frames, '{"t":60000,"kind":"tick"}', ''].join('\n');
}

describe('parity diff', () => {
  const lenient = `${config()}gate: {defectRate: null, mismatch: 0, minPerType: 1}\n`;

  it.concurrent.each([
    ['agrees', 0, 'proven', lenient, 'one'],
    ['differs', 1, 'broken', lenient, 'two'],
    ['is too little to tell', 4, 'unproven', config(), 'one'],
  ] as const)('a recording that %s ends with exit code %i', async (_, code, status, yaml, note) => {
    const cwd = await folder({ 'parity.yaml': yaml, 'both.ndjson': recording(note) });
    const ended = await parity(['diff', 'both.ndjson', '--json'], { cwd });
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code, stderr: '' });
    expect(JSON.parse(ended.stdout)).toMatchObject({ status, observed: { control: 1, candidate: 1 } });
  });

  it.concurrent.each([
    ['missing', undefined, 'it.ndjson: no such file; name a recording made by parity record'],
    ['empty', '', 'it.ndjson: is empty; a recording begins with a header line'],
    [
      'something else',
      'hello\n',
      'it.ndjson:1: the first line is no JSON; a recording begins with {"format":"feed-parity/timeline","version":1,…}',
    ],
  ])('a recording that is %s', async (_, text, said) => {
    const cwd = await folder({ 'parity.yaml': config(), ...(text === undefined ? {} : { 'it.ndjson': text }) });
    expect(await parity(['diff', 'it.ndjson'], { cwd })).toEqual(sentence(2, said));
  });
});

describe('parity sandbox', () => {
  it('writes the config that watches it, and stops when interrupted', async () => {
    const cwd = await folder();
    // The longest duration: nothing of such a load may be made beforehand.
    const running = start(['sandbox', '--accounts', '2', '--rate', '100', '--duration', '365d'], { cwd });
    await running.said('watch it with: parity watch --config sandbox.yaml');
    const doctor = await parity(['doctor', '--config', 'sandbox.yaml'], { cwd });
    expect(doctor.code).toBe(0);
    expect(doctor.stdout).toContain(`✓ config: ${join(cwd, 'sandbox.yaml')} (accounts: 2, `);
    running.kill('SIGTERM');
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 143, stdout: '' });
    expect(stderr).toMatch(/^sandbox: Pusher on .*\n2 accounts, 100 events\/s; .*\nSIGTERM: stopping\n$/);
  });

  it('ends by itself after its duration, saying nothing where it shall be quiet', async () => {
    const cwd = await folder();
    const ended = await parity(['sandbox', '--duration', '300ms', '--quiet', '--config', 'it.yaml'], { cwd });
    expect(ended).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    expect(await parity(['diff', 'none.ndjson', '--config', 'it.yaml'], { cwd })).toMatchObject({
      stderr: expect.stringContaining('none.ndjson: no such file'),
    });
  });
});

/** The demo takes its time: some seconds of traffic, and a window. */
describe.runIf(process.env['CI'])('parity demo', { concurrent: true }, () => {
  it('finds every fault and ends with exit code 0', async ({ expect }) => {
    const { code, stdout } = await parity(['demo']);
    expect(stdout).toContain('PARITY BROKEN');
    expect(stdout).toMatch(/All faults were found, and there was no false alarm\.\n$/);
    expect(stdout).not.toContain('\u001B');
    expect(code).toBe(0);
  });

  it('puts exactly one document on stdout with --json', async ({ expect }) => {
    const { code, stdout, stderr } = await parity(['demo', '--seed', '2', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ format: 'feed-parity/report', status: 'broken' });
    expect(stderr).toContain('All faults were found');
    expect(code).toBe(0);
  });
});

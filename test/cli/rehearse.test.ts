import { describe, expect, it } from 'vitest';
import { config, folder } from './folder.js';
import { parity, sentence } from './parity.js';

/** When each event came on control, and how much later on candidate. */
const EVENTS = Array.from({ length: 24 }, (_, nth) => ({
  control: 2_000 + nth * 317,
  lagMs: nth % 7 === 0 ? -20 : 40 + (nth % 5) * 65,
}));
const END = 12_000;

function recording(events: readonly { readonly control: number; readonly lagMs: number }[] = EVENTS): string {
  const header = {
    format: 'feed-parity/timeline',
    version: 1,
    startedAt: '2026-11-22T16:03:11.660Z',
    sides: ['control', 'candidate'],
    accounts: ['rep-1'],
  };
  const up = (side: string) => ({ t: 0, kind: 'link', side, account: 'rep-1', state: 'up', reason: 'subscribed' });
  const frame = (t: number, side: string, event: string, id: number) => ({
    t,
    kind: 'frame',
    side,
    account: 'rep-1',
    channel: 'feed',
    event,
    payload: { id },
  });
  const frames = events.flatMap(({ control, lagMs }, id) => [
    frame(control, 'control', 'email-opened', id),
    frame(control + lagMs, 'candidate', 'item_created', id),
  ]);
  const entries = [up('control'), up('candidate'), ...frames.sort((a, b) => a.t - b.t), { t: END, kind: 'tick' }];
  return [header, ...entries].map((line) => `${JSON.stringify(line)}\n`).join('');
}

interface Document {
  readonly status: string;
  readonly summary: string;
  readonly facts: {
    readonly judgedMs: number;
    readonly flips: readonly {
      readonly to: 'control' | 'candidate';
      readonly smallestOverlap: { readonly overlapMs: number };
      readonly manners: readonly {
        readonly name: string;
        readonly reconnectMs: number;
        readonly overlapMs: number;
        readonly deduplicated: boolean;
        readonly losing: number;
        readonly doubling: number;
      }[];
    }[];
  };
}

type Side = 'control' | 'candidate';

/** Every flip, one a millisecond: stamps are whole ones, so that in between nothing changes. */
const FLIPS = Array.from({ length: END - 500 }, (_, at) => 500 + at + 0.5);

/** How often each event is shown by a page that flips then. */
function shown(flip: number, to: Side, reconnectMs: number, overlapMs: number): number[] {
  return EVENTS.map(({ control, lagMs }) => {
    const [left, joined] = to === 'candidate' ? [control, control + lagMs] : [control + lagMs, control];
    return Number(left < flip + overlapMs) + Number(joined >= flip + reconnectMs);
  });
}

function bruteForce(to: Side, reconnectMs: number, overlapMs: number): { losing: number; doubling: number } {
  const share = (times: number): number =>
    FLIPS.filter((flip) => shown(flip, to, reconnectMs, overlapMs).includes(times)).length / FLIPS.length;
  return { losing: share(0), doubling: share(2) };
}

function leastOverlap(to: Side, reconnectMs: number): number {
  let overlapMs = 0;
  while (FLIPS.some((flip) => shown(flip, to, reconnectMs, overlapMs).includes(0))) overlapMs++;
  return overlapMs;
}

describe('parity rehearse', { timeout: 60_000 }, () => {
  it('says of a recording with known lags what trying every flip says', async () => {
    const cwd = await folder({ 'parity.yaml': config(), 'both.ndjson': recording() });
    const { code, stdout, stderr } = await parity(['rehearse', 'both.ndjson', '--reconnect', '120ms', '--json'], {
      cwd,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { facts, status } = JSON.parse(stdout) as Document;
    expect(status).toBe('informs');
    expect(facts.judgedMs).toBe(END - 500);
    expect(facts.flips.map(({ to }) => to)).toEqual(['candidate', 'control']);
    for (const { to, smallestOverlap, manners } of facts.flips) {
      expect(manners).toHaveLength(3);
      for (const { reconnectMs, overlapMs, deduplicated, losing, doubling } of manners) {
        const tried = bruteForce(to, reconnectMs, overlapMs);
        expect(losing).toBeCloseTo(tried.losing, 12);
        expect(doubling).toBeCloseTo(deduplicated ? 0 : tried.doubling, 12);
      }
      expect(smallestOverlap.overlapMs).toBe(leastOverlap(to, 120));
    }
    // By hand: an event that is 20 ms early needs that much more than the reconnect, one that is 300 ms late that much.
    expect(facts.flips.map(({ smallestOverlap }) => smallestOverlap.overlapMs)).toEqual([140, 420]);
  });

  it('is readable, and says whether the overlap that was given is enough', async () => {
    const cwd = await folder({ 'parity.yaml': config(), 'both.ndjson': recording() });
    const { code, stdout } = await parity(['rehearse', 'both.ndjson', '--reconnect', '0s', '--overlap', '150ms'], {
      cwd,
    });
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'An overlap of 150 ms is too short for flips to control. The smallest overlap that loses no event is 20 ms on the way to candidate and 300 ms back to control; with deduplication by correlation key none is shown twice.',
    );
    expect(stdout).toMatch(/^ {2}candidate {2}hard cut /m);
    expect(stdout.split('\n').every((line) => line.length <= 100)).toBe(true);
  });

  it('ends with exit code 4 where nothing was paired', async () => {
    const cwd = await folder({ 'parity.yaml': config(), 'both.ndjson': recording([]) });
    const { code, stdout, stderr } = await parity(['rehearse', 'both.ndjson'], { cwd });
    expect({ code, stderr }).toEqual({ code: 4, stderr: '' });
    expect(stdout).toContain('no event came on both sides (0 on control alone, 0 on candidate alone)');
  });

  it.concurrent.each([
    [['none.ndjson'], 'none.ndjson: no such file; name a recording made by parity record'],
    [['both.ndjson', '--reconnect', '3'], '--reconnect: expected a duration with its unit, found 3: write 3s or 3ms'],
    [
      ['both.ndjson', '--overlap', 'long'],
      '--overlap: expected a duration such as 250ms, 10s, 2m, 2h or 1d, found "long"',
    ],
  ])('refuses %j', async (args, said) => {
    const cwd = await folder({ 'parity.yaml': config(), 'both.ndjson': recording() });
    expect(await parity(['rehearse', ...args], { cwd })).toEqual(sentence(2, said));
  });
});

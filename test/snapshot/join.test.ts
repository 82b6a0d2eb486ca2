import { describe, expect, it } from 'vitest';
import { joinLists } from '../../src/join.js';
import type { Section } from '../../src/model/section.js';
import type { Account, Settings } from '../../src/model/settings.js';
import { SIDES, type Side } from '../../src/model/timeline.js';
import type { Sandbox } from '../../src/sandbox/system.js';
import { openSnapshot, publish, stage, withLists } from './stage.js';

const ACCOUNTS = ['rep-1', 'rep-2', 'rep-3', 'rep-4'];

interface Told {
  readonly account: string;
  readonly key: string;
}

type Facts = Record<
  Side,
  { readonly lost: readonly Told[]; readonly doubled: readonly Told[]; readonly events: number }
>;

/** Joins under 200 events/s, begun before and ended after. */
async function joined(sandbox: Sandbox, settings: Settings, flowMs = 150): Promise<Section> {
  const over = new AbortController();
  const traffic = sandbox.run({ ratePerS: 200, durationMs: Infinity, signal: over.signal });
  const snapshot = openSnapshot(settings);
  const never = new AbortController().signal;
  try {
    return await joinLists(settings, snapshot, {
      interrupt: never,
      hurry: never,
      flowMs,
    });
  } finally {
    over.abort();
    await Promise.all([traffic, snapshot.stop()]);
  }
}

async function ready(accounts = ACCOUNTS): Promise<{ sandbox: Sandbox; settings: Settings }> {
  // A short window, since what is lost is waited for that long.
  const { sandbox, settings } = await stage({ accounts, window: { beforeMs: 0, afterMs: 500 } });
  for (const account of accounts) await publish(sandbox, 30, account);
  return { sandbox, settings };
}

function keysOf(told: readonly Told[]): string[] {
  return told.map(({ account, key }) => `${account} ${key}`).sort();
}

/** What the sandbox knows was lost, or shown twice by a page that drops nothing. */
function truthOf(sandbox: Sandbox, side: Side, what: 'lost' | 'twice'): string[] {
  return sandbox.accounts
    .flatMap((account) => sandbox.handedOver(side, account)[what].map((key) => `${account} ${key}`))
    .sort();
}

describe('the hand-over from list to stream', () => {
  it('shows every event exactly once', async () => {
    const { sandbox, settings } = await ready();
    const section = await joined(sandbox, settings);
    expect(section.status).toBe('passed');
    const facts = section.facts as unknown as Facts;
    for (const side of SIDES) expect(facts[side]).toMatchObject({ lost: [], doubled: [] });
    expect(facts.candidate.events).toBeGreaterThan(20);
  });

  it.each(SIDES.flatMap((side) => (['list-too-early', 'join-too-late'] as const).map((bug) => ({ side, bug }))))(
    'loses on $side with $bug exactly what the sandbox says',
    async ({ side, bug }) => {
      const { sandbox, settings } = await ready();
      for (const account of ACCOUNTS) sandbox.strikeLists(bug, account, { side, byMs: 1_000 });
      const section = await joined(sandbox, settings, 1_200);
      const facts = section.facts as unknown as Facts;
      const lost = keysOf(facts[side].lost);
      expect(lost.length).toBeGreaterThan(0);
      expect(lost).toEqual(truthOf(sandbox, side, 'lost'));
      expect(section.cases.filter(({ status }) => status === 'failed').map(({ name }) => name)).toEqual([
        `${side}: events lost`,
      ]);
      expect(facts[side === 'control' ? 'candidate' : 'control']).toMatchObject({ lost: [], doubled: [] });
      expect(section.status).toBe('failed');
    },
  );

  it('doubles, where the page drops nothing, exactly what both list and stream brought', async () => {
    const { sandbox, settings } = await ready();
    // A slow list is read the later, so that more is in both.
    for (const account of ACCOUNTS) for (const side of SIDES) sandbox.strikeLists('slow', account, { side, byMs: 200 });
    const section = await joined(sandbox, withLists(settings, { dedupe: false }));
    const facts = section.facts as unknown as Facts;
    for (const side of SIDES) {
      expect(facts[side].lost).toEqual([]);
      expect(facts[side].doubled.length).toBeGreaterThan(0);
      expect(keysOf(facts[side].doubled)).toEqual(truthOf(sandbox, side, 'twice'));
    }
  });

  it('waits for what the closing list shows already and the stream is about to bring', async () => {
    const { sandbox, settings } = await ready(['rep-1']);
    const snapshot = openSnapshot(settings);
    const never = new AbortController().signal;
    let atClosing = -1;
    const section = await joinLists(settings, snapshot, {
      interrupt: never,
      hurry: never,
      flowMs: 0,
      meanwhile: async () => {
        // It is held back until others have overtaken it, and none come, for half a window.
        const { key } = sandbox.publish('rep-1', 'email_opened', { fault: 'reorder' });
        await expect.poll(() => sandbox.truth.published.find((one) => one.key === key)?.delivered.control).toBe(1);
        await expect
          .poll(async () => {
            const { byId } = await snapshot.read('candidate', settings.accounts[0] as Account, 50);
            return [...byId.keys()].some((id) => id.includes(key));
          })
          .toBe(true);
        atClosing = sandbox.truth.published.find((one) => one.key === key)?.delivered.candidate ?? -1;
      },
    });
    await snapshot.stop();
    expect(atClosing).toBe(0);
    expect((section.facts as unknown as Facts).candidate).toMatchObject({ lost: [], doubled: [] });
    expect(section.status).toBe('passed');
  });

  it('without an event is no proof', async () => {
    const { sandbox, settings } = await ready(['rep-1']);
    const snapshot = openSnapshot(settings);
    const never = new AbortController().signal;
    const section = await joinLists(settings, snapshot, {
      interrupt: never,
      hurry: never,
      flowMs: 0,
    });
    await snapshot.stop();
    expect(sandbox.handedOver('candidate', 'rep-1')).toEqual({ lost: [], twice: [] });
    expect(section.status).toBe('undecided');
  });

  it.skipIf(!process.env['CI'])('shows every event exactly once, 50 times over', { timeout: 240_000 }, async () => {
    const { sandbox, settings } = await ready();
    for (let time = 1; time <= 50; time++) {
      const section = await joined(sandbox, settings);
      const facts = section.facts as unknown as Facts;
      for (const side of SIDES) expect({ time, ...facts[side] }).toMatchObject({ time, lost: [], doubled: [] });
      expect(section.status).toBe('passed');
    }
  });
});

import { describe, expect, it } from 'vitest';
import { sendsSections } from '../../src/replay/section.js';

const facts = (failed: number) => ({
  sent: { control: 100, candidate: 100 - failed },
  failed: failed === 0 ? [] : [{ target: 'candidate' as const, reason: 'HTTP 500', count: failed }],
});
const gate = { inconclusiveShare: 0.05 };

describe('sends that failed', () => {
  it.each([0, 5])('%d of 100 are as few as may be inconclusive', (failed) => {
    expect(sendsSections(facts(failed), gate)).toEqual([]);
  });

  it('6 of 100 keep the replay from being proven', () => {
    const [section] = sendsSections(facts(6), gate);
    expect(section).toMatchObject({
      status: 'undecided',
      cases: [{ name: 'sends to candidate', status: 'undecided' }],
    });
  });

  it('nothing is asked where nothing was due', () => {
    expect(sendsSections({ sent: { control: 0, candidate: 0 }, failed: [] }, gate)).toEqual([]);
  });
});

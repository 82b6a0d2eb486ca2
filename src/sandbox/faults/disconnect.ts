import { SIDES } from '../../model/timeline.js';
import type { LinkFault } from './fault.js';

/** The account's connections die without a word, and each new one again, for a while. */
export const disconnect: LinkFault = {
  acts: 'link',
  lasts: true,
  sides: SIDES,
  expects: () => 'inconclusive',
  async strike({ server, channel, forMs, nowMs, wait, over }) {
    const endMs = nowMs() + forMs;
    do {
      server()?.disconnect(channel, 'abrupt');
      await wait(Math.min(LOOK_EVERY_MS, Math.max(0, endMs - nowMs())));
    } while (nowMs() < endMs && !over());
  },
};

const LOOK_EVERY_MS = 20;

import { SIDES } from '../../model/timeline.js';
import type { LinkFault } from './fault.js';

/** The link looks alive, heartbeats and all, but for a while it brings nothing: loss without a sign. */
export const mute: LinkFault = {
  acts: 'link',
  lasts: true,
  sides: SIDES,
  expects: (side) => (side === 'candidate' ? 'missing' : 'extra'),
  async strike({ server, channel, forMs, wait }) {
    server()?.mute(channel, true);
    await wait(forMs);
    server()?.mute(channel, false);
  },
};

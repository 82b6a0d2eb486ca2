import { SIDES } from '../../model/timeline.js';
import type { LinkFault } from './fault.js';

/** The account loses its connections and, for a while, its right to subscribe. */
export const refuseJoin: LinkFault = {
  acts: 'link',
  lasts: true,
  sides: SIDES,
  expects: () => 'inconclusive',
  async strike({ server, channel, forMs, wait }) {
    server()?.refuse(channel, true);
    server()?.disconnect(channel, 'abrupt');
    await wait(forMs);
    server()?.refuse(channel, false);
  },
};

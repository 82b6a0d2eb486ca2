import { SIDES } from '../../model/timeline.js';
import type { LinkFault } from './fault.js';

/** A frame that is no JSON. */
export const malformed: LinkFault = {
  acts: 'link',
  lasts: false,
  sides: SIDES,
  expects: () => 'unreadable',
  async strike({ server, channel }) {
    server()?.sendRaw(channel, '["no","json"');
  },
};

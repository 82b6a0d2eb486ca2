import type { LinkFault } from './fault.js';

/** The channel stops normally: `phx_close`, after which the stock client never joins again, on a socket that stays up. */
export const closeWithoutRejoin: LinkFault = {
  acts: 'link',
  lasts: false,
  sides: ['candidate'],
  expects: () => 'inconclusive',
  async strike({ server, channel }) {
    server()?.endSubscription(channel);
  },
};

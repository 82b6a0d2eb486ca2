import type { EventFault } from './fault.js';

/** Later events of the account overtake the event, within the window: beyond what parallel workers do. */
export const reorder: EventFault = {
  acts: 'event',
  expects: 'reordered',
  deliver(item, { send, overtaken }) {
    overtaken(item, OVERTAKERS, () => send(item));
    return { overtakers: OVERTAKERS };
  },
};

const OVERTAKERS = 2;

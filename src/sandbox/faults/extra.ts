import { makeGhost } from '../scenario.js';
import type { EventFault } from './fault.js';

/** Beside the event, the candidate tells of one that control never had. */
export const extra: EventFault = {
  acts: 'event',
  expects: 'extra',
  deliver(item, { send }) {
    const ghost = makeGhost(item);
    send(item);
    send(ghost);
    return { key: ghost.key };
  },
};

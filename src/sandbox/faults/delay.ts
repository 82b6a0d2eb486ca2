import type { EventFault } from './fault.js';

/** The job starves in its queue: the candidate tells of the event after the window has closed. */
export const delay: EventFault = {
  acts: 'event',
  expects: 'late',
  deliver(item, { send, later, lateMs }) {
    later(lateMs, () => send(item));
    return { delayMs: lateMs };
  },
};

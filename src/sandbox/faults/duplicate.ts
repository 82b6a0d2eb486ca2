import type { EventFault } from './fault.js';

/** The job is retried although it had succeeded: the candidate tells of the event twice. */
export const duplicate: EventFault = {
  acts: 'event',
  expects: 'duplicate',
  deliver(item, { send, later, random }) {
    const afterMs = random.integer(2, 200);
    send(item);
    later(afterMs, () => send(item));
    return { afterMs };
  },
};

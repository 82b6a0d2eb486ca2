import type { EventFault } from './fault.js';

/** The job is lost: the candidate never tells of the event. */
export const drop: EventFault = { acts: 'event', expects: 'missing', deliver: () => ({}) };

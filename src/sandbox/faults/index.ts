import { CallError } from '../../model/errors.js';
import { closeWithoutRejoin } from './close-without-rejoin.js';
import { delay } from './delay.js';
import { disconnect } from './disconnect.js';
import { drop } from './drop.js';
import { duplicate } from './duplicate.js';
import { edit } from './edit.js';
import { extra } from './extra.js';
import type { EventFault, Fault, LinkFault } from './fault.js';
import { malformed } from './malformed.js';
import { mute } from './mute.js';
import { refuseJoin } from './refuse-join.js';
import { reorder } from './reorder.js';

/** What can go wrong with one event. */
export const EVENT_FAULTS = { drop, duplicate, delay, reorder, edit, extra } satisfies Record<string, EventFault>;

/** What can go wrong with an account's link. */
export const LINK_FAULTS = {
  disconnect,
  mute,
  'refuse-join': refuseJoin,
  'close-without-rejoin': closeWithoutRejoin,
  malformed,
} satisfies Record<string, LinkFault>;

export const FAULTS = { ...EVENT_FAULTS, ...LINK_FAULTS };

export type EventFaultName = keyof typeof EVENT_FAULTS;
export type LinkFaultName = keyof typeof LINK_FAULTS;
export type FaultName = keyof typeof FAULTS;

export function isEventFault(name: string): name is EventFaultName {
  return Object.hasOwn(EVENT_FAULTS, name);
}

export function isLinkFault(name: string): name is LinkFaultName {
  return Object.hasOwn(LINK_FAULTS, name);
}

/** @throws CallError when there is no such fault. */
export function faultNamed(name: string): Fault {
  if (!isEventFault(name) && !isLinkFault(name)) {
    throw new CallError(`There is no fault ${JSON.stringify(name)}; choose one of ${Object.keys(FAULTS).join(', ')}.`);
  }
  return FAULTS[name];
}

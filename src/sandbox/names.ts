import type { ItemType } from './scenario.js';

/** How each side names channels, events and fields: what a config of this sandbox has to know. */

export function controlChannel(account: string): string {
  return `private-feed-${account}`;
}

export function candidateTopic(account: string): string {
  return `feed:${account}`;
}

/** Where control tells of a type; nowhere for what exists only on the candidate. */
export const CONTROL_EVENTS: Readonly<Record<Exclude<ItemType, 'page_visited'>, string>> = {
  email_opened: 'email-opened',
  email_clicked: 'email-clicked',
  email_replied: 'feed-item',
  send_failed: 'feed-item',
};

/** The candidate's event, whatever the type. */
export const CANDIDATE_EVENT = 'item_created';

/** What the candidate calls a type. */
export const CANDIDATE_TYPES: Readonly<Record<ItemType, string>> = {
  email_opened: 'email_open',
  email_clicked: 'email_click',
  email_replied: 'email_reply',
  send_failed: 'send_failure',
  page_visited: 'page_visit',
};

/** Control's field of `person` by the candidate's of `actor`. */
export const ACTOR_FIELDS = { id: 'id', name: 'full_name', phone: 'phone', email: 'email', title: 'title' } as const;

/** The event by which control tells of a type, or undefined when it never does. */
export function controlEvent(type: ItemType): string | undefined {
  return type === 'page_visited' ? undefined : CONTROL_EVENTS[type];
}

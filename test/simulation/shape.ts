import { hashesOf, hashOf } from '../../src/config/hash.js';
import { configSchema } from '../../src/config/schema.js';
import type { Settings } from '../../src/model/settings.js';
import type { Random } from '../../src/sandbox/random.js';
import type { Rules, Us } from './truth.js';

/** The size and temper of a world. */
export interface Shape {
  readonly settings: Settings;
  readonly rules: Rules;
  readonly accounts: readonly string[];
  readonly durationUs: Us;
  /** The longest lag of a healthy event. */
  readonly longestLagUs: Us;
  /** A calm world has short lags only, so that they tell soon whether an early candidate had a control event. */
  readonly calm: boolean;
}

const feedItem = (type: string, kind: string) => ({
  control: { event: 'feed-item', where: { '$.type': type }, key: '$.id' },
  candidate: { event: 'item_created', where: { '$.kind': kind }, body: '$.resource', key: '$.resource.id' },
});

const { accounts: _, ...config } = configSchema('2026-01-01').parse({
  accounts: [{ id: 'any' }],
  events: {
    email_opened: feedItem('email_opened', 'email_open'),
    email_clicked: feedItem('email_clicked', 'email_click'),
    call_logged: {
      control: { event: 'call-logged', key: ['$.call.id', '$.call.leg'] },
      candidate: {
        event: 'item_created',
        where: { '$.kind': 'call' },
        body: '$.resource',
        key: ['$.resource.call.id', '$.resource.call.leg'],
      },
    },
    note_added: {
      control: { event: 'note-added', key: '$.thread' },
      candidate: { event: 'item_created', where: { '$.kind': 'note' }, body: '$.resource', key: '$.resource.thread' },
      repeats: 'occurrences',
    },
    page_visited: { candidate: { event: 'item_created', where: { '$.kind': 'page_visit' } }, only: 'candidate' },
    pulse: { control: { event: 'pulse' }, only: 'control' },
  },
  rename: [
    { from: '$.actor.name', to: '$.person.full_name' },
    { from: '$.actor.phone', to: '$.person.phone' },
    { from: '$.actor.title', to: '$.person.title' },
  ],
  rules: [
    { path: '$.type', ignore: true, reason: 'told by the envelope on the candidate side' },
    { path: '$.updated_at', ignore: true, reason: 'written by each service for itself' },
    { path: '$.happened_at', as: 'instant', reason: 'milliseconds there, microseconds here' },
    { path: '$.id', as: 'string', reason: 'some ids are text here' },
  ],
  // How sure the counts make us is not the question here, and takes longer than all the rest.
  gate: { defectRate: null },
});

/** Chooses the figures of `match` and the size of the world. */
export function shape(random: Random): Shape {
  const afterMs = random.pick([300, 1000, 2500]);
  const match = {
    window: { beforeMs: random.pick([0, 4, 20, 60]), afterMs },
    settleMs: random.pick([0, 30, 80]),
    tombstoneMs: afterMs * random.pick([0.5, 2, 4]),
    stallMs: random.pick([40, 75]),
    resolutionMs: 5,
  };
  const accounts = Array.from({ length: random.integer(2, 4) }, (_, index) => `rep-${index + 1}`);
  const settings: Settings = {
    ...config,
    match,
    accounts: accounts.map((id) => ({ id, values: { id } })),
    hash: hashOf({ ...config, match }),
    hashes: hashesOf({ ...config, match }),
  };
  const calm = random.chance(0.4);
  return {
    settings,
    rules: {
      afterUs: afterMs * 1000,
      beforeUs: match.window.beforeMs * 1000,
      resolutionUs: match.resolutionMs * 1000,
      settleUs: match.settleMs * 1000,
      tombstoneUs: match.tombstoneMs * 1000,
      stallUs: match.stallMs * 1000,
      occurrences: ['note_added'],
    },
    accounts,
    durationUs: afterMs * 1000 * random.integer(10, 16),
    // A stall too short to be told may delay a candidate by so much: a healthy one must still be in time.
    longestLagUs: calm ? afterMs * 80 : (afterMs - match.stallMs - 3) * 1000,
    calm,
  };
}

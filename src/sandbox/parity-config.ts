import type { Ms, Side } from '../model/timeline.js';
import {
  ACTOR_FIELDS,
  CANDIDATE_EVENT,
  CANDIDATE_TYPES,
  candidateTopic,
  controlChannel,
  controlEvent,
} from './names.js';
import type { ItemType } from './scenario.js';
import { ITEM_TYPES } from './scenario.js';

/** What a config has to say of one sandbox. */
export interface SandboxPlace {
  readonly accounts: readonly { readonly id: string; readonly token: string }[];
  readonly pusher: {
    readonly host: string;
    readonly port: number;
    readonly key: string;
    readonly authEndpoint: string;
  };
  readonly phoenix: { readonly url: string };
  /** Addresses of the two systems' APIs, items of their pages, and of what the app's page shows. */
  readonly lists: Readonly<Record<Side, string>>;
  readonly pageSize: number;
  /** The API that causes events and has the flag; undefined where there is none. */
  readonly api?: string;
  readonly flagKey?: string;
  readonly pageShows: number | null;
  readonly window: { readonly beforeMs: Ms; readonly afterMs: Ms };
  /** The `gate` section as it shall stand there, or undefined for the default one. */
  readonly gate: Readonly<Record<string, unknown>> | undefined;
}

/** Limits that a healthy sandbox meets: 299 clean pairs prove less than 1 % of defects at 95 %. */
const GATE = {
  confidence: 0.95,
  defectRate: 0.01,
  mismatch: 0,
  missing: 0,
  extra: 0,
  duplicate: 0,
  late: 0,
  minPerType: 30,
  lag: { p99: '1s' },
  inconclusiveShare: 0.05,
};

/** The text of a `parity.yaml` that watches exactly this sandbox. */
export function parityConfig(place: SandboxPlace): string {
  const { accounts, pusher, phoenix, window, gate = GATE } = place;
  const auth = { endpoint: pusher.authEndpoint, headers: { authorization: 'Bearer {account.token}' } };
  const { host, port, key } = pusher;
  return `# The sandbox's two feeds: control is the monolith's Pusher feed, candidate the notifications service's Phoenix feed.
accounts:
${lines(accounts.map((account) => flow(account)))}
control:
  pusher: ${flow({ key, host, port, tls: false, channels: [controlChannel('{account.id}')], auth })}
candidate:
  phoenix: ${flow({ url: phoenix.url, params: { token: '{account.token}' }, topics: [candidateTopic('{account.id}')] })}
events:
${ITEM_TYPES.map(eventSection).join('\n')}
rename:
${lines(Object.entries(ACTOR_FIELDS).map(([from, to]) => flow({ from: `$.actor.${from}`, to: `$.person.${to}` })))}
rules:
${lines(RULES.map((rule) => flow(rule)))}
match: ${flow({ window: { before: `${window.beforeMs}ms`, after: `${window.afterMs}ms` }, settle: '200ms', tombstone: '60s', stall: '250ms' })}
gate: ${flow(gate)}
${snapshotSection(place)}${plansSection(place)}`;
}

/** What replays and plans need: the API causes events, and has the flag. */
function plansSection({ api, flagKey }: SandboxPlace): string {
  if (api === undefined || flagKey === undefined) return '';
  return `replay: ${flow({ control: { sandbox: { url: api } } })}
plan: ${flow({ allow: { flags: [flagKey], accounts: ['*'] } })}
`;
}

const INSTANTS = ['$.occurred_at', '$.email.sent_at', '$.opens[*].at', '$.reply.received_at'];

const RULES = [
  { path: '$.type', ignore: true, reason: 'told by the envelope on the candidate side' },
  { path: '$.updated_at', ignore: true, reason: 'written by each service for itself' },
  ...INSTANTS.map((path) => ({ path, as: 'instant', reason: 'milliseconds there, microseconds here' })),
];

/** The legacy system has a list for each kind, each with pages of its own fashion; the new one has one. */
function snapshotSection({ lists, pageSize, pageShows }: SandboxPlace): string {
  const headers = { authorization: 'Bearer {account.token}' };
  const legacy = (name: string, more: object) => ({
    url: `${lists.control}/api/accounts/{account.id}/${name}`,
    headers,
    ...more,
  });
  const control = [
    legacy('opens', { items: '$.items', type: 'email-opened', next: { page: 'page', size: pageSize } }),
    legacy('clicks', { items: '$.data.clicks', type: 'email-clicked', next: { cursor: '$.meta.next_cursor' } }),
    legacy('feed-items', { items: '$', type: 'feed-item', next: { link: 'next' } }),
  ];
  const candidate = { url: `${lists.candidate}/v1/feed`, headers, items: '$.data' };
  const truth = { url: `${lists.control}/api/records/{key}`, headers, body: '$.record', perSecond: 50 };
  return `snapshot: # three lists there, one here
  control:
${control.map((list) => `    - ${flow(list)}`).join('\n')}
  candidate:
    - ${flow({ ...candidate, type: CANDIDATE_EVENT, next: { cursor: '$.next' } })}
  sort: ${flow({ by: '$.occurred_at', direction: 'descending', tie: '$.id' })}
${pageShows === null ? '' : `  limit: ${pageShows}\n`}  attempts: 5
  interval: 200ms
  timeout: 5s
  enriched:
    - ${flow({ path: '$.person.title', enriched: true })}
  truth: ${flow(truth)}
`;
}

function eventSection(type: ItemType): string {
  const event = controlEvent(type);
  const where = { '$.type': CANDIDATE_TYPES[type] };
  if (event === undefined) {
    return `  ${type}: # new on purpose\n    candidate: ${flow({ event: CANDIDATE_EVENT, where })}\n    only: candidate`;
  }
  // Events of a name that several types share are told apart by what they hold.
  const shared = ITEM_TYPES.filter((other) => controlEvent(other) === event).length > 1;
  const control = { event, ...(shared ? { where: { '$.type': type } } : {}), key: '$.id' };
  const candidate = { event: CANDIDATE_EVENT, where, body: '$.resource', key: '$.resource.id' };
  return `  ${type}:\n    control: ${flow(control)}\n    candidate: ${flow(candidate)}`;
}

function lines(items: readonly string[]): string {
  return items.map((item) => `  - ${item}`).join('\n');
}

/** A value on one line. JSON is YAML; names and plain words are left bare where YAML allows it. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([name, member]) => `${bare(name)}: ${flow(member)}`)
      .join(', ')}}`;
  }
  return typeof value === 'string' ? bare(value) : JSON.stringify(value);
}

function bare(text: string): string {
  return /^(?!(?:true|false|null|yes|no|on|off|y|n)$)(?:[$a-z][\w.$/-]*|\d+m?s)$/i.test(text)
    ? text
    : JSON.stringify(text);
}

import type { Path } from './path.js';
import type { PlanningSettings } from './plan.js';
import type { ConfigHashes } from './report.js';
import type { SnapshotGate, SnapshotSettings } from './snapshot.js';
import type { Ms, Side } from './timeline.js';

/** The config as the line uses it: validated, paths compiled, durations in milliseconds, secrets filled in. */
export interface Settings {
  readonly accounts: readonly Account[];
  /** Undefined where the config is only enough for recordings. */
  readonly control?: SourceSettings;
  readonly candidate?: SourceSettings;
  readonly events: readonly EventType[];
  readonly rename: readonly Rename[];
  readonly rules: readonly Rule[];
  readonly unmapped: 'report' | 'fail' | 'ignore';
  readonly match: MatchSettings;
  readonly gate: GateSettings;
  /** Undefined where nothing is to be replayed. */
  readonly replay?: ReplaySettings;
  /** What QA plans may touch; undefined where they may touch nothing. */
  readonly plan?: PlanningSettings;
  /** Undefined where no lists are to be read. */
  readonly snapshot?: SnapshotSettings;
  /** Undefined where nothing is to be hidden. */
  readonly redact?: RedactSettings;
  /** SHA-256 over what judgement depends on (events, rename, rules, unmapped, match, gate), hex, 16 digits. */
  readonly hash: string;
  /** The same by part, so that two reports can tell what differs. */
  readonly hashes: ConfigHashes;
}

export interface Account {
  readonly id: string;
  /** All of the account's values for templates, `id` included: `{account.token}`. */
  readonly values: Readonly<Record<string, string>>;
}

/** One side's source: exactly one member. Strings may hold `{account.NAME}`; the source fills them in per account. */
export type SourceSettings =
  | { readonly kind: 'pusher'; readonly pusher: PusherSettings }
  | { readonly kind: 'phoenix'; readonly phoenix: PhoenixSettings }
  | { readonly kind: 'websocket'; readonly websocket: WebSocketSettings };

export interface PusherSettings {
  readonly key: string;
  readonly cluster?: string;
  readonly host?: string;
  readonly port?: number;
  readonly tls: boolean;
  readonly channels: readonly string[];
  readonly auth?: {
    readonly endpoint: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly params: Readonly<Record<string, string>>;
  };
}

export interface PhoenixSettings {
  /** `ws://…/socket`; the client appends `/websocket`. */
  readonly url: string;
  readonly params: Readonly<Record<string, string>>;
  readonly topics: readonly string[];
  /** Parameters of each join. */
  readonly join: Readonly<Record<string, unknown>>;
  /** Sent as a sub-protocol instead of a parameter (Phoenix 1.8). */
  readonly authToken?: string;
}

export interface WebSocketSettings {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON once the socket is open. */
  readonly subscribe?: unknown;
  /** The link is up when a message matches all of these; without it, when the socket is open. */
  readonly acknowledged?: readonly PathValue[];
  /** Where in a message the event's name and payload are. A message without the event is no event. */
  readonly event: Path;
  readonly payload: Path;
  /** Where the channel's name is; the URL's path otherwise. */
  readonly channel?: Path;
  readonly pingEveryMs: Ms;
}

/** A condition: the value at a path equals this one. */
export interface PathValue {
  readonly path: Path;
  readonly value: string | number | boolean | null;
}

/** A canonical type: where it is on each side, and its correlation key. */
export interface EventType {
  readonly name: string;
  readonly control?: EventPlace;
  readonly candidate?: EventPlace;
  /** New (or gone) on purpose: counted apart, never extra or missing. */
  readonly only?: Side;
  /** Whether a key names one event, or each repeat is an event of its own (paired first in, first out). */
  readonly repeats: 'duplicates' | 'occurrences';
}

export interface EventPlace {
  /** The frame's event name. */
  readonly event: string;
  readonly where: readonly PathValue[];
  /** The part of the payload that is compared; undefined for all of it. */
  readonly body?: Path;
  /** One path, or several that together are the key. Empty only for `only` types. */
  readonly key: readonly Path[];
}

/** Candidate path → control path, applied to the candidate's body before comparing. Names only. */
export interface Rename {
  readonly from: Path;
  readonly to: Path;
}

/** A difference that is permitted at a path. Paths are in control's terms, relative to the body. */
export interface Rule {
  readonly path: Path;
  readonly permits: Permission;
  readonly reason: string;
  readonly owner?: string;
  /** ISO date after which the rule is refused. */
  readonly expires?: string;
  /** Pairs within which the rule has to let something through, or else leaves parity unproven. */
  readonly usedWithin?: number;
}

export type Permission =
  | { readonly kind: 'ignore' }
  | { readonly kind: 'instant' }
  | { readonly kind: 'number'; readonly tolerance: number }
  | { readonly kind: 'text'; readonly html: boolean; readonly unicode?: 'nfc' | 'nfkc' }
  | { readonly kind: 'string' }
  | { readonly kind: 'set'; readonly key?: Path }
  | { readonly kind: 'nullish' };

export interface MatchSettings {
  readonly window: { readonly beforeMs: Ms; readonly afterMs: Ms };
  /** How long after the acknowledgement a side counts as listening. */
  readonly settleMs: Ms;
  /** How long a closed key is remembered, so that late and duplicate differ from extra. */
  readonly tombstoneMs: Ms;
  /** A tick later than this is a gap of ours on both sides. */
  readonly stallMs: Ms;
  /** Two sockets have no order below this; `window.before` is never taken as less. */
  readonly resolutionMs: Ms;
}

export interface GateSettings {
  /** Of every bound, such as 0.95. */
  readonly confidence: number;
  /** Highest tolerable share of defective events; undefined: no such limit. */
  readonly defectRate?: number;
  /** Highest tolerable counts by outcome. */
  readonly counts: Readonly<Partial<Record<CountedOutcome, number>>>;
  /** Pairs that each declared type needs. */
  readonly minPerType: number;
  readonly lag: Readonly<Partial<Record<LagFigure, Ms>>>;
  /** Highest tolerable share of inconclusive events. */
  readonly inconclusiveShare: number;
  /** Highest tolerable share of reordered pairs (RFC 4737); undefined: no such limit. */
  readonly reorderedShare?: number;
  /** Limits of snapshots; undefined for the default ones. */
  readonly snapshot?: SnapshotGate;
  /** By type: limits in place of the ones above. What a type has a limit of its own for does not count in the one above. */
  readonly types?: Readonly<Record<string, TypeLimits>>;
  /** Set when the run goes on until it is proven: it looks again and again, so its bounds have to hold at any time. */
  readonly bound?: 'any-time';
}

export type CountedOutcome = 'mismatch' | 'missing' | 'extra' | 'duplicate' | 'late';

export type LagFigure = 'p50' | 'p95' | 'p99' | 'max';

/** Limits of one type; null: none, whatever holds for the others. */
export interface TypeLimits {
  readonly defectRate?: number | null;
  readonly counts: Readonly<Partial<Record<CountedOutcome, number | null>>>;
  readonly minPerType?: number;
  readonly lag: Readonly<Partial<Record<LagFigure, Ms | null>>>;
}

/** Values that are replaced by tokens before anything is judged or written: the same value gives the same token. */
export interface RedactSettings {
  /** What tokens are made with. Never written anywhere. */
  readonly key: string;
  /** Where in each side's payloads. */
  readonly paths: Readonly<Record<Side, readonly Path[]>>;
}

/** How recorded control events are driven into the systems again. */
export interface ReplaySettings {
  /** Hosts that may be sent to, `*.` standing for any name before; loopback always may. */
  readonly allow: readonly string[];
  /**
   * `after-control`: the candidate is called once control has accepted the event. `independent`: both at once.
   * `control-only`: the control target causes both.
   */
  readonly seam: 'after-control' | 'independent' | 'control-only';
  /** Whether correlation keys are made new for each run, so that a system that deduplicates takes them. */
  readonly keys: 'unique' | 'recorded';
  /** Recorded account → test account: by id, by place in the two lists, or as told. */
  readonly accounts: 'same' | 'order' | Readonly<Record<string, string>>;
  /** How long an answer may take before the send counts as failed. */
  readonly timeoutMs: Ms;
  /** Events under way at a time; what is due beyond waits, and is late. */
  readonly inFlight: number;
  readonly control: TargetSettings;
  /** Undefined with `control-only`. */
  readonly candidate?: TargetSettings;
}

/** Where events are sent: exactly one member. */
export type TargetSettings =
  | { readonly kind: 'pusher'; readonly pusher: PusherTargetSettings }
  | { readonly kind: 'http'; readonly http: HttpTargetSettings }
  | { readonly kind: 'sandbox'; readonly sandbox: { readonly url: string } };

/** An app's HTTP API. Without host and cluster, server and key are those of the config's control. */
export interface PusherTargetSettings {
  readonly appId: string;
  readonly secret: string;
  readonly key?: string;
  readonly cluster?: string;
  readonly host?: string;
  readonly port?: number;
  readonly tls?: boolean;
}

/** URL, headers and body may hold {event}, {type}, {channel}, {key}, {payload}, {account} and {account.NAME}. */
export interface HttpTargetSettings {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

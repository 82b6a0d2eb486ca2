import type { Path } from './path.js';
import type { GateSettings, HttpTargetSettings } from './settings.js';
import type { Ms, Side } from './timeline.js';

/** What a plan turns: the flag as the plan names it, whatever the provider calls it. */
export type Variant = 'on' | 'off';

/** A QA plan: data, validated; durations in milliseconds, files absolute, secrets filled in. */
export interface Plan {
  readonly name: string;
  readonly flag: FlagSettings;
  readonly seen: SeenSettings;
  /** Accounts that nobody listens for, so that the new service sees them as not connected. */
  readonly unwatched: readonly string[];
  /** Events that are caused from the first phase's start to the last one's end, flips included. */
  readonly load?: Causing;
  /** How often all phases are run, one repetition after the other. */
  readonly repeat: number;
  readonly phases: readonly PhaseSettings[];
  /** How a user's page goes over from one feed to the other. */
  readonly page: { readonly reconnectMs: Ms; readonly overlapMs: Ms; readonly deduplicated: boolean };
  readonly interference?: InterferenceSettings;
}

/** A flag, its two variants, and whom they are turned for. */
export interface FlagSettings {
  readonly key: string;
  /** What the provider calls each variant. */
  readonly variants: Readonly<Record<Variant, FlagValue>>;
  readonly targeting: {
    /** The plan's accounts alone, or everybody whom the environment serves. */
    readonly scope: 'accounts' | 'everyone';
    /** Ids of test accounts. */
    readonly accounts: readonly string[];
    /** By account: who it is to the flag service (OpenFeature's targeting key). */
    readonly keys: Readonly<Record<string, string>>;
  };
  /** How long an answer of the flag service may take. */
  readonly timeoutMs: Ms;
  readonly provider: ProviderSettings;
}

export type FlagValue = string | number | boolean;

/** Where flags are kept: exactly one member. */
export type ProviderSettings =
  | { readonly kind: 'http'; readonly http: HttpFlagSettings }
  | { readonly kind: 'launchdarkly'; readonly launchdarkly: LaunchDarklySettings }
  | { readonly kind: 'unleash'; readonly unleash: UnleashSettings }
  | { readonly kind: 'flipper'; readonly flipper: FlipperSettings }
  | { readonly kind: 'flagd'; readonly flagd: FlagdSettings }
  | { readonly kind: 'command'; readonly command: CommandSettings }
  | { readonly kind: 'sandbox'; readonly sandbox: { readonly url: string } };

/** Any API. Texts may hold {key}, {variant}, {account}, {account.NAME} and {targetingKey}; with the last three, a call an account. */
export interface HttpFlagSettings {
  readonly read: HttpTargetSettings;
  /** Where in the answer the variant is; the whole answer, if not given. */
  readonly state?: Path;
  readonly set: Readonly<Record<Variant, HttpTargetSettings>>;
  /** Says what an environment is called, for the allow-list. */
  readonly environment?: string;
}

export interface LaunchDarklySettings {
  readonly url: string;
  readonly token: string;
  readonly project: string;
  readonly environment: string;
  readonly contextKind: string;
}

export interface UnleashSettings {
  /** The server's address, without `/api/admin`. */
  readonly url: string;
  readonly token: string;
  readonly project: string;
  readonly environment: string;
  /** The context field that the targeting key is in. */
  readonly contextName: string;
}

export interface FlipperSettings {
  /** Where Flipper's API is mounted: `https://app.example.com/flipper/api`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly environment?: string;
}

export interface FlagdSettings {
  /** The file that flagd watches. */
  readonly file: string;
  readonly environment?: string;
}

/** An executable and its arguments, which may hold what HttpFlagSettings may; no shell takes part. */
export interface CommandSettings {
  /** Prints the variant. */
  readonly read: readonly string[];
  readonly set: readonly string[];
  readonly cwd: string;
  readonly environment?: string;
}

/** When a flag counts as seen: read back, and shown by a canary event on the feed. */
export interface SeenSettings {
  readonly withinMs: Ms;
  readonly canary?: {
    readonly events: PublishSettings;
    readonly everyMs: Ms;
    /** Canaries in a row that have to agree, since instances of a service hear of a flag at different times. */
    readonly agreeing: number;
  };
}

export interface PhaseSettings {
  readonly name: string;
  /** Left as it is, if not given. */
  readonly flag?: Variant;
  readonly causes?: Causing;
  /** How long the phase lasts at least, once the flag is seen. */
  readonly holdMs: Ms;
  readonly expect: Expectations;
}

/** What brings events about: exactly one member. */
export type Causing =
  | { readonly kind: 'replay'; readonly replay: ReplayCausing }
  | { readonly kind: 'publish'; readonly publish: PublishSettings };

export interface ReplayCausing {
  readonly file: string;
  readonly speed?: number;
  readonly perS?: number;
  readonly loops: number;
  readonly limit: number;
}

/** Single events, made for the occasion. */
export interface PublishSettings {
  readonly type: string;
  /** In turn; those of the plan's targeting, if not given. */
  readonly accounts: readonly string[];
  readonly count: number;
  readonly everyMs: Ms;
  /** Control's payload; may hold {key} (a new whole number each time), {account} and {account.NAME}. */
  readonly payload?: string;
}

export interface Expectations {
  readonly sides: Readonly<Partial<Record<Side, SideExpectation>>>;
  /** Limits that the phase's own events are held to. */
  readonly parity?: GateSettings;
  readonly snapshot?: 'parity';
  readonly rendered?: 'exactly-once';
  readonly isolation?: 'refused';
  readonly http: readonly MetricExpectation[];
}

export interface SideExpectation {
  readonly state: 'flowing' | 'silent';
  /** Flowing: events that have to arrive at least. */
  readonly atLeast: number;
}

/** A figure that a service tells of itself: in JSON at a path, or in Prometheus' text format by name. */
export interface MetricExpectation {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly figure:
    | { readonly kind: 'json'; readonly path: Path }
    | { readonly kind: 'prometheus'; readonly metric: string };
  /** Of the figure at the phase's end, or of what it grew by during the phase. */
  readonly of: 'value' | 'change';
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** Whether one side's own figures differ while the flag is on, over the repetitions of two phases. */
export interface InterferenceSettings {
  readonly side: Side;
  /** Names of phases. */
  readonly off: string;
  readonly on: string;
}

/** The config's `plan` section: what plans may touch, and where they keep their journal. */
export interface PlanningSettings {
  readonly allow: {
    readonly flags: readonly string[];
    readonly environments: readonly string[];
    readonly accounts: readonly string[];
    readonly hosts: readonly string[];
    /** Executables and files of the providers command and flagd. */
    readonly commands: readonly string[];
    readonly files: readonly string[];
  };
  /** A folder, relative to the config. */
  readonly journal: string;
}

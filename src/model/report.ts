import type { Section } from './section.js';
import type { Series } from './series.js';
import type { GateSettings, Settings } from './settings.js';
import type { Link, Mark, Ms, Side } from './timeline.js';
import type { Difference, Outcome, Verdict } from './verdict.js';

/** What the gate says. */
export type Status = 'proven' | 'broken' | 'unproven';

export type OutcomeCounts = Record<Outcome, number>;

export type BothSides = Record<Side, number>;

/**
 * Everything a renderer or a gate needs, and never a secret. Versioned: a reader refuses a version it does not know.
 * The books balance: for each side, observed = verdicts + open + unreadable + unmapped + only + outsideCoverage.
 */
export interface Report {
  readonly format: 'feed-parity/report';
  readonly version: 1;
  readonly status: Status;
  readonly observed: BothSides;
  /** Un-amended verdicts by outcome. */
  readonly outcomes: OutcomeCounts;
  /** By canonical type; `only` types are in `only` instead. */
  readonly types: Readonly<Record<string, OutcomeCounts>>;
  readonly accounts: Readonly<Record<string, OutcomeCounts>>;
  /** Coverage: of which type what was judged for which account, by account, then type. Bounded, see `cellsLeftOut`. */
  readonly cells: readonly Cell[];
  /** Further combinations of type and account, whose counts are in `types` and `accounts` alone. */
  readonly cellsLeftOut: number;
  readonly lag: LagSummary;
  /** Lag apart for the types that have lag limits of their own, and for all others; undefined where none has. */
  readonly lagParts?: LagParts;
  /** RFC 4737: pairs, those of them that came in another order than on control, and the first hundred of these. */
  readonly order: {
    readonly pairs: number;
    readonly reordered: number;
    readonly examples: readonly { readonly account: string; readonly type: string; readonly key: string }[];
  };
  readonly gate: GateDecision;
  /** Duplicates by side; their sum is `outcomes.duplicate`. */
  readonly duplicates: BothSides;
  /** Observations of `only` types, by type. */
  readonly only: Readonly<Record<string, { readonly side: Side; readonly count: number }>>;
  /** Frames that no declared type claims, by side and event name. */
  readonly unmapped: readonly { readonly side: Side; readonly event: string; readonly count: number }[];
  /** Frames that could not be read, by side and reason. */
  readonly unreadable: readonly { readonly side: Side; readonly reason: string; readonly count: number }[];
  /** Seen before both sides were listening, and never paired. */
  readonly outsideCoverage: BothSides;
  /** Still waiting for their counterpart when the timeline ended. */
  readonly open: BothSides;
  readonly gaps: readonly Gap[];
  /** Every declared rule with the number of differences it let through. */
  readonly rules: readonly RuleUse[];
  /**
   * Verdicts other than match and allowed, in the order they were reached, un-amended ones only. All of them up to
   * `FINDINGS_KEPT`; of more than that, of each group a fair share: the worst, and a seeded sample of the others.
   */
  readonly findings: readonly Verdict[];
  readonly findingsLeftOut: number;
  /** How often what was found, exactly, the most frequent first. Bounded, see `groupsLeftOut`. */
  readonly groups: readonly FindingGroup[];
  /** What further groups would count together. */
  readonly groupsLeftOut: number;
  /** Accounts of which a side was never listening, one sentence each. */
  readonly uncovered: readonly string[];
  /** Advice drawn from the whole run, one sentence each. */
  readonly hints: readonly string[];
  readonly run: RunFacts;
  /** Subscriptions going up and down, and marks, as they came: what timelines are drawn from. Bounded. */
  readonly moments: readonly (Link | Mark)[];
  readonly momentsLeftOut: number;
  /** What happened when, in buckets of time. */
  readonly series?: Series;
  /** Set when the events were a replay's. */
  readonly replay?: ReplayFacts;
  /** What was found besides the stream's verdicts. A failed case makes the run broken, an undecided one unproven. */
  readonly sections?: readonly Section[];
  /** What is left open of the first moments of coverage until the lags of all shares are known. */
  readonly early: EarlyFacts;
  /** What it was decided by, so that it can be decided again, with others of the same config. */
  readonly terms: Terms;
}

/** Findings that a report holds. */
export const FINDINGS_KEPT = 3_000;

/** Groups of findings that a report tells. */
export const GROUPS_KEPT = 200;

/** Combinations of type and account that a report tells. */
export const CELLS_KEPT = 5_000;

/** What was judged of one type for one account. */
export interface Cell {
  readonly type: string;
  readonly account: string;
  readonly counts: OutcomeCounts;
}

/** Findings of one outcome and type; mismatches by where and how they differ, so that one may count in several groups. */
export interface FindingGroup {
  readonly outcome: Outcome;
  readonly type: string;
  /** Of mismatches: the place, with array indices as `[*]`, and the kind of difference. */
  readonly path?: string;
  readonly kind?: Difference['kind'];
  /** Verdicts. */
  readonly count: number;
}

/** What a declared rule let through, and what it has to answer for. */
export interface RuleUse {
  readonly path: string;
  readonly reason: string;
  readonly letThrough: number;
  readonly owner?: string;
  /** ISO date after which the rule no longer stands. */
  readonly expires?: string;
  /** Pairs within which the rule has to let something through. */
  readonly usedWithin?: number;
}

/** What a report is decided by. */
export interface Terms {
  readonly gate: GateSettings;
  readonly unmapped: Settings['unmapped'];
  /** Declared types that both sides have. */
  readonly types: readonly string[];
  /** Of each part of the config that judgement depends on. */
  readonly hashes: ConfigHashes;
}

/** The parts of a config that judgement depends on. */
export type ConfigPart = 'events' | 'rename' | 'rules' | 'unmapped' | 'match' | 'gate';

export type ConfigHashes = Readonly<Record<ConfigPart, string>>;

/** Links and marks that a report tells one by one; further ones are counted. */
export const MOMENTS_TOLD = 2_000;

/**
 * What a replay sent. The books balance: intended = due + notReached, due = sent.control + failed control sends, and
 * with a candidate target and the seam after-control, sent.control = sent.candidate + failed candidate sends.
 */
export interface ReplayFacts {
  readonly recording: string;
  /** For people: `10 × the recorded pace`, `500 events/s`. */
  readonly pace: string;
  readonly seam: 'after-control' | 'independent' | 'control-only';
  /** Events that were to be sent, as far as the recording was read. */
  readonly intended: number;
  /** Events whose time came. */
  readonly due: number;
  /** Events left when the replay was cut short. */
  readonly notReached: number;
  /** Sends that the target accepted. */
  readonly sent: BothSides;
  /** Sends that were not accepted, by target and reason. Never counted as missing: see `leftOut`. */
  readonly failed: readonly { readonly target: Side; readonly reason: string; readonly count: number }[];
  /** Recorded control frames that were no events to send, by reason. */
  readonly skipped: readonly { readonly reason: string; readonly count: number }[];
  /** Frames that arrived for events of which a send had failed; they take no part in the judgement. */
  readonly leftOut: BothSides;
  /** Actual minus intended time of sending; null when nothing was sent. */
  readonly lateness: { readonly p50Ms: Ms; readonly p99Ms: Ms; readonly maxMs: Ms } | null;
  /** With `unique`, keys in this report are the recorded ones; `run` is what made the sent ones differ. */
  readonly keys: { readonly kind: 'unique' | 'recorded'; readonly run: number };
  /** Test account by recorded account. */
  readonly accounts: Readonly<Record<string, string>>;
}

/** A report without what is decided from it: what two runs of the same config can add up. */
export type Books = Omit<Report, 'format' | 'version' | 'status' | 'gate' | 'hints' | 'terms'>;

/** What is left open of the first moments of coverage until the lags of all shares are known. */
export interface EarlyFacts {
  /** Candidate events that stand as inconclusive, and may be extra. */
  readonly suspects: readonly Suspect[];
}

/** The verdict on a candidate event from the first window of control's coverage. */
export interface Suspect extends Pick<Verdict, 'account' | 'type' | 'key' | 't'> {
  /** How long control had been listening when the candidate event came. */
  readonly listenedMs: Ms;
  /** Why it stood as inconclusive; told where it turned out to be extra. */
  readonly reason?: string;
}

/** Reordered pairs that a report tells one by one; further ones are counted. */
export const REORDERED_TOLD = 100;

export interface RunFacts {
  /** Wall time of the timeline's start, ISO 8601. */
  readonly startedAt: string;
  /** From the timeline's start to its last entry. */
  readonly durationMs: Ms;
  readonly accounts: number;
  readonly configHash: string;
  readonly window: { readonly beforeMs: Ms; readonly afterMs: Ms };
  /** Set when the run was cut short by a signal. */
  readonly interrupted?: string;
  /** Set when it saw a share of the accounts: `3/8`; of merged reports, all that they saw. */
  readonly shards?: readonly string[];
}

/**
 * Lag of paired events. A missing event counts as censored: its lag is at least the window, so it takes part in every
 * quantile as an infinitely slow one and a quantile that falls among the censored is null ("at least the window").
 */
export interface LagSummary {
  /** Pairs inside the window. */
  readonly count: number;
  /** Missing and late events: at least the window. */
  readonly censored: number;
  /** Pairs measured during a stall of ours, left out of the quantiles. */
  readonly inStall: number;
  /** Pairs in which the candidate came first. */
  readonly negative: number;
  /** Over count + censored; null when the quantile falls among the censored, or nothing was measured. */
  readonly p50Ms: Ms | null;
  readonly p95Ms: Ms | null;
  readonly p99Ms: Ms | null;
  /** Over the pairs inside the window alone. */
  readonly inWindow: { readonly p50Ms: Ms | null; readonly p95Ms: Ms | null; readonly p99Ms: Ms | null };
  readonly minMs: Ms | null;
  /** The longest lag measured, late ones included. */
  readonly maxMs: Ms | null;
  /** What the figures come from, so that reports can be merged exactly. */
  readonly measured: LagMeasured;
  /** How well the quantiles over count + censored are known; set once the confidence is. */
  readonly intervals?: LagIntervals;
}

/**
 * Distribution-free confidence intervals of quantiles: between two of the lags measured, in order. Each holds its quantile
 * with at least this confidence.
 */
export interface LagIntervals {
  readonly confidence: number;
  readonly p50: LagInterval;
  readonly p95: LagInterval;
  readonly p99: LagInterval;
}

export interface LagInterval {
  /** Null: too few events for a lower end, or it is beyond the window. */
  readonly fromMs: Ms | null;
  /** Null: too few events for an upper end, or it is beyond the window. */
  readonly toMs: Ms | null;
}

export interface LagParts {
  readonly types: Readonly<Record<string, LagSummary>>;
  readonly others: LagSummary;
}

/** HDR histograms (V2, compressed, base64) of microseconds: candidate first, candidate later, and late ones. */
export interface LagMeasured {
  readonly earlier: string;
  readonly later: string;
  readonly late: string;
  readonly missing: number;
}

/** An interval of which it is not known what came: a side was not listening or, with side undefined, we were slow. */
export interface Gap {
  readonly side?: Side;
  readonly account?: string;
  readonly fromMs: Ms;
  /** Null while it lasts to the end of the timeline. */
  readonly toMs: Ms | null;
  readonly reason: string;
  /** Why the source gave up for good, if it did. */
  readonly final?: string;
  /** Set for a hole: lines of the recording cannot be read, and whether the side was listening is another matter. */
  readonly unread?: true;
}

export interface GateDecision {
  readonly status: Status;
  readonly confidence: number;
  readonly limits: readonly LimitResult[];
  /** What would be needed for `proven`, one sentence each. */
  readonly lacking: readonly string[];
  /** The events the evidence rests on. */
  readonly evidence: {
    readonly events: number;
    readonly defects: number;
    /** One-sided upper bound on the defect rate at `confidence`; 1 when there are no events. */
    readonly upperBound: number;
    /** Set where the bound holds at any time, since the run stopped when it was enough; else the events were a fixed sample. */
    readonly bound?: 'any-time';
    /** Beside it: what the events would have shown if their number had been fixed before the run. */
    readonly fixedSample?: {
      readonly upperBound: number;
      /** Events, as many of them defective, that would have been enough for the limit; null where there is none, or no number is. */
      readonly events: number | null;
    };
  };
}

export interface LimitResult {
  /** As the config spells it: `lag.p99`, `types.email_opened.missing`. */
  readonly name: string;
  /** For people: `at most 2 s`. */
  readonly limit: string;
  /** For people: `145 ms`. */
  readonly actual: string;
  /** For people: how well the actual figure is known, `below 210 ms`. */
  readonly bound?: string;
  readonly status: 'held' | 'exceeded' | 'undecided';
}

/** What a live view shows while a run is going on. */
export interface Progress {
  readonly t: Ms;
  readonly observed: BothSides;
  readonly outcomes: OutcomeCounts;
  readonly lag: { readonly p50Ms: Ms | null; readonly p99Ms: Ms | null };
  /** Accounts listening now, by side. */
  readonly up: BothSides;
  readonly accounts: number;
  readonly gaps: number;
  readonly open: BothSides;
}

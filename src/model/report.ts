import type { Ms, Side } from './timeline.js';
import type { Outcome, Verdict } from './verdict.js';

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
  readonly lag: LagSummary;
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
  readonly rules: readonly { readonly path: string; readonly reason: string; readonly letThrough: number }[];
  /** Verdicts other than match and allowed, in the order they were reached, un-amended ones only. Bounded: see `findingsLeftOut`. */
  readonly findings: readonly Verdict[];
  readonly findingsLeftOut: number;
  /** Accounts of which a side was never listening, one sentence each. */
  readonly uncovered: readonly string[];
  /** Advice drawn from the whole run, one sentence each. */
  readonly hints: readonly string[];
  readonly run: RunFacts;
  /** Set when the events were a replay's. */
  readonly replay?: ReplayFacts;
}

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
export type Books = Omit<Report, 'format' | 'version' | 'status' | 'gate' | 'hints'> & { readonly early: EarlyFacts };

/** What is left open of the first moments of coverage until the lags of all shares are known. */
export interface EarlyFacts {
  /** Candidate events that stand as inconclusive, and may be extra. */
  readonly suspects: readonly Suspect[];
  /** Moments at which a lag was longer than all before. */
  readonly rises: readonly { readonly t: Ms; readonly lagMs: Ms }[];
}

/** The verdict on a candidate event from the first window of control's coverage. */
export interface Suspect extends Pick<Verdict, 'account' | 'type' | 'key' | 't'> {
  /** How long control had been listening when the candidate event came. */
  readonly listenedMs: Ms;
  /** Lags that are known before this moment decide. */
  readonly decidedMs: Ms;
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
}

/** HDR histograms (V2, compressed, base64) of microseconds: candidate first, candidate later, and late ones. */
export interface LagMeasured {
  readonly earlier: string;
  readonly later: string;
  readonly late: string;
  readonly missing: number;
}

/** An interval in which a side was not listening (or, with side undefined, in which we were slow). */
export interface Gap {
  readonly side?: Side;
  readonly account?: string;
  readonly fromMs: Ms;
  /** Null while it lasts to the end of the timeline. */
  readonly toMs: Ms | null;
  readonly reason: string;
  /** Why the source gave up for good, if it did. */
  readonly final?: string;
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
  };
}

export interface LimitResult {
  /** As the config spells it: `lag.p99`. */
  readonly name: string;
  /** For people: `at most 2 s`. */
  readonly limit: string;
  /** For people: `145 ms`. */
  readonly actual: string;
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

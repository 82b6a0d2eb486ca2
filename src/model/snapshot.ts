import type { Path } from './path.js';
import type { Ms } from './timeline.js';

/** Which lists each side serves, how they are read, and how the page puts them together. */
export interface SnapshotSettings {
  readonly control: readonly ListRequest[];
  readonly candidate: readonly ListRequest[];
  /** How the page orders the assembled list; undefined where order does not matter. */
  readonly sort?: ListSort;
  /** Items of the assembled list; undefined for all of them. */
  readonly limit?: number;
  /** Readings of an account before what is found stands. */
  readonly attempts: number;
  /** Between two readings. */
  readonly intervalMs: Ms;
  /** How long one answer may take, its last byte included. */
  readonly timeoutMs: Ms;
  /** Further tries of one request, of idempotent methods only. */
  readonly retries: number;
  readonly maxPages: number;
  /** Of one answer. */
  readonly maxBytes: number;
  /** Accounts that are read at a time. */
  readonly concurrency: number;
  /** Whether the page drops a pushed event whose key its list already shows. */
  readonly dedupe: boolean;
  /** Paths (in control's terms, relative to the body) of what a service reads anew, so that it may be fresher on one side. */
  readonly enriched: readonly Path[];
  readonly truth?: TruthSettings;
}

/** One list of one side. URL, headers and body may hold `{account.NAME}`. */
export interface ListRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Where in a page the array of items is. */
  readonly items: Path;
  /** The event by which the stream would tell of an item: its name, or where in the item the name is. */
  readonly event: string | Path;
  /** Undefined where the list has one page. */
  readonly next?: NextPage;
}

/** How the next page is asked for. */
export type NextPage =
  /** A parameter counts pages; the last one has fewer than `size` items, says so at `more`, or is empty. */
  | {
      readonly kind: 'page';
      readonly parameter: string;
      readonly first: number;
      readonly size?: number;
      readonly more?: Path;
    }
  /** A value in the page goes into a parameter; the last page has none. */
  | { readonly kind: 'cursor'; readonly at: Path; readonly parameter: string }
  /** The page holds the next one's address. */
  | { readonly kind: 'url'; readonly at: Path }
  /** The Link header (RFC 8288) names the next page. */
  | { readonly kind: 'link'; readonly rel: string };

/** Paths are in control's terms, relative to the body, so that one holds for both sides. */
export interface ListSort {
  readonly by: Path;
  readonly as: 'instant' | 'number' | 'text';
  readonly direction: 'ascending' | 'descending';
  /** Decides between equal ones when lists are merged: in the same direction, a number as a number. */
  readonly tie?: Path;
}

/** Where a record is read again that the two sides disagree about. `{key}` and `{type}` name it. */
export interface TruthSettings {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The part of the answer that is the record, in control's terms. */
  readonly body?: Path;
  readonly perSecond: number;
  /** Records that are read again in one run. */
  readonly most: number;
}

/** Highest tolerable figures of a snapshot; undefined: no such limit. Costs are the candidate's. */
export interface SnapshotGate {
  readonly mismatch?: number;
  readonly missing?: number;
  readonly extra?: number;
  readonly duplicate?: number;
  /** Items that would have to move for the list to be in order. */
  readonly inversions?: number;
  /** Items lost or doubled where two pages meet. */
  readonly pageEdges?: number;
  readonly inconclusiveShare: number;
  /** Events that list and stream together lost or doubled. */
  readonly handOver?: number;
  /** Requests and bytes of one full list, on average. */
  readonly requests?: number;
  readonly bytes?: number;
  /** Time to a full list. */
  readonly p50?: Ms;
  readonly p95?: Ms;
}

/** What became of one kind of injected fault. */
export interface ScoreRow {
  readonly fault: string;
  /** As what it should be found. */
  readonly expects: string;
  readonly injected: number;
  readonly found: number;
}

/** A report held against what was done on purpose. */
export interface Score {
  readonly rows: readonly ScoreRow[];
  /** Findings that no injected fault explains, one sentence each. */
  readonly falseAlarms: readonly string[];
}

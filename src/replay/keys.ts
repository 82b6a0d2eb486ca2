/**
 * Correlation keys that are new in each run (and each turn of a run), so that a system that deduplicates takes a replay
 * as fresh events, and the way back to the recorded ones.
 *
 * - Whole numbers stay whole numbers: the run stands in front of the recorded digits (42 → 12340000000042). Small ones
 *   stay below 2^53, so that no double loses a digit; all stay below 2^63, so that a database's bigint holds them. The
 *   three ranges that they go to do not overlap.
 * - UUIDs stay UUIDs: their first eight digits are changed.
 * - Other texts get the run as a suffix.
 */
export class RunKeys {
  readonly #run: number;
  readonly #uuids = new Map<string, string>();
  #turns = 0;

  /** `run` is a whole number that no recent run had, such as the second in which it began. */
  constructor(run: number) {
    this.#run = run;
  }

  /**
   * The key as it is sent in the given turn, from 0: each loop is one, and each account whose keys another has as well.
   * Undefined for one that cannot be changed: a number of 17 digits or more, or one whose range has no more turns.
   */
  renew(key: string, turn = 0): string | undefined {
    this.#turns = Math.max(this.#turns, turn);
    const run = this.#run + turn;
    if (isWhole(key)) return renewNumber(BigInt(key), run, turn);
    if (!UUID.test(key)) return key === '' ? undefined : `${key}${SUFFIX}${run.toString(36)}`;
    const sent = scramble(key, run);
    this.#uuids.set(sent, key);
    if (this.#uuids.size > UUIDS_KEPT) this.#forgetOldest();
    return sent;
  }

  /** The recorded key of a sent one. A key that is none of this run's comes back as it is. */
  restore(sent: string): string {
    const parts = composite(sent);
    if (parts !== undefined) return JSON.stringify(parts.map((part) => this.restore(part)));
    if (isWhole(sent)) return this.#restoreNumber(BigInt(sent)) ?? sent;
    const at = sent.lastIndexOf(SUFFIX);
    const run = at === -1 ? Number.NaN : Number.parseInt(sent.slice(at + SUFFIX.length), 36);
    if (run >= this.#run && run <= this.#run + this.#turns && sent.endsWith(run.toString(36))) return sent.slice(0, at);
    return this.#uuids.get(sent) ?? sent;
  }

  #forgetOldest(): void {
    for (const oldest of this.#uuids.keys()) return void this.#uuids.delete(oldest);
  }

  #restoreNumber(sent: bigint): string | undefined {
    for (const range of RANGES) {
      const run = Number(sent / range.unit);
      if (run < range.first || run > range.last) continue;
      const size = range.last - range.first + 1;
      const turn = (((run - range.first - this.#run) % size) + size) % size;
      return turn <= this.#turns ? String(sent % range.unit) : undefined;
    }
    return undefined;
  }
}

/** Keys below `unit` get a number from `first` to `last` in front of their digits. */
interface Range {
  readonly unit: bigint;
  readonly first: number;
  readonly last: number;
}

const RANGES: readonly Range[] = [
  { unit: 10n ** 10n, first: 1_000, last: 99_999 },
  { unit: 10n ** 14n, first: 10, last: 89 },
  { unit: 10n ** 16n, first: 100, last: 921 },
];

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const SUFFIX = '-run';
/** Of older UUIDs the recorded key is no longer known; a report then shows the one that was sent. */
const UUIDS_KEPT = 1_000_000;

function renewNumber(key: bigint, run: number, turn: number): string | undefined {
  const range = RANGES.find(({ unit }) => key < unit);
  if (range === undefined) return undefined;
  const size = range.last - range.first + 1;
  if (turn >= size) return undefined;
  const prefix = range.first + (run % size);
  return String(BigInt(prefix) * range.unit + key);
}

/** Multiplied by an odd number, so that neighbouring runs differ in every digit. */
function scramble(uuid: string, run: number): string {
  const mask = Math.imul(run, 0x9e3779b1) >>> 0 || 1;
  const head = (Number.parseInt(uuid.slice(0, 8), 16) ^ mask) >>> 0;
  return head.toString(16).padStart(8, '0') + uuid.slice(8);
}

/** Digits that a number is spelt with; `007` is a text. */
export function isWhole(key: string): boolean {
  return /^(?:0|[1-9]\d*)$/.test(key);
}

/** Whether a key looks like the name of a record, rather than a text that has other meaning as well. */
export function isId(key: string): boolean {
  return isWhole(key) || UUID.test(key);
}

/** The parts of a key that is made of several; undefined for any other. */
function composite(key: string): string[] | undefined {
  if (!key.startsWith('["')) return undefined;
  try {
    const parts = JSON.parse(key) as unknown;
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : undefined;
  } catch {
    return undefined;
  }
}

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
    if (isWhole(key)) return renewNumber(BigInt(key), this.#run, turn);
    if (!UUID.test(key)) return key === '' ? undefined : key + suffix(this.#run, turn);
    const sent = scramble(key, this.#run, turn);
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
    if (at === -1) return this.#uuids.get(sent) ?? sent;
    const turn = Number.parseInt(sent.slice(at + SUFFIX.length).split('-')[1] ?? '0', 36);
    return turn <= this.#turns && sent.endsWith(suffix(this.#run, turn)) ? sent.slice(0, at) : sent;
  }

  #forgetOldest(): void {
    for (const oldest of this.#uuids.keys()) return void this.#uuids.delete(oldest);
  }

  #restoreNumber(sent: bigint): string | undefined {
    for (const range of RANGES) {
      const run = Number(sent / range.unit);
      if (run < range.first || run > range.last) continue;
      const size = range.last - range.first + 1;
      const turn = (run - range.first - start(this.#run, size) + size) % size;
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
  const prefix = range.first + ((start(run, size) + turn) % size);
  return String(BigInt(prefix) * range.unit + key);
}

/**
 * Where a run's turns begin among so many numbers: multiplied by the golden ratio, runs that follow each other lie far
 * apart (Knuth, volume 3, 6.4), so that the turns of one do not reach the next one's.
 */
function start(run: number, size: number): number {
  return Math.floor(((Math.imul(run, GOLDEN) >>> 0) / 2 ** 32) * size);
}

const GOLDEN = 0x9e3779b1;
/** Another odd number, so that no turn of a run is another run. */
const TURNING = 0x85ebca6b;

function suffix(run: number, turn: number): string {
  return `${SUFFIX}${run.toString(36)}${turn === 0 ? '' : `-${turn.toString(36)}`}`;
}

/** Multiplied by odd numbers, so that neighbouring runs and turns differ in every digit. */
function scramble(uuid: string, run: number, turn: number): string {
  const mask = (Math.imul(run, GOLDEN) + Math.imul(turn, TURNING)) >>> 0 || 1;
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

/** What lies where in a slot of the kernel, by byte offset (kernel/wasm/slots.ts writes it). */
export const SLOT = {
  place: 8,
  state: 20,
  controlT: 32,
  candidateT: 40,
  number: 56,
  files: 60,
  control: 64,
  candidate: 80,
} as const;

/** Of a side of a slot, in bytes from where it begins. */
export const KEPT = { envelope: 0, length: 4, offset: 8 } as const;

/** Bits of a slot's state: which sides came, and whether somebody has looked at it. */
export const STATE = { control: 1, candidate: 2, faced: 8 } as const;

/** Of a place: whether each repeat of a key is an event of its own. */
export const OCCURRENCES = 1 << 30;

/** What the kernel tells after a call, by byte offset (kernel/wasm/pass.ts). */
export const TOLD = {
  slot: 0,
  late: 4,
  openControl: 8,
  openCandidate: 12,
  deadline: 16,
  atA: 24,
  atB: 28,
  row: 32,
  isOfB: 36,
  fate: 40,
  agreed: 44,
  seenControl: 48,
  seenCandidate: 52,
  reached: 56,
} as const;

/** Pairs of rows that agreed: how many the kernel lists at most, and what it says of one. */
export const AGREED_MOST = 4096;
export const AGREED_SIZE = 32;
export const AGREED = { place: 0, used: 4, slot: 8, number: 12, controlT: 16, candidateT: 24 } as const;

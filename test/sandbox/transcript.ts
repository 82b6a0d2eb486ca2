import { readFileSync } from 'node:fs';

/** One line of a wire transcript: what one connection sent, received or went through. */
export interface Step {
  /** Connection's letter: A, B, C. */
  readonly connection: string;
  readonly at: number;
  readonly kind: 'upgrade' | 'sent' | 'received' | 'close' | 'note';
  /** The frame's text, or the hex of a binary one, or the note. */
  readonly text: string;
  readonly binary: boolean;
  /** Close code, for `close`. */
  readonly code?: number;
}

/**
 * Reads a transcript of fixtures/wire: scenarios by name. Frames sent by the client are `sent`, by the server
 * `received`. A frame that the transcript cut short ends in `…`.
 */
export function readTranscript(name: string): Map<string, Step[]> {
  const scenarios = new Map<string, Step[]>();
  let steps: Step[] = [];
  for (const line of readFileSync(new URL(`../../fixtures/wire/${name}`, import.meta.url), 'utf8').split('\n')) {
    const heading = /^## (.+)$/.exec(line);
    if (heading?.[1] !== undefined) {
      steps = [];
      scenarios.set(heading[1].trim(), steps);
      continue;
    }
    const parts = /^\s+(\S+)\s+(\d+) (.*)$/.exec(line);
    if (parts !== null) steps.push(step(parts[1] ?? '', Number(parts[2]), parts[3] ?? ''));
  }
  return scenarios;
}

function step(connection: string, at: number, rest: string): Step {
  const base = { connection, at, binary: false };
  if (rest.startsWith('101')) return { ...base, kind: 'upgrade', text: rest };
  const close = /^CLOSE (\d+)/.exec(rest);
  if (close !== null) return { ...base, kind: 'close', text: rest, code: Number(close[1]) };
  const frame = /^([<>]) (.*)$/s.exec(rest);
  if (frame === null) return { ...base, kind: 'note', text: rest };
  const kind = frame[1] === '>' ? 'sent' : 'received';
  const binary = /^BIN ([0-9a-f]+)/.exec(frame[2] ?? '');
  return binary === null
    ? { ...base, kind, text: frame[2] ?? '' }
    : { ...base, kind, text: binary[1] ?? '', binary: true };
}

import type { Difference } from '../../../model/verdict.js';

/** A payload's line as it is shown: nothing is decoded, so that no digit is lost. */
export interface Line {
  readonly depth: number;
  readonly text: string;
  readonly differs: boolean;
}

/** A step into a payload: a member's name, or an index. */
type Step = string | number;

/** A value of the payload: where it is, its text without blanks, and the lines that show it. */
interface Place {
  readonly steps: readonly Step[];
  text: string;
  readonly from: number;
  to: number;
}

/** Lines beyond these are counted. */
const MOST_LINES = 1_000;
/** Deeper ones are no longer remembered by place. */
const DEEPEST = 60;

/**
 * JSON text, cut or not, as lines, those marked that hold a difference. Text that is no JSON is shown as it is. A path is
 * relative to the part of the payload that was compared, and a candidate's may have been renamed, so that it marks the
 * place whose path ends like it (the outermost), or else the only one that holds just this value.
 */
export function layOut(
  payload: string,
  differences: readonly Difference[],
  side: 'control' | 'candidate',
): { readonly lines: Line[]; readonly left: number } {
  const { lines, places } = broken(payload);
  const differing = new Set<number>();
  for (const difference of differences) {
    const place = find(places, stepsOf(difference.path), difference[side]);
    for (let line = place?.from ?? 0; line <= (place?.to ?? -1); line++) differing.add(line);
  }
  return {
    lines: lines.slice(0, MOST_LINES).map((line, at) => ({ ...line, differs: differing.has(at) })),
    left: Math.max(0, lines.length - MOST_LINES),
  };
}

function find(places: readonly Place[], steps: readonly Step[], value: string | undefined): Place | undefined {
  if (value === undefined) return undefined;
  const alike = places.filter((place) => endsWith(place.steps, steps));
  const outermost = alike.toSorted((a, b) => a.steps.length - b.steps.length)[0];
  if (outermost !== undefined) return outermost;
  const equal = places.filter(({ text }) => text === value);
  return equal.length === 1 ? equal[0] : undefined;
}

function endsWith(steps: readonly Step[], end: readonly Step[]): boolean {
  const before = steps.length - end.length;
  return before >= 0 && end.every((step, at) => steps[before + at] === step);
}

/** The steps of a path as differences spell it: `$.a["b c"][3]`. */
export function stepsOf(path: string): Step[] {
  return [...path.matchAll(/\.([^.[\]"]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g)].map(([, name, index, quoted]) => {
    if (index !== undefined) return Number(index);
    return quoted === undefined ? (name ?? '') : textOf(quoted);
  });
}

interface Open {
  readonly place: Place;
  readonly list: boolean;
  /** Members seen so far. */
  count: number;
}

/** The text in its tokens, one value a line, and where each value is. */
function broken(payload: string): { lines: { depth: number; text: string }[]; places: Place[] } {
  const tokens = payload.match(/"(?:[^"\\]|\\.)*"?|[{}[\]:,]|[^\s{}[\]:,"]+/gs) ?? [];
  if (!/^\s*[[{]/.test(payload)) return { lines: asItIs(payload), places: [] };
  const lines: { depth: number; text: string }[] = [];
  const places: Place[] = [];
  const open: Open[] = [];
  let name: string | undefined;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as string;
    const inside = open.at(-1);
    const last = lines.at(-1);
    if (token === ',' || token === ':') {
      if (token === ',' && last !== undefined) last.text += ',';
      continue;
    }
    if (token === '}' || token === ']') {
      const closed = open.pop();
      // An empty one stays on its line.
      if (closed !== undefined && closed.place.to === lines.length - 1 && closed.count === 0 && last)
        last.text += token;
      else lines.push({ depth: open.length, text: token });
      if (closed !== undefined) closed.place.to = lines.length - 1;
      continue;
    }
    if (name === undefined && tokens[at + 1] === ':' && inside?.list === false) {
      name = token;
      continue;
    }
    const step = inside === undefined ? undefined : inside.list ? inside.count : textOf(name ?? '""');
    if (inside !== undefined) inside.count++;
    const steps = step === undefined || open.length > DEEPEST ? [] : [...(inside?.place.steps ?? []), step];
    const place = { steps, text: token, from: lines.length, to: lines.length };
    if (open.length <= DEEPEST) places.push(place);
    lines.push({ depth: open.length, text: name === undefined ? token : `${name}: ${token}` });
    if (token === '{' || token === '[') open.push({ place, list: token === '[', count: 0 });
    name = undefined;
  }
  return { lines, places };
}

function asItIs(payload: string): { depth: number; text: string }[] {
  return payload.split('\n').map((text) => ({ depth: 0, text }));
}

/** What a JSON string says; the text itself where it is cut off. */
function textOf(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted;
  }
}

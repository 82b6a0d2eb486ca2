import type { Segment } from '../model/path.js';

type Segments = readonly Segment[];

/** Whether a path may name a value at `target` or one that holds it. Both may have `[*]` and `..`. */
export function covers(path: Segments, target: Segments): boolean {
  const [first, ...rest] = path;
  if (first === undefined) return true;
  const [step, ...further] = target;
  if (step === undefined) return false;
  if (first.kind === 'descend') return covers(rest, target) || covers(path, further);
  if (step.kind === 'descend') return covers(path, further) || covers(rest, target);
  return meets(first, step) && covers(rest, further);
}

/** What is left of a path below the value at `base` (names and indices): several ways with `..`, none if it leads elsewhere. */
export function below(path: Segments, base: Segments): Segments[] {
  const [step, ...further] = base;
  if (step === undefined) return [path];
  const [first, ...rest] = path;
  // The path ends above: everything below is named with it.
  if (first === undefined) return [[]];
  if (first.kind === 'descend') return [...below(path, further), ...below(rest, base)];
  return meets(first, step) ? below(rest, further) : [];
}

function meets(one: Segment, other: Segment): boolean {
  if (one.kind === 'each' || other.kind === 'each') return true;
  if (one.kind === 'name') return other.kind === 'name' && one.name === other.name;
  return one.kind === 'index' && other.kind === 'index' && one.index === other.index;
}

/** Segments as a path is spelt. */
export function spelt(segments: Segments): string {
  let text = '$';
  for (const [index, segment] of segments.entries()) {
    const dot = segments[index - 1]?.kind === 'descend' ? '' : '.';
    if (segment.kind === 'descend') text += '..';
    else if (segment.kind === 'index') text += `[${segment.index}]`;
    else if (segment.kind === 'each') text += '[*]';
    else text += /^[A-Za-z_]\w*$/.test(segment.name) ? dot + segment.name : `[${JSON.stringify(segment.name)}]`;
  }
  return text;
}

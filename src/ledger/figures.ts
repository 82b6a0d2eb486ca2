import type { Ms } from '../model/timeline.js';

/** Figures as the gate's sentences show them. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** A share as a percentage with at least two significant digits: `0.1 %`, `0.034 %`, `95 %`. */
export function share(value: number): string {
  const percent = value * 100;
  return `${percent === 0 ? '0' : Number(percent.toPrecision(percent >= 10 ? 4 : 3))} %`;
}

export function duration(ms: Ms): string {
  if (Math.abs(ms) < 1000) return `${Number(ms.toPrecision(3))} ms`;
  return `${Number((ms / 1000).toPrecision(3))} s`;
}

const UNITS: readonly (readonly [name: string, ms: Ms])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
];

/** How long so many more will take if they come as those before: `, about 3 min at this rate`; nothing if none came. */
export function atThisRate(more: number, before: number, elapsedMs: Ms): string {
  if (before === 0 || elapsedMs <= 0 || !Number.isFinite(more)) return '';
  const ms = (more / before) * elapsedMs;
  const [name, unit] = UNITS.find(([, unit]) => ms >= 1.5 * unit) ?? ['s', 1000];
  return `, about ${count(Math.max(1, Math.round(ms / unit)))} ${name} at this rate`;
}

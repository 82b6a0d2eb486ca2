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

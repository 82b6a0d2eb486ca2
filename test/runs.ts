/** How often a property is tried: so often in CI, and a fifth of that where somebody waits for it. */
export function runs(inCi: number): number {
  return process.env['CI'] ? inCi : Math.ceil(inCi / 5);
}

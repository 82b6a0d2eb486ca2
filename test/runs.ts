import fc from 'fast-check';

/**
 * A property that fails is tried with less and less, which can take longer than a test may. It ends before that, so that it tells
 * with what it failed.
 */
fc.configureGlobal({ ...fc.readConfigureGlobal(), interruptAfterTimeLimit: 50_000, markInterruptAsFailure: true });

/** How often a property is tried: so often in CI, and a fifth of that where somebody waits for it. */
export function runs(inCi: number): number {
  return process.env['CI'] ? inCi : Math.ceil(inCi / 5);
}

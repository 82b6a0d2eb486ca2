import { setTimeout } from 'node:timers/promises';
import type { Ms } from '../model/timeline.js';

/**
 * Waits so long; rejects once the signal is aborted. Many lists wait for their next try at once: each by a signal of its
 * own that follows the one given, since so many listeners of one signal look to Node like a leak.
 */
export async function pause(ms: Ms, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal: AbortSignal.any([signal]) });
}

import type { Observed } from '../model/observation.js';
import type { BothSides } from '../model/report.js';
import type { Settings } from '../model/settings.js';
import type { Frame, TimelineEntry } from '../model/timeline.js';
import { observer } from '../normalise/observe.js';
import type { ReplayEvent } from './events.js';

/** What of an event tells its frames from others. */
export type Named = Pick<ReplayEvent, 'type' | 'key'> & { readonly account: Pick<ReplayEvent['account'], 'id'> };

/** An entry that waits, and the event it is of, where that is known. */
interface Held {
  readonly entry: TimelineEntry;
  readonly name: string | undefined;
}

/**
 * Keeps failed sends out of the judgement: an event that was never sent to one side must not be called missing there.
 * Whether a send fails is known only after frames of its event may have arrived. So a frame whose event is still being
 * sent waits here, and everything behind it too, as order counts; the line reads no clock and notices nothing. Once the
 * send has failed, the event's frames are left out, on both sides.
 */
export class Sieve {
  readonly leftOut: BothSides = { control: 0, candidate: 0 };
  readonly #observe: (frame: Frame) => Observed;
  /** Sends under way, by event: one that is sent twice at a time waits for both. */
  readonly #underWay = new Map<string, number>();
  readonly #failed = new Set<string>();
  #held: Held[] = [];

  constructor(settings: Pick<Settings, 'events' | 'rename'>) {
    this.#observe = observer(settings);
  }

  /** An event is about to be sent. */
  begin(event: Named): void {
    const name = nameOf(event.account.id, event.type, event.key ?? '');
    this.#underWay.set(name, (this.#underWay.get(name) ?? 0) + 1);
  }

  /** All its sends have been answered, or one of them has failed. */
  end(event: Named, accepted: boolean): void {
    const name = nameOf(event.account.id, event.type, event.key ?? '');
    const others = (this.#underWay.get(name) ?? 1) - 1;
    if (others > 0) this.#underWay.set(name, others);
    else this.#underWay.delete(name);
    if (!accepted) this.#failed.add(name);
  }

  /** Takes entries in and lets go, in order, of those that wait for no send. */
  readonly take = (batch: readonly TimelineEntry[]): readonly TimelineEntry[] => {
    if (this.#held.length === 0 && this.#underWay.size === 0 && this.#failed.size === 0) return batch;
    for (const entry of batch) this.#held.push({ entry, name: entry.kind === 'frame' ? this.#name(entry) : undefined });
    const waits = this.#held.findIndex(({ name }) => name !== undefined && this.#underWay.has(name));
    const free = waits === -1 ? this.#held : this.#held.slice(0, waits);
    this.#held = waits === -1 ? [] : this.#held.slice(waits);
    return free.filter((held) => !this.#isOfFailed(held)).map(({ entry }) => entry);
  };

  #isOfFailed({ entry, name }: Held): boolean {
    const failed = name !== undefined && this.#failed.has(name);
    if (failed && entry.kind === 'frame') this.leftOut[entry.side]++;
    return failed;
  }

  #name(frame: Frame): string | undefined {
    const observed = this.#observe(frame);
    if (observed.kind === 'only') return nameOf(frame.account, observed.type, '');
    if (observed.kind !== 'observation') return undefined;
    return nameOf(frame.account, observed.observation.type, observed.observation.key);
  }
}

function nameOf(account: string, type: string, key: string): string {
  return JSON.stringify([account, type, key]);
}

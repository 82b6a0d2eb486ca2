import type { Observed } from '../model/observation.js';
import type { BothSides } from '../model/report.js';
import type { Settings } from '../model/settings.js';
import type { Frame, Ms, TimelineEntry } from '../model/timeline.js';
import { observer } from '../normalise/observe.js';
import type { ReplayEvent } from './events.js';

/** What of an event tells its frames from others. */
export type Named = Pick<ReplayEvent, 'type' | 'key'> & { readonly account: Pick<ReplayEvent['account'], 'id'> };

/** An entry that waits, and the event it is of, where that is known. */
interface Held {
  readonly entry: TimelineEntry;
  readonly name: string | undefined;
}

/** Frames that passed on control beyond those on candidate, and when the last one did. */
interface Uneven {
  readonly surplus: number;
  readonly t: Ms;
}

/**
 * Keeps failed sends out of the judgement: an event that was never sent to one side must not be called missing there.
 * Whether a send fails is known only after frames of its event may have arrived. So a frame whose event is still being
 * sent waits here, and everything behind it too, as order counts; the line reads no clock and notices nothing. Once the
 * send has failed, the event's frames are left out, on both sides; but where it was sent before, and one side's frame has
 * passed already, the other side's still may.
 */
export class Sieve {
  readonly leftOut: BothSides = { control: 0, candidate: 0 };
  readonly #observe: (frame: Frame) => Observed;
  /** Sends under way, by event: one that is sent twice at a time waits for both. */
  readonly #underWay = new Map<string, number>();
  readonly #failed = new Set<string>();
  /** Events of which one side has passed more often than the other within the window, the latest last. */
  readonly #uneven = new Map<string, Uneven>();
  readonly #windowMs: Ms;
  #held: Held[] = [];
  #hasBegun = false;

  constructor(settings: Pick<Settings, 'events' | 'rename' | 'match'>) {
    this.#observe = observer(settings);
    const { beforeMs, afterMs } = settings.match.window;
    this.#windowMs = Math.max(beforeMs, afterMs);
  }

  /** An event is about to be sent. */
  begin(event: Named): void {
    this.#hasBegun = true;
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
    if (!this.#hasBegun) return batch;
    for (const entry of batch) this.#held.push({ entry, name: entry.kind === 'frame' ? this.#name(entry) : undefined });
    const waits = this.#held.findIndex(({ name }) => name !== undefined && this.#underWay.has(name));
    const free = waits === -1 ? this.#held : this.#held.slice(0, waits);
    this.#held = waits === -1 ? [] : this.#held.slice(waits);
    return free.filter((held) => this.#passes(held)).map(({ entry }) => entry);
  };

  #passes({ entry, name }: Held): boolean {
    this.#forget(entry.t);
    if (entry.kind !== 'frame' || name === undefined) return true;
    const step = entry.side === 'control' ? 1 : -1;
    const { surplus } = this.#uneven.get(name) ?? { surplus: 0 };
    if (this.#failed.has(name) && surplus * step >= 0) {
      this.leftOut[entry.side]++;
      return false;
    }
    this.#uneven.delete(name);
    if (surplus + step !== 0) this.#uneven.set(name, { surplus: surplus + step, t: entry.t });
    return true;
  }

  /** What has waited for longer than the window is waited for no more. */
  #forget(t: Ms): void {
    for (const [name, { t: since }] of this.#uneven) {
      if (t - since <= this.#windowMs) return;
      this.#uneven.delete(name);
    }
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

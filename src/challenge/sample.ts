import type { Observed } from '../model/observation.js';
import type { Settings } from '../model/settings.js';
import type { Frame, Link, Ms, Side, Tick, TimelineEntry } from '../model/timeline.js';
import { observer } from '../normalise/observe.js';
import { draw } from './draw.js';

/** Frames that a sample holds at most. */
export const FRAMES_MOST = 9_000;
/** Characters of their payloads, at most. */
const CHARACTERS_MOST = 32 * 1024 * 1024;
/** Frames of one key on one side: a key that names an account, say, comes without end. */
const FRAMES_PER_KEY = 4;
/** Longer payloads take no part. */
const PAYLOAD_MOST = 65_536;
/** Links and holes. Beyond so many the sample ends: what came later cannot be told from gaps that it does not know. */
const LINKS_MOST = 50_000;

/** Identity of an event, as verdicts name it. */
export interface EventName {
  readonly account: string;
  readonly type: string;
  readonly key: string;
}

export function nameOf({ account, type, key }: EventName): string {
  return JSON.stringify([account, type, key]);
}

/** A frame of the sample, and which event it is. */
export interface Sampled extends EventName {
  readonly side: Side;
  readonly frame: Frame;
  /** Its place among everything that came. */
  readonly number: number;
}

interface Kept {
  readonly drawn: number;
  readonly frames: Sampled[];
}

/**
 * A bounded sample of a timeline: whole events, chosen by a seed, of each type alike; every link, stall and hole. The same
 * entries and seed give the same sample, however long the timeline was.
 */
export class Sample {
  readonly #observe: (frame: Frame) => Observed;
  readonly #seed: number;
  readonly #types = new Map<string, OfType>();
  readonly #quiet: { readonly number: number; readonly entry: Link | Tick }[] = [];
  #links = 0;
  #number = 0;
  /** The end of what was sampled. */
  endT: Ms = 0;
  /** Events whose payload was too long to keep. */
  tooLong = 0;

  constructor(settings: Pick<Settings, 'events' | 'rename'>, seed: number) {
    this.#observe = observer(settings);
    this.#seed = seed;
    const compared = settings.events.filter((type) => type.only === undefined);
    for (const { name } of compared)
      this.#types.set(name, new OfType(FRAMES_MOST / compared.length, CHARACTERS_MOST / compared.length));
  }

  /** Takes the next entry in. Entries come in the order of their stamps. */
  add(entry: TimelineEntry): void {
    if (this.#links > LINKS_MOST) return;
    this.endT = Math.max(this.endT, entry.t);
    const number = this.#number++;
    if (entry.kind === 'frame') return this.#see(entry, number);
    if (entry.kind === 'mark') return;
    const isHole = entry.kind === 'tick' && entry.hole !== undefined;
    if (entry.kind === 'link' || isHole) this.#links++;
    // Other ticks change no verdict, and there are many.
    if (entry.kind === 'link' || entry.lateMs !== undefined || isHole) this.#quiet.push({ number, entry });
  }

  #see(frame: Frame, number: number): void {
    const observed = this.#observe(frame);
    if (observed.kind !== 'observation') return;
    const { side, account, channel, event, t, payload, type, key } = observed.observation;
    if (payload.length > PAYLOAD_MOST) {
      this.tooLong++;
      return;
    }
    const drawn = draw(this.#seed, nameOf({ account, type, key }));
    const plain: Frame = { kind: 'frame', t, side, account, channel, event, payload };
    this.#types.get(type)?.add(drawn, { side, account, type, key, frame: plain, number });
  }

  /** The chosen frames, in the order in which they came. */
  get frames(): Sampled[] {
    const all = [...this.#types.values()].flatMap((type) => type.frames());
    return all.sort((a, b) => a.number - b.number);
  }

  /** Links, stalls and holes, in the order in which they came. */
  get quiet(): readonly { readonly number: number; readonly entry: Link | Tick }[] {
    return this.#quiet;
  }

  /** Whether every event that came is in it. */
  get isWhole(): boolean {
    return this.tooLong === 0 && this.#links <= LINKS_MOST && [...this.#types.values()].every((type) => type.isWhole);
  }
}

/** Events of one type: those whose draw is lowest, as many as there is room for. */
class OfType {
  readonly #kept = new Map<string, Kept>();
  #frames = 0;
  #characters = 0;
  /** An event drawn as high as this has had to go, so all such have. */
  #below = Infinity;
  #isCut = false;

  constructor(
    readonly framesMost: number,
    readonly charactersMost: number,
  ) {}

  add(drawn: number, sampled: Sampled): void {
    if (drawn >= this.#below) return;
    const name = nameOf(sampled);
    const kept = this.#kept.get(name) ?? { drawn, frames: [] };
    if (kept.frames.filter(({ side }) => side === sampled.side).length >= FRAMES_PER_KEY) {
      this.#isCut = true;
      return;
    }
    this.#kept.set(name, kept);
    kept.frames.push(sampled);
    this.#frames++;
    this.#characters += sampled.frame.payload.length;
    while (this.#frames > this.framesMost || this.#characters > this.charactersMost) this.#evict();
  }

  #evict(): void {
    let highest: string | undefined;
    let drawn = -1;
    for (const [name, kept] of this.#kept) if (kept.drawn > drawn) [highest, drawn] = [name, kept.drawn];
    for (const { frame } of this.#kept.get(highest as string)?.frames ?? []) {
      this.#frames--;
      this.#characters -= frame.payload.length;
    }
    this.#kept.delete(highest as string);
    this.#below = drawn;
  }

  frames(): Sampled[] {
    return [...this.#kept.values()].flatMap(({ frames }) => frames);
  }

  get isWhole(): boolean {
    return this.#below === Infinity && !this.#isCut;
  }
}

import type { Json } from '../model/json.js';
import type { Observation, Observed } from '../model/observation.js';
import type { Print } from '../model/print.js';
import type { Settings } from '../model/settings.js';
import type { Frame, Origin } from '../model/timeline.js';
import { compilePlans, type Claim, type Plan } from './plan.js';
import { ABSENT, NUMBER, Scanner, TEXT } from './scanner.js';

/** Payloads beyond this are left to the parser, which tells them. */
const LONGEST = 1_000_000;

/**
 * Reads frames from their bytes without building objects. Returns undefined for a frame that has no bytes, that no plan
 * covers, or that is unusual in any way: such a frame is to be parsed.
 */
export function scanningObserver(
  settings: Pick<Settings, 'events' | 'rename' | 'rules'>,
): (frame: Frame) => Observed | undefined {
  const readers = { control: new Map<string, Reader>(), candidate: new Map<string, Reader>() };
  for (const { side, event, plan } of compilePlans(settings)) {
    readers[side].set(event, { plan, scanner: new Scanner(plan, settings.rules.length) });
  }
  const only = new Map(settings.events.map((type) => [type, { kind: 'only', type: type.name } as const]));
  return (frame) => {
    const { bytes } = frame;
    if (bytes === undefined || frame.unreadable !== undefined) return undefined;
    const { from = 0, to = bytes.length } = frame;
    if (to - from > LONGEST) return undefined;
    const reader = readers[frame.side].get(frame.event);
    if (reader === undefined || !reader.scanner.scan(bytes, from, to)) return undefined;
    const { scanner } = reader;
    const claim = claimant(reader.plan.claims, scanner);
    if (claim === undefined) return UNMAPPED;
    if (claim.type.only !== undefined) return only.get(claim.type);
    const key = keyOf(claim, scanner, bytes);
    return key === undefined
      ? undefined
      : { kind: 'observation', observation: new Scanned(frame, claim.type.name, key, scanner) };
  };
}

interface Reader {
  readonly plan: Plan;
  readonly scanner: Scanner;
}

const UNMAPPED: Observed = { kind: 'unmapped' };

function claimant(claims: readonly Claim[], scanner: Scanner): Claim | undefined {
  for (const claim of claims) {
    let holds = true;
    for (const { capture, a, b } of claim.where) {
      if (scanner.kind[capture] === ABSENT || scanner.captureA[capture] !== a || scanner.captureB[capture] !== b) {
        holds = false;
        break;
      }
    }
    if (holds) return claim;
  }
  return undefined;
}

/** The correlation key, where it is spelt plainly; the parser knows the rest. */
function keyOf(claim: Claim, scanner: Scanner, bytes: Buffer): string | undefined {
  const [only] = claim.key;
  if (claim.key.length === 1 && only !== undefined) return partOf(only, scanner, bytes);
  const parts: string[] = [];
  for (const capture of claim.key) {
    const part = partOf(capture, scanner, bytes);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return JSON.stringify(parts);
}

function partOf(capture: number, scanner: Scanner, bytes: Buffer): string | undefined {
  const kind = scanner.kind[capture];
  const from = scanner.from[capture] as number;
  const to = scanner.to[capture] as number;
  if (from === to || (kind !== TEXT && !(kind === NUMBER && isInteger(bytes, from, to)))) return undefined;
  return bytes.toString('utf8', from, to);
}

function isInteger(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] === 0x2e) return false;
  return true;
}

/** An observation whose payload stays bytes until somebody asks for its text. */
class Scanned implements Observation, Print {
  readonly side;
  readonly account;
  readonly t;
  readonly channel;
  readonly event;
  body: Json | undefined = undefined;
  number: number | undefined = undefined;
  readonly a: number;
  readonly b: number;
  readonly origin: Origin | undefined;
  readonly offset: number | undefined;
  readonly length: number;
  readonly fine: number;
  readonly ruled: readonly number[];
  /** Let go of when the observation is released, so that a remembered key does not keep a file's blocks in memory. */
  #frame: Frame | undefined;
  #text: string | undefined;

  constructor(
    frame: Frame,
    readonly type: string,
    readonly key: string,
    scanner: Scanner,
  ) {
    this.origin = frame.origin;
    this.offset = frame.offset;
    this.length = (frame.to ?? 0) - (frame.from ?? 0);
    this.a = scanner.a;
    this.b = scanner.b;
    this.fine = scanner.fine;
    this.ruled = scanner.ruledLanes();
    this.side = frame.side;
    this.account = frame.account;
    this.t = frame.t;
    this.channel = frame.channel;
    this.event = frame.event;
    this.#frame = frame;
  }

  get print(): Print {
    return this;
  }

  get payload(): string {
    return this.#frame?.payload ?? this.#text ?? '';
  }

  release(): void {
    this.#frame = undefined;
  }

  keep(): void {
    if (this.#frame === undefined) return;
    this.#text = this.#frame.payload;
    this.#frame = undefined;
  }
}

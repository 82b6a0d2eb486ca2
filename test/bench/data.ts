import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';

/** What was put into a pair of recordings, to hold every count against. */
export interface Truth {
  pairs: number;
  control: number;
  candidate: number;
  mismatch: number;
  missing: number;
  extra: number;
  duplicate: number;
  late: number;
}

const ACCOUNTS = 200;
const EVENTS_PER_S = 2000;

/** How what both sides say of events is to be judged; without accounts and limits. */
export const JUDGING = `events:
${['email_opened', 'email_clicked', 'email_replied', 'send_failed']
  .map(
    (type) => `  ${type}:
    control: {event: feed-item, where: {$.type: ${type}}, key: $.id}
    candidate: {event: item_created, where: {$.type: ${type}}, body: $.resource, key: $.resource.id}`,
  )
  .join('\n')}
rename:
  - {from: $.actor.id, to: $.person.id}
  - {from: $.actor.name, to: $.person.full_name}
  - {from: $.actor.email, to: $.person.email}
rules:
  - {path: $.type, ignore: true, reason: told by the envelope}
  - {path: $.updated_at, ignore: true, reason: written by each service}
  - {path: $.occurred_at, as: instant, reason: milliseconds there and microseconds here}
`;

/** The config that the generated recordings are judged with. */
export const CONFIG = `accounts: [${Array.from({ length: ACCOUNTS }, (_, index) => `{id: rep-${index}}`).join(', ')}]
${JUDGING}match: {window: {before: 0s, after: 10s}, settle: 500ms, tombstone: 60s}
gate: {defectRate: 0.001, lag: {p99: 2s}}
`;

/** A small seeded generator (mulberry32), in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Shape {
  readonly pairs: number;
  readonly seed: number;
  /** Every pair differs in one field: the worst case. */
  readonly allDiffer?: boolean;
}

/** Writes control.ndjson, candidate.ndjson and parity.yaml into a folder, and returns what was put into them. */
export async function generate(folder: string, { pairs, seed, allDiffer = false }: Shape): Promise<Truth> {
  const random = seeded(seed);
  const control = new Lines(join(folder, 'control.ndjson'), 'control');
  const candidate = new Lines(join(folder, 'candidate.ndjson'), 'candidate');
  const truth: Truth = { pairs, control: 0, candidate: 0, mismatch: 0, missing: 0, extra: 0, duplicate: 0, late: 0 };
  const startMs = 1000;
  for (let n = 0; n < pairs; n++) {
    const t = startMs + (n * 1000) / EVENTS_PER_S;
    const item = itemOf(n, random);
    const fate = random();
    const lagMs = 1 + random() * 40;
    control.add(t, item.account, item.control);
    truth.control++;
    const send = (atMs: number, payload: string): void => {
      candidate.add(atMs, item.account, payload);
      truth.candidate++;
    };
    if (allDiffer) {
      truth.mismatch++;
      send(t + lagMs, item.candidate(true));
    } else if (fate < 0.005) {
      truth.mismatch++;
      send(t + lagMs, item.candidate(true));
    } else if (fate < 0.006) truth.missing++;
    else if (fate < 0.007) {
      truth.late++;
      send(t + 12_000, item.candidate(false));
    } else if (fate < 0.008) {
      truth.duplicate++;
      send(t + lagMs, item.candidate(false));
      send(t + lagMs + 20, item.candidate(false));
    } else {
      send(t + lagMs, item.candidate(false));
      if (fate < 0.0085) {
        truth.extra++;
        send(t + lagMs, itemOf(n + 500_000_000, random).candidate(false));
      }
    }
    await control.flush(t);
    await candidate.flush(t);
  }
  const endMs = startMs + (pairs * 1000) / EVENTS_PER_S + 25_000;
  await Promise.all([control.close(endMs), candidate.close(endMs)]);
  return truth;
}

const TYPES = ['email_opened', 'email_clicked', 'email_replied', 'send_failed'];
const NAMES = ['Ada Lovelace', 'Jean‑Luc Dupont', 'Priya Nair', '見積 太郎', 'O’Brien & Sons', 'Zoë Müller'];
const WORDS =
  'the quick brown fox jumps over a lazy dog while naïve readers écrivent des réponses to every pricing question'.split(
    ' ',
  );

/** What both sides say of one event. */
export interface Item {
  readonly account: string;
  readonly control: string;
  /** The candidate's payload; changed in one field if asked for. */
  candidate(changed: boolean): string;
}

export function itemOf(n: number, random: () => number): Item {
  const pick = <Value>(list: readonly Value[]): Value => list[Math.floor(random() * list.length)] as Value;
  const id = n % 97 === 0 ? `9007199254${String(n).padStart(9, '0')}` : String(100_000 + n);
  const type = pick(TYPES);
  const account = `rep-${Math.floor(random() * ACCOUNTS)}`;
  const [personId, emailId, score] = [
    Math.floor(random() * 1e6),
    Math.floor(random() * 1e9),
    Math.floor(random() * 1000) / 10,
  ];
  const text = Array.from({ length: 30 + Math.floor(random() * 100) }, () => pick(WORDS)).join(' ');
  const name = pick(NAMES);
  const second = String(n % 60).padStart(2, '0');
  const ms = String(n % 1000).padStart(3, '0');
  const email = `p${personId}@example.com`;
  const tags = JSON.stringify(['a', 'b', 'c'].slice(0, 1 + (n % 3)));
  const steps = `[{"n":1,"at":"x"},{"n":2,"at":null},{"n":${n % 9},"at":""}]`;
  const headers =
    '{"from":"rep@example.com","to":null,"cc":[],"priority":"normal","flags":{"seen":true,"starred":false}}';
  return {
    account,
    control: `{"id":${id},"type":"${type}","person":{"id":${personId},"full_name":${JSON.stringify(name)},"email":"${email}"},"email":{"id":${emailId},"subject":"Re: \\u003cpricing\\u003e","body":${JSON.stringify(text)},"headers":${headers}},"occurred_at":"2026-11-22T16:02:${second}.${ms}Z","score":${score},"tags":${tags},"steps":${steps},"updated_at":"2026-11-22T16:03:${second}.${ms}Z"}`,
    candidate: (changed) =>
      `{"kind":"feed_item","resource":{"actor":{"email":"${email}","id":${personId},"name":${JSON.stringify(name)}},"email":{"body":${JSON.stringify(text)},"headers":${headers},"id":${emailId},"subject":"Re: <pricing>${changed ? '!' : ''}"},"id":${id},"occurred_at":"2026-11-22T16:02:${second}.${ms}000Z","score":${score},"steps":${steps},"tags":${tags},"updated_at":"2026-11-22T16:04:${second}.${ms}123Z"},"type":"${type}"}`,
  };
}

interface Line {
  readonly t: number;
  readonly text: string;
}

/** A one-sided recording, written in the order of stamps although lines are added a little out of it. */
class Lines {
  private readonly stream;
  private waiting: Line[] = [];
  private block: string[] = [];

  constructor(
    file: string,
    private readonly side: 'control' | 'candidate',
  ) {
    this.stream = createWriteStream(file);
    const accounts = Array.from({ length: ACCOUNTS }, (_, index) => `rep-${index}`);
    this.block.push(
      JSON.stringify({
        format: 'feed-parity/timeline',
        version: 1,
        startedAt: '2026-11-22T16:02:00.000Z',
        sides: [side],
        accounts,
      }),
      ...accounts.map((account) =>
        JSON.stringify({ t: 10, kind: 'link', side, account, state: 'up', reason: 'subscribed' }),
      ),
    );
  }

  add(t: number, account: string, payload: string): void {
    const stamp = Math.round(t * 1000) / 1000;
    const [channel, event] =
      this.side === 'control' ? [`private-feed-${account}`, 'feed-item'] : [`feed:${account}`, 'item_created'];
    const text = `{"t":${stamp},"kind":"frame","side":"${this.side}","account":"${account}","channel":"${channel}","event":"${event}","payload":${payload}}`;
    this.waiting.push({ t: stamp, text });
  }

  /** Writes what nothing that is still to come can precede. */
  async flush(t: number): Promise<void> {
    if (this.waiting.length < 4096) return;
    this.waiting.sort((a, b) => a.t - b.t);
    const keep = this.waiting.findIndex((line) => line.t > t);
    const ready = keep === -1 ? this.waiting : this.waiting.slice(0, keep);
    this.waiting = keep === -1 ? [] : this.waiting.slice(keep);
    for (const line of ready) this.block.push(line.text);
    await this.write();
  }

  private async write(): Promise<void> {
    const text = `${this.block.join('\n')}\n`;
    this.block = [];
    if (!this.stream.write(text)) await once(this.stream, 'drain');
  }

  async close(endMs: number): Promise<void> {
    this.waiting.sort((a, b) => a.t - b.t);
    for (const line of this.waiting) this.block.push(line.text);
    this.block.push(JSON.stringify({ t: endMs, kind: 'tick' }));
    await this.write();
    this.stream.end();
    await once(this.stream, 'finish');
  }
}

import type { ReplaySettings } from '../model/settings.js';
import type { Ms, Side } from '../model/timeline.js';
import type { ReplayEvent } from './events.js';
import type { Target } from './targets/target.js';

/** What a replay would do, without doing it. */
export interface Rehearsal {
  readonly targets: readonly { readonly side: Side; readonly name: string }[];
  readonly seam: ReplaySettings['seam'];
  readonly pace: string;
  readonly events: number;
  /** When the last event would be due. */
  readonly durationMs: Ms;
  /** By canonical type, and by test account. */
  readonly types: Readonly<Record<string, number>>;
  readonly accounts: Readonly<Record<string, number>>;
  /** The first of them. */
  readonly first: readonly {
    readonly dueMs: Ms;
    readonly key?: string;
    readonly recordedKey?: string;
    readonly sends: readonly { readonly side: Side; readonly what: string }[];
  }[];
  readonly skipped: readonly { readonly reason: string; readonly count: number }[];
}

type Opened = Readonly<Partial<Record<Side, Pick<Target, 'name' | 'describe'>>>>;

const SHOWN = 10;

/** Reads everything that would be sent, and sends nothing. */
export async function rehearse(
  events: AsyncIterable<ReplayEvent>,
  { seam, control, candidate }: Opened & Pick<ReplaySettings, 'seam'>,
  pace: string,
): Promise<Omit<Rehearsal, 'skipped'>> {
  const targets = [
    ...(control === undefined ? [] : [{ side: 'control' as const, target: control }]),
    ...(candidate === undefined ? [] : [{ side: 'candidate' as const, target: candidate }]),
  ];
  const types: Record<string, number> = Object.create(null) as Record<string, number>;
  const accounts: Record<string, number> = Object.create(null) as Record<string, number>;
  const first: Rehearsal['first'][number][] = [];
  let count = 0;
  let durationMs = 0;
  for await (const event of events) {
    count++;
    durationMs = event.dueMs;
    types[event.type] = (types[event.type] ?? 0) + 1;
    accounts[event.account.id] = (accounts[event.account.id] ?? 0) + 1;
    if (first.length >= SHOWN) continue;
    const { dueMs, key, recordedKey } = event;
    const asked = targets.filter(({ side }) => side === 'control' || key !== undefined);
    const sends = asked.map(({ side, target }) => ({ side, what: target.describe(event) }));
    first.push({
      dueMs,
      sends,
      ...(key === undefined ? {} : { key }),
      ...(recordedKey === undefined ? {} : { recordedKey }),
    });
  }
  const names = targets.map(({ side, target }) => ({ side, name: target.name }));
  return { targets: names, seam, pace, events: count, durationMs, types, accounts, first };
}

/** A rehearsal for people. */
export function rehearsalText(rehearsal: Rehearsal): string {
  const { targets, seam, pace, events, durationMs, types, accounts, first, skipped } = rehearsal;
  const sends = first.map(({ dueMs, key, recordedKey, sends }) => {
    const keys = key === undefined ? '' : key === recordedKey ? `  key ${key}` : `  key ${recordedKey} → ${key}`;
    const each = sends.map(({ side, what }) => `      ${side}: ${what}\n`);
    return `  +${seconds(dueMs)}${keys}\n${each.join('')}`;
  });
  return [
    `Dry run: nothing was sent.\n`,
    ...targets.map(({ side, name }) => `${side}: ${name}\n`),
    `${events} ${events === 1 ? 'event' : 'events'} at ${pace} (${seam}), the last due after ${seconds(durationMs)}\n`,
    `  by type: ${counts(types)}\n  by account: ${counts(accounts)}\n`,
    ...skipped.map(({ reason, count }) => `  not sent: ${count} × ${reason}\n`),
    ...(first.length === 0 ? [] : [`The first ${first.length}:\n`, ...sends]),
  ].join('');
}

function counts(by: Readonly<Record<string, number>>): string {
  const all = Object.entries(by).sort(([, a], [, b]) => b - a);
  const shown = all.slice(0, 10).map(([name, count]) => `${name} ${count}`);
  return (shown.join(', ') || 'none') + (all.length > shown.length ? ` and ${all.length - shown.length} more` : '');
}

function seconds(ms: Ms): string {
  return `${(ms / 1000).toFixed(3)} s`;
}

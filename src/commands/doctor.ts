import { addressOf, Attendance } from '../attendance.js';
import { startClock } from '../clock.js';
import { sourceOf } from '../live.js';
import type { Settings } from '../model/settings.js';
import { SIDES, type Ms, type Side, type TimelineEntry } from '../model/timeline.js';
import { answerOf, attemptText } from '../plan/isolation-section.js';
import { checkIsolation } from '../plan/isolation.js';
import { openSource } from '../sources/index.js';
import { discreetly, duration, loadConfig } from './context.js';
import { write } from './result.js';
import { printable } from './say.js';
import type { Loaded } from '../config/load.js';
import type { Secrets } from '../config/secrets.js';

const OK = 0;
const BROKEN = 1;
const NOT_WELL = 3;

/**
 * `parity doctor`: checks config, connections, credentials, subscriptions, clock and, with two accounts, whether they are
 * kept apart; one step a line on stdout. Exit code 1 where an account gets at another's events.
 */
export async function doctor(options: {
  readonly config?: string;
  readonly timeout: string;
  readonly isolation: boolean;
}): Promise<number> {
  const timeoutMs = duration('--timeout', options.timeout);
  const loaded = await loadConfig(options);
  return discreetly(loaded.secrets, () => examine(loaded, timeoutMs, options.isolation));
}

async function examine({ settings, secrets, file }: Loaded, timeoutMs: Ms, isolation: boolean): Promise<number> {
  const paired = settings.events.filter((type) => type.only === undefined).length;
  await step(
    true,
    `config: ${file} (accounts: ${settings.accounts.length}, event types to compare: ${paired})`,
    secrets,
  );
  // What is being tried has no sign of success: whether anybody is there, only the lines below say.
  for (const side of SIDES) await line('…', `${side}: trying ${describeSource(settings, side)}`, secrets);
  const { attendance, longestStallMs } = await tryToSubscribe(settings, timeoutMs);
  const sides: Side[] = [];
  for (const side of SIDES) if (await sideReport(attendance, side, settings, secrets)) sides.push(side);
  const steady = longestStallMs <= settings.match.stallMs;
  const seen = longestStallMs === 0 ? 'no stall' : `a stall of ${Math.round(longestStallMs)} ms`;
  const remedy = steady
    ? ''
    : '; this machine is too busy to measure lag, and events near such stalls stay inconclusive';
  await step(
    steady,
    `clock: ${seen} of this process while subscribing (limit ${settings.match.stallMs} ms)${remedy}`,
    secrets,
  );
  // Where somebody cannot even get at the account's own channel, a refusal says nothing.
  const apart = !isolation || (await isolationReport(settings, sides, timeoutMs, secrets));
  if (!apart) return BROKEN;
  return sides.length === SIDES.length ? OK : NOT_WELL;
}

/** Lets accounts ask for each other's channels, and says what came of it. False where one was let in. */
async function isolationReport(
  settings: Settings,
  sides: readonly Side[],
  timeoutMs: Ms,
  secrets: Secrets,
): Promise<boolean> {
  const { attempts, unchecked } = await checkIsolation(settings, { sides, timeoutMs, random: () => 0.5 });
  let apart = true;
  for (const side of sides) {
    const made = attempts.filter((attempt) => attempt.side === side);
    const refused = made.filter((attempt) => answerOf(attempt) === 'passed').length;
    if (refused > 0)
      await step(
        true,
        `${side}: ${refused} of ${made.length} requests for another account's channel were refused`,
        secrets,
      );
    for (const attempt of made) {
      const answer = answerOf(attempt);
      if (answer !== 'passed') await line(answer === 'failed' ? '✗' : '?', `${side}: ${attemptText(attempt)}`, secrets);
      apart &&= answer !== 'failed';
    }
  }
  for (const { side, reason } of unchecked) await line('?', `${side}: isolation was not checked: ${reason}`, secrets);
  return apart;
}

async function step(well: boolean, text: string, secrets: Secrets): Promise<void> {
  await line(well ? '✓' : '✗', text, secrets);
}

async function line(sign: '✓' | '✗' | '?' | '…', text: string, secrets: Secrets): Promise<void> {
  await write(`${sign} ${printable(secrets.redact(text))}\n`);
}

function describeSource(settings: Settings, side: Side): string {
  const source = sourceOf(settings, side);
  const channels =
    source.kind === 'pusher' ? source.pusher.channels : source.kind === 'phoenix' ? source.phoenix.topics : [];
  return [`${NAMES[source.kind]} at ${addressOf(source)}`, ...channels].join(', ');
}

const NAMES = { pusher: 'Pusher', phoenix: 'Phoenix', websocket: 'WebSocket' } as const;

/** Subscribes to everything, waits until it is clear who comes, and leaves again. */
async function tryToSubscribe(
  settings: Settings,
  timeoutMs: Ms,
): Promise<{ readonly attendance: Attendance; readonly longestStallMs: Ms }> {
  const attendance = new Attendance(
    settings.accounts.map((account) => account.id),
    settings,
  );
  const clock = startClock({ everyMs: 100, stallMs: settings.match.stallMs });
  let longestStallMs = 0;
  let settle = (): void => {};
  const settled = new Promise<void>((resolve) => (settle = resolve));
  const push = (entry: TimelineEntry): void => {
    if (entry.kind === 'link') attendance.note(entry);
    if (entry.kind === 'tick') longestStallMs = Math.max(longestStallMs, entry.lateMs ?? 0);
    if (attendance.complete || entry.t >= timeoutMs) settle();
  };
  const stopTicks = clock.tick(push);
  const { accounts } = settings;
  const sources = SIDES.map((side) =>
    openSource(sourceOf(settings, side), { side, accounts, now: () => clock.now(), push, random: () => 0.5 }),
  );
  for (const source of sources) source.start();
  await settled;
  stopTicks();
  await Promise.all(sources.map((source) => source.stop()));
  return { attendance, longestStallMs };
}

async function sideReport(attendance: Attendance, side: Side, settings: Settings, secrets: Secrets): Promise<boolean> {
  const came = attendance.came(side);
  const absent = attendance.absent(side);
  const slowest = Math.max(0, ...came.values());
  const all = settings.accounts.length;
  const took = came.size === 0 ? '' : `, the last after ${Math.round(slowest)} ms`;
  await step(absent.length === 0, `${side}: ${came.size} of ${all} accounts subscribed${took}`, secrets);
  for (const { account, link } of absent.slice(0, 10)) {
    await step(false, `${side} ${account}: ${attendance.reason(side, link)}`, secrets);
  }
  if (absent.length > 10) await step(false, `${side}: and ${absent.length - 10} more accounts`, secrets);
  return absent.length === 0;
}

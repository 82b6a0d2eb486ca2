import { SIDES } from '../../src/model/timeline.js';
import { grouped } from './grouped.js';
import type { Copy, Published, Truth, Us } from './truth.js';

/**
 * Keeps out of the world what nothing in a timeline could tell apart. Within the first `window.after` after control
 * was first listening, a candidate without control may be an extra, or its control event may have come before. The lags
 * seen decide, and they are still growing: what would be decided otherwise by the lags of the whole run is left out, and
 * so is a healthy event that took so much longer than all others that it looks like an extra.
 */
export function tellable(truth: Truth): Truth {
  const once = truth.published.filter(({ type }) => !truth.rules.occurrences.includes(type));
  const sure = once.flatMap((event) => lags(truth, [firstCopies(event)]));
  const repeated = truth.published.filter((event) => !once.includes(event));
  const possible = [...sure, ...grouped(repeated, keyOf).flatMap((events) => lags(truth, events))];
  const published = truth.published.filter((event) => {
    const sinceUs = listeningSince(truth, event.account);
    const decidedUs = sinceUs + truth.rules.afterUs;
    const soon = (lags: readonly Lag[]) => lags.filter(({ knownUs }) => knownUs < decidedUs);
    const isExtra = (candidate: Copy, longestUs: Us) => longestUs >= 0 && candidate.stampUs - sinceUs > longestUs * 1.5;
    const isPaired = pairs(truth, [firstCopies(event)]).length > 0;
    return event.copies
      .filter(({ side }) => side === 'candidate')
      .slice(isPaired ? 1 : 0)
      .filter(({ stampUs }) => stampUs >= sinceUs && stampUs < decidedUs)
      .every((copy) => {
        const [first, ...others] = [soon(sure), soon(possible), possible].map((lags) => isExtra(copy, longest(lags)));
        return others.every((other) => other === first) && !(first === true && event.fault === 'none');
      });
  });
  return published.length === truth.published.length ? truth : tellable({ ...truth, published });
}

interface Lag {
  readonly lagUs: Us;
  readonly knownUs: Us;
}

function keyOf({ account, type, key }: Published): string {
  return [account, type, key].join(' / ');
}

/** The event without what comes again. */
function firstCopies(event: Published): Published {
  const copies = SIDES.flatMap((side) => event.copies.filter((copy) => copy.side === side).slice(0, 1));
  return { ...event, copies };
}

function longest(lags: readonly Lag[]): Us {
  return lags.reduce((most, { lagUs }) => Math.max(most, lagUs), -1);
}

function lags(truth: Truth, events: readonly Published[]): Lag[] {
  return pairs(truth, events).filter((lag) => !isStalled(truth, lag));
}

/** What may pair, earlier copies first, and how long it took: the candidate in time, or first. */
function pairs({ rules }: Truth, events: readonly Published[]): Lag[] {
  const of = (wanted: string) => events.flatMap(({ copies }) => copies.filter(({ side }) => side === wanted));
  return of('control').flatMap((control) =>
    of('candidate')
      .map((candidate) => ({
        lagUs: candidate.stampUs - control.stampUs,
        knownUs: Math.max(candidate.stampUs, control.stampUs),
      }))
      .filter(
        ({ lagUs }) =>
          lagUs <= rules.afterUs && -lagUs <= Math.max(rules.beforeUs, rules.resolutionUs) + rules.tombstoneUs,
      ),
  );
}

function isStalled({ stalls, rules }: Truth, { lagUs, knownUs }: Lag): boolean {
  return stalls.some(({ fromUs, toUs }) => fromUs < knownUs && toUs + rules.stallUs > knownUs - Math.abs(lagUs));
}

/** When control's first subscription had settled. */
function listeningSince({ links, rules }: Truth, account: string): Us {
  const turns = links.filter((link) => link.side === 'control' && link.account === account);
  const first = turns.find(({ state, stampUs }, index) => {
    const falls = turns.slice(index + 1).find((turn) => turn.state === 'down')?.stampUs ?? Infinity;
    return state === 'up' && falls > stampUs + rules.settleUs;
  });
  return first === undefined ? Infinity : first.stampUs + rules.settleUs;
}

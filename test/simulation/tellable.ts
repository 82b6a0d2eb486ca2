import { SIDES } from '../../src/model/timeline.js';
import type { Published, Truth, Us } from './truth.js';

/**
 * Keeps out of the world what nothing in a timeline could tell apart. Within the first `window.after` after control
 * was first listening, a candidate without control may be an extra, or its control event may have come before. The lags
 * seen decide: a healthy event that took so much longer than all others that it looks like an extra is left out.
 */
export function tellable(truth: Truth): Truth {
  const once = truth.published.filter(({ type }) => !truth.rules.occurrences.includes(type));
  const longestUs = Math.max(0, ...once.flatMap((event) => lags(truth, firstCopies(event))));
  const published = truth.published.filter((event) => {
    const sinceUs = listeningSince(truth, event.account);
    const soon = (stampUs: Us) => stampUs >= sinceUs && stampUs < sinceUs + truth.rules.afterUs;
    const isPaired = pairs(truth, firstCopies(event)).length > 0;
    return (
      event.fault !== 'none' ||
      event.copies
        .filter(({ side }) => side === 'candidate')
        .slice(isPaired ? 1 : 0)
        .every(({ stampUs }) => !soon(stampUs) || stampUs - sinceUs <= longestUs * 1.5)
    );
  });
  return published.length === truth.published.length ? truth : tellable({ ...truth, published });
}

interface Lag {
  readonly lagUs: Us;
  readonly knownUs: Us;
}

/** The event without what comes again. */
function firstCopies(event: Published): Published {
  const copies = SIDES.flatMap((side) => event.copies.filter((copy) => copy.side === side).slice(0, 1));
  return { ...event, copies };
}

function lags(truth: Truth, event: Published): Us[] {
  return pairs(truth, event)
    .filter((lag) => !isStalled(truth, lag))
    .map(({ lagUs }) => lagUs);
}

/** What may pair, and how long it took: the candidate in time, or first. */
function pairs({ rules }: Truth, { copies }: Published): Lag[] {
  const of = (wanted: string) => copies.filter(({ side }) => side === wanted);
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

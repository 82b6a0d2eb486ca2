import type { Answered, Section } from '../model/section.js';
import type { Side } from '../model/timeline.js';
import type { Attempt, IsolationResult } from './isolation.js';

/** The answer as a part of the report: a case an attempt. */
export function isolationSection({ attempts, unchecked }: IsolationResult): Section {
  const cases = [
    ...attempts.map((attempt) => ({
      name: `${attempt.side}: ${attempt.account} is kept out of ${attempt.channel}`,
      status: answerOf(attempt),
      detail: attemptText(attempt),
    })),
    ...unchecked.map(({ side, reason }) => ({
      name: `${side}: isolation`,
      status: 'undecided' as const,
      detail: reason,
    })),
  ];
  const failed = cases.filter(({ status }) => status === 'failed').length;
  const undecided = cases.filter(({ status }) => status === 'undecided').length;
  return {
    kind: 'isolation',
    title: 'Isolation of accounts',
    status: failed > 0 ? 'failed' : undecided > 0 || cases.length === 0 ? 'undecided' : 'passed',
    summary:
      failed > 0
        ? 'An account gets at the events of another.'
        : undecided > 0 || cases.length === 0
          ? 'It is not certain that accounts are kept apart.'
          : 'Every account that asked for a channel of another was refused.',
    cases,
    tables: [],
    facts: { attempts: attempts.map((attempt) => ({ ...attempt })), unchecked: unchecked.map((one) => ({ ...one })) },
  };
}

/** What an attempt says: harm is an event that came, or a door that stands open. */
export function answerOf({ answer, received }: Attempt): Answered {
  if (answer === 'let in' || received > 0) return 'failed';
  return answer === 'refused' ? 'passed' : 'undecided';
}

/** An attempt in a few words, with what to do where it failed. */
export function attemptText({ side, account, other, channel, answer, reason, received }: Attempt): string {
  const events = received === 0 ? '' : `${received} ${received === 1 ? 'event' : 'events'} not meant for ${account}`;
  if (answer === 'let in') {
    const got = events === '' ? '' : `, and received ${events}`;
    return `${account} was let into ${channel}, which is ${other}'s${got}; ${remedy(side, channel)}`;
  }
  if (events !== '') return `${account} received ${events} on its own channel; check whom ${side} sends events to`;
  return answer === 'refused' ? reason : `not certain: ${reason}`;
}

function remedy(side: Side, channel: string): string {
  if (/^(?:private|presence)-/.test(channel)) return `check whom the auth endpoint of ${side} signs channels for`;
  if (channel.includes(':')) return `check whom the join of the topic lets in on ${side}`;
  return `check who may subscribe on ${side}: a channel without private- is open to everybody`;
}

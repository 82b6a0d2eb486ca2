import type { Account } from '../model/settings.js';
import { Arena } from './arena.js';
import type { Pace } from './pace.js';
import { Ramp } from './ramp.js';
import type { Source, SourceContext } from './source.js';
import type { Shared } from './subscription.js';

/** One account's connection to its side. */
export interface Member {
  begin(spreadMs: number): void;
  /** Pushes nothing from then on; resolves when its socket is closed. */
  stop(): Promise<void>;
}

/** The spread of the first dials, per account: a thousand accounts begin within a second. */
const SPREAD_MS = 1;

/** A source that is one connection per account, since credentials belong to connections. */
export function crowd(context: SourceContext, pace: Pace, join: (account: Account, shared: Shared) => Member): Source {
  const ramp = new Ramp(pace);
  const arena = new Arena();
  const members = context.accounts.map((account) => join(account, { context, ramp, pace, arena }));
  return {
    start() {
      for (const member of members) member.begin(SPREAD_MS * members.length);
    },
    async stop() {
      ramp.stop();
      await Promise.all(members.map((member) => member.stop()));
    },
  };
}

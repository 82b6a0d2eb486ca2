import { listen, sourceOf, type Phase } from '../live.js';
import { CallError } from '../model/errors.js';
import { SIDES, type Link, type Side } from '../model/timeline.js';
import { count } from '../reports/text.js';
import { discreetly, duration, loadConfig, onlyAccounts } from './context.js';
import { GivenUp } from './given-up.js';
import { listenForInterrupt } from './interrupt.js';
import { sayer } from './say.js';
import { ofShard, shardOf } from './shard.js';
import { openStatus } from './status.js';
import { openTape, redaction } from './tape.js';

export interface RecordOptions {
  readonly config?: string;
  readonly side?: Side;
  readonly duration?: string;
  readonly accounts?: string;
  readonly shard?: string;
  readonly quiet?: boolean;
}

/** `parity record`: writes what arrives on both sides, or on one, and judges nothing. */
export async function record(file: string, options: RecordOptions): Promise<number> {
  const durationMs = options.duration === undefined ? {} : { durationMs: duration('--duration', options.duration) };
  const share = shardOf(options.shard);
  const { settings, secrets, file: config } = await loadConfig(options);
  const chosen = ofShard(onlyAccounts(settings, options.accounts), share);
  if (chosen.accounts.length === 0) {
    throw new CallError(`--shard: no account of ${config} falls to ${options.shard}; record in fewer shards`);
  }
  const sides = options.side === undefined ? SIDES : [options.side];
  for (const side of sides) sourceOf(chosen, side);
  const say = sayer(options, secrets);
  return discreetly(secrets, async () => {
    const tape = await openTape(file, chosen, sides, secrets);
    say(
      `recording ${sides.join(' and ')} of ${count(chosen.accounts.length, 'account')} of ${config}${options.duration === undefined ? ', until Ctrl-C' : ''}`,
    );
    const status = openStatus(options, say);
    const givenUp = new GivenUp(status.say);
    let phase: Phase = 'connecting';
    const interrupt = listenForInterrupt((signal) => {
      const waits = phase === 'watching' && sides.length > 1;
      status.say(
        `${signal}: ${waits ? 'waiting one window for what is on its way; once more leaves at once' : 'leaving'}`,
      );
    });
    let hasListened = false;
    let fault: string | undefined;
    const broken = new AbortController();
    const fail = (sentence: string): void => {
      fault = sentence;
      broken.abort();
    };
    void tape.ended.then(fail);
    try {
      const live = {
        ...durationMs,
        ...redaction(chosen),
        onStart: tape.onStart,
        interrupt: interrupt.interrupt,
        hurry: AbortSignal.any([interrupt.hurry, broken.signal]),
        onGivenUp: (link: Link) => givenUp.note(link),
        onListening: () => givenUp.listening(),
        onProgress: (now: Phase) => {
          phase = now;
          status.show(() => `${PHASES[phase]}: ${tape.told()}`);
        },
      };
      await listen(chosen, sides, live, tape.tee);
      hasListened = true;
    } finally {
      status.close();
      await tape.close(hasListened, say);
      interrupt.release();
    }
    if (fault !== undefined) throw new CallError(fault);
    return interrupt.exitCode() ?? 0;
  });
}

const PHASES: Record<Phase, string> = {
  connecting: 'connecting',
  watching: 'recording',
  draining: 'waiting one window for what is on its way',
};

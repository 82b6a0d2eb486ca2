import type { Account } from '../../src/model/settings.js';
import type { Frame, Link, Side, TimelineEntry } from '../../src/model/timeline.js';
import { unescaper } from '../../src/scan/unescape.js';
import type { SourceContext } from '../../src/sources/source.js';

const unescape = unescaper();

/** What a source put into the timeline, and a way to wait for more. */
export class Stage {
  readonly entries: TimelineEntry[] = [];
  readonly context: SourceContext;
  /** Called within each push. */
  onPush: (() => unknown) | undefined;
  readonly #waiting = new Set<() => void>();

  constructor(side: Side, accounts: readonly Account[]) {
    const push = (entry: TimelineEntry): void => {
      this.entries.push(entry);
      for (const look of this.#waiting) look();
      this.onPush?.();
    };
    this.context = { side, accounts, push, now: () => performance.now(), random: Math.random, unescape };
  }

  get links(): Link[] {
    return this.entries.filter((entry) => entry.kind === 'link');
  }

  get frames(): Frame[] {
    return this.entries.filter((entry) => entry.kind === 'frame');
  }

  /** Resolves once the condition holds of what was pushed. */
  until(condition: (stage: Stage) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition(this)) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  up(count = 1): Promise<void> {
    return this.until(({ links }) => links.filter((link) => link.state === 'up').length >= count);
  }

  down(count = 1): Promise<void> {
    return this.until(({ links }) => links.filter((link) => link.state === 'down').length >= count);
  }

  received(count: number): Promise<void> {
    return this.until(({ frames }) => frames.length >= count);
  }

  /** `up subscribed`, `down close 4200`, … in order. */
  get story(): string[] {
    return this.links.map((link) => `${link.state} ${link.reason}${link.final === true ? ' (final)' : ''}`);
  }
}

export function accountsNamed(...ids: string[]): Account[] {
  return ids.map((id) => ({ id, values: { id, token: `token-of-${id}` } }));
}

/** Payloads that lose something in any decoder that is not exact. */
export const DELICATE = [
  '{"id":9007199254740993,"amount":1.0,"e":1e3,"z":-0.0}',
  '{ "spaced" : [ 1 , 2 ] ,\t"key":"a\\"b\\\\" }',
  '{"text":"é ü 日本 👩‍🚀 \\u2028 \\ud83d","tail":"\\\\"}',
  '[1,{"deep":[[]]},"]}"]',
  '"only text"',
  '12345678901234567890',
  'null',
];

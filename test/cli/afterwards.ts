import { afterAll } from 'vitest';

const acts: (() => unknown)[] = [];

afterAll(async () => {
  for (const act of acts.splice(0).toReversed()) await act();
});

/** Does this once the file's tests are over: with tests side by side, nothing could tell whose end it should wait for. */
export function afterwards(act: () => unknown): void {
  acts.push(act);
}

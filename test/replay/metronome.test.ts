import { expect, it } from 'vitest';
import { openMetronome } from '../../src/replay/metronome.js';

it('tells of every time, in order and never before it has come', async () => {
  const dues = Array.from({ length: 300 }, (_, n) => n / 3);
  const early: number[] = [];
  let told = 0;
  let all = (): void => {};
  const complete = new Promise<void>((resolve) => (all = resolve));
  const metronome = await openMetronome((come) => {
    for (; told < come; told++) if (metronome.now() < (dues[told] as number)) early.push(told);
    if (told === dues.length) all();
  });
  for (const due of dues) expect(metronome.schedule(due)).toBe(true);
  await complete;
  await metronome.stop();
  expect(early).toEqual([]);
});

it('has no more room than it has, and room again when times have come', async () => {
  let come = 0;
  let changed = (): void => {};
  const metronome = await openMetronome((count) => {
    come = count;
    changed();
  });
  let scheduled = 0;
  while (metronome.schedule(0) && scheduled < 1_000_000) scheduled++;
  // Times that have come at once made room for others meanwhile; all of them are told of in the end.
  for (;;) {
    if (come === scheduled) break;
    await new Promise<void>((resolve) => (changed = resolve));
  }
  expect(metronome.schedule(1e9)).toBe(true);
  for (let room = 1; metronome.schedule(1e9); room++) expect(room).toBeLessThan(100_000);
  await metronome.stop();
});

it('stops while it waits, with and without something scheduled', async () => {
  const idle = await openMetronome(() => expect.unreachable());
  await idle.stop();
  const busy = await openMetronome(() => expect.unreachable());
  busy.schedule(1e9);
  await busy.stop();
});

import { describe, expect, it } from 'vitest';
import { openAlarm, openSleepingAlarm, type Alarm } from '../../src/replay/alarm.js';

describe.each([
  ['a thread that has other things to do', openAlarm],
  ['a thread that may sleep', openSleepingAlarm],
])('the alarm of %s', (_, open) => {
  it('rings for every time, in order and never before it has come', async () => {
    const dues = [...Array.from({ length: 150 }, (_, n) => n / 3), 55, 70, 71];
    const early: number[] = [];
    await new Promise<void>((resolve) => {
      let nth = 0;
      const alarm: Alarm = open(() => {
        if (alarm.now() < (dues[nth] as number)) early.push(nth);
        if (++nth === dues.length) resolve();
        else alarm.set(dues[nth] as number);
      });
      alarm.set(0);
    });
    expect(early).toEqual([]);
  });

  it('forgets what it was set for when it is set again, and rings no more once it was stopped', async () => {
    const later = (): Promise<void> => new Promise((resolve) => open(resolve).set(10));
    let rung = 0;
    const alarm = open(() => rung++);
    for (const dueMs of [1, 5, 1e12]) alarm.set(dueMs);
    await later();
    expect(rung).toBe(0);
    for (const dueMs of [0, 0, 0]) alarm.set(dueMs);
    await later();
    expect(rung).toBe(1);
    alarm.set(0);
    alarm.stop();
    await later();
    expect(rung).toBe(1);
  });
});

import { expect, it } from 'vitest';
import { PayloadLog } from '../../src/scan/log.js';

it('keeps a payload for as long as its key is remembered, also where later stamps are earlier ones', () => {
  const log = new PayloadLog(1_000);
  const first = Buffer.from('one two');
  const place = log.keep(first, 0, 5_000);
  log.keep(first, 4, 100);
  // A chunk that is new is when old ones are forgotten.
  log.keep(Buffer.from('three'), 0, 5_500);
  expect(log.read(place, 3)).toBe('one');
});

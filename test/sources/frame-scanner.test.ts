import { expect, it } from 'vitest';
import { BytesFrame } from '../../src/model/bytes-frame.js';
import { FrameScanner } from '../../src/scan/frames.js';
import { eventType, settings } from '../given.js';

it('scans a payload no less because a longer one lay there before', () => {
  const config = settings({ events: [eventType()] });
  const scanner = new FrameScanner(config, 60_000);
  const scan = (payload: string): boolean =>
    scanner.scan(new BytesFrame(1, 'control', 'rep-1', 'feed', 'email-opened', Buffer.from(payload)));
  expect(scan(`{"id":"long","text":"${' '.repeat(50)}"}`)).toBe(true);
  // It ends where a blank of the longer one still lies.
  expect(scan('{"id":"short","text":""}')).toBe(true);
});

import { mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { CallError } from '../../src/model/errors.js';
import { FileOrigin } from '../../src/recording/origin.js';

const folder = mkdtempSync(join(tmpdir(), 'parity-origin-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('is the file that it was, whatever is put in its place', () => {
  const file = join(folder, 'replaced');
  writeFileSync(file, 'the first');
  const origin = new FileOrigin(file);
  writeFileSync(`${file}.new`, 'the other');
  renameSync(`${file}.new`, file);
  expect(origin.read(4, 5)).toBe('first');
  const to = Buffer.alloc(3);
  origin.copy(0, 3, to, 0);
  expect(to.toString()).toBe('the');
  origin.close();
});

it('says so where the file became shorter', () => {
  const file = join(folder, 'shorter');
  writeFileSync(file, 'x'.repeat(1_000_000));
  const origin = new FileOrigin(file);
  expect(origin.read(0, 3)).toBe('xxx');
  truncateSync(file, 500_000);
  expect(() => origin.read(700_000, 10)).toThrow(CallError);
  expect(() => origin.copy(700_000, 10, Buffer.alloc(10), 0)).toThrow('became shorter while it was read');
  origin.close();
});

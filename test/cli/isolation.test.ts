import { describe, expect, it } from 'vitest';
import { parity } from './parity.js';
import { stage } from './systems.js';

describe('parity doctor, of accounts that are let into each other’s channels', () => {
  it.concurrent.each([
    ['sign-any-channel', 'control', 'private-feed-rep-2'],
    ['join-any-topic', 'candidate', 'feed:rep-2'],
  ])('finds %s, with exit code 1', async (name, side, channel) => {
    const { file } = await stage({ switches: [name] });
    const { code, stdout, stderr } = await parity(['doctor', '--config', file]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain(`✗ ${side}: rep-1 was let into ${channel}, which is rep-2's; check whom the `);
    expect(stdout.match(/^✓ .* 2 of 2 requests for another account's channel were refused$/gm)).toHaveLength(1);
  });

  it('says that one account alone is kept apart from nobody', async () => {
    const { file } = await stage({ accounts: ['rep-1'] });
    const { code, stdout } = await parity(['doctor', '--config', file]);
    expect(code).toBe(0);
    for (const side of ['control', 'candidate'])
      expect(stdout).toContain(`? ${side}: isolation was not checked: there is no second account\n`);
  });

  it('asks for nothing with --no-isolation', async () => {
    const { file } = await stage({ switches: ['join-any-topic'] });
    const { code, stdout } = await parity(['doctor', '--no-isolation', '--config', file]);
    expect(code).toBe(0);
    expect(stdout).not.toContain('another account');
  });
});

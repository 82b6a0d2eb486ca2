import { expect, it } from 'vitest';
import { folder } from './folder.js';
import { parity } from './parity.js';
import { judging, recording } from './recordings.js';

it('lines that had to be left out are told in the report, also where nobody reads stderr', async () => {
  const whole = recording(5);
  const broken = whole.replace('\n{"t":1000,', '\n{"t":oops,');
  const cwd = await folder({ 'parity.yaml': judging(), 'whole.ndjson': whole, 'broken.ndjson': broken });
  const told = await parity(['diff', 'broken.ndjson', '--json', '--quiet'], { cwd });
  const { sections } = JSON.parse(told.stdout) as { readonly sections: readonly object[] };
  expect(told.stderr).toBe('');
  expect(sections).toMatchObject([{ kind: 'recording', status: 'informs' }]);
  expect(JSON.stringify(sections)).toContain('broken.ndjson:4');
  const untroubled = await parity(['diff', 'whole.ndjson', '--json', '--quiet'], { cwd });
  expect(JSON.parse(untroubled.stdout)).not.toHaveProperty('sections');
});

import { defineConfig } from 'vitest/config';

const shared = { testTimeout: 60_000, hookTimeout: 60_000, pool: 'forks' } as const;

/** Folders whose tests call functions and nothing else: they need no process of their own, which would load all anew. */
const PLAIN = [
  'cases',
  'challenge',
  'compare',
  'config',
  'correlate',
  'ledger',
  'normalise',
  'recording',
  'reports',
  'scan',
  'simulation',
];
const plain = PLAIN.map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    globalSetup: ['test/build.ts'],
    // Most tests wait for sockets and child processes, so that more files than cores run well side by side.
    maxWorkers: 3,
    projects: [
      { test: { ...shared, name: 'plain', include: plain, isolate: false } },
      { test: { ...shared, name: 'apart', include: ['test/**/*.test.ts'], exclude: plain } },
    ],
  },
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * The house rules that nobody should have to remember: which room may know which, one library in one room, and what
 * only the edge may touch. A rule that is broken names the file and what to do instead.
 */

/** Room → rooms it may import, and its libraries. A file directly in src is a room of its own. */
const rooms: Record<string, { rooms: readonly string[]; libraries: readonly string[] }> = {
  model: { rooms: [], libraries: [] },
  normalise: { rooms: ['model'], libraries: ['lossless-json'] },
  kernel: { rooms: ['model', 'place.ts'], libraries: [] },
  correlate: { rooms: ['model', 'kernel'], libraries: [] },
  compare: { rooms: ['model'], libraries: ['deep-diff'] },
  'place.ts': { rooms: [], libraries: [] },
  scan: { rooms: ['model', 'kernel'], libraries: [] },
  ledger: { rooms: ['model'], libraries: ['hdr-histogram-js', 'jstat'] },
  challenge: { rooms: ['model', 'normalise', 'compare', 'ledger'], libraries: [] },
  reports: { rooms: ['model', 'place.ts'], libraries: ['cli-table3', 'string-width', 'uplot'] },
  config: { rooms: ['model'], libraries: ['zod', 'yaml'] },
  recording: { rooms: ['model', 'kernel'], libraries: [] },
  sources: { rooms: ['model'], libraries: ['pusher-js', 'phoenix', 'ws', 'undici', 'p-limit'] },
  sandbox: { rooms: ['model'], libraries: ['ws'] },
  replay: { rooms: ['model', 'normalise'], libraries: ['pusher', 'undici'] },
  snapshot: {
    rooms: ['model'],
    libraries: ['undici', 'http-link-header', 'simple-statistics'],
  },
  'snapshot-books.ts': { rooms: ['model', 'ledger', 'snapshot'], libraries: [] },
  'snapshot-line.ts': {
    rooms: ['model', 'normalise', 'compare', 'ledger', 'snapshot', 'snapshot-books.ts'],
    libraries: ['p-limit'],
  },
  'join.ts': { rooms: ['model', 'normalise', 'live.ts', 'snapshot', 'snapshot-line.ts'], libraries: [] },
  'clock.ts': { rooms: ['model'], libraries: [] },
  'engine.ts': { rooms: [], libraries: [] },
  'contents.ts': { rooms: ['model', 'normalise', 'compare'], libraries: [] },
  'tracks.ts': { rooms: ['model', 'kernel', 'correlate'], libraries: [] },
  'measures.ts': { rooms: ['model', 'correlate', 'ledger'], libraries: [] },
  'row-lane.ts': {
    rooms: ['model', 'contents.ts', 'tracks.ts', 'measures.ts', 'correlate', 'ledger', 'scan'],
    libraries: [],
  },
  'run.ts': {
    rooms: ['model', 'contents.ts', 'measures.ts', 'row-lane.ts', 'compare', 'correlate', 'kernel', 'ledger', 'scan'],
    libraries: [],
  },
  'attendance.ts': { rooms: ['model'], libraries: [] },
  'live.ts': { rooms: ['model', 'attendance.ts', 'clock.ts', 'engine.ts', 'run.ts', 'scan', 'sources'], libraries: [] },
  'far-recording.ts': { rooms: ['model', 'engine.ts', 'kernel', 'place.ts', 'recording'], libraries: [] },
  'far-thread.ts': { rooms: ['model', 'far-recording.ts', 'kernel', 'recording', 'scan'], libraries: [] },
  'sweep.ts': { rooms: ['model', 'far-recording.ts', 'recording', 'run.ts', 'scan'], libraries: [] },
  'trial.ts': { rooms: ['recording', 'sweep.ts'], libraries: [] },
  'offline.ts': {
    rooms: ['model', 'place.ts', 'far-recording.ts', 'ledger', 'recording', 'run.ts', 'sweep.ts', 'trial.ts'],
    libraries: [],
  },
  'offline-share.ts': { rooms: ['model', 'offline.ts', 'recording'], libraries: [] },
  plan: {
    rooms: ['model', 'normalise', 'correlate', 'ledger', 'recording', 'replay', 'sources', 'run.ts', 'clock.ts'],
    libraries: ['undici', 'write-file-atomic'],
  },
  commands: {
    rooms: [
      'plan',
      'challenge',
      'ledger',
      'snapshot-line.ts',
      'join.ts',
      'offline.ts',
      'replay',
      'model',
      'config',
      'recording',
      'reports',
      'sources',
      'sandbox',
      'run.ts',
      'live.ts',
      'clock.ts',
      'attendance.ts',
    ],
    libraries: ['log-update', 'write-file-atomic'],
  },
  'cli.ts': { rooms: ['model', 'place.ts', 'commands'], libraries: ['commander'] },
};

/** Pattern → rooms where it is at home, and what to use elsewhere. */
const bans: readonly { name: string; pattern: RegExp; home: readonly string[]; instead: string }[] = [
  { name: 'console', pattern: /\bconsole\./, home: [], instead: 'return text; commands print it' },
  {
    name: 'printing',
    pattern: /process\.std(out|err)\b/,
    home: ['cli.ts', 'commands'],
    instead: 'return text; commands print it',
  },
  {
    name: 'exit codes',
    pattern: /process\.exit\w*\b/,
    home: ['cli.ts', 'commands'],
    instead: 'throw a KnownError or return a result',
  },
  {
    name: 'the environment',
    pattern: /process\.env\b/,
    home: ['cli.ts', 'commands'],
    instead: 'take it as a parameter',
  },
  {
    name: 'the clock',
    pattern: /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|process\.hrtime/,
    home: ['clock.ts', 'commands', 'sandbox', 'replay', 'plan'],
    instead: 'use the stamps of entries, or context.now()',
  },
  {
    name: 'timers',
    pattern: /\b(setTimeout|setInterval|setImmediate)\(/,
    home: ['clock.ts', 'sources', 'sandbox', 'commands', 'replay', 'recording', 'snapshot', 'plan'],
    instead: 'test deadlines when an entry passes',
  },
  {
    name: 'randomness',
    pattern: /\bMath\.random\b/,
    home: ['live.ts'],
    instead: 'take a seeded random as a parameter',
  },
  { name: 'code from text', pattern: /\beval\(|new Function\(/, home: [], instead: 'compile to closures' },
];

const root = join(import.meta.dirname, '..');
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .map((file) => ({ file, room: file.split('/')[0] ?? '', text: readFileSync(join(root, 'src', file), 'utf8') }));

/** Code without its comments: a rule may be mentioned, but not broken. */
function code(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

function imports(text: string): string[] {
  const found = code(text).matchAll(
    /^(?:import|export|\}).*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm,
  );
  return [...found].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

describe('tidy', () => {
  it('every room is on the plan', () => {
    const unknown = [...new Set(sources.map(({ room }) => room))].filter((room) => rooms[room] === undefined);
    expect(unknown).toEqual([]);
  });

  it('every arrow between rooms is on the plan', () => {
    const wrong = sources.flatMap(({ file, room, text }) =>
      imports(text)
        .filter((path) => path.startsWith('.'))
        .map((path) => join('/', file, '..', path).slice(1).split('/'))
        .map(([first = '', ...rest]) => (rest.length === 0 ? first.replace(/\.js$/, '.ts') : first))
        .filter((other) => other !== room && other !== '..' && !rooms[room]?.rooms.includes(other))
        .map((other) => `${file} knows ${other}`),
    );
    expect(wrong).toEqual([]);
  });

  it('one library lives in one room', () => {
    const wrong = sources.flatMap(({ file, room, text }) =>
      imports(text)
        .filter((path) => !path.startsWith('.') && !path.startsWith('node:'))
        .filter((path) => !rooms[room]?.libraries.includes(path.split('/')[0] as string))
        .map((path) => `${file} imports ${path}`),
    );
    expect(wrong).toEqual([]);
  });

  it.each(bans)('$name stays where it is at home', ({ pattern, home, instead }) => {
    const wrong = sources
      .filter(({ room, text }) => !home.includes(room) && pattern.test(code(text)))
      .map(({ file }) => `${file}: ${instead}`);
    expect(wrong).toEqual([]);
  });

  it('there is no room for leftovers', () => {
    const wrong = sources.filter(({ file }) => /(^|\/)(utils?|helpers?|common|misc)(\/|\.ts)|Manager/.test(file));
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  it('every dependency is in the README with its reason, and has a licence we accept', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const names = Object.keys({ ...manifest['dependencies'], ...manifest['devDependencies'] });
    expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
    const licences = names.map((name) => {
      const text = readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8');
      const { license, licenses } = JSON.parse(text) as { license?: string; licenses?: { type: string }[] };
      return { name, license: license ?? licenses?.[0]?.type ?? 'none' };
    });
    const accepted = /^\(?(MIT|ISC|BSD-[23]-Clause|Apache-2\.0)/;
    expect(licences.filter(({ license }) => !accepted.test(license))).toEqual([]);
  });

  it('the lock file names no registry', () => {
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(
      /"resolved"|https?:\/\/(?!opencollective|github|paypal|tidelift|www\.patreon|dotenvx|feross|polar|ko-fi)[^"]*registry/,
    );
  });

  it('no file speaks of a machine', () => {
    const files = [...sources.map(({ file }) => join('src', file)), 'README.md', 'package.json'].filter((file) =>
      existsSync(join(root, file)),
    );
    const wrong = files.filter((file) => /\/(work|root|home\/\w+)\//.test(readFileSync(join(root, file), 'utf8')));
    expect(wrong).toEqual([]);
  });
});

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

/** What esbuild makes of `dist`: a script and its threads instead of hundreds of files, which load quicker. */
const FOLDER = 'dist/bundle';

const shared = {
  bundle: true,
  write: false,
  outdir: FOLDER,
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
  // Scripts, since they start quicker than modules. What is left out comes by `require`.
  format: 'cjs',
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': '__url' },
  // What only some verbs need, or what brings files of its own.
  external: ['ws', 'pusher-js', 'phoenix', 'pusher', 'undici', 'uplot', 'write-file-atomic'],
};

const URL_OF_THIS = `const __url = require('node:url').pathToFileURL(__filename).href;`;

/** Everything but the threads, as `bin/program.js` runs it. */
async function script() {
  const { outputFiles } = await build({
    ...shared,
    entryPoints: ['dist/cli.js'],
    banner: { js: `(function (exports, require, module, __filename) { 'use strict'; ${URL_OF_THIS}` },
    footer: { js: '})' },
  });
  // V8 reads a text of ASCII alone quicker. esbuild escapes all the rest but regular expressions and comments.
  const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const text = outputFiles[0].text.replaceAll(/[^\0-\x7f]/g, escaped);
  const mark = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return { 'parity.cjs': `// ${mark}\n${text}` };
}

async function threads() {
  const names = ['offline-share', 'far-thread'];
  const { outputFiles } = await build({
    ...shared,
    entryPoints: names.map((name) => `dist/${name}.js`),
    banner: { js: URL_OF_THIS },
  });
  return Object.fromEntries(names.map((name, index) => [`${name}.cjs`, outputFiles[index].text]));
}

const files = { ...(await script()), ...(await threads()) };
mkdirSync(FOLDER, { recursive: true });
for (const [name, text] of Object.entries(files)) {
  // Somebody may be running what is there.
  writeFileSync(`${FOLDER}/${name}.new`, text);
  renameSync(`${FOLDER}/${name}.new`, `${FOLDER}/${name}`);
}
// What an older bundle left, and what was kept of it: see bin/program.js.
for (const name of readdirSync(FOLDER))
  if (!Object.hasOwn(files, name)) rmSync(`${FOLDER}/${name}`, { recursive: true });

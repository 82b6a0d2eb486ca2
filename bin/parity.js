#!/usr/bin/env node
const [asked, ...more] = process.argv.slice(2);
if ((asked === '--version' || asked === '-V') && more.length === 0) {
  // The one answer that needs nothing of the rest, which takes its time to load.
  const { readFileSync } = await import('node:fs');
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.stdout.on('error', () => {}).write(`${version}\n`);
} else {
  const { main } = await import('../dist/bundle/cli.js');
  // Everything has been written by now; a library's forgotten timer shall not keep the process.
  process.exit(await main(process.argv));
}

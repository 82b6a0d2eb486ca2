#!/usr/bin/env node
'use strict';
const [asked, ...more] = process.argv.slice(2);
if ((asked === '--version' || asked === '-V') && more.length === 0) {
  // The one answer that needs nothing of the rest, which takes its time to load.
  const { readFileSync } = require('node:fs');
  const { version } = JSON.parse(readFileSync(`${__dirname}/../package.json`, 'utf8'));
  process.stdout.on('error', () => {}).write(`${version}\n`);
} else {
  const { main, keep } = require('./program.js').load(/^[a-z]+$/.test(asked ?? '') ? asked : 'help');
  void main(process.argv).then((code) => {
    // A wrong call got nowhere, and would leave little to keep.
    if (code !== 2) keep();
    // Everything has been written by now; a library's forgotten timer shall not keep the process.
    process.exit(code);
  });
}

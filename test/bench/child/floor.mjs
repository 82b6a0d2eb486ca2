import { closeSync, openSync, readSync } from 'node:fs';

/**
 * The floor: reads the files that it is given in blocks of 1 MiB, splits their lines, parses each as JSON, and does nothing
 * with it. Prints how many lines there were.
 */
const BLOCK_BYTES = 1024 * 1024;
let lines = 0;
for (const file of process.argv.slice(2)) {
  const descriptor = openSync(file, 'r');
  let block = Buffer.alloc(BLOCK_BYTES);
  let kept = 0;
  for (;;) {
    if (kept === block.length) block = Buffer.concat([block], block.length * 2);
    const read = readSync(descriptor, block, kept, block.length - kept, null);
    if (read === 0) break;
    const filled = block.subarray(0, kept + read);
    let start = 0;
    for (let newline = filled.indexOf(10); newline !== -1; newline = filled.indexOf(10, start)) {
      JSON.parse(filled.utf8Slice(start, newline));
      lines++;
      start = newline + 1;
    }
    block.copyWithin(0, start, filled.length);
    kept = filled.length - start;
  }
  if (kept > 0) lines++;
  closeSync(descriptor);
}
process.stdout.write(`${lines}\n`);

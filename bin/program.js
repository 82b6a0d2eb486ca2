'use strict';
const { createHash } = require('node:crypto');
const { readFileSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

const BUNDLE = path.join(__dirname, '../dist/bundle/parity.cjs');
/** The bundle begins with a mark of what is in it, as a comment. */
const MARK = /^\/\/ ([0-9a-f]{16})\n/;
const DIGEST_BYTES = 32;

/**
 * The program, and with it what V8 compiled of it when this verb ran before: reading that is quicker by far than compiling
 * it again. It holds for this bundle and this Node alone, and lies beside the bundle, so that nobody can change the one who
 * could not change the other. Where it is not there or does not fit, all is compiled, as it is where it cannot be written.
 */
function load(verb) {
  const source = readFileSync(BUNDLE, 'latin1');
  const mark = MARK.exec(source)?.[1];
  // Also of a bundle that was edited by hand it shall be told that it is another one.
  const { mtimeMs } = statSync(BUNDLE);
  const kept = `${BUNDLE}.${mark}-${Math.round(mtimeMs).toString(36)}-${verb}-${process.version}-${process.arch}`;
  const cachedData = mark === undefined ? undefined : read(kept);
  const script = new Script(source, { filename: BUNDLE, cachedData });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(BUNDLE), module, BUNDLE);
  return {
    main: module.exports.main,
    /** Keeps what was compiled, for the next time. */
    keep: () => {
      const isKept = cachedData !== undefined && script.cachedDataRejected === false;
      if (mark === undefined || isKept) return;
      // V8 trusts what was compiled under its own flags alone: these, src/engine.ts may have set. So they were before.
      if (process.versions.v8.startsWith('11.3.'))
        for (const flag of ['--semi-space-growth-factor=2', '--interrupt-budget=67584', '--heap-growing-percent=0'])
          setFlagsFromString(flag);
      write(kept, script.createCachedData());
    },
  };
}

/** What was written, unless it is no longer what it was: V8 believes whatever it is given, and dies of it. */
function read(file) {
  try {
    const bytes = readFileSync(file);
    const data = bytes.subarray(0, -DIGEST_BYTES);
    return digest(data).equals(bytes.subarray(-DIGEST_BYTES)) ? data : undefined;
  } catch {
    return undefined;
  }
}

function write(file, data) {
  // Others may read it at any moment.
  const unfinished = `${file}.${process.pid}`;
  try {
    writeFileSync(unfinished, Buffer.concat([data, digest(data)]));
    renameSync(unfinished, file);
  } catch {
    try {
      rmSync(unfinished, { force: true });
    } catch {
      // A folder that cannot be written to, where nothing was written.
    }
  }
}

function digest(data) {
  return createHash('sha256').update(data).digest();
}

module.exports = { load };

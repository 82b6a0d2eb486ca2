'use strict';
/**
 * Loaded into a measured process before its own code (`node --require`): writes what the process has used so far as one
 * line of JSON to file descriptor 3, on SIGUSR2 and when it ends. Its own cost is in every contestant's figures alike.
 */
const { readFileSync, writeSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

if (isMainThread) {
  const tell = () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    const use = { cpuMs: (userCPUTime + systemCPUTime) / 1000, peakMb: (peakKb() ?? maxRSS) / 1024 };
    writeSync(3, `${JSON.stringify(use)}\n`);
  };
  process.on('SIGUSR2', tell);
  process.on('exit', tell);
}

/** Where Linux tells it: maxRSS begins with the size of the process that started this one. */
function peakKb() {
  try {
    const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'));
    return found === null ? undefined : Number(found[1]);
  } catch {
    return undefined;
  }
}

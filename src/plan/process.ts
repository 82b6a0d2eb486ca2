import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, so that it is not taken for a later one that has its number. */
export interface ProcessName {
  readonly host: string;
  readonly pid: number;
  /** When it began, in the system's own terms; empty where the system does not tell. */
  readonly began: string;
}

/** This one. */
export function thisProcess(): ProcessName {
  return { host: hostname(), pid: process.pid, began: beganAt(process.pid) };
}

/** Whether a process goes on. Of another machine nobody here can tell, so that it counts as going on. */
export function isAlive({ host, pid, began }: ProcessName): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process may be asked for, but not signalled.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = beganAt(pid);
  return began === '' || now === '' || now === began;
}

/** Boot and ticks since then (Linux, proc(5): field 22 of /proc/PID/stat); empty elsewhere. */
function beganAt(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before may hold blanks and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19] ?? ''}`;
  } catch {
    return '';
  }
}

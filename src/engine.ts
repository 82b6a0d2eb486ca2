import { setFlagsFromString } from 'node:v8';

/**
 * What V8 is told while it runs. Only the V8 of Node 20 is told, where somebody has tried. bin/program.js takes it all back
 * before it keeps what was compiled.
 */
function tell(...flags: readonly string[]): void {
  if (process.versions.v8.startsWith('11.3.')) flags.forEach((flag) => setFlagsFromString(flag));
}

/**
 * How much of a function has to run before V8 makes the quickest code of it that it can: six times V8's own measure.
 * Rows are judged by the kernel, and the rest of a run is over so soon that making such code took a quarter of all the
 * processor's time, and more than it gave back.
 */
const PATIENCE = '--interrupt-budget=400000';

/** By how much (in percent) old objects may outgrow those that were alive before V8 looks which of them still are. */
const growing = (percent: number): string => `--heap-growing-percent=${percent}`;

/**
 * Large recordings are going to be judged. By itself V8 would look for old objects that nobody needs when there are four
 * times as many, so that the longer a recording is, the more memory it took.
 */
export function expectMuchToJudge(): void {
  tell(PATIENCE, growing(50));
}

/**
 * Rows are judged from now on, and what is made of them is gone at once or stays for good. V8 doubles the space for young
 * objects, up to 32 MB, whenever many of them live on; what there is by now will do. Each thread that begins sets this back.
 */
export function expectRows(): void {
  tell('--semi-space-growth-factor=1');
}

/**
 * Events are going to arrive. V8 counts the buffers they come in and, since hardly anything else is made, looks through all
 * its objects for every few megabytes of them, at a third of the cost of an event. It shall wait as it does where much is made.
 */
export function expectEvents(): void {
  tell(growing(300));
}

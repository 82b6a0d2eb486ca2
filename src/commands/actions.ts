import { appendFile, stat } from 'node:fs/promises';
import type { Report } from '../model/report.js';
import { github } from '../reports/github.js';
import { markdownWithin, MOST_OF_A_COMMENT } from '../reports/markdown.js';

/** GitHub drops the summary of a step, all of it, when it is larger. */
const MOST_OF_A_SUMMARY_BYTES = 1024 * 1024;
/** UTF-8 takes at most so many bytes for a unit of UTF-16. */
const BYTES_OF_A_UNIT = 3;
/** Below this a summary says nothing. */
const LEAST = 2_000;

/** Annotations of the job, as lines for the log. */
export function annotations(report: Report): string {
  return github(report, { width: 100, colour: false });
}

/**
 * Appends the report to the summary of the job's step, where there is one.
 * @returns a sentence saying why it could not be done, or undefined
 */
export async function summarise(report: Report): Promise<string | undefined> {
  const file = process.env['GITHUB_STEP_SUMMARY'] ?? '';
  if (file === '') return undefined;
  try {
    const takenBytes = (await stat(file).catch(() => undefined))?.size ?? 0;
    const room = Math.floor((MOST_OF_A_SUMMARY_BYTES - takenBytes - 1) / BYTES_OF_A_UNIT);
    if (room < LEAST) return 'GITHUB_STEP_SUMMARY: the summary of this step is full; the report was not added to it';
    const text = markdownWithin(report, Math.min(room, MOST_OF_A_COMMENT));
    await appendFile(file, takenBytes === 0 ? text : `\n${text}`);
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return `GITHUB_STEP_SUMMARY: ${file} could not be written (${code ?? message}); the report was not added to it`;
  }
}

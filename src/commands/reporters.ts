import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CallError } from '../model/errors.js';
import { REPORTS, type Render } from '../reports/index.js';
import { refuseUnwritable } from './whole-file.js';

/** What a verb that ends in a report takes. */
export interface ReporterOptions {
  readonly json?: boolean;
  /** `NAME` or `NAME=FILE`, or several with commas between them. */
  readonly reporter?: readonly string[];
  readonly quiet?: boolean;
}

/** One form of the report, and where it goes: to a file, or to stdout. */
export interface Reporter {
  readonly name: string;
  readonly render: Render;
  readonly file?: string;
}

/** Documents that another program reads: nothing may stand before or after them. */
export const ALONE: ReadonlySet<string> = new Set(['json', 'junit', 'html']);

/**
 * What the options ask for. Unless a reporter is to write to stdout, the terminal's does, so that the answer is never only
 * in a file; `--json` is `--reporter json`, alone on stdout.
 * @throws CallError for an unknown name, and for what cannot stand together
 */
export function reportersOf({ json = false, reporter = [] }: ReporterOptions): Reporter[] {
  const asked = reporter.flatMap(split).map(parse);
  const onStdout = asked.filter(({ file }) => file === undefined);
  refuseBeside(onStdout, json);
  refuseTwice(asked);
  if (onStdout.length > 0) return asked;
  return [named(json ? 'json' : 'terminal'), ...asked];
}

/** Refuses what would spoil a document on stdout. */
function refuseBeside(onStdout: readonly Reporter[], json: boolean): void {
  const beside = onStdout.find(({ name }) => name !== 'json')?.name;
  if (json && beside !== undefined) {
    throw new CallError(
      `--json puts one JSON document and nothing else on stdout, where --reporter ${beside} would stand too; give it a file: --reporter ${beside}=FILE`,
    );
  }
  const single = onStdout.length > 1 ? onStdout.find(({ name }) => ALONE.has(name)) : undefined;
  if (single !== undefined) {
    throw new CallError(
      `--reporter ${single.name}: has to be alone on stdout; give it a file: --reporter ${single.name}=FILE`,
    );
  }
}

/** Refuses what would take the place of another, or only repeat it. */
function refuseTwice(asked: readonly Reporter[]): void {
  const places = new Set<string>();
  for (const { name, file } of asked) {
    const place = file === undefined ? name : resolve(file);
    if (places.has(place)) {
      throw new CallError(
        file === undefined
          ? `--reporter ${name}: stands twice on stdout; give one of them a file: --reporter ${name}=FILE`
          : `--reporter ${name}=${file}: another reporter writes that file; give each its own`,
      );
    }
    places.add(place);
  }
}

/** Whether words for people may follow the report on stdout. */
export function speaks(options: ReporterOptions): boolean {
  return !reportersOf(options).some(({ name, file }) => file === undefined && ALONE.has(name));
}

/**
 * Refuses before the run what would only fail after it. `inputs` are files that no report may take the place of.
 * @throws CallError
 */
export async function checkReporters(
  options: ReporterOptions,
  inputs: readonly (string | undefined)[] = [],
): Promise<void> {
  const precious = await Promise.all(inputs.filter((file) => file !== undefined).map(truly));
  for (const { name, file } of reportersOf(options)) {
    if (file === undefined) continue;
    if (precious.includes(await truly(file))) {
      throw new CallError(`--reporter ${name}=${file}: is a file that this run reads or writes itself; name another`);
    }
    await refuseUnwritable(file, `--reporter ${name}`);
  }
}

/** A file by its one true name, whether or not it is there yet. */
export async function truly(file: string): Promise<string> {
  const whole = resolve(file);
  try {
    return await realpath(whole);
  } catch {
    return join(await realpath(dirname(whole)).catch(() => dirname(whole)), basename(whole));
  }
}

/** A report's form by its name. @throws CallError that names those there are */
export function named(name: string, option = '--reporter'): Reporter {
  const render = Object.hasOwn(REPORTS, name) ? REPORTS[name] : undefined;
  if (render === undefined) {
    throw new CallError(
      `${option}: there is no report ${JSON.stringify(name)}; there are ${Object.keys(REPORTS).join(', ')}`,
    );
  }
  return { name, render };
}

function parse(text: string): Reporter {
  const at = text.indexOf('=');
  if (at < 0) return named(text);
  const file = text.slice(at + 1);
  const reporter = named(text.slice(0, at));
  if (file === '')
    throw new CallError(`--reporter ${text}: names no file; write ${text}FILE, or ${reporter.name} alone for stdout`);
  return { ...reporter, file };
}

/** Only a comma before the name of a report separates, since a file's name may hold others. */
function split(text: string): string[] {
  return text.split(new RegExp(`,(?=(?:${Object.keys(REPORTS).join('|')})(?:[=,]|$))`));
}

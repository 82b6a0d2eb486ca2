import { CallError } from '../model/errors.js';
import { named, truly } from './reporters.js';
import { onStdout, toFile, write } from './result.js';
import { readReport, reportJsonSchema } from './saved.js';
import { refuseUnwritable } from './whole-file.js';

export interface ReportOptions {
  readonly to: string;
  readonly out?: string;
  readonly schema?: boolean;
}

/** `parity report`: renders a saved report in any form, or prints the JSON Schema of reports. */
export async function report(file: string | undefined, options: ReportOptions): Promise<number> {
  if (options.schema === true) {
    await write(`${JSON.stringify(reportJsonSchema(), null, 2)}\n`);
    return 0;
  }
  if (file === undefined) {
    throw new CallError('report: names no report; write parity report REPORT --to FORM, or --schema');
  }
  const reporter = named(options.to, '--to');
  if (options.out === undefined) {
    await write(onStdout(reporter, await readReport(file)));
    return 0;
  }
  if ((await truly(options.out)) === (await truly(file))) {
    throw new CallError(`--out: ${options.out} is the report itself; name another file`);
  }
  await refuseUnwritable(options.out, '--out');
  await toFile(reporter, await readReport(file), options.out, '--out');
  return 0;
}

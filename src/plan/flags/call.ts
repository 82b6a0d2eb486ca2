/** One thing that a provider does to the world, as data: so that a dry run prints what a run does, and nothing else. */
export type Call = HttpCall | SpliceCall | FileCall | ProgramCall;

export interface HttpCall {
  readonly kind: 'http';
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Reads a file. */
export interface FileCall {
  readonly kind: 'file';
  readonly file: string;
}

/** Replaces one member in a JSON file, and nothing else of its bytes. */
export interface SpliceCall {
  readonly kind: 'splice';
  readonly file: string;
  /** Names of members, from the outermost. */
  readonly at: readonly string[];
  /** The member's new value, as it is written. */
  readonly json: string;
}

/** Runs an executable, without any shell. What it prints is the answer. */
export interface ProgramCall {
  readonly kind: 'program';
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

/** For people. Headers may hold credentials and are not told; secrets elsewhere are taken out by whoever prints. */
export function callText(call: Call): string {
  switch (call.kind) {
    case 'http':
      return `${call.method} ${call.url}${call.body === undefined ? '' : ` ${call.body}`}`;
    case 'file':
      return `read ${call.file}`;
    case 'splice':
      return `write ${call.file}: ${call.at.join(' → ')} = ${call.json.replaceAll(/\s+/g, ' ')}`;
    default:
      return `run ${[call.file, ...call.args].map((part) => (/^[\w./:=@%+-]+$/.test(part) ? part : JSON.stringify(part))).join(' ')}`;
  }
}

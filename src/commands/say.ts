import type { Secrets } from '../config/secrets.js';
import { inActions, unheard } from './runner.js';

/** Words for people, on stderr. */
export type Say = (sentence: string) => void;

/** Says things on stderr, unless quiet, and never a secret. */
export function sayer(options: { readonly quiet?: boolean }, secrets?: Secrets): Say {
  if (options.quiet === true) return () => {};
  return (sentence) => {
    const text = printable(secrets?.redact(sentence) ?? sentence);
    process.stderr.write(`${inActions() ? unheard(text) : text}\n`);
  };
}

/** Reasons and names may come from the wire: control characters never reach a terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

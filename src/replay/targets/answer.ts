/** Words of a server that are repeated in a report; more would be a page of HTML. */
const WORDS_MOST = 80;

/**
 * What an answer with a good status says was wrong, or undefined if nothing. Servers that are compatible with Pusher
 * answer errors with status 200 and `{"error":"…","code":413}` in the body.
 */
export function refusalIn(body: string): string | undefined {
  const answer = parse(body);
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { error, errors, ok, success, code } = answer as Readonly<Record<string, unknown>>;
  const denied = ok === false ? 'ok: false' : success === false ? 'success: false' : undefined;
  const told = present(error) ? error : present(errors) ? errors : denied;
  if (told === undefined) return undefined;
  const number = typeof code === 'number' ? ` (code ${code})` : '';
  return `${briefly(typeof told === 'string' ? told : JSON.stringify(told))}${number}`;
}

/**
 * A server's words on one line, cut to a readable length. No word is cut in two: it may be a token that the server
 * repeats, and half of one is no longer found where secrets are replaced.
 */
export function briefly(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  if (line.length <= WORDS_MOST) return line;
  const kept = line.slice(0, WORDS_MOST - 1);
  return `${BETWEEN.test(line[WORDS_MOST - 1] ?? '') ? kept : kept.slice(0, kept.search(LAST_WORD))}…`;
}

/** What stands between words, also in JSON; no token holds it. */
const BETWEEN = /[\s"'<>(){}[\],;]/;
const LAST_WORD = /[^\s"'<>(){}[\],;]*$/;

function present(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '' || value === 0) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

function parse(body: string): unknown {
  // Most answers are empty, and an error thrown for each would cost more than the rest of it.
  if (body === '') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

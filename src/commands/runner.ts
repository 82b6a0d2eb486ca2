/** Whether the process runs in a job of GitHub Actions, or of a runner that behaves as one. */
export function inActions(): boolean {
  return (process.env['GITHUB_ACTIONS'] ?? '') !== '';
}

/**
 * A text in whose lines the runner of a job finds no command: payloads may hold `::error::`, and wrapping may put it at the
 * beginning of a line. It looks for `::` after blanks, and for `##[` anywhere.
 */
export function unheard(text: string): string {
  return text.replaceAll(/^(\s*):(?=:)/gm, '$1:\u2060').replaceAll('##[', '##\u2060[');
}

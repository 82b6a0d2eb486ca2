/** Foreign text in Markdown as GitHub reads it: shown as it is, never obeyed. Everything here is on one line. */

const LONGEST = 400;
/** Of a value or a name. */
const LONGEST_CODE = 160;

/**
 * A sentence as text: no emphasis, link, image, HTML, table cell or formula begins in it. An invisible blank keeps names
 * from being mentioned, and addresses and numbers from becoming links, which no escape does.
 */
export function prose(text: string): string {
  return shortened(text, LONGEST).replaceAll(MEANT, (found) => {
    if (/^[`*_[\]~$]/.test(found)) return `\\${found}`;
    if (/^[@:wg]|#./i.test(found)) return found[0] + INVISIBLE + found.slice(1);
    return found.slice(0, -1) + entity(found.slice(-1));
  });
}

/** What means something: signs, what begins a line, and what GitHub makes a link of. */
const MEANT = /[`*_[\]~$&<>|\\]|^[+=-]|^\d+[.)](?=\s|$)|@|:(?=\/\/)|www(?=\.)|#\d|^#|GH-(?=\d)/gi;

/** A name or a value of the payloads, in the letters of code. */
export function code(text: string): string {
  if (text === '') return '';
  const short = shortened(text, LONGEST_CODE);
  if (!/[`|]/.test(short)) return `\`${short}\``;
  // Neither fences of several backticks nor escaped pipes mean the same to every reader of a table.
  const safe = short.replaceAll(/[^\p{L}\p{N} ]/gu, entity);
  return `<code>${safe.replaceAll(entity('@'), `$&${INVISIBLE}`)}</code>`;
}

export interface Column {
  readonly heading: string;
  readonly align?: 'right';
}

/** A table of cells that are Markdown already; none without rows. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(({ heading }) => heading)),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map((row) => line(columns.map((_, place) => row[place] ?? ''))),
    '',
  ];
}

const INVISIBLE = '&#8203;';

function entity(character: string): string {
  return `&#${character.codePointAt(0)};`;
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

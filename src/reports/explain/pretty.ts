import { afterSpace, stringAt, stringEnd, valueEnd } from '../../model/raw-json.js';

/** The way from a payload's root to one of its values: names and indices. */
export type Steps = readonly (string | number)[];

/** A line of a payload spread out. */
export interface Line {
  readonly indent: number;
  /** As the payload spells it: no digit is lost, no escape resolved. */
  readonly text: string;
  /** Of the value that begins on this line; undefined for a closing bracket and for what is no JSON. */
  readonly steps?: Steps;
  /** That value, as the payload spells it. */
  readonly value?: string;
  /** Lines after this one that belong to the value. */
  readonly below: number;
}

/** What is nested deeper stays on one line. */
const DEPTH_MOST = 40;

/** A payload's lines: JSON is spread out, one member or element a line; everything else is its own text. */
export function prettyLines(payload: string): Line[] {
  if (!isJson(payload)) return payload.split('\n').map((text) => ({ indent: 0, text, below: 0 }));
  const lines: Line[] = [];
  spread(payload, afterSpace(payload, 0), { lead: '', steps: [], trail: '' }, lines);
  return lines;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Where a value stands: the text before and after it, and the way to it. */
interface Standing {
  readonly lead: string;
  readonly trail: string;
  readonly steps: Steps;
}

/** Appends the lines of the value that begins at `start`. The text is sound JSON. */
function spread(text: string, start: number, { lead, trail, steps }: Standing, lines: Line[]): void {
  const end = valueEnd(text, start);
  const value = text.slice(start, end);
  const indent = steps.length;
  const open = text[start];
  const isEmpty = /^[[{]\s*[\]}]$/.test(value);
  if ((open !== '{' && open !== '[') || isEmpty || indent >= DEPTH_MOST) {
    lines.push({
      indent,
      text: `${lead}${isEmpty ? value.replaceAll(/\s/g, '') : value}${trail}`,
      steps,
      value,
      below: 0,
    });
    return;
  }
  const first = lines.length;
  lines.push({ indent, text: `${lead}${open}`, steps, value, below: 0 });
  let at = afterSpace(text, start + 1);
  for (let index = 0; at < end - 1; index++) {
    let name: string | undefined;
    let inner = at;
    if (open === '{') {
      const nameEnd = stringEnd(text, at);
      name = text.slice(at, nameEnd);
      inner = afterSpace(text, afterSpace(text, nameEnd) + 1);
    }
    const next = afterSpace(text, valueEnd(text, inner));
    const isLast = text[next] !== ',';
    const step = name === undefined ? index : stringAt(name, 0, name.length);
    spread(
      text,
      inner,
      { lead: name === undefined ? '' : `${name}: `, trail: isLast ? '' : ',', steps: [...steps, step] },
      lines,
    );
    at = isLast ? next : afterSpace(text, next + 1);
  }
  lines.push({ indent, text: `${open === '{' ? '}' : ']'}${trail}`, below: 0 });
  lines[first] = { ...(lines[first] as Line), below: lines.length - 1 - first };
}

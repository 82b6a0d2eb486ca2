/** An element of XML: its content is elements, or text. Attributes that are undefined are left out. */
export interface Element {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | number | undefined>>;
  readonly content?: readonly Element[] | string;
}

export function element(
  name: string,
  attributes: NonNullable<Element['attributes']> = {},
  content: NonNullable<Element['content']> = [],
): Element {
  return { name, attributes, content };
}

/** A whole document, indented, ending in a line break. */
export function xml(root: Element): string {
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>'];
  write(root, '', lines);
  return `${lines.join('\n')}\n`;
}

function write({ name, attributes = {}, content = [] }: Element, indent: string, lines: string[]): void {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const begin = `${indent}<${name}${given.map(([key, value]) => ` ${key}="${escape(String(value))}"`).join('')}`;
  if (content.length === 0) lines.push(`${begin}/>`);
  else if (typeof content === 'string') lines.push(`${begin}>${escape(content)}</${name}>`);
  else {
    lines.push(`${begin}>`);
    for (const child of content) write(child, `${indent}  `, lines);
    lines.push(`${indent}</${name}>`);
  }
}

/**
 * What XML 1.0 (2.2) has no place for, not even as a reference: most control characters, halves of surrogate pairs, U+FFFE
 * and U+FFFF. A document with one of them is read by nobody.
 */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** Text for content and for attributes between double quotes; forbidden characters become U+FFFD. */
function escape(text: string): string {
  return text
    .replaceAll(FORBIDDEN, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

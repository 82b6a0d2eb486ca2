/// <reference lib="dom" />

export type Child = Node | string | number | undefined | readonly Child[];

/** Attributes by name; `on…` ones are listeners. Names and values of ours alone: what is foreign is only ever text. */
export type Attributes = Readonly<Record<string, string | boolean | undefined | ((event: Event) => void)>>;

/** An element with attributes and children. Strings become text, never markup. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  dress(element, attributes);
  append(element, children);
  return element;
}

/** The same for a drawing's element. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  dress(element, attributes);
  append(element, children);
  return element;
}

function dress(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== undefined && value !== false) element.setAttribute(name, value);
  }
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === undefined) continue;
    if (child instanceof Node) element.append(child);
    else if (typeof child === 'object') append(element, child);
    else element.append(document.createTextNode(visible(String(child))));
  }
}

/** Joiners stay, since emoji need them. */
const INVISIBLE = /(?!\u200c|\u200d|\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** The text with what a reader could not see, or what turns the direction of reading, spelt out. */
export function visible(text: string): string {
  return text.replaceAll(INVISIBLE, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
}

/** The colour that a variable of the style has at present, as a canvas takes it. */
export function ink(name: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Items a page at a time: the first ones, and a button for the next while there are any. */
export function paged<Item>(items: readonly Item[], size: number, draw: (item: Item) => Node, list: Element): Node[] {
  let shown = 0;
  const more = h('button', { type: 'button', class: 'more', onclick: () => next(true) });
  const next = (asked: boolean): void => {
    const drawn = items.slice(shown, shown + size).map(draw);
    list.append(...drawn);
    shown += drawn.length;
    const rest = items.length - shown;
    more.textContent = `Show ${Math.min(size, rest).toLocaleString('en-US')} more of ${rest.toLocaleString('en-US')}`;
    more.hidden = rest === 0;
    // Whoever asked by keyboard reads on where the new ones begin.
    if (asked) focusIn(drawn[0]);
  };
  next(false);
  return [list, more];
}

function focusIn(node: Node | undefined): void {
  if (!(node instanceof HTMLElement)) return;
  const target = node.matches('summary, button, a, [tabindex]') ? node : node.querySelector<HTMLElement>('summary, a');
  target?.focus();
}

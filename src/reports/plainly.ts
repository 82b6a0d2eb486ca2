import { remade } from './remade.js';
import { plain } from './text.js';

/** The same with every string in it, the names of members included, made `plain`: a copy where anything changes. */
export function plainly<Shape>(value: Shape): Shape {
  // Most names are those of the report's own members, which come again and again.
  const harmlessNames = new Set<string>();
  const nameOf = (name: string): string => {
    if (harmlessNames.has(name)) return name;
    const harmless = harmlessText(name);
    if (harmless === name) harmlessNames.add(name);
    return harmless;
  };
  const harmless = (value: unknown): unknown => {
    if (typeof value === 'string') return harmlessText(value);
    return typeof value === 'object' && value !== null ? remade(value, harmless, nameOf) : value;
  };
  return harmless(value) as Shape;
}

/** Nearly every text, and needs no closer look. */
const ASCII = /^[ -~]*$/;

function harmlessText(text: string): string {
  return ASCII.test(text) ? text : plain(text);
}

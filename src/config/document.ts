import { isAlias, isCollection, isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Document as YamlDocument, Node, Pair } from 'yaml';
import { CallError } from '../model/errors.js';

/** Where something is: `accounts[0].token` is a path of two names and an index. */
export type TreePath = readonly (string | number)[];

/** A YAML or JSON text as plain values, and where in the text each of them is. */
export interface Document {
  /** Maps, lists, strings, numbers, booleans and null; integers are bigint, so that no digit is lost. */
  readonly tree: unknown;
  /** `parity.yaml:6:5`: of the value at the path (of its key, if so wished), or of the nearest thing that exists. */
  readonly place: (path: TreePath, at?: 'key' | 'value') => string;
}

/**
 * Reads YAML 1.2, and so JSON too. Anchors and aliases are followed; tags are not known here.
 * @throws CallError with a line for each fault, beginning `file:line:column`; no fault quotes the text, as it may hold secrets
 */
export function readDocument(text: string, file: string): Document {
  const lines = new LineCounter();
  const spot = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  let parsed: YamlDocument.Parsed;
  let tree: unknown;
  try {
    parsed = parseDocument(text, {
      lineCounter: lines,
      intAsBigInt: true,
      prettyErrors: false,
      resolveKnownTags: false,
    });
    const faults = [...syntaxFaults(parsed, text), ...shapeFaults(parsed)];
    if (faults.length > 0) throw new CallError(faults.map(([at, what]) => `${spot(at)} ${what}`).join('\n'));
    tree = parsed.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (error instanceof CallError) throw error;
    // What remains is nesting or aliasing without measure, at which the parser or its conversion gives up.
    throw new CallError(`${file} is nested too deeply, or its aliases repeat too much, to be read`, { cause: error });
  }
  return { tree, place: (path, at = 'value') => spot(offsetOf(parsed, path, at)) };
}

type Fault = readonly [offset: number, what: string];

function syntaxFaults(parsed: YamlDocument.Parsed, text: string): Fault[] {
  const errors = [...parsed.errors, ...parsed.warnings].map((error): [string, Fault] => {
    const offset = error.pos[0];
    return [error.code, [offset, saying(error.code, error.message, lineAt(text, offset))]];
  });
  const duplicates = errors.filter(([code]) => code === 'DUPLICATE_KEY');
  // One slip of syntax makes the parser stumble on, so only the first of the others is told.
  const others = errors.filter(([code]) => code !== 'DUPLICATE_KEY').slice(0, 1);
  return [...others, ...duplicates].map(([, fault]) => fault);
}

function saying(code: string, message: string, line: string): string {
  switch (code) {
    case 'DUPLICATE_KEY':
      return 'this key is there twice in the same map; keep one of the two';
    case 'MULTIPLE_DOCS':
      return 'expected one document, found a second one (after ---)';
    case 'TAG_RESOLVE_FAILED':
      return 'tags (a word that begins with !) have no meaning here; put text that begins with ! in quotes';
    case 'BAD_DIRECTIVE':
      return 'directives (a line that begins with %) have no meaning here';
    case 'RESOURCE_EXHAUSTION':
      return 'nested too deeply to be read';
    default: {
      const hint = /\$[^"']*\[/.test(line) ? '; a path that holds [ ] must be in quotes here' : '';
      return `no valid YAML: ${message.replace(/(extra characters): .*/s, '$1')}${hint}`;
    }
  }
}

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return text.slice(start, end < 0 ? text.length : end);
}

/** What YAML allows and plain data cannot hold. */
function shapeFaults(parsed: YamlDocument.Parsed): Fault[] {
  const faults: Fault[] = [];
  visit(parsed, {
    Alias(_, alias, ancestors) {
      const target = alias.resolve(parsed);
      const offset = alias.range?.[0] ?? 0;
      if (!target)
        faults.push([offset, 'this alias (*name) has no anchor (&name) before it; quote text that begins with *']);
      else if (ancestors.includes(target)) faults.push([offset, 'this alias (*name) lies inside what it names']);
    },
    Pair(_, pair) {
      const key: unknown = pair.key;
      if (isScalar(key) && key.value !== '__proto__') return;
      faults.push([startOf(key) ?? 0, 'a key must be plain text']);
    },
  });
  return faults;
}

function offsetOf(parsed: YamlDocument.Parsed, path: TreePath, at: 'key' | 'value'): number {
  let node: Node | null = parsed.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(parsed) ?? null;
    if (!isCollection(node)) break;
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(
        ({ key }) => isScalar(key) && keyText(key.value as Parameters<typeof keyText>[0]) === String(step),
      );
      if (!pair) break;
      const key = startOf(pair.key) ?? offset;
      const wantsKey = at === 'key' && depth === path.length - 1;
      offset = wantsKey ? key : (startOf(pair.value) ?? key);
      node = pair.value as Node | null;
    } else {
      const item: unknown = node.items[Number(step)];
      if (item === undefined) break;
      offset = startOf(item) ?? offset;
      node = item as Node | null;
    }
  }
  return offset;
}

/** As the parser turns keys into properties: null becomes the empty text. */
function keyText(key: string | number | bigint | boolean | null): string {
  return key === null ? '' : String(key);
}

function startOf(node: unknown): number | undefined {
  if (isScalar(node) || isAlias(node) || isCollection(node)) return node.range?.[0];
  return undefined;
}

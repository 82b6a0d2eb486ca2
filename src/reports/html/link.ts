/**
 * A browser's script of a module and all that it imports, for a page that may load nothing. Reads what the compiler
 * writes of our own modules: named imports of relative files, and exported declarations, each at the start of a line.
 */
export function link(entry: URL, read: (file: URL) => string): string {
  const names = new Map<string, string>();
  const parts: string[] = [];
  const add = (file: URL): string => {
    const known = names.get(file.href);
    if (known !== undefined) return known;
    const name = `module${names.size}`;
    names.set(file.href, name);
    // What it imports comes before it; its own name is taken first, so that a circle would be told by the browser.
    const text = read(file).replaceAll(IMPORT, (_, members: string, from: string) => {
      return `const {${members.replaceAll(/\bas\b/g, ':')}} = ${add(new URL(from, file))};`;
    });
    const exported = [...text.matchAll(EXPORT)].map((match) => match[2]);
    const body = text.replaceAll(EXPORT, '$1$2').replaceAll(NOTHING, '');
    parts.push(`const ${name} = (() => {\n${body.trim()}\nreturn { ${exported.join(', ')} };\n})();`);
    return name;
  };
  add(entry);
  return `'use strict';\n(() => {\n${parts.join('\n')}\n})();`;
}

const IMPORT = /^import \{([^}]*)\} from '(\.[^']*)';$/gm;
const EXPORT = /^export ((?:async )?(?:function\*?|const|let|class) )(\w+)/gm;
/** What the compiler leaves of a module that exports only types, or nothing. */
const NOTHING = /^export \{\};$|^\/\/\/ <reference .*$/gm;

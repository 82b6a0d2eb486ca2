import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memoryPages, validateXML } from 'xmllint-wasm';

const schema = readFileSync(join(import.meta.dirname, '..', '..', 'fixtures', 'junit.xsd'), 'utf8');

/** What is wrong with documents, as libxml2 sees it by the schema; none is well. */
export async function faults(documents: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { errors } = await validateXML({
    xml: Object.entries(documents).map(([fileName, contents]) => ({ fileName, contents })),
    schema: { fileName: 'junit.xsd', contents: schema },
    initialMemoryPages: 32 * memoryPages.MiB,
    maxMemoryPages: 256 * memoryPages.MiB,
  });
  return errors.map(({ rawMessage }) => rawMessage);
}

/** A test case as a reader of JUnit's reports sees it. */
export interface Read {
  readonly suite: string;
  readonly name: string;
  readonly classname: string;
  readonly kind: 'passed' | 'failure' | 'error';
  readonly message: string;
  readonly text: string;
}

/** Reads a document that `faults` found none in. */
export function casesOf(document: string): Read[] {
  return [...document.matchAll(/<testsuite name="([^"]*)"[\s\S]*?<\/testsuite>/g)].flatMap(([suite, suiteName = '']) =>
    [...suite.matchAll(/<testcase name="([^"]*)" classname="([^"]*)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g)].map(
      ([, name = '', classname = '', inside = '']): Read => {
        const found = /<(failure|error) type="[^"]*" message="([^"]*)"(?:\/>|>([\s\S]*?)<\/)/.exec(inside);
        return {
          suite: decoded(suiteName),
          name: decoded(name),
          classname: decoded(classname),
          kind: (found?.[1] ?? 'passed') as Read['kind'],
          message: decoded(found?.[2] ?? ''),
          text: decoded(found?.[3] ?? ''),
        };
      },
    ),
  );
}

/** Properties of the first suite by name. */
export function propertiesOf(document: string): Record<string, string> {
  const [suite = ''] = /<properties>[\s\S]*?<\/properties>/.exec(document) ?? [];
  const found = suite.matchAll(/<property name="([^"]*)" value="([^"]*)"\/>/g);
  return Object.fromEntries([...found].map(([, name = '', value = '']) => [decoded(name), decoded(value)]));
}

function decoded(text: string): string {
  const named = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' } as const;
  return text.replaceAll(/&(?:lt|gt|quot|amp);/g, (entity) => named[entity as keyof typeof named]);
}

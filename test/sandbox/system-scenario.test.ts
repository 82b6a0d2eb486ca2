import { isLosslessNumber, parse as parseLosslessly } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { controlPayload } from '../../src/sandbox/monolith.js';
import { candidatePayload } from '../../src/sandbox/notifications.js';
import { parityConfig } from '../../src/sandbox/parity-config.js';
import type { Item } from '../../src/sandbox/scenario.js';
import { drawnType, ITEM_TYPES, makeGhost, makeItem } from '../../src/sandbox/scenario.js';
import { Instant, spellAsElixir, spellAsRails } from '../../src/sandbox/spelling.js';

const items = Array.from({ length: 2000 }, (_, index) => makeItem(7, index, `rep-${index % 3}`));
const compared = items.filter(({ type }) => type !== 'page_visited');

type Tree = { [name: string]: unknown };

interface Config {
  rename: { from: string; to: string }[];
  rules: { path: string; ignore?: boolean; as?: string }[];
}

const config = parseYaml(
  parityConfig({
    accounts: [{ id: 'rep-1', token: 't' }],
    pusher: { host: '127.0.0.1', port: 1, key: 'k', authEndpoint: 'http://127.0.0.1:1/pusher/auth' },
    phoenix: { url: 'ws://127.0.0.1:2/socket' },
    window: { beforeMs: 0, afterMs: 2000 },
    gate: undefined,
    lists: { control: 'http://127.0.0.1:3', candidate: 'http://127.0.0.1:4' },
    pageSize: 100,
    pageShows: 50,
  }),
) as Config;

/** A body as every spelling of it should read: leaf by leaf, numbers as decimals, instants to the millisecond. */
function leaves(value: unknown, path = '$', into: Record<string, unknown> = {}): Record<string, unknown> {
  const group = path.replaceAll(/\[\d+\]/g, '[*]');
  const rule = config.rules.find((candidate) => candidate.path === group);
  if (rule?.ignore === true) return into;
  if (isLosslessNumber(value)) into[path] = `number ${decimal(value.toString())}`;
  else if (Array.isArray(value)) {
    into[path] = `array of ${value.length}`;
    value.forEach((element, index) => leaves(element, `${path}[${index}]`, into));
  } else if (typeof value === 'object' && value !== null) {
    into[path] = `object of ${Object.keys(value).length - Number(path === '$' && 'type' in value)}`;
    for (const [name, member] of Object.entries(value)) leaves(member, `${path}.${name}`, into);
  } else if (rule?.as === 'instant' && typeof value === 'string') into[path] = Date.parse(value);
  else into[path] = value;
  return into;
}

/** Digits and a power of ten: `1.0e-05` and `1.0e-5` are one number, as are 5 and 5.0. */
function decimal(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const digits = BigInt(whole + fraction).toString();
  const trimmed = digits.replace(/0+$/, '');
  return `${sign}${trimmed}e${Number(exponent) - fraction.length + digits.length - trimmed.length}`;
}

/** The candidate's body under the config's renames. */
function renamed(payload: string): Tree {
  const { resource } = parseLosslessly(payload) as { resource: Tree };
  for (const { from, to } of config.rename) {
    const [outer = '', inner = ''] = from.slice(2).split('.');
    const [target = '', name = ''] = to.slice(2).split('.');
    const source = resource[outer] as Tree;
    resource[target] = { ...(resource[target] as Tree | undefined), [name]: source[inner] };
    Reflect.deleteProperty(source, inner);
    if (Object.keys(source).length === 0) Reflect.deleteProperty(resource, outer);
  }
  return resource;
}

describe('the scenario', () => {
  it('says the same on both sides under the config, for 2,000 items', () => {
    expect(compared.length).toBeGreaterThan(1500);
    for (const item of compared) {
      expect(leaves(renamed(candidatePayload(item)))).toEqual(leaves(parseLosslessly(controlPayload(item))));
    }
  });

  it('would tell two ids apart that doubles confuse', () => {
    const [a, b] = [items[5], items[6], items[7]].map((item) => leaves(parseLosslessly(controlPayload(item as Item))));
    expect(a?.['$.id']).not.toEqual(b?.['$.id']);
    const asDoubles = new Set(items.map((item) => (JSON.parse(controlPayload(item)) as { id: number }).id));
    expect(new Set(items.map(({ key }) => key)).size).toBe(items.length);
    expect(asDoubles.size).toBeLessThan(items.length);
  });

  it('spells as each side does', () => {
    const control = compared.map((item) => controlPayload(item)).join('\n');
    const candidate = compared.map((item) => candidatePayload(item)).join('\n');
    expect(control).not.toMatch(/[<>&\u2028\u2029]/);
    for (const escaped of ['\\u003c', '\\u003e', '\\u0026', '\\u2028']) expect(control).toContain(escaped);
    for (const raw of ['<b>', '&', '\u2028', 'e\u0301', '🙏', '王小明']) expect(candidate).toContain(raw);
    expect(candidate).not.toMatch(/\\u(?:003c|003e|0026|2028)/);
    expect(control).toMatch(/"occurred_at":"2026-11-22T16:\d\d:\d\d\.\d{3}Z"/);
    expect(candidate).toMatch(/"occurred_at":"2026-11-22T16:\d\d:\d\d\.\d{6}Z"/);
    expect(control).toMatch(/e-0\d/);
    for (const item of items) {
      const payload = candidatePayload(item);
      const names = Object.keys(JSON.parse(payload) as Tree);
      expect(names).toEqual(['enriched', 'kind', 'resource', 'type']);
    }
  });

  it('makes payloads of a realistic size', () => {
    for (const item of items) {
      for (const payload of [controlPayload(item), candidatePayload(item)]) {
        expect(Buffer.byteLength(payload)).toBeGreaterThanOrEqual(600);
        expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(1500);
      }
    }
  });

  it('follows from its seed alone, and knows every type', () => {
    const again = Array.from({ length: 50 }, (_, index) => makeItem(7, index, `rep-${index % 3}`));
    expect(again).toEqual(items.slice(0, 50));
    expect(makeItem(8, 0, 'rep-0')).not.toEqual(items[0]);
    expect(new Set(items.map(({ type }) => type))).toEqual(new Set(ITEM_TYPES));
    for (const { index, type } of items) expect(drawnType(7, index)).toBe(type);
  });

  it('gives ghosts ids that nobody else has', () => {
    const ghosts = items.map((item) => makeGhost(item));
    expect(new Set([...items, ...ghosts].map(({ key }) => key)).size).toBe(4000);
  });
});

describe('the spellings', () => {
  const value = {
    z: 1n,
    a: 1,
    big: 9_007_199_254_740_993n,
    tiny: 0.00001,
    huge: 1e21,
    at: new Instant(Date.parse('2026-11-22T16:02:16.497Z'), 5),
    none: null,
    list: [true, '', '<a&b>\u2028"\\'],
  };

  it('is ActiveSupport on the control side', () => {
    expect(spellAsRails(value)).toBe(
      '{"z":1,"a":1.0,"big":9007199254740993,"tiny":1.0e-05,"huge":1.0e+21,"at":"2026-11-22T16:02:16.497Z",' +
        '"none":null,"list":[true,"","\\u003ca\\u0026b\\u003e\\u2028\\"\\\\"]}',
    );
  });

  it('is Jason on the candidate side', () => {
    expect(spellAsElixir(value)).toBe(
      '{"a":1.0,"at":"2026-11-22T16:02:16.497005Z","big":9007199254740993,"huge":1.0e21,"list":[true,"",' +
        '"<a&b>\u2028\\"\\\\"],"none":null,"tiny":1.0e-5,"z":1}',
    );
  });
});

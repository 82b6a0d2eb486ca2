import { gateHash, wholeHash } from '../config/hash.js';
import { suggestion } from '../config/near.js';
import { LIMIT_NAMES, overlay, TYPE_LIMIT_NAMES } from '../config/schema-gate.js';
import { CallError } from '../model/errors.js';
import type { Terms } from '../model/report.js';
import type { GateSettings, Settings } from '../model/settings.js';

/** Limits from below: all others are from above. */
const FROM_BELOW = new Set(['confidence', 'minPerType']);
const COUNTS = new Set(['mismatch', 'missing', 'extra', 'duplicate', 'late', 'minPerType']);

/** The settings with limits of `--limit` over those of the config. @throws CallError */
export function withLimits(settings: Settings, limits: readonly string[] = []): Settings {
  if (limits.length === 0) return settings;
  const types = settings.events.filter((type) => type.only === undefined).map((type) => type.name);
  const gate = over(settings.gate, types, limits);
  const hashes = { ...settings.hashes, gate: gateHash(gate) };
  return { ...settings, gate, hashes, hash: wholeHash(hashes) };
}

/** The same for what a report was decided by. @throws CallError */
export function termsWith(terms: Terms, limits: readonly string[] = []): Terms {
  if (limits.length === 0) return terms;
  const gate = over(terms.gate, terms.types, limits);
  return { ...terms, gate, hashes: { ...terms.hashes, gate: gateHash(gate) } };
}

function over(before: GateSettings, types: readonly string[], limits: readonly string[]): GateSettings {
  return limits.reduce((gate, text) => {
    const result = overlay(gate, treeOf(text, types));
    if ('problem' in result) throw new CallError(`--limit ${shown(text)}: ${result.problem}`);
    return result;
  }, before);
}

/** `lag.p99<2s` as the config would say it: `{lag: {p99: '2s'}}`. */
function treeOf(text: string, types: readonly string[]): unknown {
  const match = /^\s*([^<>=]+?)\s*(<=|>=|<|>|=)\s*([^<>=]+?)\s*$/.exec(text);
  const [, name = '', sign = '', value = ''] = match ?? [];
  if (match === null)
    throw new CallError(
      `--limit ${shown(text)}: is no limit; write one such as 'lag.p99<2s', 'missing<=3' or 'late=none'`,
    );
  const [type, figure] = placeOf(name, types, text);
  const isFromBelow = FROM_BELOW.has(figure);
  if (sign !== '=' && sign.startsWith('>') !== isFromBelow) {
    const right = isFromBelow ? '>=' : '<=';
    throw new CallError(
      `--limit ${shown(text)}: ${figure} is a limit from ${isFromBelow ? 'below' : 'above'}; write ${shown(`${name}${right}${value}`)}`,
    );
  }
  const leaf = figure
    .split('.')
    .reduceRight<unknown>((inner, step) => ({ [step]: inner }), valueOf(figure, sign, value));
  return type === undefined ? leaf : { types: { [type]: leaf } };
}

/** The type that a limit is for, if one, and the limit's name. */
function placeOf(name: string, types: readonly string[], text: string): [string | undefined, string] {
  if (LIMIT_NAMES.includes(name)) return [undefined, name];
  if (!name.startsWith('types.')) {
    throw new CallError(`--limit ${shown(text)}: there is no limit ${shown(name)}${suggestion(name, LIMIT_NAMES)}`);
  }
  const rest = name.slice('types.'.length);
  const figure = TYPE_LIMIT_NAMES.filter((known) => rest.endsWith(`.${known}`)).sort((a, b) => b.length - a.length)[0];
  if (figure === undefined) {
    throw new CallError(
      `--limit ${shown(text)}: names no limit of a type; write one such as 'types.${types[0] ?? 'NAME'}.missing<=3'`,
    );
  }
  const type = rest.slice(0, -figure.length - 1);
  if (types.includes(type)) return [type, figure];
  throw new CallError(`--limit ${shown(text)}: ${shown(type)} is no declared type${suggestion(type, types)}`);
}

function valueOf(figure: string, sign: string, value: string): unknown {
  if (value === 'none') return null;
  const percent = /^(\d+(?:\.\d+)?) ?%$/.exec(value);
  if (percent !== null) return Number(percent[1]) / 100;
  if (!/^\d+(?:\.\d+)?$/.test(value)) return value;
  // Fewer than 3 are at most 2; of what is measured, the edge does not matter.
  const beyond = COUNTS.has(figure) ? { '<': -1, '>': 1 }[sign] : undefined;
  return Number(value) + (beyond ?? 0);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

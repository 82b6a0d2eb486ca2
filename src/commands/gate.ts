import { resolve } from 'node:path';
import { wholeHash } from '../config/hash.js';
import { decideAgain } from '../ledger/conclude.js';
import { CallError } from '../model/errors.js';
import type { ConfigPart, Report, Terms } from '../model/report.js';
import { loadConfig } from './context.js';
import { termsWith } from './limits.js';
import { checkReporters, type ReporterOptions } from './reporters.js';
import { printReport } from './result.js';
import { readReport } from './saved.js';

export interface GateOptions extends ReporterOptions {
  readonly config?: string;
  readonly limit?: readonly string[];
}

interface Saved {
  readonly file: string;
  readonly report: Report;
}

/** `parity gate`: decides saved reports again, all of them together. */
export async function gate(files: readonly string[], options: GateOptions): Promise<number> {
  await checkReporters(options, [...files, options.config]);
  const loaded = options.config === undefined ? undefined : await loadConfig(options);
  const saved: Saved[] = [];
  for (const file of files) saved.push({ file, report: await readReport(file) });
  refuseRepeats(saved);
  refuseOthers(saved, loaded === undefined ? PARTS : PARTS.filter((part) => part !== 'gate'));
  const terms = termsWith(termsOf(saved, loaded?.settings), options.limit);
  const report = decided(saved, terms);
  const { events, rename, rules, unmapped, match, gate } = terms.hashes;
  const configHash = wholeHash({ events, rename, rules, unmapped, match, gate });
  return printReport(
    { ...report, run: { ...report.run, configHash } },
    { ...options, ...(loaded === undefined ? {} : { secrets: loaded.secrets }) },
  );
}

const PARTS: readonly ConfigPart[] = ['events', 'rename', 'rules', 'unmapped', 'match', 'gate'];

/** By what is decided: the limits of the config, if one is given, else those that the reports were decided by. */
function termsOf(saved: readonly Saved[], given: Pick<Terms, 'gate' | 'hashes'> | undefined): Terms {
  const { terms } = (saved[0] as Saved).report;
  const looked = saved.some(({ report }) => report.terms.gate.bound !== undefined);
  const { bound: _, ...limits } = given?.gate ?? terms.gate;
  return {
    ...terms,
    // What stopped when it was enough stays what it was.
    gate: looked ? { ...limits, bound: 'any-time' } : limits,
    hashes: given === undefined ? terms.hashes : { ...terms.hashes, gate: given.hashes.gate },
  };
}

function decided(saved: readonly Saved[], terms: Terms): Report {
  const occasion = { today: new Date().toISOString().slice(0, 10), wantsAllShards: true };
  try {
    return decideAgain(
      saved.map(({ report }) => report),
      terms,
      occasion,
    );
  } catch (error) {
    // What is left to go wrong in a report of the right shape is its histograms, which are compressed.
    throw new CallError(
      `${saved.map(({ file }) => file).join(', ')}: the measured lags cannot be read; make the ${saved.length === 1 ? 'report' : 'reports'} again`,
      { cause: error },
    );
  }
}

/** The same run twice would count as twice the evidence; so would a shard beside the whole, or a watch beside its recording. */
function refuseRepeats(saved: readonly Saved[]): void {
  const seen = new Map<string, string>();
  for (const { file, report } of saved) {
    const { observed, outcomes, accounts, run } = report;
    if (observed.control + observed.candidate === 0) continue;
    for (const name of [resolve(file), JSON.stringify([observed, outcomes, accounts, run])]) {
      const earlier = seen.get(name);
      if (earlier !== undefined) {
        throw new CallError(`${file}: is the same run as ${earlier}, which must not count twice; name each run once`);
      }
      seen.set(name, file);
    }
    for (const account of Object.keys(accounts)) {
      // No two runs of an account begin in the same millisecond; two reports of one run do.
      const name = JSON.stringify([run.startedAt, account]);
      const earlier = seen.get(name);
      if (earlier !== undefined) {
        throw new CallError(
          `${file}: judged the same run of ${account} as ${earlier}, which must not count twice; name one of them`,
        );
      }
      seen.set(name, file);
    }
  }
}

/** What was judged by another config cannot be added up. */
function refuseOthers(saved: readonly Saved[], parts: readonly ConfigPart[]): void {
  const [first, ...others] = saved as [Saved, ...Saved[]];
  for (const { file, report } of others) {
    const differing = parts.filter((part) => report.terms.hashes[part] !== first.report.terms.hashes[part]);
    if (differing.length === 0) continue;
    const what = `${list(differing)} ${differing.length === 1 ? 'differs' : 'differ'}`;
    const remedy = differing.every((part) => part === 'gate')
      ? 'decide both by the limits of one with --config'
      : 'judge both by one config';
    throw new CallError(`${file}: was judged by another config than ${first.file}: ${what}; ${remedy}`);
  }
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

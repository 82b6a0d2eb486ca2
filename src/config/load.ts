import { dirname, resolve } from 'node:path';
import { CallError } from '../model/errors.js';
import type { Account, Settings } from '../model/settings.js';
import { templateProblems } from './account-template.js';
import type { Document } from './document.js';
import type { Environment } from './environment.js';
import { explain, kindOf, problemsOf } from './explain.js';
import { fill } from './fill.js';
import type { Filled } from './fill.js';
import { hashesOf, hashOf } from './hash.js';
import { isMap } from './leaves.js';
import { addLiteralSecrets } from './literals.js';
import { discover, labelOf, openDocument } from './open.js';
import { overridesFrom, withValue } from './overrides.js';
import { messageOf, pathText, withoutRepeats } from './problem.js';
import { configSchema } from './schema.js';
import { Secrets } from './secrets.js';

export interface LoadContext {
  readonly env: Environment;
  /** ISO date; rules that expired before it are refused. */
  readonly today: string;
  /** Where discovery begins, and what a relative file is relative to. */
  readonly cwd: string;
  /** What flags set over everything else, by dotted path: `{'match.window.after': '5s'}`. */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

export interface Loaded {
  readonly settings: Settings;
  readonly secrets: Secrets;
  /** The config file, absolute. */
  readonly file: string;
}

/**
 * Reads, fills in and checks the config; without a file, the nearest `parity.yaml`, `parity.yml` or `parity.json`.
 * @throws CallError with a line for each problem: `parity.yaml:6:5 accounts[0].token: …`
 */
export async function loadSettings(file: string | undefined, context: LoadContext): Promise<Loaded> {
  const secrets = new Secrets();
  const chosen = file === undefined ? await discover(context.cwd) : resolve(context.cwd, file);
  const config = await openDocument(chosen, file ?? labelOf(chosen, context.cwd), 'config');
  if (!isMap(config.tree)) {
    throw new CallError(`${config.place([])} expected a map with accounts and events, found ${kindOf(config.tree)}`);
  }
  const filled = fill(config.tree, context.env, secrets);
  const list = await accountsFile(filled.tree, chosen, context, secrets);
  const written = list.accounts ? { ...filled.tree, accounts: list.accounts.tree } : filled.tree;
  addLiteralSecrets(written, secrets);
  const redact = written['redact'];
  if (isMap(redact) && typeof redact['key'] === 'string') secrets.add(redact['key'], 'redact.key');
  const given = overridesFrom(context.env, context.overrides ?? {});
  const tree = given.overrides.reduce<unknown>((now, { path, value }) => withValue(now, path, value), written);

  const parsed = configSchema(context.today).safeParse(tree, { error: explain, reportInput: true });
  const problems = withoutRepeats(
    [...filled.problems, ...(list.accounts?.problems ?? [])],
    [...templateProblems(written), ...problemsOf(parsed.error?.issues ?? [])],
  );
  const origins = new Map(given.overrides.map(({ path, origin }) => [pathText(path), origin]));
  const lines = problems.map(({ path, at, message }) => {
    const where = pathText(path);
    const origin = origins.get(where);
    if (origin !== undefined) return `${origin}: ${message}`;
    const place =
      list.accounts && path[0] === 'accounts' ? list.accounts.place(path.slice(1), at) : config.place(path, at);
    return `${place} ${where === '' ? '' : `${where}: `}${message}`;
  });
  const all = [...given.problems, ...list.faults, ...lines.sort(byPlace)];
  if (all.length > 0 || !parsed.success) throw new CallError(messageOf(all, secrets));

  const { $schema: _, accounts, ...judging } = parsed.data;
  const known = Array.isArray(accounts) ? accounts.map((values): Account => ({ id: values.id, values })) : [];
  return {
    settings: { ...judging, accounts: known, hash: hashOf(judging), hashes: hashesOf(judging) },
    secrets,
    file: chosen,
  };
}

interface AccountsFile {
  readonly accounts?: Filled<unknown> & Pick<Document, 'place'>;
  /** Why there are none although the config names a file. */
  readonly faults: readonly string[];
}

/** The list of accounts in a file of their own, if the config names one. */
async function accountsFile(
  tree: Readonly<Record<string, unknown>>,
  config: string,
  { cwd, env }: LoadContext,
  secrets: Secrets,
): Promise<AccountsFile> {
  const named = tree['accounts'];
  if (!isMap(named) || typeof named['file'] !== 'string' || named['file'] === '') return { faults: [] };
  const file = resolve(dirname(config), named['file']);
  try {
    const document = await openDocument(file, labelOf(file, cwd), 'accounts');
    if (!Array.isArray(document.tree)) {
      return { faults: [`${document.place([])} expected a list of accounts, found ${kindOf(document.tree)}`] };
    }
    return { accounts: { ...fill(document.tree, env, secrets, ['accounts']), place: document.place }, faults: [] };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return { faults: error.message.split('\n') };
  }
}

/** By file, then line and column as numbers. */
function byPlace(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

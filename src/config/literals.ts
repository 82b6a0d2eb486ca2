import { fillTemplate } from './account-template.js';
import type { RawAccount } from './account-template.js';
import { isMap, leavesOf } from './leaves.js';
import type { Secrets } from './secrets.js';

const SECRET_NAME =
  /token|secret|password|passwd|passphrase|credential|cookie|authorization|jwt|(?:api|access|private|auth)[-_]?key/i;

/** Headers that say how, not who. All others may carry a credential. */
const PLAIN_HEADERS = new Set(['accept', 'content-type', 'origin', 'referer', 'user-agent', 'x-requested-with']);

/** Of a config, and of a plan. */
const PARTS = ['accounts', 'control', 'candidate', 'replay', 'snapshot', 'flag', 'phases'];

const SECRET_IN_URL = /\/\/[^/@\s]*:(?<password>[^@/\s]+)@|[?&](?<name>[^=&#\s]+)=(?<value>[^&#\s]+)/g;

/**
 * Tells the secrets that the config itself holds rather than the environment: tokens and passwords of accounts, the
 * values of headers, credentials in URLs. Works on a config that is otherwise wrong, so that no error shows one.
 */
export function addLiteralSecrets(tree: Readonly<Record<string, unknown>>, secrets: Secrets): void {
  const accounts: readonly RawAccount[] = Array.isArray(tree['accounts']) ? tree['accounts'].filter(isMap) : [];
  for (const part of PARTS) {
    for (const [leaf, path] of leavesOf(tree[part], [part])) {
      if (typeof leaf !== 'string' && typeof leaf !== 'number' && typeof leaf !== 'bigint') continue;
      const text = String(leaf);
      const name = String(path.findLast((step) => typeof step === 'string'));
      const isHeader = path.includes('headers');
      const secret = isHeader ? !PLAIN_HEADERS.has(name.toLowerCase()) : SECRET_NAME.test(name);
      for (const found of secret ? [withoutScheme(text)] : credentialsIn(text)) {
        if (!found.includes('{account.')) secrets.add(found);
        else for (const account of accounts) addFilled(fillTemplate(found, account), secrets);
      }
    }
  }
  for (const { id } of accounts) if (typeof id === 'string') secrets.spare(id);
}

/** A template that no value fills is a mistake that errors have to name, and no secret. */
function addFilled(text: string, secrets: Secrets): void {
  if (!text.includes('{account.')) secrets.add(text);
}

/** `Bearer abc` is the secret `abc`, which may also turn up without its scheme. */
function withoutScheme(header: string): string {
  return header.replace(/^(?:basic|bearer|digest|token) +/i, '');
}

function credentialsIn(text: string): string[] {
  if (!text.includes('://')) return [];
  return [...text.matchAll(SECRET_IN_URL)].flatMap(({ groups = {} }) => {
    const { password, name = '', value } = groups;
    if (password !== undefined) return [password];
    return value !== undefined && SECRET_NAME.test(name) ? [value] : [];
  });
}

import { SIDES } from '../model/timeline.js';
import type { TreePath } from './document.js';
import { isMap, leavesOf } from './leaves.js';
import { nearest, suggestion } from './near.js';
import type { Problem } from './problem.js';

/** An account as the config holds it, before anything is known to be right. */
export type RawAccount = Readonly<Record<string, unknown>>;

const TEMPLATE = /\{account\.([^{}]*)\}/g;

/** The text with each `{account.NAME}` replaced by that value of the account; what the account lacks stays as it is. */
export function fillTemplate(text: string, account: RawAccount): string {
  return text.replaceAll(TEMPLATE, (whole, name: string) => {
    const value = Object.hasOwn(account, name) ? account[name] : undefined;
    return typeof value === 'string' ? value : whole;
  });
}

/** Checks what only the accounts can tell of the two sources: templates, and channel names once they are filled in. */
export function templateProblems(tree: Readonly<Record<string, unknown>>): Problem[] {
  const accounts = (Array.isArray(tree['accounts']) ? tree['accounts'] : []).filter(isMap);
  if (accounts.length === 0) return [];
  const problems: Problem[] = [];
  for (const side of SIDES) {
    for (const [leaf, path] of leavesOf(tree[side], [side])) {
      if (typeof leaf === 'string') problems.push(...nameProblems(leaf, path, accounts));
    }
    problems.push(...channelProblems(tree[side], side, accounts));
  }
  for (const [leaf, path] of leavesOf(tree['snapshot'], ['snapshot'])) {
    if (typeof leaf === 'string') problems.push(...nameProblems(leaf, path, accounts));
  }
  return problems;
}

function nameProblems(text: string, path: TreePath, accounts: readonly RawAccount[]): Problem[] {
  const known = [...new Set(accounts.flatMap((account) => Object.keys(account)))];
  const problems: Problem[] = [];
  for (const [whole, name = ''] of text.matchAll(TEMPLATE)) {
    const lacking = accounts.find((account) => !Object.hasOwn(account, name));
    if (!known.includes(name)) {
      problems.push({ path, message: `no account has the value that ${whole} names${suggestion(name, known)}` });
    } else if (lacking) {
      const id = JSON.stringify(lacking['id'] ?? '?');
      problems.push({ path, message: `the account ${id} lacks the value that ${whole} names; add ${name} to it` });
    }
  }
  for (const [whole, first = '', name = ''] of text.matchAll(/\{(\w+)\.(\w+)\}/g)) {
    if (first === 'account' || nearest(first, ['account']) === undefined) continue;
    problems.push({ path, message: `unknown template ${whole}; did you mean {account.${name}}?` });
  }
  return problems;
}

// Pusher's own rule for channel names: these characters only, and (in its server libraries) at most 200 of them.
const CHANNEL = /^[A-Za-z0-9_\-=@,.;]{1,200}$/;

function channelProblems(source: unknown, side: string, accounts: readonly RawAccount[]): Problem[] {
  const pusher = isMap(source) && isMap(source['pusher']) ? source['pusher'] : undefined;
  const channels: unknown = pusher?.['channels'];
  if (!pusher || !Array.isArray(channels)) return [];
  const problems: Problem[] = [];
  for (const [index, channel] of channels.entries()) {
    if (typeof channel !== 'string') continue;
    const path = [side, 'pusher', 'channels', index];
    const names = accounts
      .map((account) => fillTemplate(channel, account))
      .filter((name) => !name.includes('{account.'));
    const bad = names.find((name) => !CHANNEL.test(name));
    if (bad !== undefined) problems.push({ path, message: channelFault(bad) });
    const closed = names.find((name) => /^(?:private|presence)-/.test(name));
    if (closed !== undefined && pusher['auth'] === undefined) {
      const message = `a private or presence channel needs auth; add auth: {endpoint: …} to pusher, found ${JSON.stringify(closed)}`;
      problems.push({ path, message });
    }
  }
  return problems;
}

function channelFault(name: string): string {
  const found = `found ${JSON.stringify(name)}`;
  if (name.includes(':')) return `Pusher channel names cannot hold ':' - the Phoenix topic can; ${found}`;
  return `Pusher channel names hold 1 to 200 of the characters A-Z a-z 0-9 _ - = @ , . ; and no other, ${found}`;
}

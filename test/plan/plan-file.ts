import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { loadSettings } from '../../src/config/load.js';
import { loadPlan, type LoadedPlan } from '../../src/config/plan.js';
import type { Settings } from '../../src/model/settings.js';

const CONFIG = `accounts: [{id: rep-1, token: token-of-rep-1}, {id: rep-2, token: token-of-rep-2}]
control: {pusher: {key: k, host: 127.0.0.1, port: 9, channels: ["feed-{account.id}"]}}
candidate: {phoenix: {url: "ws://127.0.0.1:9/socket", topics: ["feed:{account.id}"]}}
events:
  email_opened: {control: {event: opened, key: $.id}, candidate: {event: item, where: {$.type: open}, body: $.data, key: $.data.id}}
  page_visited: {candidate: {event: item, where: {$.type: visit}}, only: candidate}
replay: {control: {sandbox: {url: "http://127.0.0.1:9"}}}
plan: {allow: {flags: [new-feed], accounts: ["rep-*"]}}
match: {window: {before: 0s, after: 500ms}, settle: 0s, tombstone: 2s}
`;

export function temporaryFolder(): string {
  const at = mkdtempSync(join(tmpdir(), 'parity-plan-'));
  onTestFinished(() => rmSync(at, { recursive: true, force: true }));
  return at;
}

export async function settingsOf(config = CONFIG): Promise<Settings> {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'parity.yaml'), config);
  return (await loadSettings('parity.yaml', { env: {}, today: '2026-01-01', cwd })).settings;
}

/** Loads a plan that stands in a folder of its own. */
export async function planOf(
  text: string,
  env: Readonly<Record<string, string>> = {},
): Promise<LoadedPlan & { readonly settings: Settings; readonly redact: (text: string) => string }> {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'parity.yaml'), CONFIG);
  writeFileSync(join(cwd, 'flip.yaml'), text);
  const { settings, secrets } = await loadSettings('parity.yaml', { env, today: '2026-01-01', cwd });
  const loaded = await loadPlan('flip.yaml', { env, cwd, settings, secrets });
  return { ...loaded, settings, redact: (spoken) => secrets.redact(spoken) };
}

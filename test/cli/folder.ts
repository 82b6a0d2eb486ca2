import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterwards } from './afterwards.js';

/** A folder of its own for a test, with these files in it. */
export async function folder(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'parity-cli-'));
  afterwards(() => rm(path, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  return path;
}

/** What a config needs at least; sources that nobody answers at, unless others are given. */
export function config({ control, candidate, token = 'token-of-rep-1' }: Sides = {}): string {
  const nowhere = 'ws://127.0.0.1:9/socket';
  return `accounts: [{id: rep-1, token: ${token}}]
control: ${JSON.stringify(control ?? { websocket: { url: nowhere, event: '$.type' } })}
candidate: ${JSON.stringify(candidate ?? { phoenix: { url: nowhere, topics: ['feed:{account.id}'] } })}
events:
  email_opened:
    control: {event: email-opened, key: $.id}
    candidate: {event: item_created, key: $.id}
`;
}

interface Sides {
  readonly control?: unknown;
  readonly candidate?: unknown;
  readonly token?: string;
}

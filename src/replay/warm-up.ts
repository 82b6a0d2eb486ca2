import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ReplaySettings, Settings, TargetSettings } from '../model/settings.js';
import { drive } from './drive.js';
import type { ReplayEvent } from './events.js';
import { openSleepingAlarm } from './alarm.js';
import { Tally } from './tally.js';
import { openTargets } from './targets/index.js';

/** So many sends later their code has been compiled. */
const EVENTS = 1_000;
const PER_MS = 2;
const PAYLOAD = JSON.stringify({ id: 1, text: 'x'.repeat(1_000) });

/**
 * Sends made-up events to a server of our own on loopback, in the way in which the real ones will be sent. Code is slow
 * until it has run often enough to be compiled, and the first second of a replay would be late for it.
 */
export async function warmUp(settings: Settings, how: ReplaySettings, signal: AbortSignal): Promise<void> {
  const server = createServer((request, response) => request.resume().on('end', () => response.end('{}')));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { control, candidate } = how;
  const targets = openTargets(settings, {
    ...how,
    control: redirected(control, port),
    ...(candidate === undefined ? {} : { candidate: redirected(candidate, port) }),
  });
  try {
    await drive({
      events: events(settings),
      seam: how.seam,
      ...targets,
      inFlight: how.inFlight,
      sieve: { begin: () => {}, end: () => {} },
      tally: new Tally(),
      alarm: openSleepingAlarm,
      signal,
    });
  } finally {
    await Promise.all([targets.control.close(), targets.candidate?.close()]);
    server.close();
  }
}

/** The same target, at our own server: nothing of a warm-up reaches anybody else. */
function redirected(target: TargetSettings, port: number): TargetSettings {
  const host = '127.0.0.1';
  switch (target.kind) {
    case 'pusher':
      return { kind: 'pusher', pusher: { ...target.pusher, host, port, tls: false } };
    case 'http':
      return { kind: 'http', http: { ...target.http, url: `http://${host}:${port}/` } };
    default:
      return { kind: 'sandbox', sandbox: { url: `http://${host}:${port}` } };
  }
}

async function* events({ accounts, events: types }: Settings): AsyncGenerator<ReplayEvent> {
  const [account] = accounts;
  const [type] = types;
  if (account === undefined || type === undefined) return;
  const event = { account, channel: account.id, event: type.name, type: type.name, payload: PAYLOAD, key: '1' };
  for (let nth = 0; nth < EVENTS; nth++) yield { ...event, dueMs: nth / PER_MS };
}

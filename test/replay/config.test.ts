import { describe, expect, test } from 'vitest';
import { exportJsonSchema } from '../../src/config/schema.js';
import { load, problemsIn, LEAST } from '../config/folder.js';

const withReplay = (text: string): string => `${LEAST}\nreplay:\n${text.replaceAll(/^/gm, '  ')}\n`;
const replayOf = async (text: string) => (await load(withReplay(text))).settings.replay;

const PUSHER = 'control: {pusher: {appId: 7, secret: top-secret, host: 127.0.0.1, port: "6001"}}';
const HTTP = 'candidate: {http: {url: "http://127.0.0.1/{account}", body: "{payload}"}}';

describe('the replay section', () => {
  test('the least one, with every default', async () => {
    expect(await replayOf(PUSHER)).toEqual({
      allow: [],
      seam: 'control-only',
      keys: 'unique',
      accounts: 'same',
      timeoutMs: 5_000,
      inFlight: 256,
      control: { kind: 'pusher', pusher: { appId: '7', secret: 'top-secret', host: '127.0.0.1', port: 6001 } },
    });
  });

  test('with a candidate it is called after control', async () => {
    expect(await replayOf(`${PUSHER}\n${HTTP}`)).toMatchObject({
      seam: 'after-control',
      candidate: {
        kind: 'http',
        http: { method: 'POST', url: 'http://127.0.0.1/{account}', headers: {}, body: '{payload}' },
      },
    });
  });

  test('everything else as it is told', async () => {
    const told =
      'allow: [staging.example.com, "*.test", "::1"]\nseam: independent\nkeys: recorded\naccounts: {b: a}\ntimeout: 1s\ninFlight: 9';
    expect(await replayOf(`${told}\ncontrol: {sandbox: {url: "http://127.0.0.1:1"}}\n${HTTP}`)).toMatchObject({
      allow: ['staging.example.com', '*.test', '::1'],
      seam: 'independent',
      keys: 'recorded',
      accounts: { b: 'a' },
      timeoutMs: 1_000,
      inFlight: 9,
      control: { kind: 'sandbox', sandbox: { url: 'http://127.0.0.1:1' } },
    });
  });

  test.each([
    [`${PUSHER}\nseam: after-control`, /seam: needs a candidate target/],
    [`${PUSHER}\n${HTTP}\nseam: control-only`, /seam: control-only never calls the candidate/],
    [HTTP, /control: is missing/],
    ['control: {}', /expected one of pusher, http or sandbox, found none/],
    ['control: {http: {url: "ftp://x"}}', /begins with http:\/\/ or https:\/\//],
    ['control: {http: {url: "http://x/{evnt}"}}', /unknown template \{evnt\}; known are \{event\}/],
    ['control: {http: {url: "http://x", body: "{account.}"}}', /unknown template \{account\.\}/],
    ['control: {http: {url: "http://x", method: GET, body: "x"}}', /a GET has no body/],
    [`${PUSHER}\nallow: ["staging:8443"]`, /a host without scheme and port/],
    [`${PUSHER}\naccounts: 3`, /replay\.accounts: expected one of same, order/],
    [`${PUSHER}\ninFlight: 0`, /at least 1/],
    ['control: {pusher: {appId: 7}}', /secret: is missing/],
  ])('%j is told', async (text, message) => {
    expect(JSON.stringify(await problemsIn(withReplay(text)))).toMatch(message);
  });

  test('is in the JSON Schema', () => {
    expect(exportJsonSchema()).toHaveProperty('properties.replay.properties.seam');
  });
});

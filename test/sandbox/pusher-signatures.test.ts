import { expect, test } from 'vitest';
import { bodyMd5, channelAuth, distrust, requestSignature, userAuth } from '../../src/sandbox/pusher/signatures.js';

// The published test vectors of the Pusher protocol; the presence one recomputed for "Mr. Channels".
const keys = { appId: '3', key: '278d425bdf160c739803', secret: '7ad3773142a6692b25b8' };
const body = '{"name":"foo","channels":["project-3"],"data":"{\\"some\\":\\"data\\"}"}';
const timestampS = 1353088179;
const query = `auth_key=${keys.key}&auth_timestamp=${timestampS}&auth_version=1.0&body_md5=ec365a775a4cd0599faeb73354201b6f`;
const signature = 'da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c';

test.each([
  [
    'a private channel',
    channelAuth(keys, '1234.1234', 'private-foobar'),
    '58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4',
  ],
  [
    'a presence channel',
    channelAuth(keys, '1234.1234', 'presence-foobar', '{"user_id":10,"user_info":{"name":"Mr. Channels"}}'),
    '31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80',
  ],
  [
    'a user',
    userAuth(keys, '1234.1234', '{"id":"12345"}'),
    '4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba',
  ],
])('the signature of %s is the published one', (_what, auth, hex) => {
  expect(auth).toBe(`${keys.key}:${hex}`);
});

test('the signature of an HTTP request is the published one, whatever the order of its parameters', () => {
  expect(bodyMd5(body)).toBe('ec365a775a4cd0599faeb73354201b6f');
  const reversed = query.split('&').reverse().join('&');
  for (const order of [query, reversed]) {
    const parts = { method: 'POST', path: '/apps/3/events', query: new URLSearchParams(order) };
    expect(requestSignature(keys.secret, parts)).toBe(signature);
  }
});

test.each([
  [0, undefined],
  [600, undefined],
  [-600, undefined],
  [601, 'Timestamp expired'],
  [-601, 'Timestamp expired'],
])('a request signed %i s ago is answered with %s', (ageS, complaint) => {
  const signed = new URLSearchParams(`${query}&auth_signature=${signature}`);
  const request = { method: 'POST', path: '/apps/3/events', query: signed, body: Buffer.from(body) };
  const told = distrust(keys, request, timestampS + ageS);
  if (complaint === undefined) expect(told).toBeUndefined();
  else expect(told).toContain(complaint);
});

test.each([
  ['another method', { method: 'GET' }, 'Invalid signature'],
  ['another path', { path: '/apps/4/events' }, 'Invalid signature'],
  ['another body', { body: Buffer.from(`${body} `) }, 'body_md5'],
  ['an empty body', { body: Buffer.alloc(0) }, 'body_md5'],
])('a signature does not serve for %s', (_what, change, complaint) => {
  const signed = new URLSearchParams(`${query}&auth_signature=${signature}`);
  const request = { method: 'POST', path: '/apps/3/events', query: signed, body: Buffer.from(body), ...change };
  expect(distrust(keys, request, timestampS)).toContain(complaint);
});

test('a body without body_md5 is not believed, however well the rest is signed', () => {
  const bare = new URLSearchParams(`auth_key=${keys.key}&auth_timestamp=${timestampS}&auth_version=1.0`);
  const request = { method: 'POST', path: '/apps/3/events', query: bare };
  bare.set('auth_signature', requestSignature(keys.secret, request));
  expect(distrust(keys, { ...request, body: Buffer.from(body) }, timestampS)).toContain('body_md5');
  expect(distrust(keys, { ...request, body: Buffer.alloc(0) }, timestampS)).toBeUndefined();
});

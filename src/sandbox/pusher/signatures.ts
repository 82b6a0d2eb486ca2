import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** What an app and its clients share: the key is public, the secret signs. */
export interface AppKeys {
  readonly appId: string;
  readonly key: string;
  readonly secret: string;
}

/** One HTTP request as its signature sees it. */
export interface SignedParts {
  readonly method: string;
  /** Path alone, as it was sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

/** Seconds that a request's clock may differ from ours, as Pusher's HTTP API documents it. */
const clockToleranceS = 600;

/** What `auth` of a subscription is: `KEY:HEX` over `socket:channel`, plus the exact `channel_data` for presence. */
export function channelAuth(keys: AppKeys, socketId: string, channel: string, channelData?: string): string {
  const text = `${socketId}:${channel}${channelData === undefined ? '' : `:${channelData}`}`;
  return `${keys.key}:${hmac(keys.secret, text)}`;
}

/** What `auth` of a sign-in is: `KEY:HEX` over `socket::user::user_data`. */
export function userAuth(keys: AppKeys, socketId: string, userData: string): string {
  return `${keys.key}:${hmac(keys.secret, `${socketId}::user::${userData}`)}`;
}

/** The HTTP API's signature: method, path and the parameters sorted by lower-cased name, not URL-escaped. */
export function requestSignature(secret: string, request: Omit<SignedParts, 'body'>): string {
  const pairs = [...request.query]
    .filter(([name]) => name !== 'auth_signature')
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const query = pairs.map(([name, value]) => `${name}=${value}`).join('&');
  return hmac(secret, `${request.method}\n${request.path}\n${query}`);
}

/** Why a request to the HTTP API is not to be believed, in words for its sender; undefined when it is. */
export function distrust(keys: AppKeys, request: SignedParts, nowS: number): string | undefined {
  const { query, body } = request;
  if (query.get('auth_key') !== keys.key) return 'Unknown auth_key';
  if (query.get('auth_version') !== '1.0') return 'auth_version must be 1.0';
  if (!same(query.get('auth_signature') ?? '', requestSignature(keys.secret, request))) return 'Invalid signature';
  const sentS = Number(query.get('auth_timestamp') ?? Number.NaN);
  if (!(Math.abs(nowS - sentS) <= clockToleranceS)) {
    return `Timestamp expired: auth_timestamp must be within ${clockToleranceS} s of the server's time`;
  }
  const md5 = query.get('body_md5');
  const unsignedBody = md5 === null && body.length > 0;
  if (unsignedBody || (md5 !== null && md5 !== bodyMd5(body))) return 'body_md5 does not match the body';
  return undefined;
}

/** Hex MD5 of a request's body, as the query's `body_md5` carries it. */
export function bodyMd5(body: Buffer | string): string {
  return createHash('md5').update(body).digest('hex');
}

/** Compares two signatures in a time that does not tell where they differ. */
export function same(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function hmac(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

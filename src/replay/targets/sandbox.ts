import { openHttp } from './http.js';
import type { Target, TargetContext } from './target.js';

/** The API of `parity sandbox`: it makes an event of the same type, with a key of its own, and tells both feeds. */
export function openSandbox({ url }: { readonly url: string }, context: TargetContext): Target {
  const body = '{"account":"{account}","type":"{type}"}';
  return openHttp({ method: 'POST', url: `${url.replace(/\/$/, '')}/events`, headers: {}, body }, context);
}

import { CallError } from '../model/errors.js';
import type { Side } from '../model/timeline.js';

/** Whether something may be sent to a host: loopback always, others when the list has them (`*.` for any name before). */
export function allower(list: readonly string[]): (host: string) => boolean {
  const names = list.map(plain);
  return (given) => {
    const host = plain(given);
    if (isLoopback(host)) return true;
    return names.some((name) =>
      name.startsWith('*.') ? host.endsWith(name.slice(1)) && host.length > name.length - 1 : name === host,
    );
  };
}

/** Refuses to send anything if a target could reach a host that is not allowed. */
export function checkHosts(
  targets: readonly { readonly side: Side; readonly hosts: readonly string[] }[],
  allows: (host: string) => boolean,
): void {
  for (const { side, hosts } of targets) {
    const host = hosts.find((name) => !allows(name));
    if (host === undefined) continue;
    throw new CallError(
      `replay: the ${side} target would send to ${host}, which replay.allow does not hold; nothing was sent. If ${host} is a test system, add it: allow: [${host}]`,
    );
  }
}

export function isLoopback(host: string): boolean {
  return /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|::1)$/.test(plain(host));
}

/** As names are compared: a final dot and brackets around IPv6 mean nothing. */
function plain(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

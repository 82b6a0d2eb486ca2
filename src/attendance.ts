import { ObserveError } from './model/errors.js';
import type { Settings, SourceSettings } from './model/settings.js';
import { SIDES, type Link, type Ms, type Side } from './model/timeline.js';

/** Who has come up, who was given up for good, and why the others have not come yet. */
export class Attendance {
  readonly #accounts: readonly string[];
  readonly #sources: Sources;
  readonly #sides: readonly Side[];
  readonly #cameAt: Record<Side, Map<string, Ms>> = { control: new Map(), candidate: new Map() };
  readonly #down: Record<Side, Map<string, Link>> = { control: new Map(), candidate: new Map() };

  /** With the sources, reasons can say which address was tried. */
  constructor(accounts: readonly string[], sources: Sources = {}, sides: readonly Side[] = SIDES) {
    this.#accounts = accounts;
    this.#sources = sources;
    this.#sides = sides;
  }

  /** Takes notice of a link. Returns true when it gives an account up that was not given up before. */
  note(link: Link): boolean {
    if (link.state === 'up') {
      if (!this.#cameAt[link.side].has(link.account)) this.#cameAt[link.side].set(link.account, link.t);
      return false;
    }
    const known = this.#down[link.side].get(link.account)?.final === true;
    if (!known) this.#down[link.side].set(link.account, link);
    return link.final === true && !known;
  }

  /** When each account that came up did so for the first time. */
  came(side: Side): ReadonlyMap<string, Ms> {
    return this.#cameAt[side];
  }

  /** The accounts that have never come up, with the last reason heard. */
  absent(side: Side): { readonly account: string; readonly link: Link | undefined }[] {
    return this.#accounts
      .filter((account) => !this.#cameAt[side].has(account))
      .map((account) => ({ account, link: this.#down[side].get(account) }));
  }

  /** Whether waiting on would change nothing: everyone has come or was given up. */
  get complete(): boolean {
    return this.#sides.every((side) => this.absent(side).every(({ link }) => link?.final === true));
  }

  /** The sides of which nobody came: nobody can any more or, once patience has ended, nobody has. */
  deserted(patient: boolean): Side[] {
    return this.#sides.filter((side) => {
      const absent = this.absent(side);
      return absent.length === this.#accounts.length && (!patient || absent.every(({ link }) => link?.final === true));
    });
  }

  /** Why an account did not come, and what to do about it. */
  reason(side: Side, link: Link | undefined): string {
    const reason = link?.reason ?? 'no answer';
    return `${reason}; ${link?.remedy ?? advice(side, reason, this.#sources[side])}`;
  }
}

type Sources = Pick<Settings, 'control' | 'candidate'>;

/** Where a source connects to, without the credentials that an address may hold: `ws://127.0.0.1:4000/socket`. */
export function addressOf(source: SourceSettings): string {
  if (source.kind !== 'pusher') {
    const { protocol, host, pathname } = new URL(source.kind === 'phoenix' ? source.phoenix.url : source.websocket.url);
    return `${protocol}//${host}${pathname}`;
  }
  const { cluster, host, port, tls } = source.pusher;
  if (host === undefined) return `cluster ${cluster}`;
  return `${tls ? 'wss' : 'ws'}://${host}${port === undefined ? '' : `:${port}`}`;
}

/** What to check where the source itself could only say what happened. */
function advice(side: Side, reason: string, source: SourceSettings | undefined): string {
  if (source === undefined)
    return `check that the address in the config's ${side} is right and that its server is running`;
  const place = `${side}.${source.kind}`;
  if (source.kind === 'pusher' && reason.startsWith('auth endpoint')) {
    return `check that ${place}.auth.endpoint is what authorises channels, and that it works`;
  }
  const address = addressOf(source);
  if (reason.startsWith('HTTP '))
    return `there is a server, but no feed at ${address}: check host, port and path in ${place}`;
  return `check that ${place} is right to say ${address}, and that the server there is running`;
}

/** The error of sides that could not be subscribed to at all, a line each. */
export function desertion(sides: readonly Side[], attendance: Attendance): ObserveError {
  return new ObserveError(sides.map((side) => desertedText(side, attendance)).join('\n'));
}

function desertedText(side: Side, attendance: Attendance): string {
  const absent = attendance.absent(side);
  const { account, link } = absent.find(({ link }) => link !== undefined) ??
    absent[0] ?? { account: '', link: undefined };
  const who =
    absent.length > 1
      ? `0 of ${absent.length} accounts could be subscribed; ${account}`
      : `could not subscribe ${account}`;
  return `${side}: ${who}: ${attendance.reason(side, link)}`;
}

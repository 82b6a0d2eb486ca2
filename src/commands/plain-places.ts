import { parsePath } from '../config/path.js';
import { CallError } from '../model/errors.js';
import type { Path } from '../model/path.js';
import type { Settings } from '../model/settings.js';
import type { Side } from '../model/timeline.js';
import type { Place, Places } from '../recording/plain-line.js';

/** Where foreign files hold things; each as given: `$.ts`, or for one side alone `candidate:$.inserted_at`. */
export interface PlaceOptions {
  readonly time?: readonly string[];
  readonly account?: readonly string[];
  readonly type?: readonly string[];
  readonly payload?: readonly string[];
}

const NAMES = ['time', 'account', 'type', 'payload'] as const;
type Name = (typeof NAMES)[number];

/** Refuses places that are given where recordings are read, which know theirs. */
export function refusePlaces(options: PlaceOptions): void {
  const given = NAMES.find((name) => options[name] !== undefined);
  if (given !== undefined) throw new CallError(`--${given}: only files of another origin need it; add --from plain`);
}

/**
 * Where a side's foreign file holds what a timeline needs. What the config leaves no choice of need not be told: its one
 * account, the side's one event.
 * @throws CallError for what is missing, or no path
 */
export function placesOf(options: PlaceOptions, side: Side, settings: Settings): Places {
  const time = valueOf(options.time, side);
  if (time === undefined) {
    throw new CallError(`--from plain: say where the ${side} file holds the time of an event, such as --time '$.ts'`);
  }
  const payload = valueOf(options.payload, side);
  return {
    time: pathOf('time', time),
    account: placeOf('account', valueOf(options.account, side), only(settings.accounts.map(({ id }) => id)), side),
    type: placeOf('type', valueOf(options.type, side), only(settings.events.map((type) => type[side]?.event)), side),
    ...(payload === undefined ? {} : { payload: pathOf('payload', payload) }),
  };
}

/** The value for a side: one with its prefix before one for both. */
function valueOf(values: readonly string[] = [], side: Side): string | undefined {
  const mine = values.findLast((value) => value.startsWith(`${side}:`));
  return mine?.slice(side.length + 1) ?? values.findLast((value) => !/^(?:control|candidate):/.test(value));
}

function pathOf(name: Name, text: string): Path {
  try {
    return parsePath(text);
  } catch (error) {
    throw new CallError(`--${name}: ${(error as Error).message}`, { cause: error });
  }
}

function placeOf(name: Name, text: string | undefined, fallback: string | undefined, side: Side): Place {
  if (text !== undefined) return text.startsWith('$') ? { path: pathOf(name, text) } : { constant: text };
  if (fallback !== undefined) return { constant: fallback };
  throw new CallError(
    `--from plain: the config knows several of them, so say where the ${side} file holds the ${name}, such as --${name} '$.${name}'`,
  );
}

function only(values: readonly (string | undefined)[]): string | undefined {
  const different = new Set(values.filter((value) => value !== undefined));
  return different.size === 1 ? [...different][0] : undefined;
}

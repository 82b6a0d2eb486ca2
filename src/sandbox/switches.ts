import { CallError } from '../model/errors.js';

/** What can be wrong with a whole system, as long as it is switched on, and how a plan should find it out. */
export const SWITCHES = {
  'ignore-flag': 'the new service tells every connected account, whatever the flag says',
  'silence-control': 'the legacy system tells accounts that have the flag nothing any more',
  'enrich-unconnected': 'the new service enriches events of accounts that are not connected',
  'sign-any-channel': "the auth endpoint of the legacy system signs every account's channel for any account",
  'join-any-topic': "the new service lets any account join every account's topic",
} as const;

export type SwitchName = keyof typeof SWITCHES;

/** The switches of one sandbox. */
export class Switches {
  private readonly thrown = new Set<SwitchName>();

  /** @throws CallError for a name that is no switch */
  constructor(names: readonly string[] = []) {
    for (const name of names) this.set(name, true);
  }

  isOn(name: SwitchName): boolean {
    return this.thrown.has(name);
  }

  /** @throws CallError for a name that is no switch */
  set(name: string, on: boolean): void {
    if (!Object.hasOwn(SWITCHES, name)) {
      throw new CallError(
        `There is no switch ${JSON.stringify(name)}; choose one of ${Object.keys(SWITCHES).join(', ')}.`,
      );
    }
    if (on) this.thrown.add(name as SwitchName);
    else this.thrown.delete(name as SwitchName);
  }

  /** Every switch, and whether it is on. */
  get all(): Readonly<Record<string, boolean>> {
    return Object.fromEntries((Object.keys(SWITCHES) as SwitchName[]).map((name) => [name, this.isOn(name)]));
  }
}

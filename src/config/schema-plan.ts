import * as z from 'zod';
import type { PlanningSettings } from '../model/plan.js';
import { closed, text } from './schema-parts.js';

const names = (what: string) => z.array(text).default([]).describe(`${what}; a name may end in * for any ending`);

/** The `plan` section of the config. What it does not name, no plan touches. */
export const planning = closed({
  allow: closed({
    flags: names('flag keys that plans may turn'),
    environments: names('environments of the flag service, where it has them'),
    accounts: names('test accounts that flags may be turned and events caused for'),
    hosts: names('hosts that plans may call; loopback always may').describe(
      'hosts that plans may call, without scheme and port; loopback always may',
    ),
    commands: names('executables of the provider command'),
    files: names('files of the provider flagd'),
  }).prefault({}),
  journal: text.default('.parity').describe('the folder of journals and leases, relative to the config'),
}).transform((given): PlanningSettings => given);

import type { Permission } from '../../model/settings.js';
import { ignore } from './ignore.js';
import { instant } from './instant.js';
import { nullish } from './nullish.js';
import { number } from './number.js';
import type { Reconcile } from './permission.js';
import { set } from './set.js';
import { string } from './string.js';
import { text } from './text.js';

/** The table of rule kinds. */
const kinds: { [Kind in Permission['kind']]: (permission: Extract<Permission, { kind: Kind }>) => Reconcile } = {
  ignore: () => ignore,
  instant: () => instant,
  number: ({ tolerance }) => number(tolerance),
  text: (options) => text(options),
  string: () => string,
  set: ({ key }) => set(key),
  nullish: () => nullish,
};

/** The function a rule's `as` (or `ignore`) stands for. */
export function reconciler(permission: Permission): Reconcile {
  return (kinds[permission.kind] as (permission: Permission) => Reconcile)(permission);
}

import type { Json } from '../../model/json.js';
import type { Reconcile } from './permission.js';

/** null, "" and missing are one: Rails often keeps a null where an Elixir view drops the key. */
export const nullish: Reconcile = (control, candidate) => (empty(control) && empty(candidate) ? control : candidate);

function empty(value: Json | undefined): boolean {
  return value === undefined || value === null || value === '';
}

import { isObject, type Json, type JsonObject } from '../model/json.js';
import { own, put } from '../model/member.js';
import { equal } from './equal.js';

/** What two bodies do not have in common. */
export interface Unequal {
  readonly control: Json;
  readonly candidate: Json;
}

/**
 * Two bodies without the members that are equal on both sides, in their objects and the objects in these; undefined
 * where nothing is left. Most unequal pairs differ in a few places, so that whoever has to look closer has little to look
 * at. Neither rules nor a diff have anything to say of equal members; elements of arrays have a say by their place, so
 * unequal arrays stay whole, and so does whatever only one side has. Members stay in the order of their side.
 */
export function unequal(control: Json, candidate: Json): Unequal | undefined {
  if (control === candidate) return undefined;
  if (isObject(control) && isObject(candidate)) return unequalMembers(control, candidate);
  return equal(control, candidate) ? undefined : { control, candidate };
}

function unequalMembers(control: JsonObject, candidate: JsonObject): Unequal | undefined {
  let found: { control: JsonObject; candidate: JsonObject } | undefined;
  let common = 0;
  for (const name of Object.keys(control)) {
    const ours = control[name] as Json;
    // Most members are equal scalars, and nothing that is inherited equals any: who has it need not be asked.
    if (candidate[name] === ours) {
      common++;
      continue;
    }
    const theirs = own(candidate, name);
    if (theirs === undefined) {
      put((found ??= { control: {}, candidate: {} }).control, name, ours);
      continue;
    }
    common++;
    const inside = unequal(ours, theirs);
    if (inside === undefined) continue;
    found ??= { control: {}, candidate: {} };
    put(found.control, name, inside.control);
    put(found.candidate, name, inside.candidate);
  }
  const names = Object.keys(candidate);
  if (common === names.length) return found;
  found ??= { control: {}, candidate: {} };
  for (const name of names) if (!Object.hasOwn(control, name)) put(found.candidate, name, candidate[name] as Json);
  return found;
}

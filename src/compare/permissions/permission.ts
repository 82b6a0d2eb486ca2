import type { Json } from '../../model/json.js';

/**
 * One kind of rule: how candidate's value at the rule's path reads in control's terms. Control's own value means that
 * the difference is permitted, candidate's that it is not. Undefined stands for a missing member, on both ways.
 */
export type Reconcile = (control: Json | undefined, candidate: Json | undefined) => Json | undefined;

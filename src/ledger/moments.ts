import type { Books } from '../model/report.js';
import { compare } from './order.js';

/** Distinct links and marks by time, and at one moment by what they say: the order does not depend on who saw them. */
export function inTime(moments: Books['moments']): Books['moments'] {
  const distinct = new Map(moments.map((moment) => [JSON.stringify(moment), moment]));
  return [...distinct].sort(([x, one], [y, other]) => one.t - other.t || compare(x, y)).map(([, moment]) => moment);
}

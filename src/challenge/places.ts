import { isObject, type Json } from '../model/json.js';
import { put, without } from '../model/member.js';

/** The way from a payload's root to one of its values: names and indices. */
export type Steps = readonly (string | number)[];

/** A value in a payload. */
export interface Place {
  readonly steps: Steps;
  readonly value: Json;
}

/** Every value below the root of a payload, at most so many, parents before children. */
export function placesIn(payload: Json, most: number): Place[] {
  const places: Place[] = [{ steps: [], value: payload }];
  for (let at = 0; at < places.length && places.length <= most; at++) {
    const { steps, value } = places[at] as Place;
    if (Array.isArray(value)) value.forEach((item, index) => places.push({ steps: [...steps, index], value: item }));
    else if (isObject(value)) {
      for (const name of Object.keys(value)) places.push({ steps: [...steps, name], value: value[name] as Json });
    }
  }
  return places.slice(1, most + 1);
}

/** A copy of the payload with another value at a place; `undefined` takes the member or element away. */
export function withValue(payload: Json, steps: Steps, value: Json | undefined): Json {
  const [step, ...rest] = steps;
  if (step === undefined) return value ?? null;
  if (typeof step === 'number') {
    if (!Array.isArray(payload)) return payload;
    if (rest.length === 0 && value === undefined) return payload.toSpliced(step, 1);
    return payload.with(step, withValue(payload[step] ?? null, rest, value));
  }
  if (!isObject(payload)) return payload;
  if (rest.length === 0 && value === undefined) return without(payload, step);
  const copy = { ...payload };
  put(copy, step, withValue(payload[step] ?? null, rest, value));
  return copy;
}

/** A place as a path by which places are grouped: `$.opens[*].at`. */
export function groupOf(steps: Steps): string {
  return `$${steps.map(segment).join('')}`;
}

function segment(step: string | number): string {
  if (typeof step === 'number') return '[*]';
  return /^[A-Za-z_]\w*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}

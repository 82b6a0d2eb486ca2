import type { Fields, Value } from '../spelling.js';
import { Instant, isFields } from '../spelling.js';
import type { EventFault } from './fault.js';

/** One field's value differs on the candidate. The detail tells its path in control's names. */
export const edit: EventFault = {
  acts: 'event',
  expects: 'mismatch',
  deliver(item, { send, random }) {
    const places = leaves(item.record).filter(([first]) => !UNCOMPARED.has(String(first)));
    const place = random.pick(places);
    send({ ...item, record: edited(item.record, place) as Fields });
    return { path: `$${place.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')}` };
  },
};

/** The key names the event; of the others no comparison is made. */
const UNCOMPARED = new Set(['id', 'type', 'updated_at']);

type Place = readonly (string | number)[];

function leaves(value: Value, place: Place = []): Place[] {
  if (isFields(value)) return Object.entries(value).flatMap(([name, member]) => leaves(member, [...place, name]));
  if (Array.isArray(value)) return (value as Value[]).flatMap((element, index) => leaves(element, [...place, index]));
  return [place];
}

function edited(value: Value, [step, ...rest]: Place): Value {
  if (step === undefined) return other(value);
  if (isFields(value)) return { ...value, [step]: edited(value[step] ?? null, rest) };
  return (value as readonly Value[]).map((element, index) => (index === step ? edited(element, rest) : element));
}

/** Another value of the same kind, by the smallest step that means something. */
function other(value: Value): Value {
  if (value === null) return '';
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'bigint') return value + 1n;
  if (typeof value === 'number') return value * 2 + 1;
  if (typeof value === 'string') return `${value}!`;
  // A place always leads to what has no members.
  return value instanceof Instant ? value.plus(1) : null;
}

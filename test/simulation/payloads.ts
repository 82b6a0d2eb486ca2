import type { Random } from '../../src/sandbox/random.js';
import { Instant, spellAsElixir, spellAsRails, type Fields, type Value } from '../../src/sandbox/spelling.js';
import type { Us } from './truth.js';

/** What an event says, in control's terms, before either side spells it. */
export interface Record {
  readonly type: string;
  /** The correlation key that the fields make. */
  readonly key: string;
  readonly fields: Fields;
  /** The candidate spells the id as text. */
  readonly idAsText: boolean;
}

export const KINDS: { readonly [type: string]: string } = {
  email_opened: 'email_open',
  email_clicked: 'email_click',
  call_logged: 'call',
  note_added: 'note',
};

const EVENTS: { readonly [type: string]: string } = {
  email_opened: 'feed-item',
  email_clicked: 'feed-item',
  call_logged: 'call-logged',
  note_added: 'note-added',
};

const SUBJECTS = [
  'Re: pricing',
  'Q4 <b>offer</b> & terms',
  'naïve \u2028 test',
  '',
  '"quoted" \\ 😀',
  '\u003cnone\u003e',
];
const PEOPLE = ['Ada Lovelace', 'O’Brien & Sons <ops>', '王小明', 'Jean‑Luc "JL" Dupont'];
const SCORES = [1, 0, -3, 4.5, 1e-7, 1e21, 0.1];

/** An event's record. `number` makes the identity; every second one lies above 2^53, where neighbours share a double. */
export function record(type: string, number: number, atUs: Us, random: Random): Record {
  const id = number % 2 === 0 ? BigInt(number) : 9_007_199_254_740_992n + BigInt(number >> 1);
  const common: Fields = {
    type,
    person: { full_name: random.pick(PEOPLE), phone: '+1 555 2', title: '' },
    subject: random.pick(SUBJECTS),
    score: random.pick(SCORES),
    tags: ['a', 'b', random.pick(['c', 'd'])],
    amount: 9_007_199_254_740_993n + BigInt(random.integer(0, 9)) * 2n,
  };
  const happened = new Instant(1_790_000_000_000 + Math.floor(atUs / 1000), random.integer(0, 999));
  if (type === 'call_logged') {
    const leg = BigInt(number % 3);
    return {
      type,
      key: JSON.stringify([`${id}`, `${leg}`]),
      idAsText: false,
      fields: { ...common, call: { id, leg } },
    };
  }
  if (type === 'note_added') {
    const thread = `thread-${number}`;
    return { type, key: thread, idAsText: false, fields: { ...common, thread } };
  }
  return {
    type,
    key: `${id}`,
    idAsText: random.chance(0.2),
    fields: { id, ...common, happened_at: happened, updated_at: happened.plus(1) },
  };
}

/** Paths of the rules that the two spellings of a record call for. */
export function rulesFor({ type, idAsText }: Record): string[] {
  if (!type.startsWith('email_')) return [];
  return ['$.type', '$.updated_at', '$.happened_at', ...(idAsText ? ['$.id'] : [])];
}

/** Ways to say something else than the record does: by place, the value that is told instead (undefined: none). */
const EDITS: { readonly [place: string]: (value: Value | undefined) => Value | undefined } = {
  '$.subject': (subject) => `${subject as string} `,
  '$.score': (score) => `${score as number}`,
  '$.person.phone': () => undefined,
  '$.person.title': () => null,
  '$.seen_by': () => [],
  '$.tags': (tags) => [...(tags as Value[])].reverse(),
  '$.amount': (amount) => (amount as bigint) - 1n,
  '$.happened_at': (instant) => (instant as Instant).plus(1),
};

/** A place of the record that can be edited. */
export function placeToEdit(type: string, random: Random): string {
  const places = Object.keys(EDITS).filter((place) => place !== '$.happened_at' || type.startsWith('email_'));
  return random.pick(places);
}

function edited(fields: Fields, places: readonly string[]): Fields {
  return places.reduce(
    (now, place) => withEdit(now, place.slice(2).split('.'), EDITS[place] as (v?: Value) => Value),
    fields,
  );
}

function withEdit(
  fields: Fields,
  [name = '', ...below]: readonly string[],
  edit: (value?: Value) => Value | undefined,
): Fields {
  const value = below.length === 0 ? edit(fields[name]) : withEdit(fields[name] as Fields, below, edit);
  return Object.fromEntries(
    Object.entries({ ...fields, [name]: value }).filter((member) => member[1] !== undefined),
  ) as Fields;
}

/** What control sends: flat, its own names, whole numbers without a point. */
export function controlFrame(record: Record, edits: readonly string[]): { event: string; payload: string } {
  const fields = edited(record.fields, edits);
  const { score } = fields;
  const whole: Fields = typeof score === 'number' && Number.isSafeInteger(score) ? { score: BigInt(score) } : {};
  return { event: EVENTS[record.type] as string, payload: spellAsRails({ ...fields, ...whole }) };
}

/** What the candidate sends: an envelope, an actor instead of a person, floats with a point, members sorted. */
export function candidateFrame(record: Record, edits: readonly string[]): { event: string; payload: string } {
  const { person, ...rest } = edited(record.fields, edits);
  const { full_name: name, ...others } = person as Fields;
  const mail = record.type.startsWith('email_');
  const resource: { [name: string]: Value } = { ...rest, actor: { name: name ?? null, ...others } };
  if (mail) {
    delete resource['type'];
    resource['updated_at'] = (rest['updated_at'] as Instant).plus(7);
    if (record.idAsText) resource['id'] = `${rest['id'] as bigint}`;
  }
  return { event: 'item_created', payload: spellAsElixir({ kind: KINDS[record.type] as string, resource }) };
}

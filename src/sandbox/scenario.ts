import { Random } from './random.js';
import type { Fields, Value } from './spelling.js';
import { Instant } from './spelling.js';

/** What happens in a sales engagement product. Page visits exist only on the new feed, on purpose. */
export const ITEM_TYPES = ['email_opened', 'email_clicked', 'email_replied', 'send_failed', 'page_visited'] as const;

export type ItemType = (typeof ITEM_TYPES)[number];

/** An event of the feed, as the monolith's database holds it. */
export interface Item {
  /** Place in the sandbox's life, from 0. */
  readonly index: number;
  readonly account: string;
  readonly type: ItemType;
  readonly id: bigint;
  /** The id as text: the correlation key. */
  readonly key: string;
  /** In the monolith's names and order. */
  readonly record: Fields;
  /** Where the person works; the old feed never told it. */
  readonly company: Fields;
}

/**
 * An item of the feed: everything about it follows from the seed, its place, account and type. Without a type, one is
 * drawn. Ids are unique; three in sixteen are above 2^53, and so near each other that doubles would confuse them.
 */
export function makeItem(seed: number, index: number, account: string, type?: ItemType): Item {
  const random = new Random(seed, 'item', index);
  const drawn = drawType(random);
  const itemType = type ?? drawn;
  const id = (index % 16 >= 5 && index % 16 <= 7 ? 9_007_199_254_740_993n : 1_001n) + BigInt(index);
  const name = random.pick(PEOPLE);
  const at = new Instant(FIRST_MS + index * 40 + random.integer(0, 39), random.integer(0, 999));
  const company = random.pick(COMPANIES);
  return {
    index,
    account,
    type: itemType,
    id,
    key: String(id),
    record: {
      id,
      type: itemType,
      person: person(random, name, company),
      ...detail(itemType, random, at),
      occurred_at: at,
      updated_at: at.plus(random.integer(1, 30)),
      score: random.integer(0, 1000) / 10,
      spam_probability: random.integer(1, 999) / 10 ** random.integer(3, 9),
      tags: TAGS.filter(() => random.chance(0.4)),
      cadence: random.chance(0.2) ? null : cadence(random),
      owner: {
        id: integer(random, 1e6),
        login: `rep${random.integer(1, 99)}@sales.example.com`,
        active: true,
        team: null,
      },
      note: random.pick(NOTES),
    },
    company: { id: BigInt(COMPANIES.indexOf(company) + 70), name: company, domain: domainOf(company) },
  };
}

/** An item that the monolith never had: like the given one, with an id of its own. */
export function makeGhost(item: Item): Item {
  const id = item.id + 5_000_000_000n;
  return { ...item, id, key: String(id), record: { ...item.record, id } };
}

/** The type that the item of this place has unless another is asked for. */
export function drawnType(seed: number, index: number): ItemType {
  return drawType(new Random(seed, 'item', index));
}

/** The scenario's clock begins here, so that a seed's payloads are the same on every day. */
const FIRST_MS = Date.parse('2026-11-22T16:02:15.000Z');

function drawType(random: Random): ItemType {
  const drawn = random.next();
  if (drawn < 0.32) return 'email_opened';
  if (drawn < 0.54) return 'email_clicked';
  if (drawn < 0.72) return 'email_replied';
  return drawn < 0.86 ? 'send_failed' : 'page_visited';
}

function person(random: Random, name: string, company: string): Fields {
  return {
    id: random.chance(0.1) ? 18_014_398_509_481_985n + BigInt(random.integer(0, 999)) : integer(random, 1e6),
    full_name: name,
    phone: random.pick([null, '', '+1 555 0100', '+49 30 901820', '+81 3-3581-0101']),
    email: `person${random.integer(1, 9999)}@${domainOf(company)}`,
    title: random.pick([null, 'VP Sales', 'Head of R&D', 'Geschäftsführerin', '部長']),
  };
}

/** What a type tells beyond what every item has. */
function detail(type: ItemType, random: Random, at: Instant): { readonly [name: string]: Value } {
  if (type === 'page_visited')
    return { page: page(random), referrer: random.pick([null, '', 'https://x.test/?a=1&b']) };
  const email = mail(random, at);
  if (type === 'email_opened') return { email, opens: opens(random, at) };
  if (type === 'email_clicked') return { email, link: link(random) };
  if (type === 'email_replied') return { email, reply: reply(random, at) };
  return { email, failure: failure(random) };
}

function mail(random: Random, at: Instant): Fields {
  return {
    id: integer(random, 1e9),
    subject: random.pick(SUBJECTS),
    message_id: `<${hex(random, 24)}@mail.example.com>`,
    sent_at: at.plus(-random.integer(60_000, 86_400_000)),
    cc: random.chance(0.3) ? [`"O'Brien, Q" <cc${random.integer(1, 99)}@example.org>`] : [],
    thread: { id: integer(random, 1e7), position: integer(random, 12), parent: null },
  };
}

function opens(random: Random, at: Instant): Value[] {
  return Array.from({ length: random.integer(1, 3) }, (_, nth) => ({
    at: at.plus(-nth * random.integer(1_000, 90_000)),
    device: random.pick(['iPhone', 'Outlook 16', null]),
    location: random.chance(0.3) ? null : { city: random.pick(['Zürich', '東京', 'São Paulo', '']), country: 'CH' },
  }));
}

function link(random: Random): Fields {
  const query = `utm_source=mail&utm_term=${hex(random, 8)}&ok=<yes>`;
  return {
    id: integer(random, 1e6),
    url: `https://example.com/pricing?${query}`,
    text: random.pick(SUBJECTS),
    clicks: 1n,
  };
}

function reply(random: Random, at: Instant): Fields {
  return {
    preview: random.pick(PREVIEWS),
    received_at: at.plus(-random.integer(1, 5_000)),
    sentiment: random.pick([null, 'positive', 'out_of_office']),
    confidence: random.pick([1, 0.5, 0.97, 0]),
    attachments: random.chance(0.3) ? [{ name: 'Angebot №4.pdf', bytes: integer(random, 5e6) }] : [],
  };
}

function failure(random: Random): Fields {
  const [code, reason] = random.pick([
    ['550', '5.1.1 <nobody@example.org>: Recipient address rejected & dropped'],
    ['421', '4.7.0 Try again later'],
    ['554', ''],
  ] as const);
  const hops = Array.from({ length: random.integer(1, 3) }, () => ({ host: `mx${random.integer(1, 9)}.example.net` }));
  return { code, reason, permanent: code !== '421', retry_in: code === '421' ? integer(random, 3600) : null, hops };
}

function page(random: Random): Fields {
  return {
    url: `https://example.com/${random.pick(['pricing', 'docs', '価格'])}?visit=${hex(random, 16)}`,
    title: random.pick(SUBJECTS),
    seconds: random.integer(1, 6_000) / 10,
    path: Array.from({ length: random.integer(1, 4) }, () => `/${random.pick(['', 'features', 'team', 'a&b'])}`),
    utm: { source: 'mail', campaign: `Q4-${hex(random, 6)}`, term: null },
    device: { family: random.pick(['Firefox', 'Safari']), mobile: random.chance(0.5) },
  };
}

function cadence(random: Random): Fields {
  const step = { id: integer(random, 1e6), day: integer(random, 30), kind: 'email' };
  return { id: integer(random, 1e5), name: random.pick(['Q4 outbound', 'Nurture <EMEA>', '新規開拓']), step };
}

function integer(random: Random, most: number): bigint {
  return BigInt(random.integer(1, most));
}

function hex(random: Random, digits: number): string {
  return Array.from({ length: digits }, () => random.integer(0, 15).toString(16)).join('');
}

function domainOf(company: string): string {
  return `${company.toLowerCase().replace(/[^a-z]/g, '')}.example`;
}

const PEOPLE = [
  'Ada Lovelace',
  'Zoë Ångström',
  'Zoe\u0308 A\u030angstro\u0308m',
  '王小明',
  'Priya   Nair',
  'O’Brien & Sons <ops>',
  'محمد علي',
  '👩🏽‍🔬 Dr. Ngô',
];
const COMPANIES = ['Globex', 'Initech & Co', 'Müller GmbH', 'Hooli'];
const TAGS = ['hot', 'emea', 'q4', 'a<b', '再連絡', '🔥'];
const SUBJECTS = [
  'Re: pricing',
  '',
  'Q4 <b>offer</b> & terms',
  'naïve — test',
  '見積書のご確認 🙏',
  'line\u2028separator\u2029here',
  'Fwd: "quoted" \\ back\\slash / slash',
  'tab\tand\u001b[31mred\u0007',
  '<script>alert("x")</script>',
];
const PREVIEWS = [
  'Hi,\r\nsounds good &mdash; let’s talk on Monday.\u2028Best',
  '<p>Danke &amp; viele Grüße 👋🏾</p>',
  'ありがとうございます。来週で大丈夫です。',
  '',
];
const NOTES = [null, '', 'Called twice; left a voicemail.', 'e\u0301 is not é', '👨‍👩‍👧 > 1 & < 5'];

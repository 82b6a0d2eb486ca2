import * as z from 'zod';
import type { Path } from '../model/path.js';
import type {
  ListRequest,
  ListSort,
  NextPage,
  SnapshotGate,
  SnapshotSettings,
  TruthSettings,
} from '../model/snapshot.js';
import { unlike } from './explain.js';
import { parsePath } from './path.js';
import { closed, duration, headers, path, tell, text, url } from './schema-parts.js';

const parameter = text.describe("the query parameter's name");

const next = closed({
  page: parameter.optional().describe('a parameter that counts pages'),
  first: z.int().min(0, 'expected at least 0').default(1).describe("with page: the first page's number"),
  size: z.int().min(1, 'expected at least 1').optional().describe('with page: a page with fewer items is the last one'),
  more: path().optional().describe('with page: where a page says (true or false) that another one follows'),
  cursor: path().optional().describe("where a page holds the next one's cursor; the last page has none"),
  parameter: parameter.default('cursor').describe('with cursor: the query parameter that it goes into'),
  url: path().optional().describe("where a page holds the next one's address"),
  link: text.optional().describe('the relation in the Link header, normally next'),
}).transform((given, context): NextPage => {
  const { page, first, size, more, cursor, parameter: name, url: at, link } = given;
  const ways = Object.entries({ page, cursor, url: at, link }).filter(([, way]) => way !== undefined);
  if (ways.length !== 1) {
    const found = ways.map(([way]) => way).join(' and ') || 'none';
    tell(context, `expected one of page, cursor, url or link, found ${found}`);
    return z.NEVER;
  }
  if (page !== undefined) {
    return { kind: 'page', parameter: page, first, ...(size === undefined ? {} : { size }), ...(more ? { more } : {}) };
  }
  if (cursor !== undefined) return { kind: 'cursor', at: cursor, parameter: name };
  return at === undefined ? { kind: 'link', rel: link ?? 'next' } : { kind: 'url', at };
});

const list = closed({
  method: z.enum(['GET', 'POST']).default('GET').describe('a POST is never tried twice'),
  url: url(['http:', 'https:']).describe('may hold {account.NAME}'),
  headers: headers.default({}),
  body: z.string().optional().describe('of a POST; may hold {account.NAME}'),
  items: path().prefault('$').describe('where in a page the list of items is'),
  type: text.describe('the event by which the stream tells of such an item, or its path in the item ($.kind)'),
  next: next.optional().describe('how the next page is asked for; without it, the list has one page'),
})
  .superRefine(({ method, body }, context) => {
    if (method === 'GET' && body !== undefined)
      tell(context, 'a GET has no body; leave it out, or choose POST', ['body']);
  })
  .transform(({ type, next: follows, body, ...rest }, context): ListRequest => ({
    ...rest,
    event: type.startsWith('$') ? readPath(type, context) : type,
    ...(follows === undefined ? {} : { next: follows }),
    ...(body === undefined ? {} : { body }),
  }));

function readPath(spelt: string, context: z.core.$RefinementCtx): Path {
  try {
    return parsePath(spelt);
  } catch (error) {
    tell(context, (error as Error).message, ['type']);
    return z.NEVER;
  }
}

const lists = z.array(list).min(1, 'expected at least one list');

const sort = closed({
  by: path().describe("in control's terms, relative to the body"),
  as: z.enum(['instant', 'number', 'text']).default('instant'),
  direction: z.enum(['ascending', 'descending']).default('descending'),
  tie: path().optional().describe('decides between equal ones, in the same direction'),
}).transform(({ tie, ...rest }): ListSort => ({ ...rest, ...(tie === undefined ? {} : { tie }) }));

const enriched = z.union(
  [path('many'), closed({ path: path('many'), enriched: z.literal(true) }).transform(({ path: at }) => at)],
  { error: ({ input }) => unlike('a path, or {path: $.person.title, enriched: true}', input) },
);

const truth = closed({
  url: url(['http:', 'https:']).describe('may hold {key}, {type} and {account.NAME}'),
  headers: headers.default({}),
  body: path().optional().describe("the part of the answer that is the record, in control's terms"),
  perSecond: z.number().gt(0, 'expected a rate above 0').max(1000, 'expected at most 1000').default(5),
  most: z.int().min(1, 'expected at least 1').default(100).describe('records that are read again in one run'),
})
  .superRefine(({ url: address }, context) => {
    if (!address.includes('{key}')) tell(context, 'names no record; put {key} where its id belongs', ['url']);
  })
  .transform(({ body, ...rest }): TruthSettings => ({ ...rest, ...(body === undefined ? {} : { body }) }));

/** The `snapshot` section. */
export const snapshot = closed({
  control: lists.describe("the trusted system's lists"),
  candidate: lists.describe('the lists of the system on trial'),
  sort: sort.optional().describe('how the page orders what it has put together; without it, order does not matter'),
  limit: z.int().min(1, 'expected at least 1').optional().describe('how many items the page shows'),
  attempts: z.int().min(1, 'expected at least 1').max(100, 'expected at most 100').default(3),
  interval: duration().prefault('1s').describe('between two attempts'),
  timeout: duration(1).prefault('10s').describe('how long an answer may take'),
  retries: z.int().min(0, 'expected at least 0').max(10, 'expected at most 10').default(2),
  maxPages: z.int().min(1, 'expected at least 1').default(1_000),
  maxBytes: z.int().min(1, 'expected at least 1').default(33_554_432).describe('of one answer'),
  concurrency: z.int().min(1, 'expected at least 1').max(64, 'expected at most 64').default(4),
  dedupe: z.boolean().default(true).describe('whether the page drops a pushed event that its list already shows'),
  enriched: z.array(enriched).default([]).describe('paths of what is read anew, so that one side may be fresher'),
  truth: truth.optional().describe('where a record is read again that differs at an enriched path'),
}).transform(({ sort: order, limit, interval, timeout, truth: source, ...rest }): SnapshotSettings => ({
  ...rest,
  intervalMs: interval,
  timeoutMs: timeout,
  ...(order === undefined ? {} : { sort: order }),
  ...(limit === undefined ? {} : { limit }),
  ...(source === undefined ? {} : { truth: source }),
}));

const SHARE = 'expected a share from 0 to 1';
const count = z.int().min(0, 'expected a count of at least 0').nullable();

/** `gate.snapshot`: null is no limit. */
export const snapshotGate = closed({
  mismatch: count.default(0),
  missing: count.default(0),
  extra: count.default(0),
  duplicate: count.default(0),
  inversions: count.default(0).describe('items that would have to move for the list to be in order'),
  pageEdges: count.default(0).describe('items lost or doubled where two pages meet'),
  handOver: count.default(0).describe('events that list and stream together lost or doubled'),
  inconclusiveShare: z.number().min(0, SHARE).max(1, SHARE).default(0.05),
  requests: z.number().min(1, 'expected at least 1').nullable().optional().describe("of the candidate's full list"),
  bytes: z.int().min(1, 'expected at least 1').nullable().optional(),
  p50: duration().optional().describe("time to the candidate's full list"),
  p95: duration().optional(),
}).transform(({ inconclusiveShare, ...limits }): SnapshotGate => ({
  inconclusiveShare,
  ...(Object.fromEntries(Object.entries(limits).filter(([, limit]) => typeof limit === 'number')) as Omit<
    SnapshotGate,
    'inconclusiveShare'
  >),
}));

import { describe, expect, it } from 'vitest';
import { LEAST, load, problemsIn } from './folder.js';

const LISTS = `snapshot:
  control: [{url: "http://a.test/{account.id}", type: x}]
  candidate: [{url: "http://b.test/", type: y}]
`;

describe('the snapshot section', () => {
  it('has defaults for all but the lists', async () => {
    const { settings } = await load(LEAST + LISTS);
    expect(settings.snapshot).toMatchObject({
      attempts: 3,
      intervalMs: 1_000,
      timeoutMs: 10_000,
      retries: 2,
      dedupe: true,
    });
    expect(settings.snapshot?.control[0]).toMatchObject({ method: 'GET', event: 'x', items: { text: '$' } });
    expect(settings.snapshot?.control[0]?.next).toBeUndefined();
    expect(settings.gate.snapshot).toBeUndefined();
  });

  it.each([
    ['{page: p, size: 50}', { kind: 'page', parameter: 'p', first: 1, size: 50 }],
    ['{cursor: $.next, parameter: after}', { kind: 'cursor', at: { text: '$.next' }, parameter: 'after' }],
    ['{url: $.links.next}', { kind: 'url', at: { text: '$.links.next' } }],
    ['{link: next}', { kind: 'link', rel: 'next' }],
  ])('reads next: %s', async (next, expected) => {
    const { settings } = await load(LEAST + LISTS.replace('type: y}', `type: y, next: ${next}}`));
    expect(settings.snapshot?.candidate[0]?.next).toMatchObject(expected);
  });

  it('reads limits, and takes null for none', async () => {
    const gate = 'gate: {snapshot: {missing: null, inversions: 2, requests: 1, p95: 500ms}}\n';
    const { settings } = await load(LEAST + gate + LISTS);
    expect(settings.gate.snapshot).toEqual({
      mismatch: 0,
      extra: 0,
      duplicate: 0,
      inversions: 2,
      pageEdges: 0,
      handOver: 0,
      inconclusiveShare: 0.05,
      requests: 1,
      p95: 500,
    });
  });

  it.each<[string, (lists: string) => string, string]>([
    [
      'two ways to the next page',
      (lists) => lists.replace('type: y}', 'type: y, next: {page: p, link: next}}'),
      'snapshot.candidate[0].next: expected one of page, cursor, url or link, found page and link',
    ],
    [
      'a GET with a body',
      (lists) => lists.replace('type: y}', 'type: y, body: "{}"}'),
      'snapshot.candidate[0].body: a GET has no body; leave it out, or choose POST',
    ],
    [
      'a template that no account fills',
      (lists) => lists.replace('{account.id}', '{account.ide}'),
      'snapshot.control[0].url: no account has the value that {account.ide} names; did you mean "id"?',
    ],
    [
      'a source of truth that names no record',
      (lists) => `${lists}  truth: {url: "http://a.test/"}\n`,
      'snapshot.truth.url: names no record; put {key} where its id belongs',
    ],
    [
      'a bad path',
      (lists) => lists.replace('type: y}', 'type: "$.a[*]"}'),
      'snapshot.candidate[0].type: expected a path',
    ],
    [
      'an unknown key',
      (lists) => lists.replace('type: y}', 'type: y, itms: $}'),
      'unknown key "itms"; did you mean "items"?',
    ],
  ])('refuses %s', async (_, edit, problem) => {
    expect((await problemsIn(LEAST + edit(LISTS))).join('\n')).toContain(problem);
  });

  it('keeps what its headers and addresses hold out of every output', async () => {
    const { secrets } = await load(
      LEAST +
        LISTS.replace('type: y}', 'type: y, headers: {authorization: Bearer geheim-1}}').replace(
          'b.test/',
          'b.test/?api_key=geheim-2',
        ),
    );
    expect(secrets.redact('geheim-1 geheim-2')).not.toContain('geheim');
  });
});

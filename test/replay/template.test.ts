import { describe, expect, it } from 'vitest';
import { checkTemplates, template } from '../../src/replay/targets/template.js';
import { event } from './recorded.js';

describe('templates', () => {
  it.each([
    [
      '{"event":"{event}","id":{key},"data":{payload}}',
      'json',
      '{"event":"email-opened","id":42,"data":{"id":42,"name":"é\\n"}}',
    ],
    ['{"data":"{payload}"}', 'json', JSON.stringify({ data: '{"id":42,"name":"é\\n"}' })],
    ['{"who":"{account}","token":"{account.token}","{key}":{}}', 'json', '{"who":"rep-1","token":"t&1","42":{}}'],
    [
      'http://h/{account}/{type}?t={account.token}&c={channel}',
      'url',
      'http://h/rep-1/email_opened?t=t%261&c=private-feed-rep-1',
    ],
    ['a={payload}', 'url', 'a=%7B%22id%22%3A42%2C%22name%22%3A%22%C3%A9%5Cn%22%7D'],
    ['Bearer {account.token}', 'plain', 'Bearer t&1'],
    ['{unknown} {} {{key}}', 'plain', '{unknown} {} {42}'],
  ] as const)('%s written as %s', (text, writing, expected) => {
    expect(template(text, writing)(event())).toBe(expected);
  });

  it('a value cannot break out of a JSON body or a URL', () => {
    const hostile = event({ event: '","x":"', key: '../..?a#b' });
    expect(JSON.parse(template('{"event":"{event}"}', 'json')(hostile))).toEqual({ event: '","x":"' });
    expect(new URL(template('http://h/{key}', 'url')(hostile)).pathname).toBe('/..%2F..%3Fa%23b');
  });

  it('an account that lacks a value is told before anything is sent', () => {
    const accounts = [event().account, { id: 'rep-2', values: { id: 'rep-2' } }];
    expect(() => checkTemplates(['{account.id} {account.token}'], accounts, 'replay')).toThrow(
      /rep-2 lacks .*\{account\.token\}/,
    );
  });
});

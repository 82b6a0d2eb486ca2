import { describe, expect, it } from 'vitest';
import { CallError } from '../../src/model/errors.js';
import { allower, checkHosts } from '../../src/replay/allow.js';

describe('hosts that may be sent to', () => {
  it.each<[readonly string[], string, boolean]>([
    [[], '127.0.0.1', true],
    [[], '127.8.8.8', true],
    [[], 'localhost', true],
    [[], '[::1]', true],
    [[], 'staging.example.com', false],
    [[], '127.0.0.1.example.com', false],
    [[], 'localhost.example.com', false],
    [['staging.example.com'], 'staging.example.com', true],
    [['staging.example.com'], 'Staging.Example.com.', true],
    [['staging.example.com'], 'www.staging.example.com', false],
    [['staging.example.com'], 'example.com', false],
    [['*.example.com'], 'a.b.example.com', true],
    [['*.example.com'], 'example.com', false],
    [['*.example.com'], '.example.com', false],
    [['*.example.com'], 'badexample.com', false],
    [['api-eu.pusher.com'], 'api-mt1.pusher.com', false],
  ])('with %j, %s: %s', (list, host, expected) => {
    expect(allower(list)(host)).toBe(expected);
  });

  it('one that may not be is told with its side and what to do', () => {
    const targets = [
      { side: 'control' as const, hosts: ['127.0.0.1'] },
      { side: 'candidate' as const, hosts: ['localhost', 'live.example.com'] },
    ];
    expect(() => checkHosts(targets, allower([]))).toThrow(CallError);
    expect(() => checkHosts(targets, allower([]))).toThrow(
      /candidate target would send to live\.example\.com.*allow: \[live\.example\.com\]/,
    );
    expect(() => checkHosts(targets, allower(['live.example.com']))).not.toThrow();
  });
});

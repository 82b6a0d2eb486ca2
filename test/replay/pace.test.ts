import { describe, expect, it } from 'vitest';
import { CallError } from '../../src/model/errors.js';
import { dueMs, parsePace, paceText, periodMs, type Pace, type Place } from '../../src/replay/pace.js';

const recorded = (speed: number): Pace => ({ kind: 'recorded', speed });
const rate = (perS: number): Pace => ({ kind: 'rate', perS });
const place = (some: Partial<Place>): Place => ({ nth: 0, loop: 0, sinceFirstMs: 0, periodMs: 0, ...some });

describe('when an event is due', () => {
  it.each<[string, Pace, Place, number]>([
    ['the first event, at once', recorded(1), place({}), 0],
    ['as recorded', recorded(1), place({ nth: 7, sinceFirstMs: 1234.567 }), 1234.567],
    ['ten times as fast', recorded(10), place({ nth: 7, sinceFirstMs: 1234.567 }), 123.4567],
    ['half as fast', recorded(0.5), place({ sinceFirstMs: 1000 }), 2000],
    ['the second loop begins a period later', recorded(1), place({ nth: 3, loop: 1, periodMs: 150 }), 150],
    ['a loop is as fast as the rest', recorded(3), place({ nth: 3, loop: 2, sinceFirstMs: 30, periodMs: 150 }), 110],
    ['at a rate only the number counts', rate(500), place({ nth: 250, loop: 4, sinceFirstMs: 99_999 }), 500],
    ['at a rate, the first at once', rate(500), place({}), 0],
    ['an hour at 1000/s ends on the hour: nothing adds up', rate(1000), place({ nth: 3_600_000 }), 3_600_000],
    ['a rate that no double divides evenly does not drift', rate(3), place({ nth: 3_000_000 }), 1_000_000_000],
  ])('%s', (_, pace, at, due) => {
    expect(dueMs(pace, at)).toBeCloseTo(due, 9);
  });

  it.each([
    ['a span and one average gap', 100, 3, 150],
    ['of two events', 100, 2, 200],
    ['of one event, a second', 0, 1, 1000],
  ])('a period is %s', (_, span, events, expected) => {
    expect(periodMs(span, events)).toBe(expected);
  });
});

describe('what the command line asks for', () => {
  it.each<[string | undefined, string | undefined, Pace, string]>([
    [undefined, undefined, recorded(1), 'the recorded pace'],
    ['10', undefined, recorded(10), '10 × the recorded pace'],
    ['2.5x', undefined, recorded(2.5), '2.5 × the recorded pace'],
    [undefined, '500/s', rate(500), '500 events/s'],
    [undefined, '0.5', rate(0.5), '0.5 events/s'],
  ])('--speed %s --rate %s', (speed, perS, pace, text) => {
    expect(parsePace(speed, perS)).toEqual(pace);
    expect(paceText(pace)).toBe(text);
  });

  it.each([
    ['0', undefined],
    ['-1', undefined],
    ['fast', undefined],
    ['', undefined],
    ['1e9', undefined],
    [undefined, '0/s'],
    [undefined, '500/m'],
    [undefined, '10000000/s'],
    ['1', '1/s'],
  ])('--speed %s --rate %s is refused', (speed, perS) => {
    expect(() => parsePace(speed, perS)).toThrow(CallError);
  });
});

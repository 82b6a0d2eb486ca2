import { describe, expect, it } from 'vitest';
import { REPORTS } from '../../src/reports/index.js';
import { broken, empty, proven } from './sample.js';
import { sectioned } from './sectioned.js';
import { readers, talliesOf } from './tallies.js';

const options = { width: 200, colour: false };

describe.each(Object.entries({ proven, broken, empty, sectioned }))('the report %s', (_, make) => {
  it.each(Object.entries(readers))('has the same counts as %s', (name, read) => {
    expect(read(REPORTS[name]!(make(), options))).toEqual(talliesOf(make()));
  });
});

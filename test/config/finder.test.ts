import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Finder } from '../../src/config/finder.js';
import { Secrets } from '../../src/config/secrets.js';

const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '-', '\u2028', '😀'), minLength: 4, maxLength: 24 });

it('finds every word, wherever it stands', () => {
  fc.assert(
    fc.property(
      fc.array(letters, { minLength: 1, maxLength: 20 }),
      fc.nat(),
      letters,
      letters,
      (words, nth, before, after) => {
        const word = words[nth % words.length] as string;
        expect(new Finder(words).mayFind(before + word + after)).toBe(true);
        expect(new Finder(words).mayFind(word)).toBe(true);
      },
    ),
  );
});

it('passes over texts that hold the beginning of none', () => {
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 20 }), letters, (words, text) => {
      const width = Math.min(16, ...words.map((word) => word.length));
      const holds = words.some((word) => text.includes(word.slice(0, width)));
      expect(new Finder(words).mayFind(text)).toBe(holds);
    }),
  );
});

it('lets no secret of many slip by', () => {
  fc.assert(
    fc.property(fc.uniqueArray(letters, { minLength: 1, maxLength: 30 }), fc.nat(), letters, (values, nth, text) => {
      const secrets = new Secrets();
      for (const value of values) secrets.add(value, 'X');
      const value = values[nth % values.length] as string;
      expect(secrets.redact(`${text}${value}`)).not.toContain(value);
    }),
  );
});

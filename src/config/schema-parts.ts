import * as z from 'zod';
import { CallError } from '../model/errors.js';
import type { Path } from '../model/path.js';
import type { PathValue } from '../model/settings.js';
import type { Ms } from '../model/timeline.js';
import { formatDuration, parseDuration, unitLacks } from './duration.js';
import { shown, unknownKeys, unlike } from './explain.js';
import { parsePath } from './path.js';
import type { Reach } from './path.js';

// A config is read once: to generate code for that would take longer than it saves.
z.config({ jitless: true });

/** A map of these keys and no other. */
export function closed<Shape extends z.core.$ZodShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? unknownKeys(issue.keys, known) : undefined),
  });
}

/** Tells a problem of a value that has the right type, at a path below it. */
export function tell(
  context: z.core.$RefinementCtx,
  message: string,
  path: (string | number)[] = [],
  at: 'key' | 'value' = 'value',
): void {
  context.addIssue({ code: 'custom', message, path, params: { at } });
}

/** A transformation by a function that throws CallError, whose message becomes the issue. */
function reading<Value>(read: (text: string) => Value) {
  return (text: string, context: z.core.$RefinementCtx): Value => {
    try {
      return read(text);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      tell(context, error.message);
      return z.NEVER;
    }
  };
}

export const text = z.string().min(1, 'expected text');

/** A duration of at least this long. */
export const duration = (least: Ms = 0) =>
  z
    .string({
      error: ({ input }) => (typeof input === 'number' && input >= 0 ? unitLacks(String(input)) : undefined),
    })
    .meta({ pattern: String.raw`^\d+(\.\d+)?(ms|s|m|h|d)$`, examples: ['250ms', '10s'] })
    .transform(
      reading((spelt) => {
        const given = parseDuration(spelt);
        if (given >= least) return given;
        throw new CallError(`expected a duration of at least ${formatDuration(least)}, found ${spelt}`);
      }),
    );

export const path = (reach: Reach = 'one') =>
  z
    .string()
    .meta({ pattern: String.raw`^\$` })
    .transform(reading((spelt) => parsePath(spelt, reach)));

/** One path, or several that belong together. */
export const paths = z
  .union([path(), z.array(path()).min(1, 'expected at least one path')], {
    error: ({ input }) => unlike('a path or a list of paths', input),
  })
  .transform((one): Path[] => (Array.isArray(one) ? one : [one]));

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: ({ input }) => unlike('text, a number, true, false or null to compare with', input),
});

/** Conditions: path to the value that must stand there. */
export const where = z.record(z.string(), scalar).transform((conditions, context): PathValue[] =>
  Object.entries(conditions).flatMap(([spelt, value]) => {
    try {
      return [{ path: parsePath(spelt), value }];
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      tell(context, error.message, [spelt], 'key');
      return [];
    }
  }),
);

/** A URL of one of the schemes (`wss:`), which may hold templates. */
export const url = (schemes: readonly string[]) =>
  z.string().superRefine((spelt, context) => {
    const right = `expected a URL that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`;
    const filled = spelt.replaceAll(/\{[^{}]*\}/g, 'x');
    const parsed = URL.canParse(filled) ? new URL(filled) : undefined;
    if (!parsed || !schemes.includes(parsed.protocol)) tell(context, `${right}, found ${shown(spelt)}`);
    else if (holdsCredentials(parsed)) {
      tell(
        context,
        'holds a name or password before its @, which would not be sent; put them into headers, as authorization',
      );
    } else if (parsed.hash !== '') tell(context, `${right} and has no #, found ${shown(spelt)}`);
  });

/** `ws` sends what stands before the @ of an address, and undici leaves it out. */
function holdsCredentials({ protocol, username, password }: URL): boolean {
  return protocol.startsWith('http') && (username !== '' || password !== '');
}

export const textMap = z.record(z.string(), z.string());

// RFC 9110, section 5: field names are tokens, values hold no line breaks. Values are secrets and never shown.
export const headers = textMap.superRefine((fields, context) => {
  for (const [name, value] of Object.entries(fields)) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
      tell(context, `expected the name of a header, found ${shown(name)}`, [name], 'key');
    } else if (!/^[\t\u0020-\u007E\u0080-\u00FF]*$/.test(value)) {
      tell(
        context,
        'a header cannot hold line breaks or characters beyond Latin-1; check the value it is filled from',
        [name],
      );
    }
  }
});

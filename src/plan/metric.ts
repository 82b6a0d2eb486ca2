import { Agent, request } from 'undici';
import { ObserveError } from '../model/errors.js';
import type { MetricExpectation } from '../model/plan.js';
import type { Path } from '../model/path.js';
import type { Section } from '../model/section.js';
import type { Ms } from '../model/timeline.js';

type Case = Section['cases'][number];

const TIMEOUT_MS: Ms = 5_000;

/** Reads a figure that a service tells of itself. @throws ObserveError when it does not tell it */
export async function readMetric(expected: MetricExpectation, signal: AbortSignal): Promise<number> {
  const agent = new Agent({ connect: { timeout: TIMEOUT_MS } });
  try {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const answer = await request(expected.url, { headers: expected.headers, dispatcher: agent, signal: deadline });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new ObserveError(`it was answered ${answer.statusCode}`);
    const figure =
      expected.figure.kind === 'json' ? figureAt(text, expected.figure.path) : sampleOf(text, expected.figure.metric);
    if (figure === undefined) throw new ObserveError('the answer does not hold it');
    return figure;
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ObserveError(
      `the figure ${expected.name} of ${withoutQuery(expected.url)} could not be read: ${code ?? message}`,
      { cause: error },
    );
  } finally {
    await agent.destroy();
  }
}

/** Holds a figure, or its growth during the phase, to its bounds. */
export function judgeMetric(expected: MetricExpectation, before: number, after: number): Case {
  const figure = expected.of === 'value' ? after : after - before;
  const bounds = [
    ...(expected.atLeast === undefined ? [] : [`at least ${expected.atLeast}`]),
    ...(expected.atMost === undefined ? [] : [`at most ${expected.atMost}`]),
  ].join(' and ');
  const held = figure >= (expected.atLeast ?? -Infinity) && figure <= (expected.atMost ?? Infinity);
  const grew = expected.of === 'value' ? `is ${after}` : `grew by ${figure}, from ${before} to ${after}`;
  return { name: `http ${expected.name}`, status: held ? 'passed' : 'failed', detail: `${grew}; expected ${bounds}` };
}

function figureAt(text: string, { segments }: Path): number | undefined {
  let value: unknown = JSON.parse(text);
  for (const segment of segments) {
    const step = segment.kind === 'name' ? segment.name : segment.kind === 'index' ? segment.index : '';
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return typeof value === 'number' ? value : undefined;
}

/** Of Prometheus' text format: the sum of the samples of that name which have those labels. */
function sampleOf(text: string, metric: string): number | undefined {
  const wanted = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?$/.exec(metric.trim());
  if (wanted === null) return undefined;
  const labels = labelsOf(wanted[2] ?? '');
  let sum: number | undefined;
  for (const line of text.split('\n')) {
    const sample = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/.exec(line);
    if (sample === null || sample[1] !== wanted[1]) continue;
    const has = labelsOf(sample[2] ?? '');
    if ([...labels].every(([name, value]) => has.get(name) === value)) sum = (sum ?? 0) + Number(sample[3]);
  }
  return sum;
}

function labelsOf(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/, '').replace(/\/\/[^/@]*@/, '//');
}

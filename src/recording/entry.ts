import type { Side, TimelineEntry } from '../model/timeline.js';
import { isJson } from './json-values.js';

/**
 * One line of a recording as an entry. A frame's payload is sliced out of the line, never parsed and written again, so
 * that no digit is lost. Throws a SyntaxError that says what is wrong with the line.
 */
export function parseEntry(line: string): TimelineEntry {
  // Inside a JSON string a quote has a backslash before it, so this can only be the member itself.
  const at = line.indexOf(',"payload":');
  if (at !== -1 && !line.endsWith('}')) throw new SyntaxError('the line does not end its object');
  const head = object(at === -1 ? line : `${line.slice(0, at)}}`);
  const t = head['t'];
  if (typeof t !== 'number' || !Number.isFinite(t) || t < 0) throw new SyntaxError('"t" is no number of milliseconds');
  switch (head['kind']) {
    case 'frame': {
      const payload = at === -1 ? text(head, 'text') : line.slice(at + 11, -1);
      // What is no JSON stands as a text: this is a damaged line, which may have swallowed others.
      if (at !== -1 && !isJson(payload)) throw new SyntaxError('"payload" is no JSON');
      const unreadable = head['unreadable'];
      return {
        kind: 'frame',
        t,
        side: side(head),
        account: text(head, 'account'),
        channel: text(head, 'channel'),
        event: text(head, 'event'),
        payload,
        ...(typeof unreadable === 'string' ? { unreadable } : {}),
      };
    }
    case 'link': {
      const state = head['state'];
      if (state !== 'up' && state !== 'down') throw new SyntaxError('"state" is neither "up" nor "down"');
      return {
        kind: 'link',
        t,
        side: side(head),
        account: text(head, 'account'),
        state,
        reason: text(head, 'reason'),
        ...(head['final'] === true ? { final: true } : {}),
        ...(typeof head['remedy'] === 'string' ? { remedy: head['remedy'] } : {}),
      };
    }
    case 'tick':
      return { kind: 'tick', t, ...(typeof head['lateMs'] === 'number' ? { lateMs: head['lateMs'] } : {}) };
    case 'mark':
      return { kind: 'mark', t, label: text(head, 'label') };
    default:
      throw new SyntaxError('"kind" is none of frame, link, tick, mark');
  }
}

function object(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SyntaxError('the line is no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SyntaxError('the line is no object');
  return value as Record<string, unknown>;
}

function text(head: Record<string, unknown>, name: string): string {
  const value = head[name];
  if (typeof value !== 'string') throw new SyntaxError(`"${name}" is no text`);
  return value;
}

function side(head: Record<string, unknown>): Side {
  const value = head['side'];
  if (value !== 'control' && value !== 'candidate')
    throw new SyntaxError('"side" is neither "control" nor "candidate"');
  return value;
}

import { afterSpace, rawAt, stringAt, stringEnd } from '../model/raw-json.js';

/** The parts of a Phoenix message, its payload still the text that came over the wire. */
export interface PhoenixFrame {
  readonly topic: string;
  readonly event: string;
  readonly payload: string;
}

/**
 * Takes a message of serializer V2, `[join_ref, ref, topic, event, payload]` with strings or null as references, or
 * of V1, `{topic, event, payload, ref}`. The payload is whatever stands between the event and the closing bracket,
 * unread. Undefined if the text is neither; throws a SyntaxError where a V1 message is no JSON.
 */
export function slicePhoenix(text: string): PhoenixFrame | undefined {
  const start = afterSpace(text, 0);
  return text[start] === '{' ? sliceObject(text) : sliceArray(text, start);
}

function sliceArray(text: string, start: number): PhoenixFrame | undefined {
  if (text[start] !== '[') return undefined;
  let at = start + 1;
  const head: (string | undefined)[] = [];
  while (head.length < 4) {
    at = afterSpace(text, at);
    const end = text[at] === '"' ? stringEnd(text, at) : text.startsWith('null', at) ? at + 4 : -1;
    const comma = afterSpace(text, end);
    if (end < 0 || text[comma] !== ',') return undefined;
    head.push(text[at] === '"' ? stringAt(text, at, end) : undefined);
    at = comma + 1;
  }
  const [, , topic, event] = head;
  const end = text.trimEnd().length - 1;
  if (topic === undefined || event === undefined || end <= at || text[end] !== ']') return undefined;
  return { topic, event, payload: text.slice(at, end).trim() };
}

function sliceObject(text: string): PhoenixFrame | undefined {
  const { topic, event } = JSON.parse(text) as { topic?: unknown; event?: unknown };
  const payload = rawAt(text, ['payload']);
  if (typeof topic !== 'string' || typeof event !== 'string' || payload === undefined) return undefined;
  return { topic, event, payload };
}

/** Whether a message is the protocol's own talk (joins, replies, heartbeats, presence) and not an event of the feed. */
export function isPhoenixTalk(topic: string, event: string): boolean {
  return topic === 'phoenix' || event.startsWith('phx_') || event === 'presence_state' || event === 'presence_diff';
}

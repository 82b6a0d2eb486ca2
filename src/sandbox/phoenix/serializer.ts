/** What a frame carries: JSON text, spliced in untouched so that no digit is lost, or the bytes of a binary frame. */
export type Payload = string | Uint8Array;

/** A client's frame, decoded. References are whatever JSON the client chose, and are given back as they came. */
export interface Message {
  readonly joinRef: unknown;
  readonly ref: unknown;
  readonly topic: unknown;
  readonly event: unknown;
  /** A JSON value, or the bytes of a binary frame. */
  readonly payload: unknown;
}

/** A frame for a client. A reply answers a message, a push comes from one channel, a broadcast goes to a whole topic. */
export type Outgoing =
  | {
      readonly kind: 'reply';
      readonly joinRef: unknown;
      readonly ref: unknown;
      readonly topic: unknown;
      readonly status: 'ok' | 'error';
      readonly response: Payload;
    }
  | {
      readonly kind: 'push';
      readonly joinRef: unknown;
      /** Only `phx_close` and `phx_error` bear one: the join's. */
      readonly ref?: unknown;
      readonly topic: string;
      readonly event: string;
      readonly payload: Payload;
    }
  | { readonly kind: 'broadcast'; readonly topic: string; readonly event: string; readonly payload: Payload };

/** A frame as it goes onto the socket. */
export interface Wire {
  readonly data: Buffer;
  readonly binary: boolean;
}

/** One of the wire formats of Phoenix, chosen by the client's `vsn`. Decoding throws on what is no frame. */
export interface Serializer {
  decode(data: Buffer, binary: boolean): Message;
  encode(frame: Outgoing): Wire;
}

/** The serializer for a `vsn`; Phoenix takes 1.0.x (also when there is none) and 2.0.x, and refuses all others. */
export function serializerFor(vsn: string | undefined): Serializer | undefined {
  if (vsn === undefined || /^1\.0\.\d+$/.test(vsn)) return V1;
  return /^2\.0\.\d+$/.test(vsn) ? V2 : undefined;
}

/** `vsn=1.0.0`: objects. What the server sends bears no join_ref, and binary payloads are unknown. */
const V1: Serializer = {
  decode(data) {
    const frame: unknown = JSON.parse(data.toString());
    if (typeof frame !== 'object' || frame === null) throw new Error('A V1 frame is an object.');
    const fields = frame as Record<string, unknown>;
    for (const name of ['topic', 'event', 'payload', 'ref']) {
      if (!Object.hasOwn(fields, name)) throw new Error(`A V1 frame needs ${name}.`);
    }
    const { join_ref: joinRef = null, ref, topic, event, payload } = fields;
    return { joinRef, ref, topic, event, payload };
  },
  encode(frame) {
    const { event, ref, payload } = inText(frame);
    return text(
      `{"event":${JSON.stringify(event)},"payload":${payload},"ref":${ref},"topic":${JSON.stringify(frame.topic)}}`,
    );
  },
};

/** `vsn=2.0.0`: arrays of five, and binary frames. */
const V2: Serializer = {
  decode(data, binary) {
    if (binary) return decodeBinary(data);
    const frame: unknown = JSON.parse(data.toString());
    if (!Array.isArray(frame) || frame.length < 5) throw new Error('A V2 frame is an array of five.');
    const [joinRef, ref, topic, event, payload] = frame as unknown[];
    return { joinRef, ref, topic, event, payload };
  },
  encode(frame) {
    const content = frame.kind === 'reply' ? frame.response : frame.payload;
    if (typeof content !== 'string') return { data: encodeBinary(frame, content), binary: true };
    const { joinRef, event, ref, payload } = inText(frame);
    return text(`[${joinRef},${ref},${JSON.stringify(frame.topic)},${JSON.stringify(event)},${payload}]`);
  },
};

/** The members that both text formats share, references and payload already as JSON text. */
function inText(frame: Outgoing): { event: string; ref: string; joinRef: string; payload: string } {
  const content = frame.kind === 'reply' ? frame.response : frame.payload;
  if (typeof content !== 'string') throw new TypeError('A V1 client cannot be sent a binary payload.');
  const ref = JSON.stringify(frame.kind === 'broadcast' ? null : (frame.ref ?? null));
  const joinRef = JSON.stringify(frame.kind === 'broadcast' ? null : (frame.joinRef ?? null));
  if (frame.kind !== 'reply') return { event: frame.event, ref, joinRef, payload: content };
  return { event: 'phx_reply', ref, joinRef, payload: `{"response":${content},"status":"${frame.status}"}` };
}

/** `00`, sizes of join_ref, ref, topic and event (a byte each), those strings, the data. */
function decodeBinary(data: Buffer): Message {
  const names = [0, 1, 2, 3].map((index) => data[1 + index]);
  if (data[0] !== 0 || names.includes(undefined)) throw new Error('A binary frame from a client is a push.');
  let at = 5;
  const [joinRef, ref, topic, event] = names.map((size = 0) => {
    at += size;
    return data.toString('utf8', at - size, at);
  });
  if (at > data.length) throw new Error('A binary frame was cut short.');
  return { joinRef, ref, topic, event, payload: data.subarray(at) };
}

/** Kind, sizes in bytes, strings, data. A push is 0 and bears no ref, a reply 1 with its status, a broadcast 2. */
function encodeBinary(frame: Outgoing, data: Uint8Array): Buffer {
  if (frame.kind === 'reply') return binary(1, [frame.joinRef, frame.ref, frame.topic, frame.status], data);
  if (frame.kind === 'push') return binary(0, [frame.joinRef, frame.topic, frame.event], data);
  return binary(2, [frame.topic, frame.event], data);
}

function binary(kind: number, fields: readonly unknown[], data: Uint8Array): Buffer {
  const strings = fields.map((field) => Buffer.from(typeof field === 'string' ? field : JSON.stringify(field ?? '')));
  if (strings.some((string) => string.length > 255))
    throw new RangeError('A name in a binary frame is over 255 bytes.');
  return Buffer.concat([Buffer.from([kind, ...strings.map((string) => string.length)]), ...strings, data]);
}

function text(frame: string): Wire {
  return { data: Buffer.from(frame), binary: false };
}

import { afterEach, describe, expect, test, vi } from 'vitest';
import { startPhoenixServer, type PhoenixOptions, type PhoenixServer } from '../../src/sandbox/phoenix-server.js';
import { capturedApplication } from './phoenix-application.js';
import { refusal, WireClient } from './phoenix-client.js';
import { readTranscript, type Step } from './transcript.js';

/*
 * The frames of real servers, replayed: what their clients sent is sent to ours, and what ours answers is held to what
 * theirs answered, frame by frame in each connection's order (between connections there is none).
 *
 * Not held to, and why:
 * - the order of presence_state and the presence_diff of one's own join: a race in the real server, which mostly sent
 *   the diff first; ours always does, so a captured pair that is the other way round is turned;
 * - the values of phx_ref and online_at: but the same entry must bear the same ones, and their form is checked;
 * - `numbers`: real servers write a published payload anew, ours passes its text on. The captured result is published
 *   here, and must arrive unchanged to the last byte;
 * - `slow`: which of the two held-up frames came first after the join; and feed:slow had no presence there;
 * - `idle`: ticks between; on Bandit 1.7 outgoing events held off the limit, on the other three they did not, as here;
 * - `garbage` big: the transcript cut the frames, so their beginnings are compared;
 * - `server term`, `server idle`: only the close codes, which phoenix-server.test.ts and `idle` here look at.
 */
const BUILDS = [
  { version: '1.7', server: 'bandit' },
  { version: '1.7', server: 'cowboy' },
  { version: '1.8', server: 'bandit' },
  { version: '1.8', server: 'cowboy' },
] as const;

/** Events that an HTTP publish caused in the capture. */
const PUBLISHED = new Set(['tick', 'num', 'many']);

const servers: PhoenixServer[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(servers.splice(0).map((server) => server.stop('abrupt')));
});

async function serve(options: PhoenixOptions): Promise<PhoenixServer> {
  const server = await startPhoenixServer(options);
  servers.push(server);
  return server;
}

describe.each(BUILDS)('Phoenix $version on $server', (build) => {
  const transcript = readTranscript(`phoenix-${build.version}-${build.server}.txt`);
  const stepsOf = (scenario: string): Step[] => {
    const steps = transcript.get(scenario);
    if (steps === undefined || steps.length === 0) throw new Error(`No scenario ${scenario} in the transcript.`);
    return steps;
  };

  test.each(['basic', 'presence', 'numbers', 'refusals', 'v1', 'doublejoin', 'crash', 'disconnect', 'binpush'])(
    '%s',
    async (scenario) => {
      const server = await serve({ ...build, ...capturedApplication() });
      // The last of `garbage` runs into the next scenario.
      await new Replay(server, scenario).run(stepsOf(scenario).filter(({ connection }) => connection !== 'big'));
    },
  );

  test('garbage', async () => {
    const server = await serve({ ...build, ...capturedApplication() });
    const replay = new Replay(server, 'garbage');
    await replay.run(stepsOf('garbage').filter(({ connection }) => connection !== 'big'));
    const client = await WireClient.open(urlFor(server, 'garbage', 'big'));
    client.send(JSON.stringify(['1', '1', 'feed:51', 'phx_join', { x: 'y'.repeat(9_000_000) }]));
    const captured = [...transcript.values()]
      .flat()
      .find(({ connection, kind, text }) => connection === 'big' && kind === 'received' && text.includes('phx_reply'));
    expect((await client.next()).startsWith(captured?.text ?? 'none')).toBe(true);
    await client.close();
  });

  test('slow: a join that is not answered holds up the whole connection', async () => {
    let release = (): void => undefined;
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { join, ...rest } = capturedApplication(slow);
    const asked = new Set<string>();
    const server = await serve({
      ...build,
      ...rest,
      join: (user, topic, payload) => {
        asked.add(topic);
        return join?.(user, topic, payload);
      },
    });
    const steps = stepsOf('slow');
    const before = steps.findIndex(({ text }) => text.includes('feed:slow'));
    const replay = new Replay(server, 'slow');
    await replay.run(steps.slice(0, before));
    const client = await replay.client('A');
    for (const { text, kind } of steps.slice(before)) if (kind === 'sent') client.send(text);
    await vi.waitFor(() => expect(asked).toContain('feed:slow'));
    expect(server.publish('feed:48', 'tick', '{"seq":1}')).toBe(1);
    expect(server.publish('feed:slow', 'tick', '{"seq":1}')).toBe(0);
    release();
    const expected = steps.slice(before).filter(({ kind }) => kind === 'received');
    const got = (await client.settle()).filter((frame) => !/"feed:slow","presence_/.test(frame));
    expect(got[0]).toBe(expected[0]?.text);
    expect(got.toSorted()).toEqual(expected.map(({ text }) => text).toSorted());
    await client.close();
  });

  test('idle: only what the client sends holds off the limit, a ping too', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const server = await serve({ ...build, ...capturedApplication() });
    const silent = await WireClient.open(urlFor(server, 'idle', 'A'));
    const pinging = await WireClient.open(urlFor(server, 'idle', 'Bping'));
    const talking = await WireClient.open(urlFor(server, 'idle', 'A'));
    await silent.join('feed:50');
    vi.advanceTimersByTime(59_999);
    expect(server.publish('feed:50', 'tick', '{"i":0}')).toBe(1);
    const pong = new Promise((resolve) => {
      pinging.socket.once('pong', resolve);
    });
    pinging.socket.ping();
    await pong;
    await talking.settle();
    vi.advanceTimersByTime(1);
    const captured = stepsOf('idle').find(({ connection, kind }) => connection === 'A' && kind === 'close');
    expect(await silent.closed).toBe(captured?.code);
    expect(silent.frames.at(-1)).toBe('[null,null,"feed:50","tick",{"i":0}]');
    vi.advanceTimersByTime(59_998);
    expect([await pinging.settle(), await talking.settle('again')]).toEqual([[], []]);
    expect(await pinging.close()).toBe(
      stepsOf('idle').find(({ connection, kind }) => connection === 'Bping' && kind === 'close')?.code,
    );
  });
});

/** Goes through a scenario's steps against a server, and compares. */
class Replay {
  readonly #server: PhoenixServer;
  readonly #scenario: string;
  readonly #clients = new Map<string, WireClient>();

  constructor(server: PhoenixServer, scenario: string) {
    this.#server = server;
    this.#scenario = scenario;
  }

  async client(connection: string): Promise<WireClient> {
    const open = this.#clients.get(connection);
    if (open !== undefined) return open;
    const client = await WireClient.open(urlFor(this.#server, this.#scenario, connection));
    expect([client.socket.extensions, client.socket.protocol]).toEqual(['', '']);
    this.#clients.set(connection, client);
    return client;
  }

  async run(steps: readonly Step[]): Promise<void> {
    const expected = new Map<string, string[]>();
    const got = new Map<string, string[]>();
    for (const step of deathFirst(steps)) {
      const { connection, kind, text } = step;
      if (kind === 'upgrade') await this.client(connection);
      if (kind === 'sent') (await this.client(connection)).send(step.binary ? Buffer.from(text, 'hex') : text);
      if (kind === 'note') await this.#note(step);
      if (kind === 'close' && this.#clients.has(connection)) await this.#close(step);
      if (kind !== 'received') continue;
      const frame = step.binary ? `BIN ${text}` : text;
      const cause = await this.#cause(step);
      const arrived = await (await this.client(connection)).next();
      if (cause === 'published') expect(arrived).toBe(frame);
      expected.set(connection, [...(expected.get(connection) ?? []), frame]);
      got.set(connection, [...(got.get(connection) ?? []), arrived]);
    }
    for (const [connection, frames] of expected) {
      expect(comparable(got.get(connection) ?? []), connection).toEqual(comparable(diffFirst(frames)));
    }
    for (const [connection, client] of this.#clients) {
      expect(client.frames.length, `frames of ${connection}`).toBe(expected.get(connection)?.length ?? 0);
    }
  }

  /** Does to the server what made the captured one send this frame, where that was not a client's frame. */
  async #cause({ text, binary, connection }: Step): Promise<'published' | undefined> {
    if (binary && this.#scenario === 'binpush') {
      // The transcript lacks the client's binary frame; its answer tells join_ref, ref, topic and data.
      const client = await this.client(connection);
      client.send(Buffer.from('0001010704' + Buffer.from('12feed:52echo').toString('hex') + '010203', 'hex'));
      return undefined;
    }
    if (binary) return undefined;
    const v2 = /^\[(?:"\d+"|null),null,"([^"]+)","(\w+)",(.*)\]$/.exec(text);
    const v1 = /^\{"event":"(\w+)","payload":(.*),"ref":null,"topic":"([^"]+)"\}$/.exec(text);
    const [topic, event, payload] = v2 !== null ? v2.slice(1) : [v1?.[3], v1?.[1], v1?.[2]];
    if (topic === undefined || event === undefined || payload === undefined) return undefined;
    if (PUBLISHED.has(event)) expect(this.#server.publish(topic, event, payload)).toBe(1);
    else if (event === 'intercepted') expect(this.#server.push(topic, event, payload)).toBe(1);
    else return undefined;
    return 'published';
  }

  async #note({ connection, text }: Step): Promise<void> {
    const answer = /^HTTP (\d+) [^"]*"(.*)"$/.exec(text);
    if (answer === null) return;
    expect(await refusal(urlFor(this.#server, this.#scenario, connection))).toEqual({
      status: Number(answer[1]),
      body: answer[2],
    });
  }

  async #close({ connection, code }: Step): Promise<void> {
    const client = await this.client(connection);
    if (this.#scenario === 'disconnect') expect(this.#server.disconnectUser('kickme')).toBe(1);
    else if (code === 1006) client.socket.terminate();
    else if (this.#scenario === 'basic') client.socket.close(1000);
    else if (code === 1000 || code === 1005) client.socket.close();
    expect(await client.closed, `close of ${connection}`).toBe(code);
  }
}

/** Who connects, and how, in each scenario of the capture. */
function urlFor(server: PhoenixServer, scenario: string, connection: string): string {
  if (connection === 'wrongpath') return `${server.url}?vsn=2.0.0`;
  const vsns: Record<string, string> = { V1: '1.0.0', noVsn: '', vsn9: '9.0.0', vsnbad: 'x' };
  const tokens: Record<string, string> = { none: '', deny: 'deny', bad: 'bad', B: 'u2' };
  const vsn = vsns[connection] ?? '2.0.0';
  const token = tokens[connection] ?? (scenario === 'disconnect' ? 'kickme' : 'u1');
  const query = new URLSearchParams({ ...(token !== '' && { token }), ...(vsn !== '' && { vsn }) });
  return `${server.url}/websocket?${query.toString()}`;
}

/** Turns a presence_state that came before the presence_diff of the same join, which is one whose entry it shows. */
function diffFirst(frames: readonly string[]): string[] {
  const turned = [...frames];
  for (const [index, state] of frames.entries()) {
    const diff = frames[index + 1] ?? '';
    const joined = /"presence_diff",\{"joins":.*?("phx_ref":"[^"]+")/.exec(diff)?.[1];
    if (joined === undefined || !state.includes('presence_state') || !state.includes(joined)) continue;
    turned[index] = diff;
    turned[index + 1] = state;
  }
  return turned;
}

/** Puts a client's death before the leaves that it caused: the transcript noted it when it was over. */
function deathFirst(steps: readonly Step[]): Step[] {
  const ordered: Step[] = [];
  for (const step of steps) {
    let at = ordered.length;
    if (step.code === 1006) while (ordered[at - 1]?.text.includes('"leaves":{"') === true) at -= 1;
    ordered.splice(at, 0, step);
  }
  return ordered;
}

/** Frames as values: phx_ref numbered as they first appear, online_at by its kind alone. */
function comparable(frames: readonly string[]): unknown[] {
  const refs = new Map<string, number>();
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(members.map(([name, member]) => [name, normal(name, member)]));
  };
  const normal = (name: string, member: unknown): unknown => {
    if (name === 'online_at') return Number.isInteger(member) ? 'online_at' : member;
    if (name !== 'phx_ref' || !/^[\w-]{16}$/.test(String(member))) return plain(member);
    const number = refs.get(String(member)) ?? refs.size;
    refs.set(String(member), number);
    return `phx_ref ${number}`;
  };
  return frames.map((frame) => (frame.startsWith('BIN') ? frame : plain(JSON.parse(frame))));
}

import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CallError } from '../model/errors.js';
import type { Side } from '../model/timeline.js';
import { faultNamed, isEventFault, isLinkFault } from './faults/index.js';
import { isListFault, type ListStrikeOptions } from './lists-faults.js';
import type { Variant } from './flags.js';
import type { ItemType } from './scenario.js';
import type { Sandbox } from './system.js';

/** The sandbox's HTTP API for people. */
export interface SandboxApi {
  readonly url: string;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** What can be asked, by method and path. */
const ROUTES: Readonly<Record<string, (sandbox: Sandbox, given: Fields) => Answer>> = {
  'POST /events': (sandbox, given) => {
    const { account, type, key } = sandbox.publish(text(given, 'account'), itemType(given));
    return { status: 201, body: { account, type, key } };
  },
  'POST /faults': postFault,
  'DELETE /faults': (sandbox) => {
    sandbox.healLists();
    return { status: 200, body: {} };
  },
  'GET /truth': ({ truth }) => ({
    status: 200,
    body: { totals: truth.totals, faults: truth.faults, published: truth.published.slice(-SHOWN) },
  }),
  'GET /flags': ({ accounts, flag }) => ({
    status: 200,
    body: { [flag.key]: Object.fromEntries(accounts.map((account) => [account, flag.variant(account)])) },
  }),
  'POST /flags': ({ accounts, flag }, given) => {
    const account = text(given, 'account');
    const variant = text(given, 'variant');
    if (!accounts.includes(account)) throw new CallError(`The sandbox has no account ${JSON.stringify(account)}.`);
    if (!isVariant(variant)) throw new CallError(`There is no variant ${JSON.stringify(variant)}; choose on or off.`);
    flag.set(account, variant);
    return { status: 200, body: { account, variant } };
  },
  'GET /switches': ({ switches }) => ({ status: 200, body: switches.all }),
  'POST /switches': ({ switches }, given) => {
    const { on } = given;
    if (typeof on !== 'boolean') throw new CallError('The request lacks on; add true or false.');
    switches.set(text(given, 'name'), on);
    return { status: 200, body: switches.all };
  },
  'GET /metrics': ({ metrics }) => ({ status: 200, body: metrics }),
  'GET /config': (sandbox) => ({ status: 200, body: sandbox.config() }),
};

/** Published items that `GET /truth` shows, the latest ones. */
const SHOWN = 1_000;
const MAX_BODY_BYTES = 64 * 1024;
const HOST = '127.0.0.1';

/** Starts the API on loopback. @throws CallError when the port cannot be had. */
export async function startApi(sandbox: Sandbox, port: number): Promise<SandboxApi> {
  const http = createServer((request, response) => {
    void answer(sandbox, request).then((given) => send(response, given));
  });
  http.listen(port, HOST);
  try {
    await once(http, 'listening');
  } catch (error) {
    throw new CallError(`Could not start the sandbox's API on ${HOST}:${port}; choose another port, or 0 for any.`, {
      cause: error,
    });
  }
  return {
    url: `http://${HOST}:${(http.address() as AddressInfo).port}`,
    async stop() {
      const closed = once(http, 'close');
      http.close();
      http.closeAllConnections();
      await closed;
    },
  };
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const plain = typeof body === 'string';
  response.writeHead(status, { 'content-type': plain ? 'text/yaml; charset=utf-8' : 'application/json' });
  response.end(plain ? body : `${JSON.stringify(body)}\n`);
}

async function answer(sandbox: Sandbox, request: IncomingMessage): Promise<Answer> {
  const asked = `${request.method} ${request.url?.split('?')[0]}`;
  const route = ROUTES[asked];
  if (route === undefined) {
    return { status: 404, body: { error: `There is no ${asked}; ask for one of: ${Object.keys(ROUTES).join(', ')}.` } };
  }
  try {
    return route(sandbox, request.method === 'POST' ? await readFields(request) : {});
  } catch (error) {
    if (error instanceof CallError) return { status: 400, body: { error: error.message } };
    return { status: 500, body: { error: String(error) } };
  }
}

/** A fault of events publishes one that has it; a fault of links strikes, and is answered while it lasts. */
function postFault(sandbox: Sandbox, given: Fields): Answer {
  const fault = text(given, 'fault');
  const account = text(given, 'account');
  if (isListFault(fault)) {
    const options = listOptions(given);
    sandbox.strikeLists(fault, account, options);
    return { status: 201, body: { fault, account, ...options } };
  }
  faultNamed(fault);
  if (isEventFault(fault)) {
    const { type, key } = sandbox.publish(account, itemType(given), { fault });
    return { status: 201, body: { fault, account, type, key } };
  }
  if (!isLinkFault(fault)) throw new CallError(`There is no fault ${JSON.stringify(fault)}.`);
  const side = optionalText(given, 'side') as Side | undefined;
  const forMs = given['forMs'];
  if (forMs !== undefined && !(typeof forMs === 'number' && forMs >= 0)) {
    throw new CallError(`forMs ${JSON.stringify(forMs)} is no duration; give milliseconds.`);
  }
  const options = { ...(side === undefined ? {} : { side }), ...(forMs === undefined ? {} : { forMs }) };
  void sandbox.strike(fault, account, options);
  return { status: 201, body: { fault, account, ...options } };
}

/** A fault of lists lasts until its time is over, or everything is healed with DELETE /faults. */
function listOptions(given: Fields): ListStrikeOptions {
  const side = optionalText(given, 'side') as Side | undefined;
  if (side !== undefined && side !== 'control' && side !== 'candidate') {
    throw new CallError(`There is no side ${JSON.stringify(side)}; choose control or candidate.`);
  }
  const numbers = ['forMs', 'byMs', 'times'].flatMap((name) => {
    const value = given[name];
    if (value === undefined) return [];
    if (typeof value === 'number' && value >= 0) return [[name, value] as const];
    throw new CallError(`${name} ${JSON.stringify(value)} is no number; give one from 0.`);
  });
  return { ...(side === undefined ? {} : { side }), ...Object.fromEntries(numbers) };
}

async function readFields(request: IncomingMessage): Promise<Fields> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) {
    body += chunk;
    if (body.length > MAX_BODY_BYTES) throw new CallError(`A request has at most ${MAX_BODY_BYTES} bytes.`);
  }
  try {
    const given: unknown = JSON.parse(body);
    if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given as Fields;
  } catch {
    // Told below, as what is no object.
  }
  throw new CallError('The request is no JSON object; send one such as {"account": "rep-1"}.');
}

function text(given: Fields, name: string): string {
  const value = optionalText(given, name);
  if (value === undefined) throw new CallError(`The request lacks ${name}; add it.`);
  return value;
}

function optionalText(given: Fields, name: string): string | undefined {
  const value = given[name];
  if (value === undefined || typeof value === 'string') return value;
  throw new CallError(`${name} ${JSON.stringify(value)} is no text; send a string.`);
}

/** As it was given: `publish` refuses what is none. */
function itemType(given: Fields): ItemType | undefined {
  return optionalText(given, 'type') as ItemType | undefined;
}

function isVariant(variant: string): variant is Variant {
  return variant === 'on' || variant === 'off';
}

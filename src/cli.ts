import { Command, CommanderError, Option } from 'commander';
import { readFileSync } from 'node:fs';
import { printable } from './commands/say.js';
import { KnownError } from './model/errors.js';
import { placeOf } from './place.js';

/** What the process says with its exit code. Interrupted runs add 128 + the signal's number. */
export const EXIT = { proven: 0, broken: 1, call: 2, unobserved: 3, unproven: 4 } as const;

/** A verb: gets its arguments and options, prints its result on stdout, and returns the exit code. */
type Verb = (...args: never[]) => Promise<number>;

const examples = `
Examples:
  $ parity demo                                  see it work, with known faults
  $ parity init > parity.yaml                    a first config
  $ parity doctor                                check it, one step a line
  $ parity watch --duration 10m --json > report.json
  $ parity diff recording.ndjson                 judge a recording

Exit codes:
  0 parity proven, or the verb did its work  1 parity broken
  2 wrong call (usage, config, input)        3 could not observe (worth a retry)
  4 unproven (too little evidence, gaps)
  130, 143 interrupted (live runs report first; no recording is judged in part)
`;

/** Builds the table of commands. Each verb's code is loaded only when it is called. */
function program(done: (code: number) => void): Command {
  const root = new Command('parity')
    .description('Proves a new realtime feed (candidate) equal to the old one (control) before a flag is flipped.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print what there is')
    .addHelpText('after', examples)
    .configureHelp({ subcommandTerm: (command) => command.name() })
    // Told as one sentence by `main`, like every other error.
    .configureOutput({ outputError: () => {} })
    .helpCommand(false)
    .exitOverride();

  const verb = (name: string, summary: string, load: () => Promise<Verb>): Command => {
    const command = root.command(name).description(summary).exitOverride();
    command.action(async (...args: unknown[]) => {
      // Commander adds itself as the last argument, after the options.
      done(await (await load())(...(args.slice(0, -1) as never[])));
    });
    return command;
  };

  verb(
    'demo',
    'starts the sandbox with known faults, watches it, and shows what was injected and what was found',
    async () => (await import('./commands/demo.js')).demo,
  )
    .option('--seed <number>', 'seed of the traffic and the faults', '1')
    .addOption(reporter())
    .addOption(json())
    .addOption(quiet());

  config(verb('watch', 'compares both feeds live', async () => (await import('./commands/watch.js')).watch))
    .option('--duration <time>', 'stop after this long, such as 10m; without it, run until Ctrl-C')
    .option('--record <file>', 'write everything that arrives to a recording as well')
    .option('--accounts <ids>', 'only these accounts of the config, separated by commas')
    .addOption(new Option('--until <status>', 'stop as soon as parity is proven').choices(['proven']))
    .addOption(shard())
    .addOption(limit())
    .option('--challenge', 'put known faults into a copy of what came, and tell which of them the config would catch')
    .addOption(seed())
    .addOption(reporter())
    .addOption(json())
    .addOption(quiet());

  config(
    verb(
      'record',
      'writes what arrives on both feeds to a recording, and judges nothing',
      async () => (await import('./commands/record.js')).record,
    ),
  )
    .argument('<file>', 'the recording to write (NDJSON, .gz for gzip); never one that exists')
    .addOption(new Option('--side <side>', 'only one feed').choices(['control', 'candidate']))
    .option('--duration <time>', 'stop after this long, such as 10m; without it, run until Ctrl-C')
    .option('--accounts <ids>', 'only these accounts of the config, separated by commas')
    .addOption(shard())
    .addOption(quiet());

  config(
    verb(
      'diff',
      'judges a recording of both sides, or a control and a candidate recording',
      async () => (await import('./commands/diff.js')).diff,
    ),
  )
    .argument('<recording>', 'a recording (NDJSON, .gz for gzip)')
    .argument('[recording2]', 'the candidate recording, where the first holds control alone')
    .addOption(new Option('--from <kind>', 'what the files are').choices(['recording', 'plain']).default('recording'))
    .addOption(place('--time <path>', 'plain: where a line holds its time, such as $.ts (number or ISO 8601)'))
    .addOption(place('--account <path>', 'plain: where it holds the account, or the account itself'))
    .addOption(place('--type <path>', "plain: where it holds the event's name, or the name itself"))
    .addOption(place('--payload <path>', 'plain: where it holds the payload (default: the whole line)'))
    .option('--no-fast', 'parse every payload, instead of only those whose bytes do not decide')
    .addOption(shard())
    .addOption(limit())
    .option('--challenge', 'put known faults into a copy of it as well, and tell which of them the config would catch')
    .addOption(seed())
    .addOption(reporter())
    .addOption(json())
    .addOption(quiet());

  config(
    verb(
      'replay',
      'drives recorded control events into the systems again, and compares what comes out',
      async () => (await import('./commands/replay.js')).replay,
    ),
  )
    .argument('<recording>', 'a recording that holds control')
    .option('--speed <factor>', 'faster or slower than recorded, such as 10 or 0.5')
    .option('--rate <rate>', 'so many events a second instead, such as 500/s')
    .option('--loop <times>', 'drive the recording so often')
    .addOption(limit('; a number alone: so many events at most'))
    .option('--shift-times', 'move recorded times (at paths with a rule as: instant) to now')
    .option('--dry-run', 'say what would be sent where, and send nothing')
    .addOption(reporter())
    .addOption(json())
    .addOption(quiet());

  config(
    verb(
      'rehearse',
      'simulates a flip at every moment of a recording: what each would lose or show twice',
      async () => (await import('./commands/rehearse.js')).rehearse,
    ),
  )
    .argument('<recording>', 'a recording (NDJSON, .gz for gzip)')
    .argument('[recording2]', 'the candidate recording, where the first holds control alone')
    .option('--reconnect <time>', 'how long a page needs to subscribe to the other feed', '300ms')
    .option('--overlap <time>', 'how long it keeps the one it leaves (default: the smallest that loses nothing)')
    .addOption(json())
    .addOption(quiet());

  verb(
    'explain',
    'shows one verdict of a saved report: both payloads, the rules that touched it, the time around it, and why',
    async () => (await import('./commands/explain.js')).explain,
  )
    .argument('<report>', 'a report, as --json or --reporter json wrote it')
    .argument('<id>', 'the verdict, such as v17')
    .addOption(json());

  config(
    verb(
      'challenge',
      'puts known faults into a copy of a recording, and tells which of them the config would catch',
      async () => (await import('./commands/challenge.js')).challenge,
    ),
  )
    .argument('<recording>', 'a recording (NDJSON, .gz for gzip)')
    .argument('[recording2]', 'the candidate recording, where the first holds control alone')
    .addOption(seed())
    .addOption(json())
    .addOption(quiet());

  config(
    verb(
      'plan',
      'turns the flag as a QA plan says, causes events, checks each phase, and always puts the flag back',
      async () => (await import('./commands/plan.js')).plan,
    ),
  )
    .argument('[file]', 'the plan (YAML)')
    .option('--dry-run', 'print every call that it would make, and make none')
    .option('--restore', 'put back the flag of a plan that was cut off')
    .option('--schema', 'print the JSON Schema of plans instead, for editors')
    .option('--record <file>', 'write everything that arrives to a recording as well')
    .addOption(json())
    .addOption(reporter())
    .addOption(quiet());

  config(
    verb(
      'snapshot',
      'compares the lists that a page begins with, and the hand-over from list to stream',
      async () => (await import('./commands/snapshot.js')).snapshot,
    ),
  )
    .option('--attempts <number>', 'so many readings before what is found stands (default: as the config says)')
    .option('--interval <time>', 'between two readings (default: as the config says)')
    .option('--samples <number>', 'measure at least so many full lists of each side')
    .option('--join', 'open the streams as well: list and stream together must show every event exactly once')
    .option('--duration <time>', 'with --join: how long events flow at least', '2s')
    .option('--accounts <ids>', 'only these accounts of the config, separated by commas')
    .addOption(reporter())
    .addOption(json())
    .addOption(quiet());

  config(
    verb(
      'doctor',
      'checks config, credentials, connections, subscriptions and clock, one step a line',
      async () => (await import('./commands/doctor.js')).doctor,
    ),
  )
    .option('--timeout <time>', 'how long to wait for the subscriptions', '10s')
    .option('--no-isolation', "do not try whether an account is refused another account's channels");

  verb(
    'gate',
    'decides saved reports again, all together: of shards, of several runs, or by other limits',
    async () => (await import('./commands/gate.js')).gate,
  )
    .argument('<reports...>', 'reports as --json or --reporter json=FILE wrote them')
    .option('-c, --config <file>', 'take the limits from this config (default: those that the reports were decided by)')
    .addOption(limit())
    .addOption(reporter())
    .addOption(json())
    .addOption(quiet());

  verb('report', 'renders a saved report in another form', async () => (await import('./commands/report.js')).report)
    .argument('[report]', 'a report as --json or --reporter json=FILE wrote it')
    .option('--to <form>', 'terminal, json, junit, markdown, github or html', 'terminal')
    .option('--out <file>', 'write it to a file instead of stdout')
    .option('--schema', 'print the JSON Schema of reports instead');

  verb('init', 'prints a first config to start from', async () => (await import('./commands/init.js')).init).option(
    '--schema',
    'print the JSON Schema of the config instead, for editors',
  );

  verb(
    'sandbox',
    'runs the embedded legacy and new systems alone, to point a config at',
    async () => (await import('./commands/sandbox.js')).sandbox,
  )
    .option('--accounts <number>', 'how many test accounts', '5')
    .option('--rate <number>', 'events a second', '10')
    .option('--duration <time>', 'stop after this long; without it, run until Ctrl-C')
    .option('--seed <number>', 'seed of the traffic', '1')
    .option('--delay <time>', 'let the new system be exactly this much later, instead of a random queue time')
    .option('--flag-delay <time>', 'let the new system hear of the flag this much later')
    .option(
      '--switch <name...>',
      'let a whole system be wrong: ignore-flag, silence-control, enrich-unconnected, sign-any-channel, join-any-topic',
    )
    .option('--config <file>', 'write the config that watches this sandbox', 'sandbox.yaml')
    .addOption(quiet());

  root
    .command('help')
    .argument('[verb]')
    .description('prints what there is, or what a verb takes')
    .action(async (name: string | undefined) => {
      const command = name === undefined ? root : root.commands.find((command) => command.name() === name);
      if (command !== undefined) command.outputHelp();
      // Called as a verb, an unknown one is told with the one that was probably meant.
      else await program(done).parseAsync([String(name)], { from: 'user' });
    });
  return root;
}

const SEE_HELP = 'parity --help shows what there is';

/** What commander found wrong, as one sentence. */
function sentenceOf({ message }: CommanderError): string {
  const text = message
    .replace(/^error: /, '')
    .replace(/\.? *\n?\(Did you mean (.+)\?\)$/s, '; did you mean $1?')
    .replace('. Expected', ', expected')
    .replace(/\.$/, '');
  return text.endsWith('?') ? text : `${text}; ${SEE_HELP}`;
}

function config(command: Command): Command {
  return command.option('-c, --config <file>', 'the config (default: parity.yaml here or in a folder above)');
}

/** May be given several times: for both files, or for one with `control:` or `candidate:` before it. */
function place(flags: string, summary: string): Option {
  return new Option(flags, summary).argParser((value: string, before: string[] | undefined) => [
    ...(before ?? []),
    value,
  ]);
}

function json(): Option {
  return new Option('--json', 'print the report as one JSON document on stdout');
}

function seed(): Option {
  return new Option('--seed <number>', 'what decides which events take which fault').default('1');
}

/** May be given several times. */
function reporter(): Option {
  return new Option(
    '--reporter <name=file>',
    'a form of the report: terminal, json, junit, markdown, github, html; several, or with commas; without =file on stdout',
  ).argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
}

function shard(): Option {
  return new Option('--shard <i/n>', 'only a share of the accounts, such as 3/8; parity gate decides on all of them');
}

/** May be given several times. */
function limit(more = ''): Option {
  return new Option(
    '--limit <limit>',
    `a limit over that of the config, such as 'lag.p99<2s' or 'types.NAME.missing<=3'${more}`,
  ).argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
}

function quiet(): Option {
  return new Option('-q, --quiet', 'say nothing on stderr but errors');
}

function version(): string {
  const text = readFileSync(placeOf('package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Runs the command line and returns the exit code. Known errors become one sentence; our own bugs keep their stack. */
export async function main(argv: readonly string[]): Promise<number> {
  // A reader that went away (`parity … | head`) changes nothing; whatever else went wrong is told by who wrote.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  process.on('uncaughtException', (error) => process.exit(confess(error)));
  let code: number = EXIT.proven;
  try {
    await program((result) => (code = result)).parseAsync(argv);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.proven;
      // Called without a verb, it has printed its help.
      if (error.code !== 'commander.help') complain(sentenceOf(error));
      return EXIT.call;
    }
    if (!(error instanceof KnownError)) return confess(error);
    complain(error.message);
    return error.fault === 'call' ? EXIT.call : EXIT.unobserved;
  }
}

function complain(sentence: string): void {
  process.stderr.write(`parity: ${printable(sentence)}\n`);
}

/** Tells of a bug of ours. Never exit code 1, which would say that parity is broken. */
function confess(error: unknown): number {
  process.stderr.write(
    `parity: this is a bug, please report it\n${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return EXIT.call;
}

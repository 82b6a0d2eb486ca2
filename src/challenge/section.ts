import type { Json } from '../model/json.js';
import type { Section } from '../model/section.js';
import type { Challenge } from './challenge.js';
import type { FaultScore, PathScore, Tally } from './score.js';

type Case = Section['cases'][number];
type Table = Section['tables'][number];

/** A challenge as it enters a report. What nothing could turn red is left undecided: a green answer of it proves nothing. */
export function challengeSection(challenge: Challenge): Section {
  const cases = casesOf(challenge);
  return {
    kind: 'challenge',
    title: 'Self-challenge: known faults in a copy of the stream',
    status: cases.every(({ status }) => status === 'passed') ? 'passed' : 'undecided',
    summary: summaryOf(challenge),
    cases,
    tables: [
      faults(challenge),
      blindSpots(challenge),
      newFields(challenge),
      partly(challenge),
      paths(challenge),
    ].filter(({ rows }) => rows.length > 0),
    facts: factsOf(challenge),
  };
}

/** The paths whose edits nobody would notice. */
export function blindSpotsOf({ paths }: Challenge): PathScore[] {
  return paths.filter(({ isBlind }) => isBlind);
}

function casesOf(challenge: Challenge): Case[] {
  const { score, events } = challenge;
  if (events === 0) {
    const detail =
      'no event agreed with both sides listening all around it, so no fault could be told from what was wrong anyway';
    return [{ name: 'faults can be put into events', status: 'undecided', detail }];
  }
  const { contents, pairing, stream } = score;
  const caught = contents.caught + pairing.caught + stream.caught;
  const tried = contents.tried + pairing.tried + stream.tried;
  const unexplained = unexplainedOf(challenge);
  return [
    answer(
      'the config can go red',
      caught > 0,
      caught > 0 ? `caught ${caught} of ${tried} faults` : colourless(challenge),
    ),
    answer(
      'changed contents are noticed',
      contents.caught > 0,
      contents.caught > 0 ? `caught ${contents.caught} of ${contents.tried} changed contents` : contentless(contents),
    ),
    answer(
      'whatever goes unnoticed is left out by the config',
      unexplained.length === 0,
      unexplained.length === 0
        ? letPass(challenge)
        : `compared by the config, and yet unnoticed: ${unexplained.slice(0, 3).join(', ')}${unexplained.length > 3 ? ` and ${unexplained.length - 3} more` : ''}`,
    ),
  ];
}

function answer(name: string, passed: boolean, detail: string): Case {
  return { name, status: passed ? 'passed' : 'undecided', detail };
}

/** Why nothing was caught at all. */
function colourless({ uncounted }: Challenge): string {
  return uncounted.length > 0
    ? `this config cannot go red: faults were found as ${uncounted.join(', ')}, and no limit under gate counts these`
    : 'this config cannot go red: not one of the faults changed the verdict of its event';
}

/** Why no fault in a content was caught. */
function contentless({ tried, uncounted }: Tally): string {
  if (tried === 0) return 'no content could be changed: the payloads hold nothing but what pairs them';
  if (uncounted > 0) return 'changed contents are found, but no limit under gate counts mismatches';
  return 'a candidate whose contents are all wrong would pass: the config compares no content';
}

/** Changes in payloads that nobody noticed; the faults of whole events are another matter. */
function unnoticedChanges({ score: { contents, pairing } }: Challenge): number {
  return contents.unnoticed + pairing.unnoticed;
}

function letPass(challenge: Challenge): string {
  const unnoticed = unnoticedChanges(challenge);
  return unnoticed === 0
    ? 'no change went unnoticed'
    : `what went unnoticed (${unnoticed}) is where the config says to let it pass`;
}

function unexplainedOf({ paths, newFields }: Challenge): string[] {
  return [...paths, ...newFields].flatMap(({ side, path, unexplained }) =>
    unexplained.map((fault) => `${fault} at ${path} of ${side}`),
  );
}

function summaryOf(challenge: Challenge): string {
  const { events, isWhole, score } = challenge;
  if (events === 0) return 'No event could take a fault.';
  const blind = blindSpotsOf(challenge).length;
  const sentences = [
    `Caught: ${shareOf(score.contents)} of the changed contents, ${shareOf(score.pairing)} of the changed keys and conditions, ${shareOf(score.stream)} of the faults of whole events.`,
    ...notCaught(challenge),
    blind === 0
      ? 'No blind spot was found.'
      : `${blind} ${blind === 1 ? 'path is a blind spot' : 'paths are blind spots'}: edits there go unnoticed.`,
    ...passedAllTheSame(challenge),
    `Tried on ${isWhole ? 'all' : 'a sample of'} ${events} events that agreed, seed ${challenge.seed}.`,
    ...(challenge.pathsLeftOut === 0 ? [] : [`${challenge.pathsLeftOut} rarer paths were not tried.`]),
  ];
  return sentences.join(' ');
}

/** What became of the faults that were not caught. */
function notCaught(challenge: Challenge): string[] {
  const { score, uncounted } = challenge;
  const all = Object.values(score);
  const sum = (what: 'uncounted' | 'undecided'): number => all.reduce((total, tally) => total + tally[what], 0);
  const [unnoticed, isExplained] = [unnoticedChanges(challenge), unexplainedOf(challenge).length === 0];
  const rest = [
    ...(unnoticed === 0
      ? []
      : [`${unnoticed} went unnoticed${isExplained ? ' where the config says to let changes pass' : ''}`]),
    ...(score.stream.unnoticed === 0 ? [] : [`${score.stream.unnoticed} of whole events went unnoticed`]),
    ...(uncounted.length === 0
      ? []
      : [`${sum('uncounted')} were found, but no limit counts them (${uncounted.join(', ')})`]),
    ...(sum('undecided') === 0 ? [] : [`${sum('undecided')} could not be decided, as somebody was not listening`]),
  ];
  return rest.length === 0 ? [] : [`Of the others, ${rest.join('; ')}.`];
}

/** Why the answer is a pass all the same: beside it, a share below 100 % would be a riddle. */
function passedAllTheSame(challenge: Challenge): string[] {
  const isPassed = casesOf(challenge).every(({ status }) => status === 'passed');
  if (!isPassed || notCaught(challenge).length === 0) return [];
  return [
    'Passed all the same, as no change was overlooked where the config compares; whether it leaves out too much is for you to say.',
  ];
}

/** A share of 1 for people. Only all is 100 %. */
export function shareOf({ share }: Pick<Tally, 'share'>): string {
  if (share === null) return 'none tried';
  return `${share === 1 ? 100 : Math.floor(share * 1000) / 10} %`;
}

function faults({ faults }: Challenge): Table {
  return {
    title: 'By fault',
    columns: ['fault', 'side', 'tried', 'caught', 'share', 'found as'],
    rows: faults.map((fault) => [fault.fault, fault.side, fault.tried, fault.caught, shareOf(fault), foundAs(fault)]),
  };
}

function foundAs({ foundAs, unnoticed, undecided }: FaultScore): string {
  const found = Object.entries(foundAs).map(([sign, times]) => `${sign} ${times}`);
  const not = [
    ...(unnoticed === 0 ? [] : [`not at all ${unnoticed}`]),
    ...(undecided === 0 ? [] : [`undecided ${undecided}`]),
  ];
  return [...found, ...not].join(', ');
}

function blindSpots(challenge: Challenge): Table {
  return {
    title: 'Blind spots: edits of these paths go unnoticed',
    columns: ['path', 'side', 'why', 'types'],
    rows: blindSpotsOf(challenge).map((path) => [path.path, path.side, why(path), typesOf(path, challenge)]),
  };
}

function why({ because, unexplained }: PathScore): string {
  return unexplained.length > 0 ? 'nothing in the config says so' : because.join('; ');
}

function newFields(challenge: Challenge): Table {
  return {
    title: 'Objects in which a new field goes unnoticed',
    columns: ['object', 'side', 'why', 'types'],
    rows: challenge.newFields
      .filter(({ isBlind }) => isBlind)
      .map((path) => [path.path, path.side, why(path), typesOf(path, challenge)]),
  };
}

/** Where types differ, which these are. */
function typesOf({ types }: PathScore, { paths }: Challenge): string {
  const all = new Set(paths.flatMap((path) => path.types));
  return types.length === all.size ? 'all' : types.join(', ');
}

/** Edits are noticed there, but not every fault is. */
function partly({ paths }: Challenge): Table {
  return {
    title: 'Partly seen: an edit is noticed, other faults pass',
    columns: ['path', 'side', 'tried', 'unnoticed', 'why'],
    rows: paths
      .filter(({ isBlind, unnoticed }) => !isBlind && unnoticed > 0)
      .map((path) => [path.path, path.side, path.tried, path.unnoticed, why(path)]),
  };
}

function paths({ paths }: Challenge): Table {
  return {
    title: 'By path',
    columns: ['path', 'side', 'tried', 'caught', 'share'],
    rows: paths.map((path) => [path.path, path.side, path.tried, path.caught, shareOf(path)]),
  };
}

/** The whole of it, for programs. Nothing in it is anything but JSON. */
function factsOf(challenge: Challenge): Json {
  const blindSpots = blindSpotsOf(challenge).map(({ side, path, types, because }) => ({ side, path, types, because }));
  return { ...challenge, blindSpots } as unknown as Json;
}

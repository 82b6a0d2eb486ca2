import type { FindingGroup, Report } from '../../model/report.js';
import type { Difference, Sighting, Verdict } from '../../model/verdict.js';
import { totalOf } from '../told/cells.js';
import { embedded } from './escape.js';

/** Findings as the page holds them. */
export interface ToldFindings {
  readonly held: readonly Finding[];
  /** Findings of the run, those that the report or the page leave out included. */
  readonly inRun: number;
  /** How often what was found, exactly, and what further groups would count together. */
  readonly groups: readonly FindingGroup[];
  readonly groupsLeftOut: number;
  /** Characters of a payload beyond which it is cut. */
  readonly payloadCharacters: number;
}

export interface Finding extends Omit<Verdict, 'control' | 'candidate'> {
  readonly control?: CutSighting;
  readonly candidate?: CutSighting;
  /** Differences that the page leaves out. */
  readonly untold?: number;
}

export interface CutSighting extends Sighting {
  /** Characters of the payload that were cut off. */
  readonly cut?: number;
}

/** How much of each finding a page holds: as much as all of them leave room for. */
interface Measure {
  readonly characters: number;
  readonly differences: number;
}

const MEASURES: readonly Measure[] = [
  { characters: 16_000, differences: 100 },
  { characters: 4_000, differences: 50 },
  { characters: 1_500, differences: 20 },
  { characters: 600, differences: 10 },
  { characters: 250, differences: 4 },
];

/** Bytes of all findings as they stand in the page, so that any report can be opened, sent and kept. */
const ROOM_BYTES = 12_000_000;

/** Names are shown in a line. */
const NAME_CHARACTERS = 200;

/**
 * The findings, payloads cut to the longest measure at which all of them have room. What does not fit even at the least
 * is left out, the last first.
 */
export function toldFindings(report: Report): ToldFindings {
  const { outcomes, groupsLeftOut } = report;
  const inRun = Math.max(totalOf(outcomes) - outcomes.match - outcomes.allowed, report.findings.length);
  const groups = report.groups.map((group) => ({
    ...group,
    type: short(group.type),
    ...(group.path !== undefined && { path: short(group.path) }),
  }));
  for (const measure of MEASURES) {
    const held = fill(report.findings, measure);
    if (held.length < report.findings.length && measure !== MEASURES.at(-1)) continue;
    return { held, inRun, groups, groupsLeftOut, payloadCharacters: measure.characters };
  }
  throw new Error('there is no measure');
}

/** Findings from the first, as long as there is room. */
function fill(findings: readonly Verdict[], measure: Measure): Finding[] {
  const held: Finding[] = [];
  let room = ROOM_BYTES;
  for (const finding of findings) {
    const cut = cutFinding(finding, measure);
    room -= Buffer.byteLength(embedded(cut)) + 1;
    if (room < 0) break;
    held.push(cut);
  }
  return held;
}

function cutFinding(verdict: Verdict, measure: Measure): Finding {
  const { control, candidate, differences, ...rest } = verdict;
  const untold = Math.max(0, (differences?.length ?? 0) - measure.differences);
  return {
    ...rest,
    account: short(rest.account),
    type: short(rest.type),
    key: short(rest.key),
    ...(rest.reason !== undefined && { reason: short(rest.reason, 1_000) }),
    ...(control && { control: cutSighting(control, measure) }),
    ...(candidate && { candidate: cutSighting(candidate, measure) }),
    ...(differences && { differences: differences.slice(0, measure.differences).map(cutDifference) }),
    ...(untold > 0 && { untold }),
  };
}

function cutSighting({ t, channel, event, payload }: Sighting, { characters }: Measure): CutSighting {
  const cut = payload.length - characters;
  const sighting = { t, channel: short(channel), event: short(event) };
  return cut > 0 ? { ...sighting, payload: payload.slice(0, characters), cut } : { ...sighting, payload };
}

function cutDifference({ path, group, kind, control, candidate }: Difference): Difference {
  return {
    path: short(path),
    group: short(group),
    kind,
    ...(control !== undefined && { control: short(control, 300) }),
    ...(candidate !== undefined && { candidate: short(candidate, 300) }),
  };
}

/** Text that fits into a line or two of a page. */
export function short(text: string, characters = NAME_CHARACTERS): string {
  return text.length <= characters ? text : `${text.slice(0, characters)}…`;
}

import type { Link, Ms, Side, TimelineHeader } from '../model/timeline.js';

/**
 * What is left of a line that told of a link and cannot be read, as the links that it may have told to be down: a side that
 * went down there must not be blamed for what did not come. None where the line tells of something else, or of one going up.
 */
export function lostLinks(line: string, at: string, t: Ms, { sides, accounts }: TimelineHeader): Link[] {
  const kind = /"kind":"(\w+)/.exec(line)?.[1];
  if (kind === undefined || !'link'.startsWith(kind) || line.includes('"state":"up"')) return [];
  const side = /"side":"(control|candidate)"/.exec(line)?.[1] as Side | undefined;
  const account = text(/"account":("(?:[^"\\]|\\.)*")/.exec(line)?.[1]);
  const reason = `${at} cannot be read, and may tell that it went down`;
  return (side === undefined ? sides : [side]).flatMap((side) =>
    (account === undefined ? accounts : [account]).map((account): Link => ({
      kind: 'link',
      t,
      side,
      account,
      state: 'down',
      reason,
    })),
  );
}

function text(json: string | undefined): string | undefined {
  try {
    return json === undefined ? undefined : (JSON.parse(json) as string);
  } catch {
    return undefined;
  }
}

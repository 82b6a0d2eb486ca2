/// <reference lib="dom" />
import { count, duration, integer } from '../../text.js';
import type { CutSighting, Finding } from '../findings.js';
import { h, type Child } from './dom.js';
import { layOut } from './payload.js';
import { badge, table } from './tables.js';
import { moment } from './time.js';

/** What an outcome is to the reader. */
export const KINDS = {
  match: 'good',
  allowed: 'good',
  mismatch: 'bad',
  missing: 'bad',
  extra: 'bad',
  duplicate: 'doubt',
  late: 'doubt',
  inconclusive: 'plain',
} as const;

/** A finding in a line, which opens to all that is known of it. */
export function row(finding: Finding, group?: string): HTMLElement {
  const { id, account, key, t } = finding;
  const details = h(
    'details',
    { class: 'finding' },
    h(
      'summary',
      {},
      h('span', { class: 'id' }, id),
      h('span', { class: 'key' }, key),
      h('span', { class: 'gist' }, gist(finding, group)),
      h('span', { class: 'who' }, account),
      h('span', { class: 'when' }, moment(t, true)),
    ),
  );
  details.addEventListener(
    'toggle',
    () => {
      details.append(whole(finding));
      showFirstMarks(details);
    },
    { once: true },
  );
  return h('li', {}, details);
}

/** What there is to say of it in a line. */
function gist({ differences, reason, lagMs, duplicate, outcome }: Finding, group?: string): Child {
  const difference = differences?.find((one) => group === undefined || one.group === group);
  if (difference !== undefined) {
    const { control = 'absent', candidate = 'absent' } = difference;
    return [h('code', {}, control), ' → ', h('code', {}, candidate)];
  }
  if (duplicate !== undefined) {
    const { side, afterMs, sameContent } = duplicate;
    return `again on ${side} after ${duration(afterMs)}, ${sameContent ? 'same content' : 'other content'}`;
  }
  if (outcome === 'late' && lagMs !== undefined) return `after ${duration(lagMs)}`;
  return reason;
}

/** A difference far down in a payload is scrolled to. */
export function showFirstMarks(shown: HTMLElement): void {
  for (const pane of shown.querySelectorAll('pre')) {
    const mark = pane.querySelector('mark');
    if (mark !== null) pane.scrollTop = Math.max(0, mark.offsetTop - pane.clientHeight / 3);
  }
}

/** All that is known of a finding: its sentence, where it differs, and both payloads side by side. */
export function whole(finding: Finding): HTMLElement {
  const { id, outcome, account, type, key, t, lagMs, reason, amends, allowedBy, differences, untold } = finding;
  const facts: [string, Child][] = [
    ['verdict', h('a', { href: `#${id}` }, id)],
    ['outcome', badge(KINDS[outcome], outcome)],
    ['type', type],
    ['account', account],
    ['key', key],
    ['certain at', moment(t, true)],
    ...(lagMs === undefined ? [] : [['lag', duration(lagMs)] as [string, Child]]),
    ...(amends === undefined ? [] : [['at first', amends] as [string, Child]]),
    ...(allowedBy === undefined ? [] : [['let through by', allowedBy.join(', ')] as [string, Child]]),
  ];
  return h(
    'div',
    { class: 'whole' },
    h(
      'dl',
      { class: 'facts' },
      facts.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
    ),
    reason === undefined ? undefined : h('p', {}, `${reason[0]?.toUpperCase() ?? ''}${reason.slice(1)}.`),
    differences === undefined || differences.length === 0
      ? undefined
      : table(
          `Differences of ${id}`,
          ['path', 'kind', 'control', 'candidate'],
          differences.map(({ path, kind, control, candidate }) => [
            h('code', {}, path),
            kind,
            control === undefined ? h('span', { class: 'faint' }, 'absent') : h('code', {}, control),
            candidate === undefined ? h('span', { class: 'faint' }, 'absent') : h('code', {}, candidate),
          ]),
        ),
    untold === undefined
      ? undefined
      : h('p', { class: 'notes' }, `${count(untold, 'further difference')} not shown here.`),
    h('div', { class: 'panes' }, pane(finding, 'control'), pane(finding, 'candidate')),
  );
}

function pane(finding: Finding, side: 'control' | 'candidate'): HTMLElement {
  const sighting = finding[side];
  const title = h('figcaption', {}, h('strong', {}, side === 'control' ? 'Control' : 'Candidate'), place(sighting));
  if (sighting === undefined) return h('figure', { class: 'pane' }, title, h('p', { class: 'faint' }, 'Nothing came.'));
  const { lines, left } = layOut(sighting.payload, finding.differences ?? [], side);
  const text = h('pre', { tabindex: '0', role: 'region', 'aria-label': `${side} payload of ${finding.id}` });
  for (const { depth, text: line, differs } of lines) {
    const shown = `${'  '.repeat(Math.min(depth, 20))}${line}`;
    text.append(
      differs ? h('mark', {}, h('span', { class: 'unseen' }, 'differs: '), shown) : h('span', {}, shown),
      '\n',
    );
  }
  const cut = [
    ...(left > 0 ? [`${count(left, 'further line')} not shown`] : []),
    ...(sighting.cut === undefined
      ? []
      : [
          `cut after ${integer(sighting.payload.length)} of ${count(sighting.payload.length + sighting.cut, 'character')}`,
        ]),
  ];
  return h(
    'figure',
    { class: 'pane' },
    title,
    text,
    cut.length === 0 ? undefined : h('p', { class: 'notes' }, `The payload is ${cut.join('; ')}.`),
  );
}

function place(sighting: CutSighting | undefined): Child {
  if (sighting === undefined) return undefined;
  const { channel, event, t } = sighting;
  return h('span', { class: 'faint' }, `${event} on ${channel}, ${moment(t, true)}`);
}

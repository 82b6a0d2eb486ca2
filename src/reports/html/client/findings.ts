/// <reference lib="dom" />
import { count, integer } from '../../text.js';
import { OUTCOMES, type Outcome } from '../../../model/verdict.js';
import type { PageData } from '../data.js';
import { h, paged, type Child } from './dom.js';
import { byFrequency, Filter, grouped, type Group } from './filter.js';
import { KINDS, row, showFirstMarks, whole } from './finding.js';
import { badge, part } from './tables.js';

const GROUPS_A_PAGE = 40;
const FINDINGS_A_PAGE = 50;
/** Accounts offered while one is typed. */
const OFFERED = 500;

/** What did not match: a search, groups that open to findings, and findings that open to both payloads. */
export function findingsPart(data: PageData): HTMLElement | undefined {
  const { held, inRun, groups } = data.findings;
  if (inRun === 0) return undefined;
  const filter = new Filter(held);
  const results = h('div', { class: 'results' });
  const told = h('p', { role: 'status', class: 'matches' });
  const one = h('div', { id: 'one' });
  const search = searchForm(data, () => show());
  const show = (): void => {
    const found = filter.wanted(search.wanted());
    const all = found.length === held.length;
    told.textContent = `Showing ${integer(found.length)} of ${integer(inRun)} findings`;
    results.replaceChildren(...groupsOf(byFrequency(grouped(found, groups, all), all), all));
  };
  const open = (): void => {
    const finding = held.find(({ id }) => `#${id}` === location.hash);
    if (finding === undefined) return one.replaceChildren();
    const close = h('button', { type: 'button', onclick: () => history.replaceState(null, '', '#findings') }, 'Close');
    close.addEventListener('click', () => one.replaceChildren());
    const heading = h('h3', { tabindex: '-1' }, `Finding ${finding.id}`);
    one.replaceChildren(h('section', { class: 'single' }, h('header', {}, heading, close), whole(finding)));
    showFirstMarks(one);
    heading.focus();
    one.scrollIntoView({ block: 'nearest' });
  };
  addEventListener('hashchange', open);
  show();
  const section = part('findings', 'Findings', honesty(data), search.form, told, one, results);
  // What the address names is opened once it is in the page.
  queueMicrotask(open);
  return section;
}

/** What is here is not always all that there was. */
function honesty({ findings: { held, inRun, groupsLeftOut, payloadCharacters } }: PageData): HTMLElement | undefined {
  const cut = held.some(({ control, candidate }) => control?.cut !== undefined || candidate?.cut !== undefined);
  const sentences = [
    ...(held.length < inRun
      ? [
          `${integer(held.length)} of ${integer(inRun)} findings are told one by one; counts of groups, and those further up, are of all.`,
        ]
      : []),
    ...(groupsLeftOut > 0
      ? [`Rarer kinds of findings, which count ${count(groupsLeftOut, 'event')}, are not told one by one.`]
      : []),
    ...(cut ? [`Payloads are cut after ${integer(payloadCharacters)} characters.`] : []),
  ];
  return sentences.length === 0 ? undefined : h('p', { class: 'notice' }, sentences.join(' '));
}

function groupsOf(groups: readonly Group[], all: boolean): Node[] {
  const parts: [string, string, Group[]][] = [
    ['Mismatches', 'by type, place and kind', groups.filter(({ path }) => path !== undefined)],
    ['Other findings', 'by outcome and type', groups.filter(({ path }) => path === undefined)],
  ];
  const drawn = parts.flatMap(([title, by, some]): Node[] => {
    if (some.length === 0) return [];
    const heading = h('h3', {}, title, h('small', {}, ` ${by}`));
    return [heading, ...paged(some, GROUPS_A_PAGE, (one) => group(one, all), h('ul', { class: 'groups' }))];
  });
  return drawn.length > 0 ? drawn : [h('p', { class: 'faint' }, 'No finding is like that.')];
}

/** With `all`, as often as in the run; else only those that are wanted are counted. */
function group({ outcome, type, path, kind, findings, inRun }: Group, all: boolean): HTMLElement {
  const details = h(
    'details',
    { class: 'group' },
    h(
      'summary',
      {},
      h('span', { class: 'times' }, `${integer(all ? (inRun ?? findings.length) : findings.length)}×`),
      path === undefined ? badge(KINDS[outcome], outcome) : h('code', { class: 'path' }, path),
      kind === undefined ? undefined : h('span', { class: 'kind' }, kind),
      h('span', { class: 'who' }, type),
    ),
  );
  const some = all && inRun !== undefined && inRun > findings.length;
  const told = `${integer(findings.length)} of ${count(inRun ?? 0, 'finding')} told here: the worst, and a sample of the others.`;
  details.addEventListener(
    'toggle',
    () =>
      details.append(
        ...(some ? [h('p', { class: 'notes' }, told)] : []),
        ...paged(findings, FINDINGS_A_PAGE, (finding) => row(finding, path), h('ul', { class: 'rows' })),
      ),
    { once: true },
  );
  return h('li', {}, details);
}

/** Fields to search by; `changed` is told at most once a frame. */
function searchForm({ findings: { held } }: PageData, changed: () => void) {
  const text = h('input', {
    type: 'search',
    id: 'text',
    placeholder: 'Key, path, value, reason …',
    autocomplete: 'off',
  });
  const types = [...new Set(held.map(({ type }) => type))].sort();
  const type = h('select', { id: 'type' }, h('option', { value: '' }, 'All types'));
  for (const name of types) type.append(option(name));
  const accounts = [...new Set(held.map(({ account }) => account))].sort();
  const offered = h('datalist', { id: 'accounts' });
  for (const name of accounts.slice(0, OFFERED)) offered.append(option(name));
  const account = h('input', {
    type: 'search',
    id: 'account',
    list: 'accounts',
    autocomplete: 'off',
    placeholder: `Any of ${count(accounts.length, 'account')}`,
  });
  const boxes = OUTCOMES.flatMap((outcome) => {
    const times = held.reduce((sum, finding) => (finding.outcome === outcome ? sum + 1 : sum), 0);
    if (times === 0) return [];
    const box = h('input', { type: 'checkbox', value: outcome });
    return [{ outcome, box, label: h('label', { class: 'chip' }, box, `${outcome} `, h('small', {}, integer(times))) }];
  });
  let asked = false;
  const ask = (): void => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      changed();
    });
  };
  const form = h(
    'form',
    { role: 'search', 'aria-label': 'Findings', oninput: ask, onsubmit: (event) => event.preventDefault() },
    labelled('Text', text),
    labelled('Type', type),
    labelled('Account', account, offered),
    h(
      'fieldset',
      {},
      h('legend', {}, 'Outcome'),
      boxes.map(({ label }) => label),
    ),
    h('button', { type: 'reset', onclick: ask }, 'Clear'),
  );
  const chosen = (): ReadonlySet<Outcome> =>
    new Set(boxes.flatMap(({ outcome, box }) => (box.checked ? [outcome] : [])));
  return {
    form,
    wanted: () => ({ text: text.value, outcomes: chosen(), type: type.value, account: account.value }),
  };
}

/** Foreign names are an option's text and, by property, its value. */
function option(name: string): HTMLOptionElement {
  const element = h('option', {}, name);
  element.value = name;
  return element;
}

function labelled(name: string, field: HTMLElement, ...more: Child[]): HTMLElement {
  return h('div', { class: 'field' }, h('label', { for: field.id }, name), field, more);
}

/// <reference lib="dom" />
import type { PageData } from '../data.js';
import { h } from './dom.js';
import { findingsPart } from './findings.js';
import { lagPart } from './lag.js';
import { sectionParts, tableParts } from './sections.js';
import { banner, coveragePart, gatePart, hintsPart, outcomesPart, replayPart } from './summary.js';
import { timelinePart } from './timeline.js';

/** What a part is called where there is little room. */
const SHORT: Readonly<Record<string, string>> = {
  lag: 'Lag',
  timeline: 'Accounts',
  rules: 'Rules',
  unjudged: 'Not judged',
  order: 'Order',
};

/** Draws the page from the data that it carries. */
function draw(data: PageData): void {
  const parts = [
    gatePart(data),
    hintsPart(data),
    outcomesPart(data),
    replayPart(data),
    ...sectionParts(data),
    lagPart(data),
    timelinePart(data),
    coveragePart(data),
    findingsPart(data),
    ...tableParts(data),
  ].filter((part) => part !== undefined);
  document.body.append(
    h('a', { class: 'skip', href: '#main' }, 'Skip to the report'),
    banner(data),
    h(
      'nav',
      { 'aria-label': 'Parts of the report' },
      h(
        'ul',
        {},
        parts.map((part) =>
          h('li', {}, h('a', { href: `#${part.id}` }, SHORT[part.id] ?? part.querySelector('h2')?.textContent ?? '')),
        ),
      ),
    ),
    h('main', { id: 'main', tabindex: '-1' }, parts),
  );
}

draw(JSON.parse(document.querySelector('#data')?.textContent ?? '') as PageData);

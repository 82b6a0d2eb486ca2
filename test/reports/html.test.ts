/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.js';
import type { Section } from '../../src/model/section.js';
import { CHROMIUM, Reader } from './browser.js';
import { manyFindings, withCourse } from './html-sample.js';
import { broken, empty, proven, rewritten } from './sample.js';

const title = CHROMIUM === undefined ? 'in Chromium: skipped, since none was found (set CHROMIUM)' : 'in Chromium';

describe.skipIf(CHROMIUM === undefined)(title, () => {
  let reader: Reader;
  beforeAll(async () => {
    reader = await Reader.start();
  });
  afterAll(() => reader?.close());

  const statuses: [string, Report, string][] = [
    ['proven', withCourse(proven()), 'Parity proven'],
    ['broken', withCourse(broken()), 'Parity broken'],
    ['nothing seen', empty(), 'Parity unproven'],
    ['no course', broken(), 'Parity broken'],
  ];
  it.each(statuses)('opens without a complaint and loads nothing: %s', async (_, report, heading) => {
    const { page, complaints, requests } = await reader.open(report);
    expect(await page.locator('h1').innerText()).toContain(heading);
    await plotsDrawn(page, report);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
  });

  it('tells the counts of the report', async () => {
    const report = broken();
    const { page } = await reader.open(report);
    const rows = await page.locator('#outcomes tr').allInnerTexts();
    expect(rows.map((row) => row.split(/\s+/))).toContainEqual([
      'email_opened',
      '8,000',
      '500',
      '31',
      '10',
      '0',
      '5',
      '2',
      '0',
      '8,548',
    ]);
    const gate = await page.locator('#gate tbody tr').allInnerTexts();
    expect(gate).toHaveLength(report.gate.limits.length);
    expect(gate[1]).toMatch(/missing\s+✗\s*exceeded\s+at most 0\s+12/);
    expect(await page.locator('.banner').innerText()).toContain('12,049 events');
  });

  it('says how many findings are not told one by one', async () => {
    const { page } = await reader.open(broken());
    expect(await page.locator('#findings .notice').innerText()).toContain('71 of 77 findings are told one by one');
  });

  it('finds by text, outcome, type and account, and says how many', async () => {
    const { page } = await reader.open(broken());
    const told = page.getByRole('status');
    const shows = (text: string) => expect.poll(() => told.innerText()).toBe(text);
    await shows('Showing 71 of 77 findings');
    await page.getByLabel('Text', { exact: true }).fill('HOHENSTEIN');
    await shows('Showing 1 of 77 findings');
    expect(await page.locator('.group').count()).toBe(2);
    await page.getByLabel('Text', { exact: true }).fill('123412 changed');
    await shows('Showing 1 of 77 findings');
    await page.getByRole('button', { name: 'Clear' }).click();
    await shows('Showing 71 of 77 findings');
    await page.getByLabel(/^late/).check();
    await page.getByLabel(/^extra/).check();
    await shows('Showing 4 of 77 findings');
    await page.getByLabel('Type', { exact: true }).selectOption('call_logged');
    await shows('Showing 3 of 77 findings');
    await page.getByLabel('Account', { exact: true }).fill('REP-1');
    await shows('Showing 1 of 77 findings');
    await page.getByLabel('Account', { exact: true }).fill('nobody');
    await shows('Showing 0 of 77 findings');
    expect(await page.locator('.results').innerText()).toContain('No finding is like that');
  });

  it('opens a mismatch by keyboard to both payloads, the differing fields marked', async () => {
    const { page, complaints } = await reader.open(manyFindings(120, 40, 5));
    await page.locator('.group > summary').first().focus();
    await page.keyboard.press('Enter');
    await page.locator('.finding').first().waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.parentElement?.className)).toBe('finding');
    await page.keyboard.press('Enter');
    const whole = page.locator('.whole');
    await whole.waitFor();
    const marks = await whole.locator('.pane mark').allTextContents();
    expect(marks.map((mark) => mark.replace(/\s+/g, ' '))).toEqual([
      expect.stringMatching(/^differs: "phone": "\+49 30 \d+"$/),
      expect.stringMatching(/^differs: "phone": "\+4930\d+"$/),
    ]);
    expect(await whole.locator('pre').first().innerText()).toContain('"id": ');
    const [left, right] = await whole
      .locator('.pane')
      .evaluateAll((panes) => panes.map((pane) => pane.getBoundingClientRect()));
    expect(left?.top).toBe(right?.top);
    expect(right?.left).toBeGreaterThan(left?.right ?? Infinity);
    expect(complaints).toEqual([]);
  });

  it('opens the finding that the address names', async () => {
    const { page } = await reader.open(manyFindings(300, 40), {}, '#v217');
    await page.getByRole('heading', { name: 'Finding v217' }).waitFor();
    expect(await page.locator('#one .pane').count()).toBe(2);
    await page.getByRole('button', { name: 'Close' }).click();
    expect(await page.locator('#one .pane').count()).toBe(0);
  });

  it('shows long lists a page at a time, and goes on where the next page begins', async () => {
    const { page } = await reader.open(manyFindings(3_000, 20));
    const group = page.locator('.group').first();
    await group.locator('summary').first().click();
    await expect.poll(() => group.locator('.finding').count()).toBe(50);
    await group.locator('button.more').click();
    expect(await group.locator('.finding').count()).toBe(100);
    expect(
      await group
        .locator('.finding')
        .nth(50)
        .evaluate((row) => row.contains(document.activeElement)),
    ).toBe(true);
  });

  it('draws a section of any kind', async () => {
    const section: Section = {
      kind: 'phase',
      title: 'Phase "flag on"',
      status: 'failed',
      summary: 'Old and new were asked.',
      cases: [
        { name: 'nothing is lost', status: 'passed', detail: '0 events' },
        { name: 'both agree', status: 'failed', detail: '3 differ' },
      ],
      tables: [
        {
          title: 'By list',
          columns: ['list', 'items'],
          rows: [
            ['opens', 1234.5678],
            ['clicks', 1000000],
          ],
        },
      ],
    };
    const { page } = await reader.open({ ...proven(), sections: [section] });
    const part = page.getByRole('region', { name: 'Phase "flag on"' });
    const text = await part.innerText();
    for (const told of ['both agree', '3 differ', 'By list', '1235', '1,000,000']) expect(text).toContain(told);
    expect(text.indexOf('both agree')).toBeLessThan(text.indexOf('nothing is lost'));
  });

  it('can be read by those who do not see it', async () => {
    const { page } = await reader.open(withCourse(broken()));
    for (const landmark of ['banner', 'main', 'navigation', 'search'] as const) {
      expect(await page.getByRole(landmark).count(), landmark).toBe(1);
    }
    await page.locator('.group > summary').first().click();
    await page.locator('.finding > summary').first().click();
    await page.locator('.whole').waitFor();
    expect(await page.evaluate(unreadable)).toEqual([]);
    const lag = await page.getByRole('img', { name: /^Lag over time/ }).getAttribute('aria-label');
    expect(lag).toContain('Now and then the candidate came first');
    await page.getByText('Lag over time as a table').click();
    const rows = page.getByRole('table', { name: 'Lag over time' }).getByRole('row');
    await expect.poll(() => rows.count()).toBeGreaterThan(20);
    expect(await page.locator('.strip').first().getAttribute('aria-label')).toMatch(/mismatch from \d+:\d\d to/);
  });

  it('has the contrast that AA asks for, in light and in dark', async () => {
    const { page } = await reader.open(withCourse(broken(), 5));
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.locator('.group > summary').first().click();
    await page.locator('.finding > summary').first().click();
    await page.locator('.whole').waitFor();
    expect(await page.evaluate(faint)).toEqual([]);
    await page.getByRole('button', { name: 'Use dark colours' }).click();
    const dark = await ground();
    expect(dark).not.toBe(light);
    expect(await page.evaluate(faint)).toEqual([]);
    await page.getByRole('button', { name: 'Use light colours' }).click();
    expect(await ground()).toBe(light);
    await page.emulateMedia({ colorScheme: 'dark' });
    // What the reader has chosen stands.
    expect(await ground()).toBe(light);
    await page.reload();
    expect(await ground()).toBe(dark);
    await page.emulateMedia({ colorScheme: null });
  });

  it('fits a phone', async () => {
    const { page } = await reader.open(
      rewritten((text) => `${text} ${'unbroken'.repeat(20)}`),
      {
        viewport: { width: 390, height: 844 },
      },
    );
    await page.locator('.group > summary').first().click();
    await page.locator('.finding > summary').first().click();
    await page.locator('.whole').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    const [left, right] = await page
      .locator('.pane')
      .evaluateAll((panes) => panes.map((pane) => pane.getBoundingClientRect()));
    expect(right?.top).toBeGreaterThanOrEqual(left?.bottom ?? Infinity);
  });

  it('holds all accounts that it tells of, a page at a time', async () => {
    const { page, complaints } = await reader.open(withCourse(broken(), 100));
    expect(await page.locator('.strip').count()).toBe(25);
    await page.locator('#timeline').getByRole('button', { name: 'Show 25 more of 75' }).click();
    expect(await page.locator('.strip').count()).toBe(50);
    expect(await page.locator('#timeline tbody tr').first().innerText()).toContain('rep-3');
    expect(complaints).toEqual([]);
  });

  const attacks = [
    '<script>pwned()</script>',
    '</script><script>pwned()</script>',
    '<!--<script>',
    '--><img src=x onerror=pwned()>',
    `"'><svg onload=pwned()>`,
    '\u2028pwned()\u2029',
    `" onfocus="pwned()" autofocus="`,
    'javascript:pwned()',
    '`${pwned()}`',
    '</style></title><iframe srcdoc="<script>parent.pwned()</script>">',
    '\u0000\u202e]]>\ud800',
  ].join(' ');

  it('runs and builds nothing of what a feed sent', async () => {
    const foreign = rewritten((text) => `${text}${attacks}`);
    const findings = foreign.findings.map((finding) => ({
      ...finding,
      ...(finding.control && { control: { ...finding.control, payload: JSON.stringify({ [attacks]: attacks }) } }),
      ...(finding.candidate && { candidate: { ...finding.candidate, payload: attacks } }),
    }));
    const section = { kind: 'phase', title: attacks, status: 'failed', summary: attacks } as const;
    const rows = [[attacks, 1]] as const;
    const report: Report = {
      ...foreign,
      findings,
      moments: [{ kind: 'mark', t: 1, label: attacks }],
      sections: [
        {
          ...section,
          cases: [{ name: attacks, status: 'failed', detail: attacks }],
          tables: [{ title: attacks, columns: [attacks, attacks], rows }],
        },
      ],
    };
    const { page, complaints, requests } = await reader.open(report);
    for (const each of ['.group', '.finding']) {
      await page.locator(each).evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')));
      await page.waitForFunction(
        (each) => [...document.querySelectorAll(each)].every((one) => one.childElementCount > 1),
        each,
      );
    }
    await page.getByLabel('Text', { exact: true }).fill(attacks.slice(0, 30));
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
    expect(await page.evaluate(built)).toEqual({ scripts: 3, styles: 1, strange: [] });
    expect(await page.locator('main').innerText()).toContain('<script>pwned()</script>');
  });

  // Were something to break out after all, the policy would still stop it.
  it('is forbidden by its policy to run a script or to load anything', async () => {
    const { page, complaints } = await reader.open(proven());
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'document.title = "pwned"';
      const image = document.createElement('img');
      image.src = 'http://127.0.0.1:9/pixel.png';
      const button = document.createElement('button');
      button.setAttribute('onclick', 'document.title = "pwned"');
      document.body.append(script, image, button);
      button.click();
    });
    await expect.poll(() => complaints.length).toBeGreaterThanOrEqual(3);
    expect(complaints.every((complaint) => complaint.includes('Content Security Policy'))).toBe(true);
    expect(await page.title()).toBe('Parity proven – feed-parity');
    expect(complaints.some((complaint) => complaint.includes('pixel.png'))).toBe(true);
  });

  it.skipIf(!process.env['CI'])('draws little of a run with 100,000 findings, and counts them all', async () => {
    const { page, complaints } = await reader.open(manyFindings(100_000, 2_000));
    expect(await page.locator('#findings .notice').innerText()).toMatch(/ of 100,000 findings are told one by one/);
    expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(5_000);
    await page.getByLabel('Text', { exact: true }).fill('+49 30 12');
    await expect.poll(() => page.getByRole('status').innerText()).not.toMatch(/^Showing 0 /);
    expect(complaints).toEqual([]);
  });
});

async function plotsDrawn(page: Page, report: Report): Promise<void> {
  const plots = report.series === undefined ? 0 : 2;
  await expect.poll(() => page.locator('.plot canvas').count()).toBe(plots);
}

/** What of the page is not built by its own script. Runs in the browser. */
function built(): { scripts: number; styles: number; strange: string[] } {
  const all = [...document.querySelectorAll('*')];
  const strange = all.filter((element) => {
    const foreign = element.matches('iframe, img, object, embed, link, base, title svg, svg svg');
    const acts = [...element.attributes].some(
      ({ name, value }) => name.startsWith('on') || /^\s*javascript:/i.test(value),
    );
    return foreign || (acts && !(element instanceof HTMLOptionElement));
  });
  return {
    scripts: document.scripts.length,
    styles: document.querySelectorAll('style').length,
    strange: strange.map(({ outerHTML }) => outerHTML.slice(0, 200)),
  };
}

/** What a screen reader could not make sense of. Runs in the browser. */
function unreadable(): string[] {
  const wrong: string[] = [];
  const check = (selector: string, holds: (element: HTMLElement) => boolean, what: string): void => {
    for (const element of document.querySelectorAll<HTMLElement>(selector)) {
      if (!holds(element)) wrong.push(`${what}: ${element.outerHTML.slice(0, 120)}`);
    }
  };
  check(
    'main table',
    (table) => table.closest('.u-legend, .plot') !== null || table.querySelector('caption') !== null,
    'no caption',
  );
  check('.table th', (th) => th.hasAttribute('scope'), 'no scope');
  check('[role=img], [role=region]', (one) => (one.getAttribute('aria-label') ?? '') !== '', 'no name');
  check('section', (part) => part.hasAttribute('aria-labelledby') || part.className === 'single', 'no heading');
  check('input, select', (field) => (field as HTMLInputElement).labels?.length === 1, 'no label');
  check('button, a, summary', (one) => one.textContent?.trim() !== '', 'no text');
  check('[id]', (one) => document.querySelectorAll(`[id="${one.id}"]`).length === 1, 'id twice');
  let last = 0;
  for (const heading of document.querySelectorAll('h1, h2, h3, h4')) {
    const level = Number(heading.tagName[1]);
    if (level > last + 1) wrong.push(`level left out: ${heading.textContent}`);
    last = level;
  }
  return wrong;
}

/** Text whose contrast with its ground is below 4.5. Runs in the browser. */
function faint(): string[] {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
  const known = new Map<string, number>();
  const over = (colours: string[]): number[] => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
    }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb: number[]): number => {
    const [r = 0, g = 0, b = 0] = rgb.map((value) => {
      const share = value / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const lightOf = (colours: string[]): number => {
    const name = colours.join();
    const value = known.get(name) ?? light(over(colours));
    known.set(name, value);
    return value;
  };
  const wrong = new Set<string>();
  for (const element of document.querySelectorAll<HTMLElement>('body *')) {
    const speaks = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
    if (!speaks || element.closest('script, noscript, svg, datalist') || element.getClientRects().length === 0)
      continue;
    const grounds: string[] = [];
    for (let at: Element | null = element; at !== null; at = at.parentElement) {
      grounds.unshift(getComputedStyle(at).backgroundColor);
    }
    const ground = lightOf(grounds);
    const text = lightOf([...grounds, getComputedStyle(element).color]);
    const contrast = (Math.max(ground, text) + 0.05) / (Math.min(ground, text) + 0.05);
    if (contrast < 4.5)
      wrong.add(`${element.tagName}.${element.className} ${contrast.toFixed(2)} ${element.textContent?.slice(0, 30)}`);
  }
  return [...wrong];
}

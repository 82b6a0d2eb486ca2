import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import type { Report } from '../../src/model/report.js';
import { html } from '../../src/reports/html.js';

const PLACES = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where a browser is, if there is one: `CHROMIUM` says so, or it is where Debian puts it. */
export const CHROMIUM = PLACES.find((path) => path !== undefined && path !== '' && existsSync(path));

/** A page as a reader has it, and everything that went wrong in it. */
export interface Opened {
  readonly page: Page;
  /** Errors and warnings of the console, violations of the policy included, and errors nobody caught. */
  readonly complaints: string[];
  /** Addresses that were asked for besides the file itself. */
  readonly requests: string[];
}

/** A real browser without a network, which opens reports from files. */
export class Reader {
  readonly #browser: Browser;
  readonly #folder = mkdtempSync(join(tmpdir(), 'parity-html-'));
  /** One page a way of reading: a new page costs more than all that is done with it. */
  readonly #pages = new Map<string, Promise<Page>>();
  #files = 0;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<Reader> {
    // Root has no sandbox to put itself into.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    return new Reader(await chromium.launch({ executablePath: CHROMIUM ?? '', args }));
  }

  async open(report: Report, options: BrowserContextOptions = {}, at = ''): Promise<Opened> {
    const way = JSON.stringify(options);
    const page = await (this.#pages.get(way) ?? this.#newPage(way, options));
    const file = join(this.#folder, `${this.#files++}.html`);
    writeFileSync(file, html(report, { width: 80, colour: false }));
    const url = pathToFileURL(file).href;
    const complaints: string[] = [];
    const requests: string[] = [];
    page.removeAllListeners();
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (request.url().split('#')[0] !== url) requests.push(request.url());
    });
    await page.goto(`${url}${at}`);
    await page.waitForSelector('main');
    return { page, complaints, requests };
  }

  #newPage(way: string, options: BrowserContextOptions): Promise<Page> {
    const page = this.#browser.newPage({
      viewport: { width: 1200, height: 900 },
      offline: true,
      reducedMotion: 'reduce',
      ...options,
    });
    this.#pages.set(way, page);
    return page;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

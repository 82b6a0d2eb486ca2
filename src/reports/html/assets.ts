import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { placeOf } from '../../place.js';
import { link } from './link.js';
import { STYLE } from './style.js';

/** What a page is made of besides its data. Read once, and the same for every report. */
export interface Assets {
  readonly style: string;
  readonly scripts: readonly string[];
  /** Allows these scripts and this style, and nothing else whatsoever. */
  readonly policy: string;
}

let read: Assets | undefined;

/** uPlot as its package brings it, and the page's own code as it was built. */
export function assets(): Assets {
  return (read ??= readAssets());
}

function readAssets(): Assets {
  const library = (file: string): string =>
    readFileSync(createRequire(import.meta.url).resolve(`uplot/dist/${file}`), 'utf8').trim();
  const style = `${library('uPlot.min.css')}\n${STYLE}`;
  const scripts = [
    library('uPlot.iife.min.js'),
    link(placeOf('dist/reports/html/client/main.js'), (file) => readFileSync(file, 'utf8')),
  ];
  for (const script of scripts) if (/<\/script|<!--/i.test(script)) throw new Error('a script would end early');
  const policy = [
    `default-src 'none'`,
    `script-src ${scripts.map(hash).join(' ')}`,
    `style-src ${hash(style)}`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return { style, scripts, policy };
}

function hash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

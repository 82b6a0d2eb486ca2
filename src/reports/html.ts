import type { Status } from '../model/report.js';
import { assets } from './html/assets.js';
import { pageData } from './html/data.js';
import { embedded } from './html/escape.js';
import type { Render } from './index.js';

const TITLES: Readonly<Record<Status, string>> = {
  proven: 'Parity proven',
  broken: 'Parity broken',
  unproven: 'Parity unproven',
};

/**
 * One file for a browser, which loads nothing else. What was observed is foreign: it stands in the page as data alone,
 * is drawn as text alone, and the page's policy runs no script and no style but its own.
 */
export const html: Render = (report) => {
  const { style, scripts, policy } = assets();
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${TITLES[report.status]} – feed-parity</title>
<style>${style}</style>
</head>
<body>
<noscript>This report is drawn by the script that it carries: allow scripts for this file to read it.</noscript>
<script type="application/json" id="data">${embedded(pageData(report))}</script>
${scripts.map((script) => `<script>${script}</script>`).join('\n')}
</body>
</html>
`;
};

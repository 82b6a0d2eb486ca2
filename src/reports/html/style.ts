/** How the page looks: system fonts, few colours, each pair of text and ground with the contrast that WCAG AA asks for. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f7f9, #14171c);
  --paper: light-dark(#ffffff, #1b1f26);
  --sunk: light-dark(#f1f3f6, #14181e);
  --text: light-dark(#1c2128, #e4e7eb);
  --faint: light-dark(#59636e, #9aa4af);
  --line: light-dark(#dde1e6, #2f353e);
  --link: light-dark(#0a58ca, #7fb4ff);
  --good: light-dark(#166b3a, #6fd39a);
  --bad: light-dark(#b3261e, #ff958c);
  --doubt: light-dark(#85500a, #f0bd65);
  --good-ground: light-dark(#e7f4ec, #14301f);
  --bad-ground: light-dark(#fcebea, #3a1b1a);
  --doubt-ground: light-dark(#fdf3e1, #35280f);
  --p50: light-dark(#0a58ca, #7fb4ff);
  --p99: light-dark(#7a3ea8, #cf9cf5);
  --p1: light-dark(#0f766e, #5fd0c5);
  --band: light-dark(rgb(10 88 202 / 0.09), rgb(127 180 255 / 0.12));
  --bars: light-dark(#7ba6e6, #4773b5);
  --clean: light-dark(#9fc5ad, #3d6b50);
  --unknown: light-dark(#9aa4af, #727d89);
  --blind-control: light-dark(#4b4fae, #a9acff);
  --blind-candidate: light-dark(#8a2d62, #ee86bd);
}
:root[data-theme='light'] { color-scheme: light; }
:root[data-theme='dark'] { color-scheme: dark; }
* { box-sizing: border-box; }
html { scroll-padding-top: 3.5rem; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif; font-variant-numeric: tabular-nums; }
code, pre { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { overflow-wrap: anywhere; }
a { color: var(--link); }
h1, h2, h3, p { margin: 0; }
h2 { font-size: 1.2rem; line-height: 1.3; margin-bottom: 0.75rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 0.5rem; }
h3 small { font-weight: normal; color: var(--faint); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.faint, .notes, .when, .who, .id { color: var(--faint); }
.notes { font-size: 0.87rem; overflow-wrap: anywhere; }
.notice { padding: 0.5rem 0.75rem; margin-bottom: 0.75rem; border-radius: 6px; background: var(--doubt-ground); color: var(--doubt); font-size: 0.9rem; }
.skip { position: absolute; left: -99rem; padding: 0.5rem 1rem; background: var(--paper); z-index: 3; }
.skip:focus { left: 0.5rem; top: 0.5rem; }
.banner, nav ul, main { max-width: 72rem; margin: 0 auto; padding-left: 1.5rem; padding-right: 1.5rem; }
.banner { padding-top: 1.25rem; padding-bottom: 1.5rem; }
.brand { display: flex; justify-content: space-between; align-items: center; color: var(--faint); margin-bottom: 1rem; }
.banner h1 { font-size: clamp(1.6rem, 5vw, 2.1rem); line-height: 1.2; display: flex; align-items: center; gap: 0.75rem; margin-bottom: 0.5rem; }
.sign { display: inline-grid; place-items: center; width: 2.4rem; height: 2.4rem; flex: none; border-radius: 50%; font-size: 1.2rem; }
.good h1 { color: var(--good); } .bad h1 { color: var(--bad); } .doubt h1 { color: var(--doubt); }
.good .sign { background: var(--good-ground); } .bad .sign { background: var(--bad-ground); } .doubt .sign { background: var(--doubt-ground); }
.why { font-size: 1.1rem; max-width: 60rem; margin-bottom: 0.75rem; overflow-wrap: anywhere; }
.evidence { font-weight: 600; margin-bottom: 0.25rem; }
nav { position: sticky; top: 0; z-index: 2; background: var(--ground); border-bottom: 1px solid var(--line); }
nav ul { display: flex; gap: 1.25rem; list-style: none; margin-top: 0; margin-bottom: 0; overflow-x: auto; scrollbar-width: none; }
nav a { display: block; padding: 0.6rem 0; white-space: nowrap; color: var(--faint); text-decoration: none; font-size: 0.9rem; }
nav a:hover { color: var(--text); }
main { padding-top: 1.25rem; padding-bottom: 4rem; display: grid; gap: 1.25rem; grid-template-columns: minmax(0, 1fr); }
main:focus { outline: none; }
main > section { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 1.25rem 1.5rem; }
button, input, select { font: inherit; color: inherit; }
button { background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: 0.3rem 0.8rem; cursor: pointer; min-height: 2.1rem; }
button:hover { border-color: var(--faint); }
.more { margin-top: 0.6rem; }
.scroll { overflow-x: auto; position: relative; }
table { border-collapse: collapse; width: 100%; font-size: 0.93rem; }
th, td { text-align: left; padding: 0.4rem 1rem 0.4rem 0; vertical-align: top; border-bottom: 1px solid var(--line); unicode-bidi: isolate; }
tbody tr:last-child > * { border-bottom: 0; }
tfoot > tr > * { border-top: 1px solid var(--line); border-bottom: 0; }
thead th { color: var(--faint); font-weight: normal; font-size: 0.85rem; white-space: nowrap; vertical-align: bottom; }
tbody th { font-weight: 500; overflow-wrap: anywhere; min-width: 8rem; }
td { overflow-wrap: anywhere; }
th:last-child, td:last-child { padding-right: 0; }
.number { text-align: right; white-space: nowrap; }
.counts th:not(:first-child), .counts td, .figures th:not(:first-child), .figures td { text-align: right; white-space: nowrap; }
.figures { max-width: 40rem; }
.none { color: var(--faint); } .doubtful { color: var(--doubt); font-weight: 600; }
span.bad { color: var(--bad); font-weight: 600; }
.badge { display: inline-flex; gap: 0.35em; align-items: baseline; white-space: nowrap; border-radius: 99px; padding: 0 0.6em; font-size: 0.85rem; font-weight: normal; background: var(--sunk); color: var(--text); }
.badge.good { background: var(--good-ground); color: var(--good); }
.badge.bad { background: var(--bad-ground); color: var(--bad); font-weight: normal; }
.badge.doubt { background: var(--doubt-ground); color: var(--doubt); }
.sentences { margin: 0; padding-left: 1.2rem; } .sentences li { margin: 0.2rem 0; overflow-wrap: anywhere; }
figure { margin: 1rem 0 0; min-width: 0; }
.plot { min-height: 200px; }
.plot .u-legend { font-size: 0.85rem; text-align: left; }
.plot .u-legend th, .plot .u-legend td { border: 0; padding: 0.1rem 0.2rem; min-width: 0; }
.plot .u-legend .u-value { min-width: 4.5rem; }
.plot .u-legend .u-marker { border-radius: 2px; }
.plot .u-select { background: var(--line); opacity: 0.6; }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.1rem; font-size: 0.85rem; color: var(--faint); margin: 0.25rem 0 0.5rem; }
.key { display: inline-block; width: 0.9rem; height: 0.7rem; border-radius: 2px; margin-right: 0.4rem; background: currentColor; }
.key.clean { background: var(--clean); height: 0.3rem; } .key.unknown { background: var(--unknown); height: 0.45rem; }
.key.doubt { background: var(--doubt); height: 0.6rem; } .key.bad { background: var(--bad); height: 0.75rem; }
.key.blind-control { background: var(--blind-control); } .key.blind-candidate { background: var(--blind-candidate); } .key.blind-ours { background: var(--faint); }
.key.blind-unread { background: var(--unknown); }
.key.mark { width: 2px; height: 0.9rem; background: var(--link); }
.strip { display: block; width: 100%; min-width: 16rem; height: 28px; background: var(--sunk); border-radius: 3px; }
.strip .clean { fill: var(--clean); } .strip .unknown { fill: var(--unknown); } .strip .doubt { fill: var(--doubt); } .strip .bad { fill: var(--bad); }
.strip .absent { fill: var(--faint); opacity: 0.14; }
.strip .gap.control { fill: var(--blind-control); } .strip .gap.candidate { fill: var(--blind-candidate); }
.strip .up, .strip .mark { fill: none; stroke: var(--good); stroke-width: 2; vector-effect: non-scaling-stroke; }
.strip .mark { stroke: var(--link); stroke-width: 1.5; }
.lanes th:nth-child(2), .lanes td:nth-child(2) { width: 100%; }
.lanes th, .lanes td { vertical-align: middle; padding-top: 0.25rem; padding-bottom: 0.25rem; }
.lanes tbody th { min-width: 5rem; max-width: 12rem; }
.moments { display: flex; justify-content: space-between; }
.marks { columns: 18rem; font-size: 0.9rem; margin: 0.75rem 0 0; padding-left: 1.5rem; }
details > summary { cursor: pointer; }
.as-table { margin-top: 1rem; font-size: 0.93rem; }
form { display: grid; grid-template-columns: 2fr 1fr 1fr auto; gap: 0.75rem; align-items: end; }
.field { display: grid; gap: 0.2rem; min-width: 0; }
.field label, legend { font-size: 0.85rem; color: var(--faint); }
input[type='search'], select { width: 100%; min-height: 2.1rem; padding: 0.3rem 0.6rem; border: 1px solid var(--line); border-radius: 6px; background: var(--ground); }
::placeholder { color: var(--faint); opacity: 1; }
fieldset { grid-column: 1 / -1; order: 1; border: 0; padding: 0; margin: 0; display: flex; flex-wrap: wrap; gap: 0.4rem; }
legend { padding: 0; margin-bottom: 0.2rem; }
.chip { display: inline-flex; align-items: center; gap: 0.4rem; border: 1px solid var(--line); border-radius: 99px; padding: 0.15rem 0.8rem 0.15rem 0.6rem; cursor: pointer; }
.chip:has(:checked) { border-color: var(--link); background: var(--sunk); }
.chip:focus-within { outline: 2px solid var(--link); outline-offset: 1px; }
.chip input { accent-color: var(--link); margin: 0; outline: none; }
.chip small { color: var(--faint); }
.matches { margin: 0.9rem 0 0; font-weight: 600; }
.groups, .rows { list-style: none; margin: 0; padding: 0; }
.groups > li { border-top: 1px solid var(--line); } .groups > li:last-child { border-bottom: 1px solid var(--line); }
.group > summary, .finding > summary { display: flex; gap: 0.9rem; align-items: baseline; padding: 0.5rem 0.25rem; list-style: none; }
.group > summary::-webkit-details-marker, .finding > summary::-webkit-details-marker { display: none; }
.group > summary::before, .finding > summary::before { content: '▸'; color: var(--faint); font-size: 0.8rem; }
.group[open] > summary::before, .finding[open] > summary::before { content: '▾'; }
.group > summary:hover, .finding > summary:hover { background: var(--sunk); }
.times { min-width: 3.5rem; text-align: right; font-weight: 600; }
.path { font-weight: 600; } .kind { color: var(--faint); }
.group > summary .who { margin-left: auto; text-align: right; overflow-wrap: anywhere; }
.rows { margin: 0 0 0.75rem 1.25rem; border-left: 2px solid var(--line); padding-left: 0.75rem; }
.group > .notes { margin: 0 0 0.3rem 1.25rem; padding-left: 0.75rem; }
.group > .more { margin: 0 0 0.75rem 1.25rem; }
.finding > summary { font-size: 0.9rem; padding: 0.3rem 0.25rem; }
.finding .key { display: inline; width: auto; height: auto; background: none; margin: 0; font-weight: 500; max-width: 14rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; flex: none; }
.id { min-width: 3rem; flex: none; max-width: 8rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.path, .kind { min-width: 0; }
.gist { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.finding .who, .finding .when { flex: none; max-width: 12rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.whole { padding: 0.5rem 0.25rem 1.25rem; display: grid; gap: 0.75rem; grid-template-columns: minmax(0, 1fr); }
.facts { display: flex; flex-wrap: wrap; gap: 0.35rem 1.75rem; margin: 0; font-size: 0.9rem; }
.facts dt { color: var(--faint); font-size: 0.8rem; } .facts dd { margin: 0; overflow-wrap: anywhere; }
.panes { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem; }
.pane { margin: 0; min-width: 0; }
.pane figcaption { font-size: 0.87rem; margin-bottom: 0.3rem; display: flex; flex-wrap: wrap; gap: 0 0.6rem; overflow-wrap: anywhere; }
.pane pre { position: relative; margin: 0; padding: 0.75rem; background: var(--sunk); border: 1px solid var(--line); border-radius: 6px; max-height: 28rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }
mark { background: var(--doubt-ground); color: var(--doubt); font-weight: 600; border-radius: 2px; box-shadow: 0 0 0 2px var(--doubt-ground); }
.single { border: 1px solid var(--link); border-radius: 8px; padding: 0.75rem 1rem; margin-top: 1rem; }
.single header { display: flex; justify-content: space-between; align-items: center; } .single h3 { margin: 0; }
@media (max-width: 44rem) {
  .banner, nav ul, main { padding-left: 1rem; padding-right: 1rem; }
  main > section { padding: 1rem; }
  form { grid-template-columns: 1fr 1fr; } .field:first-child { grid-column: 1 / -1; }
  form > button { grid-column: 1 / -1; order: 2; justify-self: start; }
  .panes { grid-template-columns: minmax(0, 1fr); }
  .group > summary, .finding > summary { flex-wrap: wrap; gap: 0.1rem 0.7rem; }
  .group > summary .who { margin-left: 0; flex-basis: 100%; padding-left: 1.5rem; text-align: left; }
  .gist { flex-basis: 100%; order: 5; padding-left: 1.5rem; }
  .rows { margin-left: 0.25rem; padding-left: 0.5rem; }
  .times { min-width: 0; }
  .scroll table { min-width: 30rem; } .figures .scroll table { min-width: 0; } .lanes .scroll table { min-width: 34rem; }
  .figures th, .figures td { padding-right: 0.6rem; } .figures tbody th { min-width: 5rem; }
  .plot .u-legend { font-size: 0.8rem; } .plot .u-legend .u-value { min-width: 3.6rem; }
}
@media print {
  nav, form, .theme, .more { display: none; }
  main > section { break-inside: avoid; border: 0; padding: 0; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
`;

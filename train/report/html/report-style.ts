import { Markup } from './markup.ts'

/** Colours of both schemes. Every text has a contrast of at least 4.5 on its ground. */
const colours = `
:root {
  color-scheme: light dark;
  --ground: #f5f4f0; --panel: #ffffff; --sunken: #f1efea; --ink: #1b2226; --muted: #59646b; --line: #dfdcd4;
  --accent: #0b6b5c; --bad: #b3302a; --bad-soft: #fbe3e0; --good-soft: #def2ec;
  --s1: #0d7461; --s2: #c2570c; --s3: #4a57c7; --s4: #7a9f14; --s5: #b04a9c; --s6: #8a6d1d; --s-muted: #8b959b;
  --right: #0d7461; --wrong: #c4413a; --shadow: 0 1px 2px rgb(30 30 20 / 6%), 0 6px 24px rgb(30 30 20 / 5%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #11161a; --panel: #1a2126; --sunken: #141a1e; --ink: #e9edef; --muted: #9dabb4; --line: #2c363d;
    --accent: #46c2a5; --bad: #ff8f85; --bad-soft: #351c1b; --good-soft: #142c28;
    --s1: #46c2a5; --s2: #f29a52; --s3: #929dff; --s4: #b6d84a; --s5: #e58fd3; --s6: #d9bd6a; --s-muted: #74818a;
    --right: #46c2a5; --wrong: #ff8f85; --shadow: 0 1px 2px rgb(0 0 0 / 30%);
  }
}
@media print {
  :root {
    color-scheme: light;
    --ground: #fff; --panel: #fff; --sunken: #f6f5f2; --ink: #000; --muted: #444; --line: #ccc;
    --accent: #0b6b5c; --bad: #b3302a; --bad-soft: #fff; --good-soft: #fff;
    --s1: #0d7461; --s2: #c2570c; --s3: #4a57c7; --s4: #7a9f14; --s5: #b04a9c; --s6: #8a6d1d; --s-muted: #8b959b; --right: #0d7461; --wrong: #c4413a; --shadow: none;
  }
}`

const page = `
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-variant-numeric: tabular-nums; }
header, main { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.5rem; }
.product { margin: 0; color: var(--accent); font-weight: 600; }
h1 { margin: 0; font-size: clamp(2rem, 6vw, 3.2rem); line-height: 1.1; letter-spacing: -0.02em; overflow-wrap: anywhere; }
h2 { margin: 0 0 0.25rem; font-size: 1.5rem; letter-spacing: -0.01em; }
h3 { margin: 0 0 0.5rem; font-size: 1rem; overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
section { margin: 1.5rem 0 3rem; }
.rest { margin: 2.5rem 0 0.75rem; }
.more { border-top: 1px solid var(--line); }
.more > summary { width: auto; padding: 0.75rem 0; color: var(--ink); font-size: 1rem; font-weight: 600; }
.more > summary:hover { color: var(--accent); }
.more > section { margin: 0.25rem 0 2.5rem; }
.more > section > h2 { display: none; }
.warnings { margin: 0 0 1.25rem; padding: 0.9rem 1.25rem 0.9rem 2.25rem; border-radius: 1.1rem; background: var(--bad-soft); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); gap: 1rem; margin: 0 0 1.5rem; padding: 0; list-style: none; }
.tiles li { display: grid; grid-template-columns: auto 1fr; column-gap: 0.5rem; align-items: baseline; padding: 1rem 1.25rem; border-radius: 1.1rem; background: var(--panel); box-shadow: var(--shadow); }
.tiles strong { font-size: 2.2rem; line-height: 1.2; letter-spacing: -0.02em; }
.tile-name, .tile-note { grid-column: 1 / -1; }
.tile-name { font-weight: 600; }
.tile-interval, .tile-note { color: var(--muted); font-size: 0.875rem; }
.next { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem 2.5rem; }
.next ol { margin: 0; padding-left: 1.25rem; }
.next ol li + li { margin-top: 0.5rem; }
.pairs { display: grid; gap: 0.9rem; margin: 0; padding: 0; list-style: none; }
.pairs p { margin: 0 0 0.3rem; overflow-wrap: anywhere; }
.pictures { display: flex; flex-wrap: wrap; gap: 0.35rem; }
.pictures img { display: block; border-radius: 0.4rem; image-rendering: pixelated; }
.like { display: flex; gap: 0.35rem; align-items: center; margin-left: 0.6rem; color: var(--muted); font-size: 0.8125rem; }
.lead { max-width: 62rem; margin: 0 0 1.25rem; color: var(--muted); }
code, pre { font: 0.875em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
pre { max-height: 30rem; overflow: auto; margin: 0.75rem 0 0; padding: 1rem; border-radius: 0.65rem; background: var(--sunken); }
.verdicts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem; margin-bottom: 1.25rem; align-items: start; }
.verdict { padding: 1rem 1.25rem; border-radius: 1.1rem; background: var(--good-soft); }
.verdict.lost { background: var(--bad-soft); }
.verdict ul { margin: 0; padding-left: 1.1rem; }
.verdict > ul > li + li { margin-top: 0.6rem; }
.verdict li ul { padding-left: 0; list-style: none; color: var(--muted); font-size: 0.875rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: 0.9rem 2rem; margin: 0 0 1.25rem; padding: 1.25rem; border-radius: 1.1rem; background: var(--panel); box-shadow: var(--shadow); }
.facts dt { color: var(--muted); font-size: 0.8125rem; }
.facts dd { margin: 0; overflow-wrap: anywhere; }`

const tables = `
.scroll { overflow-x: auto; margin: 0 0 1.25rem; padding: 0.5rem 1.25rem 1rem; border-radius: 1.1rem; background: var(--panel); box-shadow: var(--shadow); }
details .scroll { max-height: 26rem; overflow-y: auto; margin: 0.5rem 0 0; padding: 0 0.75rem 0.5rem; border-radius: 0.65rem; background: var(--sunken); box-shadow: none; }
table { width: 100%; border-collapse: collapse; font-size: 0.9rem; }
details table { font-size: 0.8125rem; }
caption { padding: 0.5rem 0; color: var(--muted); text-align: left; }
caption span { position: sticky; left: 0; display: inline-block; max-width: min(100%, calc(100vw - 4rem)); }
th, td { padding: 0.4rem 0.6rem; border-top: 1px solid var(--line); vertical-align: baseline; }
thead th { border-top: 0; color: var(--muted); font-size: 0.8125rem; font-weight: 500; vertical-align: bottom; }
th:first-child, td:first-child { padding-left: 0; }
.text { text-align: left; font-weight: 500; }
.number { text-align: right; white-space: nowrap; }
thead .number { white-space: normal; }
.note { color: var(--muted); font-size: 0.8125rem; font-weight: 400; }
.bad { color: var(--bad); font-weight: 600; }
summary { width: max-content; padding: 0.15rem 0; color: var(--accent); font-size: 0.875rem; cursor: pointer; }`

const figures = `
figure { min-width: 0; margin: 0; padding: 1.1rem 1.25rem; border-radius: 1.1rem; background: var(--panel); box-shadow: var(--shadow); }
figure.wide { margin-bottom: 1.25rem; }
figcaption { margin: 0.5rem 0; color: var(--muted); font-size: 0.875rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); gap: 1.25rem; align-items: start; }
.figures.small { grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1rem; }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; margin: 0 0 0.75rem; padding: 0; list-style: none; font-size: 0.875rem; }
.swatch { display: inline-block; width: 0.7rem; height: 0.7rem; margin-right: 0.4rem; border-radius: 99px; background: var(--c); }
.reconstructions { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 32rem), 1fr)); gap: 1.25rem; }
.reconstruction { display: grid; grid-template-columns: auto minmax(0, 1fr) 8.5rem; gap: 1rem; align-items: center; }
.reconstruction img { display: block; border-radius: 0.5rem; image-rendering: pixelated; }
.reconstruction figcaption { max-width: 96px; margin: 0.25rem 0 0; overflow: hidden; text-overflow: ellipsis; }
.levels { display: grid; gap: 0.75rem; }
.code { margin: 0; padding: 0; list-style: none; font-size: 0.8125rem; }
.code li { position: relative; overflow: hidden; margin: 0.2rem 0; border-radius: 0.35rem; background: var(--sunken); }
.bar { position: absolute; inset: 0 auto 0 0; background: color-mix(in srgb, var(--s1) 35%, transparent); }
.bar-name { position: relative; padding: 0 0.4rem; }
.reconstructions + details { margin-top: 1rem; }
@media (max-width: 34rem) {
  header { padding-top: 1rem; }
  section { margin: 1rem 0 2rem; }
  h1 { font-size: 1.6rem; }
  .lead { margin-bottom: 0.75rem; }
  .warnings { margin-bottom: 0.75rem; padding: 0.6rem 0.9rem 0.6rem 1.9rem; font-size: 0.9rem; line-height: 1.4; }
  .tiles { grid-template-columns: repeat(3, 1fr); gap: 0.5rem; margin-bottom: 0.9rem; }
  .tiles li { grid-template-columns: 1fr; padding: 0.5rem 0.6rem; }
  .tiles strong { font-size: 1.5rem; }
  .tile-name { font-size: 0.8125rem; }
  .tile-note { font-size: 0.75rem; line-height: 1.3; }
  .pictures img { width: 44px; height: 44px; }
  header, main { padding-inline: 0.75rem; }
  figure { padding: 0.9rem; }
  .scroll { padding-inline: 0.9rem; }
  tbody th { min-width: 10rem; }
  .reconstruction { grid-template-columns: auto minmax(0, 1fr); }
  .levels { grid-column: 1 / -1; }
  .reconstruction .code { grid-row: 1; grid-column: 2; }
}`

const charts = `
svg { display: block; width: 100%; height: auto; margin-inline: auto; font: 11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
svg text { fill: var(--ink); }
svg .tick, svg .axis { fill: var(--muted); }
svg .tick { font-size: 10.5px; }
svg .axis, svg .value, svg .marked { font-weight: 500; }
svg .marked { fill: var(--ink); }
svg .marked { paint-order: stroke; stroke: var(--panel); stroke-width: 3px; stroke-linejoin: round; }
.ground { fill: var(--sunken); }
.grid { stroke: var(--line); stroke-width: 1; }
.base { stroke: var(--muted); stroke-width: 1; opacity: 0.5; }
.mark { stroke: var(--ink); stroke-width: 1.2; stroke-dasharray: 4 3; }
.diagonal { stroke: var(--muted); stroke-width: 1.2; stroke-dasharray: 1.5 3; }
.line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.fill { fill: var(--c); }
.dot { fill-opacity: 0.75; }
.hollow { fill: var(--panel); stroke: var(--c); stroke-width: 2; }
.series-1 { --c: var(--s1); } .series-2 { --c: var(--s2); } .series-3 { --c: var(--s3); } .series-4 { --c: var(--s4); } .series-5 { --c: var(--s5); } .series-6 { --c: var(--s6); } .series-muted { --c: var(--s-muted); }
.right { --c: var(--right); } .wrong { --c: var(--wrong); }
.heat-cell, .right-cell { --c: var(--s1); } .wrong-cell { --c: var(--wrong); }
.heat-cell, .right-cell, .wrong-cell { fill: color-mix(in srgb, var(--c) var(--heat), var(--sunken)); }
.heat-1 { --heat: 12%; } .heat-2 { --heat: 22%; } .heat-3 { --heat: 33%; } .heat-4 { --heat: 44%; } .heat-5 { --heat: 55%; } .heat-6 { --heat: 70%; } .heat-7 { --heat: 80%; } .heat-8 { --heat: 90%; } .heat-9 { --heat: 100%; }
svg .cell { font-size: 9.5px; }
svg .cell.on { fill: var(--panel); }
.plus { fill: var(--s2); } .minus { fill: var(--s3); }
.level-1 { fill-opacity: 0.15; } .level-2 { fill-opacity: 0.3; } .level-3 { fill-opacity: 0.47; } .level-4 { fill-opacity: 0.64; } .level-5 { fill-opacity: 0.82; }`

/** On paper: every section and table open, nothing torn apart, colours as on the screen. */
const print = `
@media print {
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { font-size: 10pt; }
  figure, .verdict, .facts, tr { break-inside: avoid; }
  figure, .facts, .scroll { border: 1px solid var(--line); }
  h2, h3, caption { break-after: avoid; }
  .scroll, details .scroll, pre { overflow: visible; max-height: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
}`

export const reportStyle = new Markup([colours, page, tables, figures, charts, print].join('\n'))

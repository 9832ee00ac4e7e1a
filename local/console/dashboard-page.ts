import type { CloudWatchEngine } from "../services/cloudwatch/engine";
import { drawnWidgets, type DrawnWidget, type Line, type TimeRange } from "../services/cloudwatch/dashboard-data";
import { chart, COLOURS, short } from "./chart";
import { escapeHtml } from "../markup";

/** Times that can be looked at: how many minutes, and minutes of a period. */
const RANGES: readonly (readonly [minutes: number, period: number, label: string])[] = [
  [15, 1, "15 minutes"],
  [60, 1, "1 hour"],
  [180, 5, "3 hours"],
  [1_440, 30, "1 day"],
];

/** What a request for the page names. */
export interface DashboardQuery {
  /** @default the first that there is */
  readonly name?: string;
  /** One of 15, 60, 180, 1440. @default 60 */
  readonly minutes?: number;
}

/**
 * A dashboard as the program declares it, drawn from the metrics of this cloud, with the alarms that are not OK.
 * @throws Error for a dashboard that is not there, or a time that cannot be chosen.
 */
export function dashboardPage(engine: CloudWatchEngine, { name: asked, minutes = 60 }: DashboardQuery): string {
  const names = [...engine.dashboards.keys()].sort();
  const name = asked ?? names[0];
  const chosen = RANGES.find(([one]) => one === minutes);
  if (!chosen) throw new Error(`minutes: got ${minutes}; expected one of ${RANGES.map(([one]) => one).join(", ")}.`);
  if (name === undefined) return page("Dashboard", `<p class="dim">The program declares no dashboard.</p>`);
  const dashboard = engine.dashboards.get(name);
  if (!dashboard) throw new Error(`name: got ${JSON.stringify(name)}; expected one of ${names.join(", ")}.`);
  const range = rangeOf(engine.cloud.clock.now(), minutes, chosen[1]);
  const links = [
    ...names.filter((other) => other !== name).map((other) => link(other, minutes, other)),
    ...RANGES.map(([one, , label]) => (one === minutes ? `<b>${label}</b>` : link(name, one, label))),
  ];
  const widgets = drawnWidgets(engine, dashboard.body, range).map((widget) => section(widget, range));
  return page(
    name,
    `<p class="dim"><a href="/">Console</a> · ${links.join(" · ")} · a point per ${chosen[1] === 1 ? "minute" : `${chosen[1]} minutes`}; times are UTC; renewed every 10 s</p>
${alarms(engine)}<main>${widgets.join("\n")}</main>`,
  );
}

function rangeOf(now: number, minutes: number, period: number): TimeRange {
  const periodMs = period * 60_000;
  const last = Math.floor(now / periodMs) * periodMs;
  const count = minutes / period;
  return { periodMs, starts: Array.from({ length: count }, (_, i) => last - (count - 1 - i) * periodMs) };
}

function link(name: string, minutes: number, text: string): string {
  return `<a href="?${escapeHtml(new URLSearchParams({ name, minutes: String(minutes) }).toString())}">${escapeHtml(text)}</a>`;
}

/** Alarms that ask for somebody, with their reason. */
function alarms({ alarms: all }: CloudWatchEngine): string {
  const states = [...all.values()];
  const loud = states.filter(({ state }) => state === "ALARM");
  const rows = loud.map(
    (alarm) =>
      `<li><b>${escapeHtml(alarm.name)}</b> ${escapeHtml(alarm.description ?? "")} <span class="dim">${escapeHtml(alarm.stateReason)}</span></li>`,
  );
  const silent = states.filter(({ state }) => state === "OK").length;
  const summary = `${states.length} alarms: ${loud.length} in alarm, ${silent} OK, ${states.length - loud.length - silent} without data`;
  return `<p class="${loud.length > 0 ? "bad" : "dim"}">${summary}</p>${rows.length > 0 ? `<ul>${rows.join("")}</ul>` : ""}`;
}

function section(widget: DrawnWidget, range: TimeRange): string {
  const { x, y, width, height, title, view, text } = widget;
  const place = `style="grid-column: ${x + 1} / span ${width}; grid-row: ${y + 1} / span ${height}"`;
  if (text?.startsWith("#")) return `<h2 ${place}>${escapeHtml(text.replace(/^#+\s*/, ""))}</h2>`;
  const heading = title === "" ? "" : `<h3>${escapeHtml(title)}</h3>`;
  return `<section ${place}>${heading}${text === undefined ? shown(widget, view, range) : `<p>${escapeHtml(text)}</p>`}</section>`;
}

function shown({ lines, stacked, width, height }: DrawnWidget, view: DrawnWidget["view"], range: TimeRange): string {
  if (view === "singleValue")
    return `<dl>${lines.map((line) => `<div><dd>${latest(line)}</dd><dt>${escapeHtml(line.label)}</dt></div>`).join("")}</dl>`;
  if (lines.every(({ points }) => points.every((point) => point === undefined)))
    return `<p class="dim">No data: ${escapeHtml(lines.map(({ label }) => label).join(", "))}</p>`;
  const legend = lines.map(
    (line, n) =>
      `<li><i style="background: ${COLOURS[n % COLOURS.length]!}"></i>${escapeHtml(line.label)} <b>${latest(line)}</b></li>`,
  );
  return `${chart({ lines, stacked, starts: range.starts, width, height })}<ul class="legend">${legend.join("")}</ul>`;
}

function latest({ points }: Line): string {
  const value = points.findLast((point) => point !== undefined);
  return value === undefined ? "–" : short(value);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="10"><link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><h1>${escapeHtml(title)}</h1>${body}</body></html>`;
}

const STYLE = `
  :root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 15%, transparent); }
  body { font: 14px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 1440px; padding: 1.5rem; }
  h1 { font-size: 1.25rem; margin: 0; }
  h2 { font-size: 1.05rem; margin: .25rem 0 0; align-self: end; }
  h3 { font-size: .9rem; margin: 0 0 .25rem; }
  main { display: grid; grid-template-columns: repeat(24, minmax(0, 1fr)); grid-auto-rows: 38px; gap: 6px; }
  section { border: 1px solid var(--line); border-radius: 6px; padding: .5rem .6rem; overflow: auto; }
  section p { margin: 0; }
  svg { display: block; width: 100%; height: auto; max-height: calc(100% - 3.2rem); }
  svg text { font-size: 11px; fill: currentColor; opacity: .75; }
  svg .grid { stroke: currentColor; opacity: .15; }
  .legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0 1rem; margin: .25rem 0 0; padding: 0; font-size: .85em; }
  .legend i { display: inline-block; width: .7em; height: .7em; border-radius: 2px; margin-right: .35em; }
  dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: .5rem 0 0; }
  dt { opacity: .75; }
  dd { font-size: 2rem; margin: 0; font-variant-numeric: tabular-nums; }
  .bad { color: light-dark(#c62828, #ff8a80); }
  .dim { opacity: .75; }
  @media (max-width: 900px) {
    body { padding: 1rem; }
    main { display: block; }
    section, h2 { margin-bottom: .75rem; }
  }
`;

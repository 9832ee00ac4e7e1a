/** The one page of the console: what happens, as it happens. All text from events is set as text, never as markup. */
export function consolePage(endpoint: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>games-messaging, local</title>
<style>${STYLE}</style>
</head>
<body>
<header>
  <h1>games-messaging, local</h1>
  <nav><a href="/_local/inbox/page">Inbox</a><a href="/_local/dashboard">Dashboard</a><a href="/_local/meter">Meter</a><a href="/_local/trace">Trace (JSON)</a></nav>
  <label>Show <select id="kind"></select></label>
  <label>Filter <input id="filter" placeholder="function, table, player" autocomplete="off"></label>
</header>
<p>AWS APIs at <code>${endpoint}</code>. Newest first, the last 500; times are UTC.</p>
<p class="empty" id="empty">Nothing has happened yet.</p>
<table hidden><thead><tr><th>Time</th><th>What</th><th>Who</th><th>On</th><th>Result</th></tr></thead><tbody></tbody></table>
<script>${SCRIPT}</script>
</body>
</html>`;
}

const STYLE = `
  :root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 15%, transparent); }
  body { font: 14px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 1280px; padding: 1.5rem; }
  header { display: flex; gap: .5rem 1rem; align-items: baseline; flex-wrap: wrap; }
  h1 { font-size: 1.25rem; margin: 0; }
  nav a { margin-right: 1rem; }
  input, select { font: inherit; padding: .3rem .5rem; }
  input { width: 14rem; }
  table { border-collapse: collapse; width: 100%; margin-top: 1rem; font-variant-numeric: tabular-nums; }
  th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
  td { overflow-wrap: anywhere; }
  td:first-child { white-space: nowrap; }
  tr.frame td:nth-child(2), tr.mail td:nth-child(2) { font-weight: 600; }
  td.bad { color: light-dark(#c62828, #ff8a80); }
  code { font-size: .92em; word-break: break-word; }
  .empty { opacity: .75; padding: 1rem 0; }
  @media (max-width: 700px) {
    body { padding: 1rem; }
    thead { display: none; }
    tr:not([hidden]) { display: flex; flex-wrap: wrap; gap: 0 .75rem; padding: .5rem 0; border-bottom: 1px solid var(--line); }
    td { border: 0; padding: 0; }
    td:first-child { opacity: .75; }
    td:nth-child(2) { flex: 1 0 60%; }
    td:nth-child(3):not(:empty)::before { content: "by "; opacity: .75; }
    td:nth-child(4):not(:empty)::before { content: "on "; opacity: .75; }
    td:empty { display: none; }
  }
`;

const SCRIPT = `
const body = document.querySelector("tbody"), table = document.querySelector("table");
const filter = document.getElementById("filter"), kind = document.getElementById("kind"), empty = document.getElementById("empty");
const KINDS = { main: "what matters", all: "everything", frame: "frames", run: "functions", call: "calls", mail: "mails", bad: "what failed" };
for (const [value, text] of Object.entries(KINDS)) kind.add(new Option(text, value));
const short = (arn) => (arn || "").replace(/^arn:aws:[^:]*:[^:]*:[^:]*:/, "").replace(/^assumed-role\\/[^/]*\\//, "");
function fits(row) {
  row.hidden = !(kind.value === "all" || row.classList.contains(kind.value)) || !row.textContent.toLowerCase().includes(filter.value.toLowerCase());
}
filter.addEventListener("input", () => [...body.rows].forEach(fits));
kind.addEventListener("input", () => [...body.rows].forEach(fits));
/** What, who, on what, how it went. */
function cellsOf({ kind, service, name, principal, resource, error, data = {} }) {
  switch (kind) {
    case "frame": return ["frame " + (data.direction === "out" ? "\\u2190 " : "\\u2192 ") + name, data.principalId || "", "connection " + data.connectionId, data.bytes + " B"];
    case "mail": return ["mail " + name, (data.recipients || []).join(", "), data.subject || "", ""];
    case "invoke": return ["start " + name, "", "", data.coldStart ? "cold" : ""];
    case "log": return ["log", short(principal), short(resource), ""];
    case "denied": return ["denied " + data.action, short(principal), short(data.deniedResource), data.reason || "denied"];
    case "state":
      if (data.ended) return ["end " + name, "", "", Math.round(data.durationMs) + " ms"];
      if (data.to) return [service + " " + name, "", "", data.from + " \\u2192 " + data.to];
  }
  return [service + " " + name, short(principal), short(resource), kind === "call" ? "" : kind];
}
function classesOf(event) {
  const isEnd = event.kind === "state" && event.data && event.data.ended;
  const matters = isEnd || ["frame", "mail", "denied", "fault", "error"].includes(event.kind);
  return (isEnd || event.kind === "invoke" ? "run" : event.kind) + (matters ? " main" : "");
}
function show(event) {
  const row = document.createElement("tr");
  const failed = event.error || event.kind === "denied" || event.kind === "fault" || event.kind === "error";
  const cells = cellsOf(event);
  if (event.error) cells[3] = event.error + (event.data && event.data.errorMessage ? ": " + event.data.errorMessage : "");
  for (const text of [new Date(event.time).toISOString().slice(11, 23), ...cells]) {
    const cell = document.createElement("td");
    cell.textContent = text;
    row.append(cell);
  }
  row.className = classesOf(event);
  if (failed) { row.classList.add("bad"); row.lastChild.className = "bad"; }
  body.prepend(row);
  fits(row);
  while (body.rows.length > 500) body.lastChild.remove();
  table.hidden = false;
  empty.hidden = true;
}
fetch("/_local/trace?limit=500").then((r) => r.json()).then((events) => { events.forEach(show); new EventSource("/_local/trace/stream").onmessage = (m) => show(JSON.parse(m.data)); });
`;

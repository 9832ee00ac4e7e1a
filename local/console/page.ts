/** The one page of the console: what happens, as it happens. All text from events is set as text, never as markup. */
export function consolePage(endpoint: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>games-messaging, local</title>
<style>
  :root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 15%, transparent); }
  body { font: 14px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 1280px; padding: 1.5rem; }
  header { display: flex; gap: 1rem; align-items: baseline; flex-wrap: wrap; }
  h1 { font-size: 1.25rem; margin: 0; }
  nav a { margin-right: 1rem; }
  input { font: inherit; padding: .3rem .5rem; width: 16rem; }
  table { border-collapse: collapse; width: 100%; margin-top: 1rem; font-variant-numeric: tabular-nums; }
  th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
  td { overflow-wrap: anywhere; } td.bad { color: #c62828; }
  td:first-child, td:nth-child(2) { white-space: nowrap; }
  code { font-size: .92em; word-break: break-word; }
  .empty { opacity: .7; padding: 1rem 0; }
</style>
</head>
<body>
<header>
  <h1>games-messaging, local</h1>
  <nav><a href="/_local/inbox/page">Inbox</a><a href="/_local/meter">Meter</a><a href="/_local/trace">Trace (JSON)</a></nav>
  <label>Filter <input id="filter" placeholder="function, table, player" autocomplete="off"></label>
</header>
<p>AWS APIs at <code>${endpoint}</code>. Newest first; reload to clear.</p>
<p class="empty" id="empty">Nothing has happened yet.</p>
<table hidden><thead><tr><th>Time</th><th>What</th><th>Who</th><th>On</th><th>Result</th></tr></thead><tbody></tbody></table>
<script>
const body = document.querySelector("tbody"), table = document.querySelector("table");
const filter = document.getElementById("filter"), empty = document.getElementById("empty");
const short = (arn) => (arn || "").replace(/^arn:aws:[^:]*:[^:]*:[^:]*:/, "").replace(/^assumed-role\\/[^/]*\\//, "");
function fits(row) { row.hidden = !row.textContent.toLowerCase().includes(filter.value.toLowerCase()); }
filter.addEventListener("input", () => [...body.rows].forEach(fits));
function show(event) {
  const row = document.createElement("tr");
  const failed = event.error || event.kind === "denied" || event.kind === "fault";
  const cells = [new Date(event.time).toISOString().slice(11, 23), event.service + " " + event.name, short(event.principal), short(event.resource), event.error || event.kind];
  for (const text of cells) { const cell = document.createElement("td"); cell.textContent = text; row.append(cell); }
  if (failed) row.lastChild.className = "bad";
  body.prepend(row); fits(row);
  while (body.rows.length > 500) body.lastChild.remove();
  table.hidden = false; empty.hidden = true;
}
fetch("/_local/trace?limit=200").then((r) => r.json()).then((events) => { events.forEach(show); new EventSource("/_local/trace/stream").onmessage = (m) => show(JSON.parse(m.data)); });
</script>
</body>
</html>`;
}

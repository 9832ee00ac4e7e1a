import { escapeHtml } from "../../markup";
import type { Mail, MailEvent } from "./mail";

const time = (at: number): string => new Date(at).toISOString().replace("T", " ").slice(0, 19);
const linkTo = (mail: Mail): string => `/_local/inbox/${encodeURIComponent(mail.id)}`;

const style = `
  :root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 15%, transparent); }
  body { font: 14px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 1000px; padding: 1.5rem; }
  h1 { font-size: 1.25rem; margin: 0 0 .25rem; }
  h2 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
  table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
  th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
  td:first-child { white-space: nowrap; }
  td.wide { overflow-wrap: anywhere; }
  /* A mail brings its own colours, made for white paper. */
  iframe { border: 1px solid var(--line); border-radius: 6px; width: 100%; box-sizing: border-box; height: 50vh; background: #fff; color-scheme: light; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid var(--line); border-radius: 6px; padding: .75rem; }
  button { font: inherit; padding: .25rem .75rem; margin: 0 .5rem .5rem 0; }
  .bad { color: light-dark(#c62828, #ff8a80); }
  .dim { opacity: .75; }
  @media (max-width: 640px) {
    body { padding: 1rem; }
    thead { display: none; }
    tr { display: flex; flex-wrap: wrap; gap: 0 .75rem; padding: .5rem 0; border-bottom: 1px solid var(--line); }
    td { display: block; border: 0; padding: 0; }
    td:first-child { opacity: .75; }
    .mails td.wide { flex-basis: 100%; }
    .mails td.subject { order: -1; }
    .mails td.from { display: none; }
  }
`;

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><title>${escapeHtml(title)}</title><style>${style}</style></head><body>${body}</body></html>`;
}

/** The list of mails, newest first, with the fate of each. */
export function inboxPage(mails: readonly Mail[]): string {
  const rows = mails.map(
    (
      mail,
    ) => `<tr><td>${time(mail.time)}</td><td class="wide from">${escapeHtml(mail.from)}</td><td class="wide">${escapeHtml(mail.to.join(", "))}</td>
<td class="wide subject"><a href="${linkTo(mail)}/page">${escapeHtml(mail.subject === "" ? "(no subject)" : mail.subject)}</a></td><td>${fate(mail.events.at(-1))}</td></tr>`,
  );
  const table =
    rows.length === 0
      ? `<p class="dim">No mail has been sent yet.</p>`
      : `<table class="mails"><thead><tr><th>Time (UTC)</th><th>From</th><th>To</th><th>Subject</th><th>Latest</th></tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
  return page(
    "Inbox",
    `<h1>Inbox</h1><p class="dim"><a href="/">Console</a> · ${mails.length === 1 ? "1 mail" : `${mails.length} mails`}, newest first; reload for more</p>${table}`,
  );
}

/** One mail as its reader sees it, what else came with it, and what happened to it. */
export function mailPage(mail: Mail): string {
  const events = mail.events.map(
    (event) =>
      `<tr><td>${time(event.time)}</td><td>${fate(event)}</td><td class="wide">${escapeHtml(event.link ?? event.recipients.join(", "))}</td></tr>`,
  );
  const headers = mail.headers.map(
    ({ name, value }) => `<tr><td>${escapeHtml(name)}</td><td class="wide">${escapeHtml(value)}</td></tr>`,
  );
  const tags = Object.entries(mail.tags).map(
    ([name, values]) => `<tr><td>${escapeHtml(name)}</td><td class="wide">${escapeHtml(values.join(", "))}</td></tr>`,
  );
  const attachments = mail.attachments.map(
    (part) =>
      // Always as a download of unknown type: an attachment opened in this page's origin could act in its name.
      `<li><a download="${escapeHtml(part.filename)}" href="data:application/octet-stream;base64,${escapeHtml(part.content)}">${escapeHtml(part.filename)}</a> <span class="dim">${escapeHtml(part.mimeType)}</span></li>`,
  );
  const section = (title: string, rows: readonly string[]): string =>
    rows.length === 0 ? "" : `<h2>${title}</h2><table><tbody>${rows.join("\n")}</tbody></table>`;
  return page(
    mail.subject,
    `<p class="dim"><a href="/_local/inbox/page">Inbox</a></p><h1>${escapeHtml(mail.subject === "" ? "(no subject)" : mail.subject)}</h1>
<p>${escapeHtml(mail.from)} to ${escapeHtml(mail.to.join(", "))} <span class="dim">${time(mail.time)} UTC</span></p>
<p class="dim">What the recipient does next:</p>
<p>${buttons(mail)}</p>
${mail.html === undefined ? "" : `<h2>HTML</h2><iframe sandbox="allow-popups" referrerpolicy="no-referrer" title="The mail as HTML" srcdoc="${escapeHtml(framed(mail))}"></iframe>`}
${mail.text === undefined ? "" : `<h2>Text</h2><pre>${escapeHtml(mail.text)}</pre>`}
${attachments.length === 0 ? "" : `<h2>Attachments</h2><ul>${attachments.join("")}</ul>`}
${section("What happened", events)}${section("Headers", headers)}${section("Tags", tags)}
<script>
for (const button of document.querySelectorAll("button[data-event]")) button.addEventListener("click", async () => {
  const body = JSON.stringify({ event: button.dataset.event, bot: button.dataset.bot === "true" });
  const answer = await fetch(${JSON.stringify(`${linkTo(mail)}/simulate`)}, { method: "POST", headers: { "content-type": "application/json" }, body });
  if (answer.ok) location.reload(); else alert((await answer.json()).message);
});
</script>`,
  );
}

/** The mail's own HTML: no scripts (the frame's sandbox), nothing fetched (the policy), links open elsewhere. */
function framed({ html = "", attachments }: Mail): string {
  const inline = html.replace(/\bcid:([^"'\s)>]+)/g, (reference, id: string) => {
    const part = attachments.find(({ contentId }) => contentId?.replace(/^<|>$/g, "") === id);
    return part && /^image\/[\w.+-]+$/.test(part.mimeType) ? `data:${part.mimeType};base64,${part.content}` : reference;
  });
  return `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:"><meta name="color-scheme" content="light"><base target="_blank">${inline}`;
}

function buttons(mail: Mail): string {
  const all = [
    { event: "open", label: "Open" },
    { event: "open", label: "Open by a bot", bot: true },
    ...(mail.links.length > 0
      ? [
          { event: "click", label: "Click" },
          { event: "click", label: "Click by a bot", bot: true },
        ]
      : []),
    { event: "bounce", label: "Bounce" },
    { event: "complaint", label: "Complain" },
  ];
  return all
    .map(({ event, label, bot }) => `<button data-event="${event}" data-bot="${bot === true}">${label}</button>`)
    .join("");
}

function fate(event: MailEvent | undefined): string {
  if (!event) return `<span class="dim">accepted</span>`;
  const bad = ["Bounce", "Complaint", "Reject", "Rendering Failure"].includes(event.type);
  return `<span${bad ? ' class="bad"' : ""}>${event.type}${event.bot === true ? " (bot)" : ""}</span>`;
}

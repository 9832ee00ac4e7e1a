export interface TrackedLink {
  readonly url: string;
  readonly tracked: string;
  /** `ses:tags="k:v;k2:v2"` of the anchor. */
  readonly tags: Readonly<Record<string, readonly string[]>> | null;
}

/** What of a mail is tracked: only what some event destination of the configuration set asks for. */
export interface TrackingOptions {
  readonly opens: boolean;
  readonly clicks: boolean;
  /** Host of the tracked links; SES's own by default, or the configuration set's redirect domain. */
  readonly host: string;
}

/**
 * Rewrites links and adds the open pixel as SES does; anchors marked `ses:no-track` stay as they are.
 * https://docs.aws.amazon.com/ses/latest/dg/faqs-metrics.html
 */
export function track(
  html: string,
  messageId: string,
  options: TrackingOptions,
): { readonly html: string; readonly links: readonly TrackedLink[] } {
  const links: TrackedLink[] = [];
  let tracked = html;
  if (options.clicks) {
    tracked = html.replace(/<a\b[^>]*>/gi, (anchor) => {
      if (/\sses:no-track\b/i.test(anchor)) return anchor.replace(/\sses:no-track(?:\s*=\s*(?:"[^"]*"|'[^']*'))?/i, "");
      const href = /(\shref\s*=\s*)(?:"(https?:[^"]*)"|'(https?:[^']*)')/i.exec(anchor);
      if (!href) return anchor;
      const url = unescape(href[2] ?? href[3]!);
      const target = `https://${options.host}/L0/${encodeURIComponent(url)}/${links.length + 1}/${messageId}`;
      links.push({ url, tracked: target, tags: tagsOf(anchor) });
      return anchor.replace(href[0], `${href[1]}"${target}"`).replace(/\sses:tags\s*=\s*(?:"[^"]*"|'[^']*')/i, "");
    });
  }
  if (options.opens) {
    const pixel = `<img alt="" src="https://${options.host}/I0/${messageId}" style="display: none; width: 1px; height: 1px;">`;
    const end = tracked.search(/<\/body\s*>/i);
    tracked = end < 0 ? tracked + pixel : tracked.slice(0, end) + pixel + tracked.slice(end);
  }
  return { html: tracked, links };
}

function tagsOf(anchor: string): TrackedLink["tags"] {
  const found = /\sses:tags\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(anchor);
  if (!found) return null;
  const tags: Record<string, string[]> = {};
  for (const pair of (found[1] ?? found[2]!).split(";")) {
    const [name = "", value = ""] = pair.split(":");
    if (name !== "") (tags[name.trim()] ??= []).push(value.trim());
  }
  return tags;
}

function unescape(text: string): string {
  return text
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&");
}

import { XMLParser } from "fast-xml-parser";
import type { Json } from "../../service";
import { malformedXml } from "./errors";

const xmlns = "http://s3.amazonaws.com/doc/2006-03-01/";

/** Lists that S3 writes without a wrapper, one element per entry, under a name of their own. */
const flattened: Readonly<Record<string, string>> = {
  DeleteMarkers: "DeleteMarker",
  Errors: "Error",
  Parts: "Part",
  Uploads: "Upload",
  Rules: "Rule",
  Versions: "Version",
};

/** Writes an output shape as S3 writes it: lists as repeated elements, but `Buckets` and `TagSet` in a wrapper. */
export function document(root: string, content: Json): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${xmlns}">${members(content)}</${root}>`;
}

export function errorDocument(error: { code: string; message: string }, requestId: string, detail: Json = {}): string {
  const body = members({
    Code: error.code,
    Message: error.message,
    ...detail,
    RequestId: requestId,
    HostId: requestId,
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${body}</Error>`;
}

/** The members of an XML body's root element; lists named in `lists` are arrays even with one entry. */
export function parseBody(body: Buffer, lists: readonly string[]): Json {
  const parser = new XMLParser({
    ignoreDeclaration: true,
    ignoreAttributes: true,
    parseTagValue: false,
    trimValues: false,
    // SDKs write quotes of entity tags and of keys as references by number.
    htmlEntities: true,
    isArray: (name: string) => lists.includes(name),
  });
  try {
    const parsed = parser.parse(body, true) as Json;
    const root = Object.values(parsed)[0];
    if (typeof root === "object" && root !== null) return root as Json;
    if (typeof root === "string") return {};
  } catch {
    // Answered below, as S3 does for every body that it cannot read.
  }
  throw malformedXml();
}

function members(content: Json): string {
  return Object.entries(content)
    .map(([name, value]) => member(name, value))
    .join("");
}

function member(name: string, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) {
    if (name === "Buckets") return `<Buckets>${value.map((entry) => member("Bucket", entry)).join("")}</Buckets>`;
    if (name === "TagSet") return `<TagSet>${value.map((entry) => member("Tag", entry)).join("")}</TagSet>`;
    return value.map((entry) => member(flattened[name] ?? name, entry)).join("");
  }
  if (typeof value === "object") {
    const { "@type": type, ...rest } = value as Json;
    return `<${name}${typeof type === "string" ? typeAttribute(type) : ""}>${members(rest)}</${name}>`;
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? `<${name}>${escapeXml(String(value))}</${name}>`
    : "";
}

/** A grantee says of what kind it is in an attribute. */
function typeAttribute(type: string): string {
  return ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="${escapeXml(type)}"`;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"\r\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, (c) => {
    switch (c) {
      case "&":
        return "&amp;";
      case "<":
        return "&lt;";
      case ">":
        return "&gt;";
      case '"':
        return "&quot;";
      default:
        return `&#${c.charCodeAt(0)};`;
    }
  });
}

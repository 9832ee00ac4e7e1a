/** XML of the query and REST-XML protocols. Writing is ours (a few rules); reading is fast-xml-parser's. */

const MAP = Symbol("map");

interface XmlMap {
  readonly [MAP]: Readonly<Record<string, unknown>>;
}

/** Marks a record to be written as a map: `<entry><key/><value/></entry>` each. */
export function xmlMap(record: Readonly<Record<string, unknown>>): XmlMap {
  return { [MAP]: record };
}

function isMap(value: unknown): value is XmlMap {
  return typeof value === "object" && value !== null && MAP in value;
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"'\r]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Writes a member: arrays as `<member>` lists, maps as entries, dates as ISO 8601, nothing for undefined and null. */
export function toXml(name: string, value: unknown): string {
  if (value === undefined || value === null) return "";
  return `<${name}>${contentXml(value)}</${name}>`;
}

function contentXml(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => toXml("member", item)).join("");
  if (value instanceof Date) return value.toISOString();
  if (isMap(value)) {
    return Object.entries(value[MAP])
      .map(([key, item]) => `<entry><key>${escapeXml(key)}</key>${toXml("value", item)}</entry>`)
      .join("");
  }
  if (typeof value === "object" && value !== null) {
    return Object.entries(value)
      .map(([key, item]) => toXml(key, item))
      .join("");
  }
  return escapeXml(String(value));
}

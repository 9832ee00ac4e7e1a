import PostalMime, { type Email } from "postal-mime";

export interface Header {
  readonly name: string;
  /** As written, unfolded. */
  readonly value: string;
}

/** Why a message was refused, in SES's words. */
export class MessageError extends Error {}

/** Splits a message into its headers, in order, and where its body begins. @throws MessageError */
export function readHeaders(raw: Buffer): { readonly headers: readonly Header[]; readonly bodyAt: number } {
  const headers: { name: string; value: string }[] = [];
  let at = 0;
  while (at < raw.length) {
    const end = raw.indexOf(10, at);
    const stop = end < 0 ? raw.length : end;
    const line = raw.toString("utf8", at, stop > at && raw[stop - 1] === 13 ? stop - 1 : stop);
    at = stop + 1;
    if (line === "") return { headers, bodyAt: Math.min(at, raw.length) };
    if (/^[ \t]/.test(line)) {
      const last = headers.at(-1);
      if (!last) throw new MessageError("Expected header name, got whitespace");
      last.value += ` ${line.trim()}`;
      continue;
    }
    const colon = line.indexOf(":");
    const name = line.slice(0, colon);
    if (colon < 1 || !/^[\x21-\x39\x3b-\x7e]+$/.test(name))
      throw new MessageError(`Expected ':' after header name, got '${line.slice(0, 40)}'`);
    headers.push({ name, value: line.slice(colon + 1).trim() });
  }
  return { headers, bodyAt: raw.length };
}

/** Value of the first header of that name, whatever its case. */
export function headerOf(headers: readonly Header[], name: string): string | undefined {
  return headers.find((header) => header.name.toLowerCase() === name.toLowerCase())?.value;
}

/** The parts of a message that a reader sees. */
export function parseMessage(raw: Buffer): Promise<Email> {
  return PostalMime.parse(raw, { attachmentEncoding: "base64" });
}

export interface SimpleMessage {
  readonly from: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly replyTo: readonly string[];
  readonly subject: string;
  readonly text?: string;
  readonly html?: string;
  readonly headers?: readonly Header[];
}

/** Builds the message that SES builds from SendEmail's parts: text, HTML, or both as alternatives. */
export function composeMessage(message: SimpleMessage, boundary: string): Buffer {
  const lines: string[] = [`From: ${headerText(message.from)}`];
  if (message.to.length > 0) lines.push(`To: ${message.to.map(headerText).join(", ")}`);
  if (message.cc.length > 0) lines.push(`Cc: ${message.cc.map(headerText).join(", ")}`);
  if (message.replyTo.length > 0) lines.push(`Reply-To: ${message.replyTo.map(headerText).join(", ")}`);
  lines.push(`Subject: ${headerText(message.subject)}`);
  for (const { name, value } of message.headers ?? []) {
    if (!/^[\x21-\x39\x3b-\x7e]+$/.test(name)) throw new MessageError(`Invalid header name: ${JSON.stringify(name)}`);
    lines.push(`${name}: ${headerText(value)}`);
  }
  lines.push("MIME-Version: 1.0");
  const parts = [
    ...(message.text === undefined ? [] : [{ type: "text/plain", body: message.text }]),
    ...(message.html === undefined ? [] : [{ type: "text/html", body: message.html }]),
  ].map(({ type, body }) => [
    `Content-Type: ${type}; charset=UTF-8`,
    "Content-Transfer-Encoding: base64",
    "",
    base64Lines(body),
  ]);
  if (parts.length === 1) lines.push(...parts[0]!);
  else {
    lines.push(`Content-Type: multipart/alternative; boundary="${boundary}"`, "");
    for (const part of parts) lines.push(`--${boundary}`, ...part);
    lines.push(`--${boundary}--`);
  }
  return Buffer.from(`${lines.join("\r\n")}\r\n`);
}

/** A header's text: other characters encoded (RFC 2047), line breaks refused, because they would begin another header. */
function headerText(value: string): string {
  if (/[\r\n\0]/.test(value)) throw new MessageError("Header value contains a line break or a NUL character");
  if (/^[\x20-\x7e]*$/.test(value)) return value;
  const address = /^(.*?)\s*(<[^<>]*>)$/.exec(value);
  const encode = (text: string): string => `=?UTF-8?B?${Buffer.from(text).toString("base64")}?=`;
  return address ? `${encode(address[1]!)} ${address[2]}` : encode(value);
}

function base64Lines(body: string): string {
  return (
    Buffer.from(body)
      .toString("base64")
      .match(/.{1,76}/g) ?? []
  ).join("\r\n");
}

// As a namespace: the bundler then takes the package's ES modules, which it can shake.
import * as mimeNode from "nodemailer/lib/mime-node";
import type { Envelope } from "./envelope";

/** Who the mail is from. */
export interface Sender {
  readonly address: string;
  readonly name?: string;
}

/**
 * The mail as SES takes it: multipart/alternative, text first, headers in RFC 2047 words where they need it. Mail that
 * needs consent carries RFC 8058's one-click unsubscribe.
 */
export async function composeMail(envelope: Envelope, sender: Sender): Promise<Buffer> {
  const root = new mimeNode.default("multipart/alternative", { disableFileAccess: true, disableUrlAccess: true });
  root.setHeader([
    { key: "From", value: { name: sender.name ?? "", address: sender.address } },
    { key: "To", value: envelope.to },
    { key: "Subject", value: envelope.subject },
    { key: "Content-Language", value: envelope.locale },
  ]);
  if (envelope.unsubscribeUrl !== undefined) {
    root.setHeader("List-Unsubscribe", `<${envelope.unsubscribeUrl}>`);
    root.setHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
  }
  root.createChild("text/plain; charset=utf-8").setContent(envelope.text);
  root.createChild("text/html; charset=utf-8").setContent(envelope.html);
  return root.build();
}

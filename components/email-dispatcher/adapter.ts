import type { AddressAnswer, ChannelAdapter, RenderAnswer } from "../message-store/channel";
import type { MessageType } from "../message-store/message";
import { isAddress } from "../shared/mail-address";
import { validate } from "../shared/schema";
import { canonicalAddress, isAllowed } from "./address";
import type { Envelope } from "./envelope";
import { MAX_MAIL_BYTES, MAX_SUBJECT } from "./limits";
import { chooseLocale, renderTemplate, type CompiledTemplate } from "./render";

/** What the adapter captures: plain data, known once the program has been declared. */
export interface AdapterSettings {
  readonly templates: Readonly<Record<string, CompiledTemplate>>;
  readonly types: Readonly<Record<string, MessageType>>;
  /** Patterns of addresses that may be reached; undefined in production. */
  readonly recipients: readonly string[] | undefined;
  /** With `{player}` and `{message}`. */
  readonly unsubscribeUrl: string | undefined;
}

/** What e-mail tells the message store: who can be reached, and how a message looks as a mail. */
export function emailAdapter({ templates, types, recipients, unsubscribeUrl }: AdapterSettings): ChannelAdapter {
  return { address, render };

  function address(...[message, recipient]: Parameters<ChannelAdapter["address"]>): AddressAnswer {
    const found = (recipient.email ?? message.to ?? "").trim();
    if (found === "") {
      return { skip: { code: "no-address", detail: recipient.known ? "no e-mail in the profile" : "player unknown" } };
    }
    if (!isAddress(found)) return { skip: { code: "invalid-address" } };
    if (!isAllowed(found, recipients)) return { skip: { code: "recipient-not-allowed" } };
    return { address: canonicalAddress(found) };
  }

  function render(...[message, recipient, to]: Parameters<ChannelAdapter["render"]>): RenderAnswer {
    const template = Object.hasOwn(templates, message.template) ? templates[message.template] : undefined;
    const about = { template: message.template };
    if (!template) return { fail: { code: "template-unknown", ...about } };
    const locale = chooseLocale(template, recipient.locale ?? message.locale);
    const wrong = template.schema && validate(template.schema, message.data, "data");
    if (wrong) {
      return { fail: { code: "data-invalid", ...about, locale, field: wrong.field, detail: wrong.message } };
    }
    // Every template can greet: `player` is not the message's to set.
    const player = { id: message.player, name: recipient.name ?? message.player };
    const rendered = renderTemplate(template, locale, { ...message.data, player });
    if ("detail" in rendered) return { fail: { code: "template-error", ...about, ...rendered } };
    const subject = rendered.subject.trim();
    // A line break would end the header and begin another of the data's choosing.
    if (/[\u0000-\u001f\u007f]/.test(subject) || subject.length > MAX_SUBJECT || subject === "") {
      const detail = `a subject is 1 to ${MAX_SUBJECT} characters on one line`;
      return { fail: { code: "template-error", ...about, locale, field: "subject", detail } };
    }
    const needsConsent = types[message.type]?.consent === "opt-in";
    if (needsConsent && unsubscribeUrl === undefined) {
      return { fail: { code: "unsubscribe-url-missing", ...about, detail: `type ${message.type} needs one` } };
    }
    const { id, dispatch, type } = message;
    const body: Envelope = {
      player: message.player,
      id,
      dispatch,
      type,
      template: message.template,
      locale,
      to,
      subject,
      html: rendered.html,
      text: rendered.text,
      ...(needsConsent && unsubscribeUrl !== undefined
        ? { unsubscribeUrl: fill(unsubscribeUrl, message.player, id) }
        : {}),
    };
    const bytes = Buffer.byteLength(JSON.stringify(body));
    if (bytes > MAX_MAIL_BYTES) {
      const detail = `${bytes} bytes; at most ${MAX_MAIL_BYTES}`;
      return { fail: { code: "rendered-too-large", ...about, locale, detail } };
    }
    return { body: { ...body } };
  }
}

function fill(url: string, player: string, message: string): string {
  return url.replaceAll("{player}", encodeURIComponent(player)).replaceAll("{message}", encodeURIComponent(message));
}

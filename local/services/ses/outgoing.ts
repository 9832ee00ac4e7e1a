import { AwsError } from "../../aws-error";
import type { AccessRequest, Json } from "../../service";
import { AddressError, parseAddresses, type Mailbox } from "./address";
import type { SesEngine } from "./engine";
import { composeMessage, headerOf, MessageError, readHeaders, type Header } from "./mime";

/** The two APIs of SES name the same refusals differently. */
export type ApiVersion = "1" | "2";

/** A message on its way in: who sends what to whom, and under which configuration. */
export interface Outgoing {
  readonly api: ApiVersion;
  /** Right that the call needs: raw content needs one of its own in both APIs. */
  readonly action: "ses:SendEmail" | "ses:SendRawEmail";
  readonly source: Mailbox;
  /** The From header's text. */
  readonly from: string;
  readonly fromMailbox: Mailbox;
  readonly recipients: readonly Mailbox[];
  readonly raw: Buffer;
  readonly headers: readonly Header[];
  readonly bodyAt: number;
  readonly configurationSet?: string;
  readonly tenant?: string;
  readonly feedbackAddress: string;
  readonly tags: readonly { readonly name: string; readonly value: string }[];
}

/** What the API's parameters say, beside the message itself. */
export interface Parameters {
  readonly api: ApiVersion;
  readonly source?: string;
  readonly destinations?: readonly string[];
  readonly configurationSet?: string;
  readonly tenant?: string;
  readonly feedbackAddress?: string;
  readonly tags?: readonly { readonly name: string; readonly value: string }[];
}

/** SES's refusal of a wrong parameter, under the name that the API gives it. */
export function invalidParameter(api: ApiVersion, message: string): AwsError {
  return new AwsError(api === "1" ? "InvalidParameterValue" : "BadRequestException", message, 400);
}

/** Reads a raw message with its parameters; parameters win over headers. @throws AwsError as SES refuses it. */
export function readOutgoing(
  engine: SesEngine,
  raw: Buffer,
  parameters: Parameters,
  action: Outgoing["action"],
): Outgoing {
  const { api } = parameters;
  return refusing(api, () => {
    const { headers, bodyAt } = readHeaders(raw);
    for (const name of ["From", "To", "Cc", "Subject", "Message-ID", "Date", "Reply-To"]) {
      if (headers.filter((header) => header.name.toLowerCase() === name.toLowerCase()).length > 1)
        throw new MessageError(`Duplicate header '${name}'.`);
    }
    const from = headerOf(headers, "From") ?? parameters.source;
    if (from === undefined) throw new MessageError("Missing required header 'From'.");
    const [fromMailbox] = parseAddresses(from);
    const [source] = parseAddresses(parameters.source ?? headerOf(headers, "Return-Path") ?? from);
    if (!fromMailbox || !source) throw new AddressError("Missing final '@domain'");
    const written = ["To", "Cc", "Bcc"].flatMap((name) => headerOf(headers, name) ?? []);
    const recipients = (parameters.destinations?.length ? parameters.destinations : written).flatMap(parseAddresses);
    if (recipients.length === 0) throw new MessageError("Missing required header 'To'.");
    if (recipients.length > 50) throw new MessageError("Recipient count exceeds 50.");
    const most = api === "1" ? 10_485_760 : 41_943_040;
    if (raw.length > most) throw new MessageError(`Message length is more than ${most} bytes long: '${raw.length}'.`);
    const set =
      parameters.configurationSet ??
      headerOf(headers, "X-SES-CONFIGURATION-SET") ??
      engine.identities.covering(source)?.configurationSet;
    const tenant = parameters.tenant ?? headerOf(headers, "X-SES-TENANT");
    return {
      api,
      action,
      source,
      from,
      fromMailbox,
      recipients,
      raw,
      headers,
      bodyAt,
      ...(set === undefined ? {} : { configurationSet: set }),
      ...(tenant === undefined ? {} : { tenant }),
      feedbackAddress: parameters.feedbackAddress ?? source.address,
      tags: checkTags(parameters.tags ?? tagsOf(headerOf(headers, "X-SES-MESSAGE-TAGS"))),
    };
  });
}

/** Builds and reads the message of the simple form of SendEmail. */
export function composeOutgoing(engine: SesEngine, message: SimpleParameters): Outgoing {
  return refusing(message.api, () => {
    const all = [...message.to, ...message.cc, ...message.bcc];
    // Checked before they become headers, where a comma or a line break would mean something else.
    for (const address of [message.source, ...all, ...message.replyTo]) {
      if (parseAddresses(address).length !== 1) throw new AddressError("Missing final '@domain'");
    }
    const raw = composeMessage({ ...message, from: message.source }, `=_${engine.cloud.uuid()}`);
    return readOutgoing(engine, raw, { ...message, destinations: all }, "ses:SendEmail");
  });
}

/** The parts of the simple form. */
export interface SimpleParameters extends Parameters {
  readonly source: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly replyTo: readonly string[];
  readonly subject: string;
  readonly text?: string;
  readonly html?: string;
  readonly headers?: readonly Header[];
}

/**
 * The rights that sending needs: on the sender's identity, in the sandbox on the recipients' too, and on the configuration
 * set. Conditions on addresses regard case ("Sending policy examples" in SES's guide). Whether AWS folds a domain before
 * is not said: here addresses stand as they were given, the stricter of the two.
 */
export function rightsOf(engine: SesEngine, outgoing: Outgoing): readonly AccessRequest[] {
  const { identities, sets, account } = engine;
  const context: Json & AccessRequest["context"] = {
    "ses:ApiVersion": outgoing.api,
    "ses:FromAddress": outgoing.fromMailbox.written,
    "ses:FromDisplayName": outgoing.fromMailbox.name,
    "ses:FeedbackAddress": outgoing.feedbackAddress,
    "ses:Recipients": outgoing.recipients.map((recipient) => recipient.written),
  };
  const identity = (mailbox: Mailbox): string => identities.covering(mailbox)?.arn ?? identities.arnOf(mailbox.address);
  const resources = [identity(outgoing.source)];
  if (!account.settings.productionAccess) resources.push(...outgoing.recipients.map(identity));
  if (outgoing.configurationSet !== undefined) resources.push(sets.arnOf(outgoing.configurationSet));
  return [...new Set(resources)].map((resource) => ({ action: outgoing.action, resource, context }));
}

function refusing<T>(api: ApiVersion, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof AddressError || error instanceof MessageError) throw invalidParameter(api, error.message);
    throw error;
  }
}

function tagsOf(header: string | undefined): Outgoing["tags"] {
  return (header ?? "")
    .split(/[,;]\s*/)
    .filter((pair) => pair !== "")
    .map((pair) => ({
      name: pair.slice(0, pair.indexOf("=")).trim(),
      value: pair.slice(pair.indexOf("=") + 1).trim(),
    }));
}

/** Characters of a tag's name or value. */
const MAX_TAG = 255;

function checkTags(tags: Outgoing["tags"]): Outgoing["tags"] {
  for (const { name, value } of tags) {
    checkTag("name", name, /^[A-Za-z0-9_-]*$/, "'_',  '-' are allowed.");
    checkTag("value", value, /^[A-Za-z0-9_.@-]*$/, "'_',  '-' , '.', '@' are allowed.");
  }
  return tags;
}

/** The API's types demand both, but what comes over the wire may lack one. */
function checkTag(what: "name" | "value", text: string | undefined, allowed: RegExp, signs: string): void {
  if (!text) throw new MessageError(`The tag ${what} must be specified.`);
  const title = what === "name" ? "Tag name" : "Tag value";
  if (text.length > MAX_TAG) throw new MessageError(`${title} cannot exceed ${MAX_TAG} characters.`);
  if (!allowed.test(text))
    throw new MessageError(`Invalid tag ${what} <${text}>: only alphanumeric ASCII characters, ${signs}`);
}

import { invalidParameter, type Parameters, type SimpleParameters } from "../outgoing";

interface Text {
  readonly Data?: string;
}
interface Destination {
  readonly ToAddresses?: readonly string[];
  readonly CcAddresses?: readonly string[];
  readonly BccAddresses?: readonly string[];
}
interface Tag {
  readonly Name: string;
  readonly Value: string;
}
interface MessageBody {
  readonly Subject?: Text;
  readonly Body?: { readonly Text?: Text; readonly Html?: Text };
  readonly Headers?: readonly Tag[];
}

export interface SendRawEmailV1 {
  readonly Source?: string;
  readonly Destinations?: readonly string[];
  /** `Data` in base64. */
  readonly RawMessage?: Text;
  readonly Tags?: readonly Tag[];
  readonly ConfigurationSetName?: string;
}

export interface SendEmailV1 {
  readonly Source?: string;
  readonly Destination?: Destination;
  readonly Message?: MessageBody;
  readonly ReplyToAddresses?: readonly string[];
  readonly ReturnPath?: string;
  readonly Tags?: readonly Tag[];
  readonly ConfigurationSetName?: string;
}

export interface SendEmailV2 {
  readonly FromEmailAddress?: string;
  readonly Destination?: Destination;
  readonly ReplyToAddresses?: readonly string[];
  readonly FeedbackForwardingEmailAddress?: string;
  readonly Content: { readonly Simple?: MessageBody; readonly Raw?: Text; readonly Template?: unknown };
  readonly EmailTags?: readonly Tag[];
  readonly ConfigurationSetName?: string;
  readonly TenantName?: string;
}

export function isV2(input: SendEmailV1 | SendEmailV2): input is SendEmailV2 {
  return "Content" in input;
}

export function rawV1(input: SendRawEmailV1): { readonly raw: Buffer; readonly parameters: Parameters } {
  const raw = Buffer.from(input.RawMessage?.Data ?? "", "base64");
  if (raw.length === 0) throw invalidParameter("1", "Empty required header 'From'.");
  return {
    raw,
    parameters: {
      api: "1",
      ...(input.Source === undefined ? {} : { source: input.Source }),
      ...(input.Destinations === undefined ? {} : { destinations: input.Destinations }),
      ...(input.ConfigurationSetName === undefined ? {} : { configurationSet: input.ConfigurationSetName }),
      ...tagsOf(input.Tags),
    },
  };
}

export function fromV1(input: SendEmailV1): SimpleParameters {
  if (input.Source === undefined) throw invalidParameter("1", "Missing required header 'From'.");
  return {
    api: "1",
    source: input.Source,
    ...simple(input.Destination, input.ReplyToAddresses, input.Message),
    ...(input.ReturnPath === undefined ? {} : { feedbackAddress: input.ReturnPath }),
    ...(input.ConfigurationSetName === undefined ? {} : { configurationSet: input.ConfigurationSetName }),
    ...tagsOf(input.Tags),
  };
}

/** The raw content of the second API; undefined if the content is of another kind. */
export function rawV2(input: SendEmailV2): { readonly raw: Buffer; readonly parameters: Parameters } | undefined {
  if (input.Content.Raw?.Data === undefined) return undefined;
  const to = addresses(input.Destination);
  const all = [...to.to, ...to.cc, ...to.bcc];
  const source = input.FromEmailAddress === undefined ? {} : { source: input.FromEmailAddress };
  return {
    raw: Buffer.from(input.Content.Raw.Data, "base64"),
    parameters: { ...commonV2(input), ...source, destinations: all },
  };
}

export function simpleV2(input: SendEmailV2): SimpleParameters {
  if (input.Content.Template !== undefined) {
    throw invalidParameter("2", "Stored templates are not played by the local cloud; send Simple or Raw content.");
  }
  if (input.FromEmailAddress === undefined) throw invalidParameter("2", "Missing required header 'From'.");
  const message = input.Content.Simple;
  if (message === undefined) throw invalidParameter("2", "Content must hold one of Simple, Raw and Template.");
  return {
    ...commonV2(input),
    source: input.FromEmailAddress,
    ...simple(input.Destination, input.ReplyToAddresses, message),
    headers: (message?.Headers ?? []).map(({ Name, Value }) => ({ name: Name, value: Value })),
  };
}

function commonV2(input: SendEmailV2): Parameters {
  return {
    api: "2",
    ...(input.FeedbackForwardingEmailAddress === undefined
      ? {}
      : { feedbackAddress: input.FeedbackForwardingEmailAddress }),
    ...(input.ConfigurationSetName === undefined ? {} : { configurationSet: input.ConfigurationSetName }),
    ...(input.TenantName === undefined ? {} : { tenant: input.TenantName }),
    ...tagsOf(input.EmailTags),
  };
}

function simple(
  destination: Destination | undefined,
  replyTo: readonly string[] | undefined,
  message: MessageBody | undefined,
) {
  const text = message?.Body?.Text?.Data;
  const html = message?.Body?.Html?.Data;
  return {
    ...addresses(destination),
    replyTo: replyTo ?? [],
    subject: message?.Subject?.Data ?? "",
    ...(text === undefined && html !== undefined ? {} : { text: text ?? "" }),
    ...(html === undefined ? {} : { html }),
  };
}

function addresses(destination: Destination | undefined) {
  return {
    to: destination?.ToAddresses ?? [],
    cc: destination?.CcAddresses ?? [],
    bcc: destination?.BccAddresses ?? [],
  };
}

function tagsOf(tags: readonly Tag[] | undefined): Pick<Parameters, "tags"> {
  return tags === undefined ? {} : { tags: tags.map(({ Name, Value }) => ({ name: Name, value: Value })) };
}

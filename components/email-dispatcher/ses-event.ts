/** Reads the events that SES publishes about mails. https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html */
import { RANK, TRANSIENT_BOUNCE_RANK, type MessageStatus } from "../message-store/status";
import type { Reason } from "../message-store/message";
import { decodePlayerId } from "../shared/player-keys";

/** What an event of SES says about a mail, and what is written of it. */
export interface MailEvent {
  /** The message, by our own tags; none on mail that is not ours. */
  readonly message: { readonly player: string; readonly id: string; readonly attempt: number } | undefined;
  /** Tells repetitions: one entry of the history for each. */
  readonly key: string;
  /** The status it stands for; none for what is only worth a line of history. */
  readonly status: MessageStatus | undefined;
  /** What the line of history says. */
  readonly line: MessageStatus;
  readonly rank: number;
  readonly detail: string | undefined;
  readonly reason: Reason | undefined;
  readonly providerId: string;
  /** Epoch milliseconds of what happened. */
  readonly at: number;
  /** Addresses that must not be mailed again. */
  readonly suppress: readonly string[];
  readonly kind: string;
}

type Json = Record<string, unknown>;

/** Undefined when the text is no event that says something about a mail. */
export function parseMailEvent(body: string): MailEvent | undefined {
  const event = parse(body);
  if (typeof event["Message"] === "string" && event["Type"] === "Notification") return parseMailEvent(event["Message"]);
  const kind = text(event["eventType"]).replace(/\s/g, "");
  const mail = object(event["mail"]);
  const told = tell(kind, event);
  const providerId = text(mail["messageId"]);
  if (!told || providerId === "") return undefined;
  const message = tagged(mail);
  const at = Date.parse(text(told.body["timestamp"])) || Date.parse(text(mail["timestamp"])) || 0;
  const suffix = message?.attempt ?? providerId;
  return {
    message,
    kind,
    key: `${told.key ?? kind}-${suffix}`,
    status: told.status,
    line: told.line ?? told.status ?? "sent",
    rank: told.rank ?? (told.status ? RANK[told.status] : 0),
    detail: told.detail,
    reason: told.code === undefined ? undefined : reason(told.code, told.detail),
    providerId,
    at,
    suppress: told.suppress ?? [],
  };
}

interface Told {
  readonly body: Json;
  readonly status?: MessageStatus;
  readonly line?: MessageStatus;
  readonly rank?: number;
  readonly key?: string;
  readonly detail?: string;
  readonly code?: string;
  readonly suppress?: readonly string[];
}

function tell(kind: string, event: Json): Told | undefined {
  switch (kind) {
    case "Send":
      return { body: object(event["mail"]), status: "sent" };
    case "Delivery":
      return { body: object(event["delivery"]), status: "delivered" };
    case "Bounce":
      return bounce(object(event["bounce"]));
    case "Complaint": {
      const body = object(event["complaint"]);
      const suppress = addresses(body["complainedRecipients"]);
      return { body, status: "complained", code: "complained", detail: text(body["complaintFeedbackType"]), suppress };
    }
    case "Reject": {
      const body = object(event["reject"]);
      const detail = text(body["reason"]);
      return {
        body: { timestamp: text(object(event["mail"])["timestamp"]) },
        status: "rejected",
        code: "rejected",
        detail,
      };
    }
    case "RenderingFailure": {
      const body = object(event["failure"]);
      return { body, status: "rejected", code: "rejected", detail: text(body["errorMessage"]) };
    }
    case "DeliveryDelay": {
      const body = object(event["deliveryDelay"]);
      return { body, line: "sent", detail: `delayed: ${text(body["delayType"])}` };
    }
    case "Open":
      return seen("opened", object(event["open"]));
    case "Click":
      return seen("clicked", object(event["click"]));
    default:
      return undefined;
  }
}

function bounce(body: Json): Told {
  const kind = text(body["bounceType"]);
  const first = object((Array.isArray(body["bouncedRecipients"]) ? body["bouncedRecipients"] : [])[0]);
  const code = text(first["diagnosticCode"]);
  const detail = `${kind}/${text(body["bounceSubType"])}${code === "" ? "" : `: ${code}`}`.slice(0, 500);
  const hard = kind === "Permanent";
  return {
    body,
    status: "bounced",
    key: `Bounce-${kind}`,
    code: "bounced",
    detail,
    ...(hard ? { suppress: addresses(body["bouncedRecipients"]) } : { rank: TRANSIENT_BOUNCE_RANK }),
  };
}

/** Opens and clicks of machines (prefetching, link scanners) make a line of history and no status. */
function seen(status: "opened" | "clicked", body: Json): Told {
  return isBot(body) ? { body, line: status, key: `${status}-bot`, detail: "bot" } : { body, status };
}

/**
 * SES tells with each open and click whether a machine is likely behind it: `isBotEvent` is `Likely` or `Unlikely` since 2026-08.
 * https://aws.amazon.com/about-aws/whats-new/2026/08/amazon-ses-automated-email-interactions/
 */
function isBot(body: Json): boolean {
  return body["isBotEvent"] === "Likely";
}

function tagged(mail: Json): MailEvent["message"] {
  const tags = object(mail["tags"]);
  const one = (name: string): string => text(Array.isArray(tags[name]) ? tags[name][0] : tags[name]);
  const attempt = Number(one("attempt"));
  if (one("player") === "" || one("messageId") === "" || !Number.isInteger(attempt)) return undefined;
  return { player: decodePlayerId(one("player")), id: one("messageId"), attempt };
}

function addresses(list: unknown): string[] {
  return (Array.isArray(list) ? list : [])
    .map((entry) => text(object(entry)["emailAddress"]))
    .map((address) => (/<([^<>]+)>\s*$/.exec(address)?.[1] ?? address).trim())
    .filter((address) => address !== "");
}

function reason(code: string, detail: string | undefined): Reason {
  return detail === undefined || detail === "" ? { code } : { code, detail };
}

function parse(body: string): Json {
  try {
    return object(JSON.parse(body));
  } catch {
    return {};
  }
}

function object(value: unknown): Json {
  return value !== null && typeof value === "object" ? (value as Json) : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

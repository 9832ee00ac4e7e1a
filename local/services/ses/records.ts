import type { Json } from "../../service";
import type { Mail, MailEventType } from "./mail";
import { headerOf } from "./mime";

/**
 * What `isBotEvent` of an open or click says: whether SES takes a machine (a scanner, a prefetch) for its author.
 * https://aws.amazon.com/about-aws/whats-new/2026/08/amazon-ses-automated-email-interactions/
 */
const botVerdict = (bot: boolean | undefined): "Likely" | "Unlikely" => (bot === true ? "Likely" : "Unlikely");

const iso = (time: number): string => new Date(time).toISOString();
const mta = "a8-70.smtp-out.amazonses.com";

/** How SES names each event on EventBridge. */
export const detailTypes: Readonly<Record<MailEventType, string>> = {
  Send: "Email Sent",
  Delivery: "Email Delivered",
  Bounce: "Email Bounced",
  Complaint: "Email Complaint Received",
  Reject: "Email Rejected",
  Open: "Email Opened",
  Click: "Email Clicked",
  "Rendering Failure": "Email Rendering Failed",
  DeliveryDelay: "Email Delivery Delayed",
};

/** The `mail` object of every event record. */
export function mailObject(mail: Mail, accountId: string, type: MailEventType): Json {
  const headers = mail.headers.map(({ name, value }) => ({ name, value }));
  const list = (name: string): readonly string[] | undefined => headerOf(mail.headers, name)?.split(/,\s*/);
  const [to, cc, replyTo] = [list("To"), list("Cc"), list("Reply-To")];
  const date = headerOf(mail.headers, "Date");
  return {
    timestamp: iso(mail.time),
    source: mail.source,
    sourceArn: mail.sourceArn,
    sendingAccountId: accountId,
    messageId: mail.id,
    destination: mail.to,
    headersTruncated: false,
    headers,
    commonHeaders: {
      from: [mail.from],
      ...(replyTo ? { replyTo } : {}),
      ...(date === undefined ? {} : { date }),
      ...(to ? { to } : {}),
      ...(cc ? { cc } : {}),
      messageId: headerOf(mail.headers, "Message-ID") ?? mail.id,
      ...(headerOf(mail.headers, "Subject") === undefined ? {} : { subject: mail.subject }),
    },
    // From where a mail went out, is known of what was delivered.
    tags: type === "Delivery" ? { ...mail.tags, "ses:outgoing-ip": ["192.0.2.0"] } : mail.tags,
  };
}

/** What differs from one event of a mail to the next. */
export interface EventDetail {
  readonly time: number;
  readonly recipients: readonly string[];
  readonly feedbackId: string;
  readonly bounce?: {
    readonly type: string;
    readonly subType: string;
    readonly status: string;
    readonly diagnostic: string;
  };
  /** True when the address was on the account's list, so that no mail left. */
  readonly suppressed?: boolean;
  readonly link?: { readonly url: string; readonly tags: unknown };
  readonly bot?: boolean;
  readonly processingTimeMillis?: number;
}

const agents = {
  person:
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
  bot: "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
};

/** The member named after the event, e.g. `bounce`. Shapes: "Contents of event data that Amazon SES publishes to Amazon SNS". */
export function eventObject(type: MailEventType, detail: EventDetail): Json {
  const timestamp = iso(detail.time);
  switch (type) {
    case "Send":
      return { send: {} };
    case "Reject":
      return { reject: { reason: "Bad content" } };
    case "Rendering Failure":
      return { failure: { errorMessage: "Attribute is not present in the rendering data.", templateName: "" } };
    case "Delivery":
      return {
        delivery: {
          timestamp,
          processingTimeMillis: detail.processingTimeMillis ?? 0,
          recipients: detail.recipients,
          smtpResponse: "250 2.6.0 Message received",
          remoteMtaIp: "127.0.2.0",
          reportingMTA: mta,
        },
      };
    case "DeliveryDelay":
      return {
        deliveryDelay: {
          timestamp,
          delayType: "TransientCommunicationFailure",
          expirationTime: iso(detail.time + 14 * 3_600_000),
          delayedRecipients: detail.recipients.map((emailAddress) => ({
            emailAddress,
            status: "4.4.1",
            diagnosticCode: "smtp; 421 4.4.1 Unable to connect to remote host",
          })),
          reportingMTA: mta,
        },
      };
    case "Bounce": {
      const { type: bounceType, subType, status, diagnostic } = detail.bounce!;
      const bouncedRecipients = detail.recipients.map((emailAddress) => ({
        emailAddress,
        action: "failed",
        status,
        diagnosticCode: diagnostic,
      }));
      return {
        bounce: {
          feedbackId: detail.feedbackId,
          bounceType,
          bounceSubType: subType,
          bouncedRecipients,
          timestamp,
          reportingMTA: `dsn; ${mta}`,
        },
      };
    }
    case "Complaint":
      return {
        complaint: {
          feedbackId: detail.feedbackId,
          complaintSubType: detail.suppressed === true ? "OnAccountSuppressionList" : null,
          complainedRecipients: detail.recipients.map((emailAddress) => ({ emailAddress })),
          timestamp,
          ...(detail.suppressed === true
            ? {}
            : { userAgent: "Amazon SES Mailbox Simulator", complaintFeedbackType: "abuse", arrivalDate: timestamp }),
        },
      };
    case "Open":
      return {
        open: {
          ipAddress: "192.0.2.1",
          timestamp,
          userAgent: detail.bot === true ? agents.bot : agents.person,
          isBotEvent: botVerdict(detail.bot),
        },
      };
    case "Click":
      return {
        click: {
          ipAddress: "192.0.2.1",
          link: detail.link!.url,
          linkTags: detail.link!.tags,
          timestamp,
          userAgent: detail.bot === true ? agents.bot : agents.person,
          isBotEvent: botVerdict(detail.bot),
        },
      };
  }
}

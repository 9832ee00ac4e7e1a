import type { Header } from "./mime";
import type { TrackedLink } from "./tracking";

/** Types as SES writes them in `eventType`. */
export type MailEventType =
  "Send" | "Delivery" | "Bounce" | "Complaint" | "Reject" | "Open" | "Click" | "Rendering Failure" | "DeliveryDelay";

export interface MailEvent {
  readonly type: MailEventType;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly recipients: readonly string[];
  readonly bot?: boolean;
  readonly link?: string;
}

export interface Attachment {
  readonly filename: string;
  readonly mimeType: string;
  /** Content in base64. */
  readonly content: string;
  readonly disposition: string;
  readonly contentId?: string;
}

/** A mail that SES accepted, as a reader of the inbox sees it. */
export interface Mail {
  /** SES's message id. */
  readonly id: string;
  /** When SES accepted it, milliseconds since the epoch. */
  readonly time: number;
  /** Envelope sender. */
  readonly source: string;
  readonly from: string;
  /** Envelope recipients. */
  readonly to: readonly string[];
  readonly subject: string;
  /** As it was sent. */
  readonly html?: string;
  /** As it is delivered: links and pixel tracked. */
  readonly trackedHtml?: string;
  readonly text?: string;
  readonly headers: readonly Header[];
  readonly attachments: readonly Attachment[];
  readonly links: readonly TrackedLink[];
  readonly tags: Readonly<Record<string, readonly string[]>>;
  readonly configurationSet?: string;
  readonly tenant?: string;
  /** ARN of the identity that sent it. */
  readonly sourceArn: string;
  /** Bytes of the message. */
  readonly size: number;
  /** What happened to it so far, oldest first. */
  readonly events: MailEvent[];
}

import type { MailEventType } from "./mail";
import type { EventDetail } from "./records";

/** What becomes of a mail at one address. */
export type Fate =
  | "delivered"
  | "bounced"
  | "soft-bounced"
  | "complained"
  | "delayed"
  | "on-global-list"
  | "suppressed-bounce"
  | "suppressed-complaint";

export interface Step {
  readonly type: MailEventType;
  /** Milliseconds after the mail was accepted. */
  readonly after: number;
  readonly detail: Omit<EventDetail, "time" | "recipients" | "feedbackId">;
}

/** How long things take after a mail was accepted, milliseconds. */
export interface Delays {
  readonly send: number;
  readonly delivery: number;
  readonly bounce: number;
  readonly complaint: number;
}

/**
 * What the mailbox simulator does with an address; labels such as `bounce+player7@` are allowed. Undefined elsewhere.
 * https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html#send-email-simulator-how-to-use
 */
export function simulatorFate(address: string): Fate | undefined {
  const [local = "", domain = ""] = address.toLowerCase().split("@");
  if (domain !== "simulator.amazonses.com") return undefined;
  switch (local.split("+")[0]) {
    case "bounce":
      return "bounced";
    case "complaint":
      return "complained";
    case "suppressionlist":
      return "on-global-list";
    case "success":
    case "ooto":
      return "delivered";
    default:
      return "bounced";
  }
}

const listed = (scope: string): string =>
  `Amazon SES did not send the message to this address because it is on the suppression list for ${scope}.`;

/** The events of a fate after `Send`, in their natural order. */
export function stepsOf(fate: Fate, delays: Delays): readonly Step[] {
  const delivery: Step = {
    type: "Delivery",
    after: delays.delivery,
    detail: { processingTimeMillis: delays.delivery },
  };
  const bounce = (type: string, subType: string, status: string, diagnostic: string): Step => ({
    type: "Bounce",
    after: delays.bounce,
    detail: { bounce: { type, subType, status, diagnostic } },
  });
  switch (fate) {
    case "delivered":
      return [delivery];
    case "complained":
      return [delivery, { type: "Complaint", after: delays.complaint, detail: {} }];
    case "bounced":
      return [bounce("Permanent", "General", "5.1.1", "smtp; 550 5.1.1 user unknown")];
    case "soft-bounced":
      return [bounce("Transient", "MailboxFull", "4.2.2", "smtp; 452 4.2.2 mailbox full")];
    case "delayed":
      return [
        { type: "DeliveryDelay", after: delays.delivery, detail: {} },
        { ...delivery, after: delays.delivery * 4 },
      ];
    case "on-global-list":
      return [
        bounce(
          "Permanent",
          "Suppressed",
          "5.1.1",
          "Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid address.",
        ),
      ];
    case "suppressed-bounce":
      return [bounce("Permanent", "OnAccountSuppressionList", "5.1.1", listed("your account"))];
    case "suppressed-complaint":
      return [{ type: "Complaint", after: delays.bounce, detail: { suppressed: true } }];
  }
}

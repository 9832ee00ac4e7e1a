/** The states of a message, and which may follow which. Forward only: the table is the whole of it. */

/** Where a message is. */
export type MessageStatus =
  | "queued"
  | "held"
  | "sending"
  | "sent"
  | "delivered"
  | "opened"
  | "clicked"
  | "read"
  | "bounced"
  | "complained"
  | "rejected"
  | "failed"
  | "skipped"
  | "expired";

/**
 * Height of each status, kept in the item as `rank`. What a provider reports is written only over a lower rank, so that
 * repeated and reordered events end in the same status. `failed` lies below `sent`, because a provider's late word that
 * a mail left outranks our belief that it did not.
 */
export const RANK: Readonly<Record<MessageStatus, number>> = {
  queued: 0,
  held: 0,
  sending: 10,
  failed: 15,
  skipped: 15,
  expired: 15,
  sent: 20,
  delivered: 30,
  opened: 40,
  clicked: 50,
  read: 60,
  rejected: 70,
  bounced: 80,
  complained: 90,
};

/**
 * Rank of a bounce that is not permanent. Below `delivered`: an out-of-office answer comes as a transient bounce after
 * the delivery. https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html (bounce types)
 */
export const TRANSIENT_BOUNCE_RANK = 25;

/** Every status, the ones of the way before those of the end. */
export const STATUSES: readonly MessageStatus[] = [
  "queued",
  "held",
  "sending",
  "sent",
  "delivered",
  "opened",
  "clicked",
  "read",
  "bounced",
  "complained",
  "rejected",
  "failed",
  "skipped",
  "expired",
];

/** Steps that this system takes itself, each guarded by a condition on the status that it leaves. */
export const OWN_STEPS = {
  queued: ["held", "sending", "failed", "skipped", "expired"],
  held: ["queued", "failed", "expired"],
  // Back to `queued` only after the provider said that nothing was sent: a refusal, or an excess of rate or quota.
  sending: ["queued", "sending", "sent", "failed", "skipped", "expired"],
  // An operator's redrive.
  failed: ["queued"],
} as const satisfies Partial<Record<MessageStatus, readonly MessageStatus[]>>;

/** One of these steps: what takes any other does not compile. */
export type OwnStep = {
  [From in keyof typeof OWN_STEPS]: { readonly from: From; readonly to: (typeof OWN_STEPS)[From][number] };
}[keyof typeof OWN_STEPS];

/** Whether a value is a status. */
export function isStatus(value: unknown): value is MessageStatus {
  return typeof value === "string" && Object.prototype.hasOwnProperty.call(RANK, value);
}

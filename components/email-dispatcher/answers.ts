/** The four kinds of answer to a request to send. */
export type Answer =
  | { readonly kind: "accepted"; readonly providerId: string }
  /** Surely not sent, and for this mail's own sake. */
  | { readonly kind: "refused"; readonly detail: string }
  /** Surely not sent: over the rate or the quota, or sending is paused. Does not count as a try. */
  | { readonly kind: "throttled"; readonly daily: boolean; readonly detail: string }
  /** Nobody knows yet. */
  | { readonly kind: "unclear"; readonly detail: string };

const PAUSED = ["AccountSendingPausedException", "ConfigurationSetSendingPausedException"];
const THROTTLES = [
  "Throttling",
  "ThrottlingException",
  "TooManyRequestsException",
  "LimitExceededException",
  "RequestLimitExceeded",
];

/**
 * Tells answers apart by what SES said; everything that is not surely "not sent" is unclear. A 5xx is: the request may
 * have been carried out. https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html
 */
export function classifyError(error: unknown): Answer {
  const e = (error ?? {}) as { name?: unknown; message?: unknown; $metadata?: { httpStatusCode?: unknown } };
  const name = typeof e.name === "string" ? e.name : "Error";
  const message = typeof e.message === "string" ? e.message : "";
  const detail = `${name}: ${message}`.slice(0, 500);
  const status = e.$metadata?.httpStatusCode;
  if (typeof status !== "number") return { kind: "unclear", detail };
  if (status === 429 || (status < 500 && THROTTLES.includes(name))) {
    return { kind: "throttled", daily: message.includes("Daily"), detail };
  }
  if (status < 500 && PAUSED.includes(name.endsWith("Exception") ? name : `${name}Exception`)) {
    return { kind: "throttled", daily: true, detail };
  }
  if (status >= 400 && status < 500 && status !== 408) return { kind: "refused", detail };
  return { kind: "unclear", detail };
}

import { AwsError } from "../aws-error";
import type { Clock } from "../clock";
import type { Json } from "../service";

/** Errors that may pass; all others (missing rights, a target that is gone) go to the dead-letter queue at once. */
const TRANSIENT: ReadonlySet<string> = new Set([
  "ThrottlingException",
  "RequestThrottled",
  "Throttling",
  "TooManyRequestsException",
  "ServiceException",
  "InternalFailure",
]);

/**
 * EventBridge and Scheduler try for 24 h and 185 times if the target does not say otherwise.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
 */
const DEFAULT_RETRIES = 185;
const DEFAULT_AGE_SECONDS = 86_400;
const LONGEST_PAUSE_SECONDS = 480;

/** A target's own policy. */
export interface RetryPolicy {
  readonly MaximumRetryAttempts?: number;
  readonly MaximumEventAgeInSeconds?: number;
}

/** Why a delivery was given up. */
export interface GivenUp {
  readonly error: unknown;
  readonly message: string;
  /** Retries after the first try. */
  readonly retries: number;
  /** What of the policy was used up; nothing when the error was none that passes. */
  readonly exhausted?: "MaximumRetryAttempts" | "MaximumEventAgeInSeconds";
}

export interface Delivered {
  readonly policy: RetryPolicy | undefined;
  /** When the first try was, in milliseconds since the epoch. */
  readonly since: number;
  /** One try. Its error decides how it goes on. */
  attempt(retries: number): Promise<void>;
  giveUp(failure: GivenUp): Promise<void>;
}

/** Tries, again with growing pauses up to 8 minutes while an error may pass, and gives up at the end of the policy. */
export async function deliver(clock: Clock, delivery: Delivered, retries = 0): Promise<void> {
  try {
    await delivery.attempt(retries);
  } catch (error) {
    const maxRetries = delivery.policy?.MaximumRetryAttempts ?? DEFAULT_RETRIES;
    const maxAgeMs = (delivery.policy?.MaximumEventAgeInSeconds ?? DEFAULT_AGE_SECONDS) * 1_000;
    const pauseMs = Math.min(LONGEST_PAUSE_SECONDS, 2 ** retries) * 1_000;
    const transient = isTransient(error);
    if (transient && retries < maxRetries && clock.now() + pauseMs - delivery.since <= maxAgeMs) {
      clock.setTimer(pauseMs, () => deliver(clock, delivery, retries + 1));
      return;
    }
    const exhausted = retries >= maxRetries ? "MaximumRetryAttempts" : "MaximumEventAgeInSeconds";
    const message = error instanceof Error ? error.message : String(error);
    await delivery.giveUp({ error, message, retries, ...(transient ? { exhausted } : {}) });
  }
}

/** What a dead letter tells of its failure, beside what is the service's own. */
export function deadLetterAttributes(code: string, failure: GivenUp, own: Readonly<Record<string, string>>): Json {
  const text = (value: string): Json => ({ DataType: "String", StringValue: value });
  return {
    ERROR_CODE: text(code),
    ERROR_MESSAGE: text(failure.message),
    ...Object.fromEntries(Object.entries(own).map(([name, value]) => [name, text(value)])),
    RETRY_ATTEMPTS: { DataType: "Number", StringValue: String(failure.retries) },
    ...(failure.exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: text(failure.exhausted) }),
  };
}

function isTransient(error: unknown): boolean {
  if (error instanceof AwsError) return TRANSIENT.has(error.code) || error.status >= 500;
  return true;
}

/** Every number of the e-mail path. */

/** Tries that count; throttles do not. */
export const MAX_TRIES = 3;
/** Seconds that an unclear attempt waits for SES's Send event. */
export const DEFAULT_HOLD_SECONDS = 600;
/** Seconds of the send function: waiting for its slots and one time-out of SES. */
export const SEND_TIMEOUT_SECONDS = 60;
/** Seconds of the other functions that read queues. */
export const TIMEOUT_SECONDS = 30;
/** Milliseconds the SES client waits for an answer. */
export const SES_TIMEOUT_MS = 10_000;
/** Milliseconds ahead of now for which the send lease gives slots; who would wait longer gets a delayed copy. */
export const MAX_AHEAD_MS = 15_000;
/** Milliseconds that SES's quota is believed. */
export const QUOTA_TTL_MS = 300_000;
/** Mails per second before SES's quota is known: that of the sandbox. */
export const SANDBOX_RATE = 1;
/** Receives until the queue itself gives a message up; the tries bound the sending, not this. */
export const MAX_RECEIVES = 10;
/** Characters of a subject line. */
export const MAX_SUBJECT = 998;
/** Bytes of a rendered mail in the queue, attributes left aside: a topic takes 256 KB. */
export const MAX_MAIL_BYTES = 240_000;

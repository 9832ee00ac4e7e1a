import { AwsError } from "../../aws-error";

const DAY = 86_400_000;

/** What AWS takes of one PutLogEvents: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const upload = {
  events: 10_000,
  /** Bytes of all messages and 26 for each. */
  bytes: 1_048_576,
  /** From the first event to the last, in ms. */
  span: DAY,
  /** How far back an event may lie, in ms. */
  past: 14 * DAY,
  /** How far ahead, in ms. */
  future: 2 * 3_600_000,
} as const;

export function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterException", message, 400);
}

/** A constraint of the API's model that a member breaks, in AWS's words. */
export function broken(member: string, value: unknown, constraint: string): AwsError {
  return invalid(
    `1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

/** Refuses a number out of range; the default takes the place of one that is absent. */
export function limited(member: string, value: number | undefined, max: number, fallback = max): number {
  if (value === undefined) return fallback;
  if (value < 1) throw broken(member, value, "Member must have value greater than or equal to 1");
  if (value > max) throw broken(member, value, `Member must have value less than or equal to ${max}`);
  return value;
}

/** Refuses a group's or a stream's name that is too long: CloudWatch Logs looks at both before anything else. */
export function checkNameLength(...names: readonly (string | undefined)[]): void {
  if (names.some((name) => name !== undefined && name.length > 512))
    throw invalid("Invalid LogGroup or LogStream, both must have length less than or equal to 512.");
}

/** Refuses a text that is longer than the API's model has it. */
export function checkLength(member: string, value: string | undefined, max: number): void {
  if (value !== undefined && value.length > max)
    throw broken(member, value, `Member must have length less than or equal to ${max}`);
}

/** A quota of the account. */
export function limitExceeded(): AwsError {
  return new AwsError("LimitExceededException", "Resource limit exceeded.", 400);
}

/** Refuses a name of a wrong length or with other characters than the pattern has. */
export function checkName(member: string, value: string, max: number, pattern: RegExp, shown: string): void {
  if (value.length < 1) throw broken(member, value, "Member must have length greater than or equal to 1");
  if (value.length > max) throw broken(member, value, `Member must have length less than or equal to ${max}`);
  if (!pattern.test(value)) throw broken(member, value, `Member must satisfy regular expression pattern: ${shown}`);
}

interface Event {
  readonly timestamp: number;
  readonly message: string;
}

/** Refuses an upload as a whole. */
export function checkUpload(events: readonly Event[]): void {
  if (events.length === 0 || events.length > upload.events) {
    throw invalid(
      "1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length between 1 and 10000",
    );
  }
  if (events.some((event, i) => i > 0 && event.timestamp < events[i - 1]!.timestamp)) {
    throw invalid("Log events in a single PutLogEvents request must be in chronological order.");
  }
  if (events.at(-1)!.timestamp - events[0]!.timestamp > upload.span) {
    throw invalid(
      "The batch of log events in a single PutLogEvents request cannot span more than 24 hours. Cannot write log events.",
    );
  }
  const bytes = events.reduce((sum, { message }) => sum + Buffer.byteLength(message) + 26, 0);
  if (bytes > upload.bytes) throw invalid(`Upload too large: ${bytes} bytes exceeds limit of ${upload.bytes}`);
}

/**
 * Tells which events of an upload are too old, past the group's retention, or too new; the others are taken. Indexes
 * of ends are exclusive, those of starts inclusive: API_RejectedLogEventsInfo.html.
 */
export function sortOut<E extends Event>(
  events: readonly E[],
  now: number,
  retentionInDays: number | undefined,
): { readonly taken: readonly E[]; readonly rejected?: Readonly<Record<string, number>> } {
  const expiry = retentionInDays === undefined ? -Infinity : now - retentionInDays * DAY;
  const countBefore = (time: number): number => events.filter(({ timestamp }) => timestamp < time).length;
  const tooOld = countBefore(now - upload.past);
  const expired = countBefore(expiry);
  const tooNew = events.findIndex(({ timestamp }) => timestamp > now + upload.future);
  const rejected = {
    ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
    ...(expired > 0 ? { expiredLogEventEndIndex: expired } : {}),
    ...(tooNew >= 0 ? { tooNewLogEventStartIndex: tooNew } : {}),
  };
  const taken = events.slice(Math.max(tooOld, expired), tooNew < 0 ? undefined : tooNew);
  return Object.keys(rejected).length > 0 ? { taken, rejected } : { taken };
}

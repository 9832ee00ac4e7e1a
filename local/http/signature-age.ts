import { AwsError } from "../aws-error";
import type { HttpRequest } from "../service";

/** The times, in milliseconds since the epoch, by which a signature may be in time. */
export interface SigningTimes {
  /** The cloud's. */
  readonly now: number;
  /** Whether the cloud's time is moved by hand: whoever signs outside of it signs with this machine's. */
  readonly isVirtual: boolean;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html */
const SKEW_MS = 15 * 60_000;
/** A week: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
const MAX_EXPIRES_SECONDS = 604_800;

/**
 * Refuses a signature that is not of now, and a pre-signed URL that has expired. On a virtual clock a request may be
 * signed with this machine's time or with any that the cloud has had: SDKs keep the distance that they once measured.
 * @throws AwsError as the service answers: RequestTimeTooSkewed and AccessDenied (S3), InvalidSignatureException.
 */
export function checkAge(request: HttpRequest, service: string, presigned: boolean, times: SigningTimes): void {
  const query = new URLSearchParams(presigned ? request.query : "");
  const text = (presigned ? query.get("X-Amz-Date") : request.headers["x-amz-date"]) ?? "";
  const at = timeOf(text);
  // Without a date the signature itself does not match.
  if (at === undefined) return;
  const clocks = times.isVirtual ? [times.now, Date.now()] : [times.now];
  if (presigned && query.has("X-Amz-Expires")) {
    const seconds = lifetime(query.get("X-Amz-Expires") ?? "");
    if (clocks.some((now) => at <= now + SKEW_MS && now <= at + seconds * 1_000)) return;
    if (service === "s3")
      throw new AwsError(
        "AccessDenied",
        at > times.now + SKEW_MS ? "Request is not yet valid" : "Request has expired",
        403,
        { "X-Amz-Expires": seconds, Expires: isoSecond(at + seconds * 1_000), ServerTime: isoSecond(times.now) },
      );
    throw outOfTime(text, at, times.now);
  }
  if (clocks.some((now) => Math.abs(at - now) <= SKEW_MS) || (times.isVirtual && at <= times.now)) return;
  if (service === "s3") {
    throw new AwsError(
      "RequestTimeTooSkewed",
      "The difference between the request time and the current time is too large.",
      403,
    );
  }
  throw outOfTime(text, at, times.now);
}

function lifetime(text: string): number {
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds >= 1 && seconds <= MAX_EXPIRES_SECONDS) return seconds;
  const message = /^-?\d+$/.test(text)
    ? seconds < 1
      ? "X-Amz-Expires must be non-negative"
      : `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${MAX_EXPIRES_SECONDS} seconds`
    : "X-Amz-Expires should be a number";
  throw new AwsError("AuthorizationQueryParametersError", message);
}

function outOfTime(text: string, at: number, now: number): AwsError {
  const isEarly = at > now;
  const bound = stamp(isEarly ? now + SKEW_MS : now - SKEW_MS);
  const message = isEarly
    ? `Signature not yet current: ${text} is still later than ${bound} (${stamp(now)} + 15 min.)`
    : `Signature expired: ${text} is now earlier than ${bound} (${stamp(now)} - 15 min.)`;
  return new AwsError("InvalidSignatureException", message, 403);
}

/** `2026-11-21T16:30:00Z` */
function isoSecond(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** `20261121T163000Z` */
function stamp(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

function timeOf(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

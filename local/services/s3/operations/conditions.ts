import { AwsError } from "../../../aws-error";
import type { StoredObject } from "../buckets";
import { noSuchKey, notImplemented, preconditionFailed } from "../errors";

/** Conditions as the headers `If-*` carry them. */
export interface Conditions {
  readonly IfMatch?: string;
  readonly IfNoneMatch?: string;
  readonly IfModifiedSince?: string | Date;
  readonly IfUnmodifiedSince?: string | Date;
}

/** Which of the conditions does not hold, in the order of RFC 9110 section 13.2.2. */
function failing(object: StoredObject, asked: Conditions, now: number): string | undefined {
  const seconds = Math.floor(object.lastModified / 1000);
  if (asked.IfMatch !== undefined) {
    if (!matches(asked.IfMatch, object.etag)) return "If-Match";
  } else if (asked.IfUnmodifiedSince !== undefined && seconds > secondsOf(asked.IfUnmodifiedSince)) {
    return "If-Unmodified-Since";
  }
  if (asked.IfNoneMatch !== undefined) {
    if (matches(asked.IfNoneMatch, object.etag)) return "If-None-Match";
  } else if (asked.IfModifiedSince !== undefined) {
    const since = secondsOf(asked.IfModifiedSince);
    // A time that is still to come is no condition.
    if (seconds <= since && since <= Math.floor(now / 1000)) return "If-Modified-Since";
  }
  return undefined;
}

/** The conditions of a read. */
export function checkRead(object: StoredObject, asked: Conditions, now: number): void {
  const condition = failing(object, asked, now);
  if (condition === undefined) return;
  if (condition === "If-Match" || condition === "If-Unmodified-Since") throw preconditionFailed(condition);
  throw new AwsError("NotModified", "Not Modified", 304, {
    ETag: object.etag,
    LastModified: new Date(object.lastModified).toUTCString(),
  });
}

/** The conditions on the source of a copy: all fail in the same way. */
export function checkSource(object: StoredObject, asked: Conditions, now: number): void {
  const condition = failing(object, asked, now);
  if (condition !== undefined) throw preconditionFailed(`x-amz-copy-source-${condition}`);
}

/**
 * The conditions of a write (Conditional writes, S3 user guide).
 * @param disturbed whether the key was written or deleted since the upload began.
 */
export function checkWrite(
  existing: StoredObject | undefined,
  key: string,
  asked: Conditions,
  disturbed = false,
): void {
  const { IfMatch, IfNoneMatch } = asked;
  if (IfMatch !== undefined && IfNoneMatch !== undefined)
    throw notImplemented("If-Match,If-None-Match", "Multiple conditional request headers present in the request");
  if (IfNoneMatch !== undefined && IfNoneMatch !== "*") throw refusedValue("If-None-Match");
  if (IfMatch === "*") throw refusedValue("If-Match");
  if (IfNoneMatch !== undefined && existing) throw preconditionFailed("If-None-Match");
  if (IfMatch !== undefined) {
    if (!existing) throw noSuchKey(key);
    if (!matches(IfMatch, existing.etag)) throw preconditionFailed("If-Match");
  }
  if (!disturbed || (IfMatch === undefined && IfNoneMatch === undefined)) return;
  throw new AwsError(
    "ConditionalRequestConflict",
    "The conditional request cannot succeed due to a conflicting operation against this resource.",
    409,
    { Condition: IfMatch === undefined ? "If-None-Match" : "If-Match", Key: key },
  );
}

function refusedValue(header: string): AwsError {
  return notImplemented(header, `We don't accept the provided value of ${header} header for this API`);
}

function matches(condition: string, etag: string): boolean {
  return condition
    .split(",")
    .some((tag) => tag.trim() === "*" || tag.trim().replaceAll('"', "") === etag.replaceAll('"', ""));
}

function secondsOf(date: string | Date): number {
  return Math.floor(new Date(date).getTime() / 1000);
}

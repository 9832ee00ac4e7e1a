import { AwsError } from "../../../aws-error";
import type { AccessRequest } from "../../../service";
import type { Dependencies } from "../access";
import type { Stream } from "../engine/stream";
import type { Member } from "../validation/members";

export const streamArn: Member = { type: "String", notNull: true, minLength: 37, maxLength: 1024 };

/** The right to call an operation on a stream. */
export function streamAccess(action: string, arn: string | undefined): readonly AccessRequest[] {
  return typeof arn === "string" ? [{ action: `dynamodb:${action}`, resource: arn }] : [];
}

/** A stream has one shard for its whole life. */
export function shardIdOf(stream: Stream): string {
  return `shardId-${String(stream.createdAt).padStart(20, "0")}-00000001`;
}

/** A shard iterator: the stream, the sequence number behind which to read (empty for the start), when it was made. */
export function iterator(arn: string, after: string, now: number): string {
  return `${arn}|1|${Buffer.from(JSON.stringify([after, now])).toString("base64")}`;
}

export function parseIterator(
  { database }: Dependencies,
  text: string,
): { stream: Stream; after: string; madeAt: number } {
  const [arn, , state] = text.split("|");
  try {
    const [after, madeAt] = JSON.parse(Buffer.from(state!, "base64").toString()) as unknown[];
    if (typeof after === "string" && typeof madeAt === "number")
      return { stream: database.stream(arn!), after, madeAt };
  } catch (error) {
    if (error instanceof AwsError) throw error;
  }
  throw new AwsError("ValidationException", "Invalid ShardIterator");
}

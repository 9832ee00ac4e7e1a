import { AwsError } from "../../../aws-error";
import type { Dependencies } from "../access";
import type { Stream } from "../engine/stream";
import * as members from "../validation/members";
import { checkedOperation } from "./operation";
import { iterator, shardIdOf, streamAccess, streamArn } from "./shards";

interface IteratorInput {
  readonly StreamArn: string;
  readonly ShardId: string;
  readonly ShardIteratorType: string;
  readonly SequenceNumber?: string;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html */
export const getShardIterator = ({ database }: Dependencies) =>
  checkedOperation<IteratorInput>(
    {
      StreamArn: streamArn,
      ShardId: { type: "String", notNull: true, minLength: 28, maxLength: 65 },
      ShardIteratorType: members.required(
        members.oneOf("AFTER_SEQUENCE_NUMBER", "LATEST", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON"),
      ),
      SequenceNumber: { type: "String", minLength: 21, maxLength: 40 },
    },
    {
      authorize: ({ StreamArn: arn }) => streamAccess("GetShardIterator", arn),
      answer: (input) => {
        const stream = database.stream(input.StreamArn);
        if (input.ShardId !== shardIdOf(stream)) {
          throw new AwsError(
            "ResourceNotFoundException",
            `Requested resource not found: Shard: ${input.ShardId} in Stream: ${stream.arn} not found`,
          );
        }
        const now = database.clock.now();
        return { ShardIterator: iterator(stream.arn, positionOf(input, stream, now), now) };
      },
    },
  );

/** Sequence number behind which to read; empty for the start. */
function positionOf(input: IteratorInput, stream: Stream, now: number): string {
  const { ShardIteratorType: type, SequenceNumber: number } = input;
  if (type === "LATEST") return stream.latest() ?? "";
  if (type === "TRIM_HORIZON") return "";
  if (number === undefined) {
    throw new AwsError("ValidationException", `SequenceNumber must be specified for shard iterator type ${type}`);
  }
  if (number < stream.oldest(now)) {
    throw new AwsError(
      "TrimmedDataAccessException",
      "The operation attempted to read past the oldest stream record in a shard.",
    );
  }
  return type === "AT_SEQUENCE_NUMBER" ? String(BigInt(number) - 1n).padStart(21, "0") : number;
}

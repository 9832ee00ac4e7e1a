import { AwsError } from "../../../aws-error";
import type { AccessRequest } from "../../../service";
import { keyAccess, type Dependencies } from "../access";
import { noTableNamed } from "../errors";
import { tableNameOf } from "../engine/database";
import type { Stream } from "../engine/stream";
import { limits } from "../limits";
import { describeKeys } from "../tables/describe";
import * as members from "../validation/members";
import { checkedOperation } from "./operation";

const streamArn: members.Member = { type: "String", notNull: true, minLength: 37, maxLength: 1024 };

/** Rights on a stream; a service calls `action` on its ARN. */
function streamAccess(action: string, arn: string | undefined): readonly AccessRequest[] {
  return typeof arn === "string" ? [{ action: `dynamodb:${action}`, resource: arn }] : [];
}

interface ListInput {
  readonly TableName?: string;
  readonly Limit?: number;
  readonly ExclusiveStartStreamArn?: string;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_ListStreams.html */
export const listStreams = ({ cloud, database }: Dependencies) =>
  checkedOperation<ListInput>(
    { TableName: members.name, Limit: { type: "Integer", min: 1, max: 100 }, ExclusiveStartStreamArn: members.text },
    {
      // The action has no resource of its own: list_amazondynamodb.html.
      authorize: () => [{ action: "dynamodb:ListStreams", resource: cloud.arn("dynamodb", "table/*/stream/*") }],
      answer: ({ TableName: table, Limit: limit = 100, ExclusiveStartStreamArn: start }) => {
        if (table !== undefined && !database.find(table)) throw noTableNamed(tableNameOf(table));
        const all = database.readableStreams().filter((s) => table === undefined || s.tableName === tableNameOf(table));
        const from = start === undefined ? 0 : all.findIndex((stream) => stream.arn === start) + 1;
        const shown = all.slice(from, from + limit);
        return {
          Streams: shown.map((s) => ({ StreamArn: s.arn, TableName: s.tableName, StreamLabel: s.label })),
          ...(from + limit < all.length ? { LastEvaluatedStreamArn: shown.at(-1)!.arn } : {}),
        };
      },
    },
  );

/** A stream has one shard for its whole life. */
function shardIdOf(stream: Stream): string {
  return `shardId-${String(stream.createdAt).padStart(20, "0")}-00000001`;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_DescribeStream.html */
export const describeStream = ({ database }: Dependencies) =>
  checkedOperation<{ readonly StreamArn: string; readonly ExclusiveStartShardId?: string }>(
    { StreamArn: streamArn, Limit: { type: "Integer", min: 1, max: 100 }, ExclusiveStartShardId: members.text },
    {
      authorize: ({ StreamArn: arn }) => streamAccess("DescribeStream", arn),
      answer: ({ StreamArn: arn, ExclusiveStartShardId: start }) => {
        const stream = database.stream(arn);
        const shard = {
          ShardId: shardIdOf(stream),
          SequenceNumberRange: {
            StartingSequenceNumber: stream.oldest(database.clock.now()),
            ...(stream.disabledAt === undefined ? {} : { EndingSequenceNumber: stream.latest() }),
          },
        };
        return {
          StreamDescription: {
            StreamArn: stream.arn,
            StreamLabel: stream.label,
            StreamStatus: stream.disabledAt === undefined ? "ENABLED" : "DISABLED",
            StreamViewType: stream.viewType,
            CreationRequestDateTime: stream.createdAt / 1000,
            TableName: stream.tableName,
            KeySchema: describeKeys(stream.keys),
            Shards: start === shard.ShardId ? [] : [shard],
          },
        };
      },
    },
  );

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

function iterator(arn: string, after: string, now: number): string {
  return `${arn}|1|${Buffer.from(JSON.stringify([after, now])).toString("base64")}`;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html */
export const getRecords = (dependencies: Dependencies) =>
  checkedOperation<{ readonly ShardIterator: string; readonly Limit?: number }>(
    {
      ShardIterator: { type: "String", notNull: true, minLength: 1, maxLength: 2048 },
      Limit: { type: "Integer", min: 1, max: limits.streamRecords },
    },
    {
      authorize: ({ ShardIterator: text }) => {
        const arn = typeof text === "string" ? text.split("|")[0]! : undefined;
        const table = arn?.split("/")[1];
        return [
          ...streamAccess("GetRecords", arn),
          ...(table === undefined ? [] : keyAccess(dependencies, table, "read")),
        ];
      },
      answer: ({ ShardIterator: text, Limit: limit = limits.streamRecords }, context) => {
        const { database } = dependencies;
        const now = database.clock.now();
        const { stream, after, madeAt } = parseIterator(dependencies, text);
        if (now - madeAt > limits.shardIteratorMs) {
          throw new AwsError("ExpiredIteratorException", "The shard iterator has expired");
        }
        const records = stream.read(after === "" ? undefined : after, limit, now);
        context.use("dynamodb.streams.getRecords", 1);
        const last = records.at(-1)?.dynamodb.SequenceNumber ?? after;
        const ended = stream.disabledAt !== undefined && (stream.latest() ?? "") === last;
        return {
          Records: records.map(({ eventSourceARN: _, userIdentity, ...record }) => ({
            ...record,
            ...(userIdentity
              ? { userIdentity: { PrincipalId: userIdentity.principalId, Type: userIdentity.type } }
              : {}),
          })),
          ...(ended ? {} : { NextShardIterator: iterator(stream.arn, last, now) }),
        };
      },
    },
  );

function parseIterator({ database }: Dependencies, text: string): { stream: Stream; after: string; madeAt: number } {
  const [arn, , state] = text.split("|");
  try {
    const [after, madeAt] = JSON.parse(Buffer.from(state!, "base64").toString()) as [string, number];
    return { stream: database.stream(arn!), after, madeAt };
  } catch (error) {
    if (error instanceof AwsError) throw error;
    throw new AwsError("ValidationException", "Invalid ShardIterator");
  }
}

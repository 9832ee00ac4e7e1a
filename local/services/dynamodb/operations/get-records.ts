import { AwsError } from "../../../aws-error";
import { keyAccess, type Dependencies } from "../access";
import { limits } from "../limits";
import { checkedOperation } from "./operation";
import { iterator, parseIterator, streamAccess } from "./shards";

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
      answer: ({ ShardIterator: text, Limit: limit = limits.streamRecords }) => {
        const { database } = dependencies;
        const now = database.clock.now();
        const { stream, after, madeAt } = parseIterator(dependencies, text);
        if (now - madeAt > limits.shardIteratorMs) {
          throw new AwsError("ExpiredIteratorException", "The shard iterator has expired");
        }
        const records = stream.read(after === "" ? undefined : after, limit, now);
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

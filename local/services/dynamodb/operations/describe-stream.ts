import type { Dependencies } from "../access";
import { describeKeys } from "../tables/describe";
import * as members from "../validation/members";
import { checkedOperation } from "./operation";
import { shardIdOf, streamAccess, streamArn } from "./shards";

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

import type { Dependencies } from "../access";
import { noTableNamed } from "../errors";
import { tableNameOf } from "../engine/database";
import * as members from "../validation/members";
import { checkedOperation } from "./operation";

interface ListInput {
  readonly TableName?: string;
  readonly Limit?: number;
  readonly ExclusiveStartStreamArn?: string;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_ListStreams.html */
export const listStreams = ({ database }: Dependencies) =>
  checkedOperation<ListInput>(
    { TableName: members.name, Limit: { type: "Integer", min: 1, max: 100 }, ExclusiveStartStreamArn: members.text },
    {
      // The action has no resource type: list_amazondynamodb.html.
      authorize: () => [{ action: "dynamodb:ListStreams", resource: "*" }],
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

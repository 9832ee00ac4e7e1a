import type { AnyOperation, Json } from "../../../service";
import { limited } from "../checks";
import type { LogsEngine } from "../engine";
import type { LogGroup } from "../groups";

interface GroupInput {
  readonly logGroupName: string;
  readonly kmsKeyId?: string;
  readonly retentionInDays?: number;
}

/** CreateLogGroup, DeleteLogGroup, DescribeLogGroups, PutRetentionPolicy, DeleteRetentionPolicy, AssociateKmsKey, ListTagsForResource. */
export function groupOperations(engine: LogsEngine): Readonly<Record<string, AnyOperation>> {
  const { store } = engine;
  const on = (operation: string, act: (input: GroupInput) => void): AnyOperation => ({
    authorize: ({ logGroupName }: GroupInput) => [engine.access(`logs:${operation}`, logGroupName)],
    answer: (input: GroupInput) => {
      act(input);
      return {};
    },
  });
  return {
    CreateLogGroup: on(
      "CreateLogGroup",
      ({ logGroupName, kmsKeyId }) => void store.create(logGroupName, kmsKeyId === undefined ? {} : { kmsKeyId }),
    ),
    DeleteLogGroup: on("DeleteLogGroup", ({ logGroupName }) => void store.groups.delete(store.get(logGroupName).name)),
    PutRetentionPolicy: on("PutRetentionPolicy", (input) =>
      store.setRetention(store.get(input.logGroupName), Number(input.retentionInDays)),
    ),
    DeleteRetentionPolicy: on("DeleteRetentionPolicy", ({ logGroupName }) =>
      store.setRetention(store.get(logGroupName), undefined),
    ),
    AssociateKmsKey: on("AssociateKmsKey", ({ logGroupName, kmsKeyId = "" }) => {
      const group = store.get(logGroupName);
      group.kmsKeyArn = store.checkKey(group.arn, kmsKeyId);
    }),
    DescribeLogGroups: {
      authorize: () => [engine.access("logs:DescribeLogGroups", "")],
      answer: ({ logGroupNamePrefix = "", logGroupNamePattern, limit: asked, nextToken }: DescribeInput) => {
        const limit = limited("limit", asked, 50);
        const from = Number(nextToken ?? 0);
        const names = [...store.groups.keys()].sort();
        const found = names.filter(
          (name) =>
            name.startsWith(logGroupNamePrefix) &&
            (logGroupNamePattern === undefined || name.includes(logGroupNamePattern)),
        );
        const page = found.slice(from, from + limit);
        return {
          logGroups: page.map((name) => shape(store.get(name))),
          ...(from + limit < found.length ? { nextToken: String(from + limit) } : {}),
        };
      },
    },
    ListTagsForResource: {
      authorize: () => [engine.access("logs:ListTagsForResource", "")],
      answer: () => ({ tags: {} }),
    },
  };
}

interface DescribeInput {
  readonly logGroupNamePrefix?: string;
  readonly logGroupNamePattern?: string;
  readonly limit?: number;
  readonly nextToken?: string;
}

function shape(group: LogGroup): Json {
  return {
    logGroupName: group.name,
    arn: `${group.arn}:*`,
    logGroupArn: group.arn,
    creationTime: group.created,
    metricFilterCount: group.filters.size,
    storedBytes: group.bytes,
    logGroupClass: "STANDARD",
    ...(group.retentionInDays === undefined ? {} : { retentionInDays: group.retentionInDays }),
    ...(group.kmsKeyArn === undefined ? {} : { kmsKeyId: group.kmsKeyArn }),
  };
}

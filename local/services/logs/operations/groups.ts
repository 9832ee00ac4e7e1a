import type { AnyOperation, Json } from "../../../service";
import { invalid, limited } from "../checks";
import type { LogsEngine } from "../engine";
import type { LogGroup } from "../groups";

interface GroupInput {
  readonly logGroupName: string;
  readonly kmsKeyId?: string;
  readonly retentionInDays?: number;
  readonly tags?: Readonly<Record<string, string>>;
}

/** CreateLogGroup, DeleteLogGroup, DescribeLogGroups, ListLogGroups, PutRetentionPolicy, DeleteRetentionPolicy, AssociateKmsKey. */
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
      ({ logGroupName, kmsKeyId, tags = {} }) =>
        void store.create(logGroupName, { tags, ...(kmsKeyId === undefined ? {} : { kmsKeyId }) }),
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
      answer: (input: DescribeInput) => {
        const { logGroupNamePrefix, logGroupNamePattern } = input;
        if (logGroupNamePrefix !== undefined && logGroupNamePattern !== undefined)
          throw invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
        const { groups, ...more } = pageOf(input, limited("limit", input.limit, 50));
        const read = logGroupNamePattern === undefined ? shape : shapeOfSearch;
        return { logGroups: groups.map(read), ...more };
      },
    },
    ListLogGroups: {
      authorize: () => [engine.access("logs:ListLogGroups", "")],
      answer: (input: DescribeInput) => {
        const { groups, ...more } = pageOf(input, limited("limit", input.limit, 1_000, 50));
        const logGroups = groups.map(({ name, arn }) => ({
          logGroupName: name,
          logGroupArn: arn,
          logGroupClass: "STANDARD",
        }));
        return { logGroups, ...more };
      },
    },
  };

  function pageOf(
    { logGroupNamePrefix = "", logGroupNamePattern = "", nextToken }: DescribeInput,
    limit: number,
  ): { readonly groups: readonly LogGroup[]; readonly nextToken?: string } {
    const from = Number(nextToken ?? 0);
    const names = [...store.groups.keys()].sort();
    const found = names.filter((name) => name.startsWith(logGroupNamePrefix) && name.includes(logGroupNamePattern));
    const groups = found.slice(from, from + limit).map((name) => store.get(name));
    return from + limit < found.length ? { groups, nextToken: String(from + limit) } : { groups };
  }
}

interface DescribeInput {
  readonly logGroupNamePrefix?: string;
  readonly logGroupNamePattern?: string;
  readonly limit?: number;
  readonly nextToken?: string;
}

function shape(group: LogGroup): Json {
  return { ...shapeOfSearch(group), storedBytes: group.bytes, deletionProtectionEnabled: false };
}

/** A search by pattern finds groups by an index that knows less of them. */
function shapeOfSearch(group: LogGroup): Json {
  return {
    logGroupName: group.name,
    arn: `${group.arn}:*`,
    logGroupArn: group.arn,
    creationTime: group.created,
    metricFilterCount: group.filters.size,
    logGroupClass: "STANDARD",
    ...(group.retentionInDays === undefined ? {} : { retentionInDays: group.retentionInDays }),
    ...(group.kmsKeyArn === undefined ? {} : { kmsKeyId: group.kmsKeyArn }),
  };
}

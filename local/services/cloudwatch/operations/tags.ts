import { AwsError } from "../../../aws-error";
import type { AnyOperation } from "../../../service";
import type { Alarm } from "../alarm";
import type { CloudWatchEngine } from "../engine";
import type { Tag } from "./alarm-shape";

interface TagInput {
  readonly ResourceARN: string;
  readonly Tags?: readonly Tag[];
  readonly TagKeys?: readonly string[];
}

/** Tags that come with an alarm count when it is new, and not when it is changed (API_PutMetricAlarm.html). */
export function tagNew(engine: CloudWatchEngine, { name, arn }: Alarm, tags: readonly Tag[] = []): void {
  if (!engine.alarms.has(name)) engine.tags.set(arn, Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])));
}

/** TagResource, UntagResource and ListTagsForResource of alarms. */
export function tagOperations(engine: CloudWatchEngine): Readonly<Record<string, AnyOperation>> {
  const tagsOf = (arn: string): Readonly<Record<string, string>> => {
    if (![...engine.alarms.values()].some((alarm) => alarm.arn === arn))
      throw new AwsError("ResourceNotFoundException", `Unknown resource ${arn}; expected the ARN of an alarm.`, 404);
    return engine.tags.get(arn) ?? {};
  };
  const on = (operation: string, act: (input: TagInput) => object): AnyOperation => ({
    authorize: ({ ResourceARN }: TagInput) => [{ action: `cloudwatch:${operation}`, resource: ResourceARN }],
    answer: act,
  });
  return {
    TagResource: on("TagResource", ({ ResourceARN, Tags = [] }) => {
      const added = Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
      engine.tags.set(ResourceARN, { ...tagsOf(ResourceARN), ...added });
      return {};
    }),
    UntagResource: on("UntagResource", ({ ResourceARN, TagKeys = [] }) => {
      const kept = Object.entries(tagsOf(ResourceARN)).filter(([key]) => !TagKeys.includes(key));
      engine.tags.set(ResourceARN, Object.fromEntries(kept));
      return {};
    }),
    ListTagsForResource: on("ListTagsForResource", ({ ResourceARN }) => ({
      Tags: Object.entries(tagsOf(ResourceARN)).map(([Key, Value]) => ({ Key, Value })),
    })),
  };
}

import type { AnyOperation } from "../../../service";
import type { LogsEngine } from "../engine";
import type { LogGroup } from "../groups";
import { groupNameOf } from "./streams";

interface Tags {
  readonly tags?: Readonly<Record<string, string>>;
}
interface Keys {
  readonly tagKeys?: readonly string[];
}
interface ByArn {
  readonly resourceArn: string;
}
interface ByName {
  readonly logGroupName: string;
}

/** Tags of log groups: TagResource, UntagResource and ListTagsForResource, and their forerunners by the group's name. */
export function tagOperations(engine: LogsEngine): Readonly<Record<string, AnyOperation>> {
  const on = <I extends ByArn | ByName>(operation: string, act: (group: LogGroup, input: I) => object | undefined) => ({
    authorize: (input: I) => [engine.access(`logs:${operation}`, nameOf(input))],
    answer: (input: I) => act(engine.store.get(nameOf(input)), input) ?? {},
  });
  const add = (group: LogGroup, { tags }: Tags): undefined => void Object.assign(group.tags, tags);
  const take = (group: LogGroup, keys: readonly string[]): undefined => {
    group.tags = Object.fromEntries(Object.entries(group.tags).filter(([key]) => !keys.includes(key)));
  };
  const list = (group: LogGroup): object => ({ tags: { ...group.tags } });
  return {
    TagResource: on<ByArn & Tags>("TagResource", add),
    UntagResource: on<ByArn & Keys>("UntagResource", (group, { tagKeys = [] }) => take(group, tagKeys)),
    ListTagsForResource: on<ByArn>("ListTagsForResource", list),
    TagLogGroup: on<ByName & Tags>("TagLogGroup", add),
    UntagLogGroup: on<ByName & { readonly tags?: readonly string[] }>("UntagLogGroup", (group, { tags = [] }) =>
      take(group, tags),
    ),
    ListTagsLogGroup: on<ByName>("ListTagsLogGroup", list),
  };
}

function nameOf(input: ByArn | ByName): string {
  return "resourceArn" in input ? groupNameOf({ logGroupIdentifier: input.resourceArn }) : input.logGroupName;
}

import { AwsError } from "../../../aws-error";
import type { Operation } from "../../../service";
import type { EventBuses } from "../engine";
import { invalid, noRule, notFound } from "../errors";
import { compilePattern, PatternError } from "../pattern";
import { parseObject } from "../event";
import { readTags, writeTags, type Tag, type Tagged } from "../tags";

interface ByArn {
  readonly ResourceARN?: string;
}

function find(buses: EventBuses, arn: string | undefined): Tagged {
  const all = buses.all().flatMap((bus): (Tagged & { readonly arn: string })[] => [bus, ...bus.rules.values()]);
  const found = all.find((one) => one.arn === arn);
  if (!found) {
    const [, bus = "default", rule] = /:rule\/(?:([^/]+)\/)?([^/]+)$/.exec(arn ?? "") ?? [];
    throw rule === undefined ? notFound(`Resource ${arn}`) : noRule(rule, bus);
  }
  return found;
}

export const tagResource = (buses: EventBuses): Operation<ByArn & { readonly Tags?: readonly Tag[] }> => ({
  authorize: ({ ResourceARN }) => [{ action: "events:TagResource", resource: ResourceARN ?? "*" }],
  answer: ({ ResourceARN, Tags }) => {
    Object.assign(find(buses, ResourceARN).tags, readTags(Tags));
    return {};
  },
});

export const untagResource = (buses: EventBuses): Operation<ByArn & { readonly TagKeys?: readonly string[] }> => ({
  authorize: ({ ResourceARN }) => [{ action: "events:UntagResource", resource: ResourceARN ?? "*" }],
  answer: ({ ResourceARN, TagKeys = [] }) => {
    const tagged = find(buses, ResourceARN);
    tagged.tags = Object.fromEntries(Object.entries(tagged.tags).filter(([key]) => !TagKeys.includes(key)));
    return {};
  },
});

export const listTagsForResource = (buses: EventBuses): Operation<ByArn> => ({
  authorize: ({ ResourceARN }) => [{ action: "events:ListTagsForResource", resource: ResourceARN ?? "*" }],
  answer: ({ ResourceARN }) => ({ Tags: writeTags(find(buses, ResourceARN).tags) }),
});

/** The test needs an event that has these members; `resources` may be left out, though the API reference asks for them. */
const MEMBERS = ["id", "account", "source", "time", "region", "detail-type"];

export const testEventPattern = (): Operation<{ readonly EventPattern?: string; readonly Event?: string }> => ({
  authorize: () => [{ action: "events:TestEventPattern", resource: "*" }],
  answer: ({ EventPattern = "", Event = "" }) => {
    const event = parseObject(Event);
    if (!event || !MEMBERS.every((name) => Object.hasOwn(event, name))) throw invalid("Parameter Event is not valid.");
    try {
      return { Result: compilePattern(EventPattern)(event) };
    } catch (error) {
      if (error instanceof PatternError)
        throw new AwsError("InvalidEventPatternException", `Event pattern is not valid. Reason: ${error.message}`);
      throw error;
    }
  },
});

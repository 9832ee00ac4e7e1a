import { paginate } from "../../events/page";
import { readTags, writeTags, type Tag } from "../../events/tags";
import type { AccessRequest, Operation } from "../../../service";
import type { Schedules } from "../engine";
import { invalid, notFound } from "../errors";
import type { Group } from "../schedule";

interface ByName {
  readonly Name?: string;
}

function access(schedules: Schedules, action: string, { Name }: ByName): readonly AccessRequest[] {
  return [{ action: `scheduler:${action}`, resource: schedules.groupArn(Name ?? "") }];
}

export const createScheduleGroup = (schedules: Schedules): Operation<ByName & { readonly Tags?: readonly Tag[] }> => ({
  authorize: (input) => access(schedules, "CreateScheduleGroup", input),
  answer: ({ Name, Tags }) => {
    if (!Name) throw invalid("Name is required.");
    return { ScheduleGroupArn: schedules.createGroup(Name, readTags(Tags)).arn };
  },
});

export const deleteScheduleGroup = (schedules: Schedules): Operation<ByName> => ({
  authorize: (input) => access(schedules, "DeleteScheduleGroup", input),
  answer: ({ Name }) => {
    schedules.deleteGroup(schedules.group(Name ?? ""));
    return {};
  },
});

export const getScheduleGroup = (schedules: Schedules): Operation<ByName> => ({
  authorize: (input) => access(schedules, "GetScheduleGroup", input),
  answer: ({ Name }) => describe(schedules.group(Name ?? "")),
});

export const listScheduleGroups = (
  schedules: Schedules,
): Operation<{ readonly NamePrefix?: string; readonly NextToken?: string; readonly MaxResults?: number | string }> => ({
  authorize: () => [{ action: "scheduler:ListScheduleGroups", resource: "*" }],
  answer: (input) => {
    const found = schedules.allGroups().filter(({ name }) => name.startsWith(input.NamePrefix ?? ""));
    const { items, next } = paginate(found, { ...input, Limit: Number(input.MaxResults ?? 100) });
    return { ScheduleGroups: items.map(describe), ...next };
  },
});

function describe(group: Group): Record<string, unknown> {
  return {
    Arn: group.arn,
    Name: group.name,
    State: "ACTIVE",
    CreationDate: new Date(group.createdAt),
    LastModificationDate: new Date(group.modifiedAt),
  };
}

interface ByArn {
  readonly ResourceArn?: string;
}

function tagged(schedules: Schedules, arn: string | undefined): Group {
  const group = schedules.allGroups().find((one) => one.arn === arn);
  if (!group) throw notFound(`Resource ${arn}`);
  return group;
}

export const tagResource = (schedules: Schedules): Operation<ByArn & { readonly Tags?: readonly Tag[] }> => ({
  authorize: ({ ResourceArn }) => [{ action: "scheduler:TagResource", resource: ResourceArn ?? "*" }],
  answer: ({ ResourceArn, Tags }) => {
    Object.assign(tagged(schedules, ResourceArn).tags, readTags(Tags));
    return {};
  },
});

export const untagResource = (
  schedules: Schedules,
): Operation<ByArn & { readonly TagKeys?: readonly string[] | string }> => ({
  authorize: ({ ResourceArn }) => [{ action: "scheduler:UntagResource", resource: ResourceArn ?? "*" }],
  answer: ({ ResourceArn, TagKeys = [] }) => {
    const group = tagged(schedules, ResourceArn);
    const gone = [TagKeys].flat();
    group.tags = Object.fromEntries(Object.entries(group.tags).filter(([key]) => !gone.includes(key)));
    return {};
  },
});

export const listTagsForResource = (schedules: Schedules): Operation<ByArn> => ({
  authorize: ({ ResourceArn }) => [{ action: "scheduler:ListTagsForResource", resource: ResourceArn ?? "*" }],
  answer: ({ ResourceArn }) => ({ Tags: writeTags(tagged(schedules, ResourceArn).tags) }),
});

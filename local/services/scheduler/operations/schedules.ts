import type { AccessRequest, Operation } from "../../../service";
import type { Schedules } from "../engine";
import { invalid } from "../errors";
import { settingsOf, type ScheduleInput } from "../settings";
import { paginate } from "../../events/page";
import type { Schedule } from "../schedule";

interface ByName {
  readonly Name?: string;
  readonly GroupName?: string;
  /** As the query of GetSchedule and DeleteSchedule spells it. */
  readonly groupName?: string;
}

const groupOf = ({ GroupName, groupName }: ByName): string => GroupName ?? groupName ?? "default";

/** Who sets a target hands over its role; a schedule under a customer's key asks for the key. */
function writeAccess(schedules: Schedules, action: string, input: ScheduleInput): readonly AccessRequest[] {
  const requests: AccessRequest[] = [
    { action: `scheduler:${action}`, resource: schedules.arnOf(groupOf(input), input.Name ?? "") },
  ];
  if (input.Target?.RoleArn) {
    requests.push({
      action: "iam:PassRole",
      resource: input.Target.RoleArn,
      context: { "iam:PassedToService": "scheduler.amazonaws.com" },
    });
  }
  if (input.KmsKeyArn)
    requests.push(
      ...["DescribeKey", "GenerateDataKey", "Decrypt"].map((right) => keyAccess(schedules, right, input.KmsKeyArn!)),
    );
  return requests;
}

function keyAccess({ cloud }: Schedules, right: string, key: string): AccessRequest {
  return {
    action: `kms:${right}`,
    resource: key,
    context: { "kms:ViaService": `scheduler.${cloud.region}.amazonaws.com` },
  };
}

export const createSchedule = (schedules: Schedules): Operation<ScheduleInput> => ({
  authorize: (input) => writeAccess(schedules, "CreateSchedule", input),
  answer: (input) => {
    if (!input.Name) throw invalid("Name is required.");
    return { ScheduleArn: schedules.create(input.Name, groupOf(input), settingsOf(input)).arn };
  },
});

/** Replaces everything: what is left out falls back to its default (API reference of UpdateSchedule). */
export const updateSchedule = (schedules: Schedules): Operation<ScheduleInput> => ({
  authorize: (input) => writeAccess(schedules, "UpdateSchedule", input),
  answer: (input) => {
    const schedule = schedules.schedule(input.Name, groupOf(input));
    schedules.update(schedule, settingsOf(input));
    return { ScheduleArn: schedule.arn };
  },
});

export const deleteSchedule = (schedules: Schedules): Operation<ByName> => ({
  authorize: (input) => [
    { action: "scheduler:DeleteSchedule", resource: schedules.arnOf(groupOf(input), input.Name ?? "") },
  ],
  answer: (input) => {
    schedules.delete(schedules.schedule(input.Name, groupOf(input)));
    return {};
  },
});

export const getSchedule = (schedules: Schedules): Operation<ByName> => ({
  authorize: (input) => {
    const key = schedules.schedule(input.Name, groupOf(input)).settings.kmsKeyArn;
    const read: AccessRequest = {
      action: "scheduler:GetSchedule",
      resource: schedules.arnOf(groupOf(input), input.Name ?? ""),
    };
    return key === undefined ? [read] : [read, keyAccess(schedules, "Decrypt", key)];
  },
  answer: (input) => {
    const schedule = schedules.schedule(input.Name, groupOf(input));
    const { settings } = schedule;
    return {
      ...summary(schedule),
      Target: settings.target,
      ScheduleExpression: settings.expression,
      ScheduleExpressionTimezone: settings.timezone,
      Description: settings.description,
      KmsKeyArn: settings.kmsKeyArn,
      ...(settings.startDate === undefined ? {} : { StartDate: new Date(settings.startDate) }),
      ...(settings.endDate === undefined ? {} : { EndDate: new Date(settings.endDate) }),
      FlexibleTimeWindow:
        settings.windowMinutes === 0
          ? { Mode: "OFF" }
          : { Mode: "FLEXIBLE", MaximumWindowInMinutes: settings.windowMinutes },
      ActionAfterCompletion: settings.deleteAfterCompletion ? "DELETE" : "NONE",
    };
  },
});

interface ListInput {
  readonly GroupName?: string;
  readonly ScheduleGroup?: string;
  readonly NamePrefix?: string;
  readonly State?: string;
  readonly NextToken?: string;
  readonly MaxResults?: number | string;
}

export const listSchedules = (schedules: Schedules): Operation<ListInput> => ({
  authorize: () => [{ action: "scheduler:ListSchedules", resource: "*" }],
  answer: (input) => {
    const name = input.GroupName ?? input.ScheduleGroup;
    const groups = name === undefined ? schedules.allGroups() : [schedules.group(name)];
    const found = groups
      .flatMap((group) => [...group.schedules.values()])
      .filter(
        (one) =>
          one.name.startsWith(input.NamePrefix ?? "") && one.settings.state === (input.State ?? one.settings.state),
      );
    const { items, next } = paginate(found, { ...input, Limit: Number(input.MaxResults ?? 100) });
    return { Schedules: items.map((one) => ({ ...summary(one), Target: { Arn: one.settings.target.Arn } })), ...next };
  },
});

function summary(schedule: Schedule): Record<string, unknown> {
  return {
    Arn: schedule.arn,
    Name: schedule.name,
    GroupName: schedule.groupName,
    State: schedule.settings.state,
    CreationDate: new Date(schedule.createdAt),
    LastModificationDate: new Date(schedule.modifiedAt),
  };
}

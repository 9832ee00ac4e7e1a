import type { AccessRequest, Operation } from "../../../service";
import type { Schedules } from "../engine";
import { invalid } from "../errors";
import { paginate } from "../../events/page";
import type { Schedule, ScheduleSettings, Target } from "../schedule";

/** Dates travel as epoch seconds. */
interface Input {
  readonly Name?: string;
  readonly GroupName?: string;
  readonly ScheduleExpression?: string;
  readonly ScheduleExpressionTimezone?: string;
  readonly StartDate?: number;
  readonly EndDate?: number;
  readonly Description?: string;
  readonly State?: "ENABLED" | "DISABLED";
  readonly KmsKeyArn?: string;
  readonly Target?: Target;
  readonly FlexibleTimeWindow?: { readonly Mode?: string; readonly MaximumWindowInMinutes?: number };
  readonly ActionAfterCompletion?: "NONE" | "DELETE";
}

interface ByName {
  readonly Name?: string;
  readonly GroupName?: string;
  /** As the query of GetSchedule and DeleteSchedule spells it. */
  readonly groupName?: string;
}

const groupOf = ({ GroupName, groupName }: ByName): string => GroupName ?? groupName ?? "default";

/** Who sets a target hands over its role; a schedule under a customer's key asks for the key. */
function writeAccess(schedules: Schedules, action: string, input: Input): readonly AccessRequest[] {
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

export const createSchedule = (schedules: Schedules): Operation<Input> => ({
  authorize: (input) => writeAccess(schedules, "CreateSchedule", input),
  answer: (input) => {
    if (!input.Name) throw invalid("Name is required.");
    return { ScheduleArn: schedules.create(input.Name, groupOf(input), settingsOf(input)).arn };
  },
});

/** Replaces everything: what is left out falls back to its default (API reference of UpdateSchedule). */
export const updateSchedule = (schedules: Schedules): Operation<Input> => ({
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

/** @throws AwsError ValidationException */
export function settingsOf(input: Input): ScheduleSettings {
  const { Target: target, FlexibleTimeWindow: flexible } = input;
  if (!input.ScheduleExpression) throw invalid("ScheduleExpression is required.");
  if (!target?.Arn) throw invalid("Target with Arn and RoleArn is required.");
  if (flexible?.Mode !== "OFF" && flexible?.Mode !== "FLEXIBLE")
    throw invalid("FlexibleTimeWindow.Mode must be OFF or FLEXIBLE.");
  const window = flexible.Mode === "OFF" ? 0 : flexible.MaximumWindowInMinutes;
  if (flexible.Mode === "FLEXIBLE" && !(window !== undefined && window >= 1 && window <= 1440)) {
    throw invalid("FlexibleTimeWindow.MaximumWindowInMinutes must be between 1 and 1440.");
  }
  checkTarget(target);
  return {
    expression: input.ScheduleExpression,
    timezone: input.ScheduleExpressionTimezone ?? "UTC",
    state: input.State ?? "ENABLED",
    ...(input.Description === undefined ? {} : { description: input.Description }),
    ...(input.StartDate === undefined ? {} : { startDate: Number(input.StartDate) * 1000 }),
    ...(input.EndDate === undefined ? {} : { endDate: Number(input.EndDate) * 1000 }),
    ...(input.KmsKeyArn === undefined ? {} : { kmsKeyArn: input.KmsKeyArn }),
    windowMinutes: window ?? 0,
    deleteAfterCompletion: input.ActionAfterCompletion === "DELETE",
    target,
  };
}

function checkTarget(target: Target): void {
  const { MaximumRetryAttempts: attempts = 0, MaximumEventAgeInSeconds: age = 60 } = target.RetryPolicy ?? {};
  if (attempts < 0 || attempts > 185) throw invalid("RetryPolicy.MaximumRetryAttempts must be between 0 and 185.");
  if (age < 60 || age > 86_400) throw invalid("RetryPolicy.MaximumEventAgeInSeconds must be between 60 and 86400.");
  const bus = target.Arn.startsWith("arn:aws:events:");
  if (bus && !target.EventBridgeParameters)
    throw invalid("EventBridgeParameters with DetailType and Source are required for an event bus.");
  if (target.Input === undefined || !(bus || /^arn:aws:(lambda|states|scheduler):/.test(target.Arn))) return;
  try {
    JSON.parse(target.Input);
  } catch {
    throw invalid("Target.Input must be well-formed JSON for this target.");
  }
}

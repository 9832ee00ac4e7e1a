import type { Created, Json, ResourceContext, ResourceType } from "../../service";
import type { Schedules } from "./engine";
import type { Group, Schedule, Target } from "./schedule";
import { settingsOf } from "./settings";

/** The Pulumi types that Scheduler plays. */
export function schedulerResources(schedules: Schedules): Record<string, ResourceType> {
  return {
    "aws:scheduler/schedule:Schedule": {
      create: (inputs, context) => {
        const name = nameOf(inputs, context);
        return scheduleState(
          schedules,
          schedules.create(name, text(inputs["groupName"]) ?? "default", settings(inputs)),
          inputs,
        );
      },
      update: (id, inputs) => {
        const schedule = find(schedules, id);
        schedules.update(schedule, settings(inputs));
        return scheduleState(schedules, schedule, inputs);
      },
      delete: (id) => schedules.delete(find(schedules, id)),
    },
    "aws:scheduler/scheduleGroup:ScheduleGroup": {
      create: (inputs, context) =>
        groupState(schedules, schedules.createGroup(nameOf(inputs, context), tagsOf(inputs)), inputs),
      update: (id, inputs) => {
        const group = schedules.group(id);
        group.tags = tagsOf(inputs);
        return groupState(schedules, group, inputs);
      },
      delete: (id) => schedules.deleteGroup(schedules.group(id)),
    },
  };
}

const text = (value: unknown): string | undefined => (value === undefined || value === "" ? undefined : String(value));

function tagsOf(inputs: Json): Record<string, string> {
  return { ...(inputs["tags"] as Record<string, string> | undefined) };
}

function nameOf(inputs: Json, context: ResourceContext): string {
  return text(inputs["name"]) ?? context.physicalName();
}

/** The provider's id: `group/name`. */
function find(schedules: Schedules, id: string): Schedule {
  const [group, name] = id.split("/");
  return schedules.schedule(name, group);
}

function settings(inputs: Json): ReturnType<typeof settingsOf> {
  const window = inputs["flexibleTimeWindow"] as { mode?: string; maximumWindowInMinutes?: number } | undefined;
  const optional: Record<string, unknown> = {
    ScheduleExpressionTimezone: text(inputs["scheduleExpressionTimezone"]),
    State: text(inputs["state"]),
    Description: text(inputs["description"]),
    KmsKeyArn: text(inputs["kmsKeyArn"]),
    ActionAfterCompletion: text(inputs["actionAfterCompletion"]),
    StartDate: epochSeconds(inputs["startDate"]),
    EndDate: epochSeconds(inputs["endDate"]),
  };
  return settingsOf({
    ScheduleExpression: String(inputs["scheduleExpression"]),
    Target: targetOf(inputs["target"] as Json),
    FlexibleTimeWindow: {
      ...(window?.mode === undefined ? {} : { Mode: window.mode }),
      ...(window?.maximumWindowInMinutes === undefined
        ? {}
        : { MaximumWindowInMinutes: window.maximumWindowInMinutes }),
    },
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  });
}

function epochSeconds(date: unknown): number | undefined {
  return date === undefined || date === "" ? undefined : Date.parse(String(date)) / 1000;
}

/** Pulumi's camelCase is the API's PascalCase in all members of a target that are played. */
function targetOf(target: Json): Target {
  const known: Readonly<Record<string, string>> = {
    arn: "Arn",
    roleArn: "RoleArn",
    input: "Input",
    deadLetterConfig: "DeadLetterConfig",
    retryPolicy: "RetryPolicy",
    sqsParameters: "SqsParameters",
    eventbridgeParameters: "EventBridgeParameters",
  };
  const pascal = (value: unknown): unknown =>
    typeof value !== "object" || value === null
      ? value
      : Object.fromEntries(
          Object.entries(value)
            .filter(([, member]) => member !== undefined)
            .map(([name, member]: [string, unknown]) => [name[0]!.toUpperCase() + name.slice(1), pascal(member)]),
        );
  const members = Object.entries(known).filter(([name]) => target[name] !== undefined && target[name] !== "");
  return Object.fromEntries(members.map(([name, member]) => [member, pascal(target[name])])) as unknown as Target;
}

function scheduleState({ cloud }: Schedules, schedule: Schedule, inputs: Json): Created {
  const defaults: Json = {
    actionAfterCompletion: "NONE",
    namePrefix: "",
    scheduleExpressionTimezone: "UTC",
    state: "ENABLED",
    region: cloud.region,
  };
  const computed: Json = { name: schedule.name, groupName: schedule.groupName, arn: schedule.arn };
  return { id: `${schedule.groupName}/${schedule.name}`, state: { ...defaults, ...inputs, ...computed } };
}

function groupState({ cloud }: Schedules, group: Group, inputs: Json): Created {
  const computed: Json = {
    name: group.name,
    arn: group.arn,
    state: "ACTIVE",
    creationDate: new Date(group.createdAt).toISOString(),
    lastModificationDate: new Date(group.modifiedAt).toISOString(),
    tagsAll: { ...group.tags },
  };
  return { id: group.name, state: { namePrefix: "", region: cloud.region, ...inputs, ...computed } };
}

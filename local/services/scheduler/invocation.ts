import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import type { Principal, RoleSession } from "../../principal";
import type { Json } from "../../service";
import { callTarget } from "../call-target";
import type { Schedule, Target } from "./schedule";

/** One due time of a schedule. Times in milliseconds since the epoch. */
export interface Execution {
  readonly schedule: Pick<Schedule, "name" | "groupName" | "arn" | "settings">;
  readonly id: string;
  readonly scheduledAt: number;
  readonly startedAt: number;
  readonly retries: number;
}

/** Names of services in universal targets that differ from the local cloud's. */
const SERVICES: Readonly<Record<string, string>> = { eventbridge: "events", sfn: "states", cloudwatchlogs: "logs" };

/**
 * Who Scheduler is when it takes on a role: `aws:SourceArn` is the schedule group
 * (Scheduler user guide, "Confused deputy prevention").
 */
export function schedulerOf(groupArn: string): Principal {
  return { type: "service", service: "scheduler.amazonaws.com", sourceArn: groupArn };
}

/** The session of the target's role. @throws AwsError if the role no longer trusts Scheduler. */
export function assume(cloud: Cloud, target: Target, groupArn: string, executionId: string): RoleSession {
  if (!cloud.ports.iam.trusts(target.RoleArn, schedulerOf(groupArn))) {
    throw new AwsError(
      "AccessDeniedException",
      "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
    );
  }
  const name = target.RoleArn.slice(target.RoleArn.lastIndexOf("/") + 1);
  return {
    type: "role",
    roleArn: target.RoleArn,
    arn: `arn:aws:sts::${cloud.accountId}:assumed-role/${name}/${executionId}`,
  };
}

/** The text that the target gets: the input with its context attributes filled in, or Scheduler's own notification. */
export function payloadOf(cloud: Cloud, { schedule, id, scheduledAt, retries }: Execution): string {
  const time = isoSeconds(scheduledAt);
  const input = schedule.settings.target.Input;
  if (input === undefined) {
    return JSON.stringify({
      version: "0",
      id,
      "detail-type": "Scheduled Event",
      source: "aws.scheduler",
      account: cloud.accountId,
      time,
      region: cloud.region,
      resources: [schedule.arn],
      detail: "{}",
    });
  }
  return input
    .replaceAll("<aws.scheduler.schedule-arn>", schedule.arn)
    .replaceAll("<aws.scheduler.scheduled-time>", time)
    .replaceAll("<aws.scheduler.execution-id>", id)
    .replaceAll("<aws.scheduler.attempt-number>", String(retries + 1));
}

/** Calls the target with the role's rights. */
export async function invokeTarget(cloud: Cloud, execution: Execution, role: RoleSession): Promise<void> {
  const { settings } = execution.schedule;
  const { target } = settings;
  if (settings.kmsKeyArn !== undefined) requireKey(cloud, settings.kmsKeyArn, role);
  const payload = payloadOf(cloud, execution);
  const universal = /^arn:aws:scheduler:::aws-sdk:([^:]+):(.+)$/.exec(target.Arn);
  if (universal) {
    const [, service = "", action = ""] = universal;
    await cloud.call(
      SERVICES[service] ?? service,
      action[0]!.toUpperCase() + action.slice(1),
      JSON.parse(payload) as Json,
      role,
    );
    return;
  }
  if (await callTarget(cloud, target, payload, role)) return;
  if (target.Arn.split(":")[2] === "events") return putEvent(cloud, target, payload, role);
  throw new AwsError(
    "InvalidTarget",
    `The local cloud does not play targets like ${target.Arn}; expected a function, queue, topic, bus, state machine or aws-sdk call.`,
  );
}

async function putEvent(cloud: Cloud, target: Target, payload: string, role: RoleSession): Promise<void> {
  const { DetailType, Source } = target.EventBridgeParameters ?? { DetailType: "", Source: "" };
  const entry = { EventBusName: target.Arn, DetailType, Source, Detail: payload };
  const answer = await cloud.call<{
    FailedEntryCount: number;
    Entries: { ErrorCode?: string; ErrorMessage?: string }[];
  }>("events", "PutEvents", { Entries: [entry] }, role);
  const failed = answer.Entries[0];
  if (answer.FailedEntryCount > 0)
    throw new AwsError(failed?.ErrorCode ?? "InternalFailure", failed?.ErrorMessage ?? "");
}

export function isoSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** A schedule under a customer's key is read with the role's right to decrypt (Scheduler user guide, "Data encryption at rest"). */
function requireKey(cloud: Cloud, key: string, role: RoleSession): void {
  const request = {
    action: "kms:Decrypt",
    resource: key,
    context: { "kms:ViaService": `scheduler.${cloud.region}.amazonaws.com` },
  };
  const decision = cloud.ports.iam.evaluate(role, request);
  if (!decision.allowed) {
    throw new AwsError(
      "AccessDeniedException",
      `User: ${role.arn} is not authorized to perform: kms:Decrypt on resource: ${key} ${decision.reason}`,
    );
  }
}

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { LambdaFunction } from "../shared/callback";
import { policyDocument, serviceTrust } from "../shared/iam";
import { noteTimer, setWayBack } from "../shared/operated";
import { failureQueue, type DeadLetteredQueue } from "../shared/queue";
import { SECONDS_PER_HOUR } from "../shared/units";

/** A rule on the default bus, and where its events go once the target exists. */
export interface StateChangeRule {
  readonly arn: pulumi.Output<string>;
  /** @returns the queue of what could not be delivered. */
  deliverTo(queue: DeadLetteredQueue, key: { readonly arn: pulumi.Input<string> }): aws.sqs.Queue;
}

/**
 * Queries of a workgroup that have ended. Athena's events are best effort and may repeat.
 * https://docs.aws.amazon.com/athena/latest/ug/athena-events.html
 */
export function stateChangeRule(
  parent: pulumi.Resource,
  name: string,
  workgroup: pulumi.Input<string>,
): StateChangeRule {
  const rule = new aws.cloudwatch.EventRule(
    name,
    {
      description: "A query of the segments' workgroup has ended.",
      eventPattern: pulumi.jsonStringify({
        source: ["aws.athena"],
        "detail-type": ["Athena Query State Change"],
        detail: { workgroupName: [workgroup], currentState: ["SUCCEEDED", "FAILED", "CANCELLED"] },
      }),
    },
    { parent },
  );
  return {
    arn: rule.arn,
    deliverTo: (queue, key) => {
      const undelivered = failureQueue(`${name}-dlq`, key, parent, [
        { service: "events.amazonaws.com", arn: rule.arn },
      ]);
      setWayBack(undelivered, { kind: "queue", queueUrl: queue.url });
      new aws.cloudwatch.EventTarget(
        `${name}-target`,
        {
          rule: rule.name,
          arn: queue.arn,
          deadLetterConfig: { arn: undelivered.arn },
          retryPolicy: { maximumEventAgeInSeconds: SECONDS_PER_HOUR, maximumRetryAttempts: 20 },
        },
        { parent },
      );
      return undelivered;
    },
  };
}

/** A schedule of one segment. */
export interface ScheduledRunArgs {
  /** Name of the segment. */
  segment: string;
  /** The segment's own. */
  description: string | undefined;
  /** `rate(...)`, `cron(...)` or `at(...)`. */
  expression: string;
  /** IANA name. */
  timeZone: string;
  /** Starts runs. */
  fn: LambdaFunction;
  /** Customer key of the schedule and its dead letters. */
  key: { readonly arn: pulumi.Input<string> };
}

/**
 * Starts a segment on a schedule. The run's id holds the scheduled time, so that a repeated delivery starts nothing twice.
 *
 * @returns the queue of what could not be delivered.
 */
export function scheduleRun(parent: pulumi.Resource, name: string, args: ScheduledRunArgs): aws.sqs.Queue {
  const { accountId } = aws.getCallerIdentityOutput({}, { parent });
  const undelivered = failureQueue(`${name}-dlq`, args.key, parent);
  setWayBack(undelivered, { kind: "invoke", functionArn: args.fn.arn });
  const role = new aws.iam.Role(
    `${name}-role`,
    { assumeRolePolicy: serviceTrust("scheduler.amazonaws.com", accountId) },
    { parent },
  );
  const policy = new aws.iam.RolePolicy(
    `${name}-role-policy`,
    {
      role: role.id,
      policy: policyDocument([
        { Sid: "Start", Action: "lambda:InvokeFunction", Resource: args.fn.arn },
        { Sid: "Undelivered", Action: "sqs:SendMessage", Resource: undelivered.arn },
        { Sid: "UndeliveredKey", Action: ["kms:GenerateDataKey", "kms:Decrypt"], Resource: args.key.arn },
      ]),
    },
    { parent },
  );
  const schedule = new aws.scheduler.Schedule(
    name,
    {
      description: `Runs the segment "${args.segment}"${args.description === undefined ? "." : `: ${args.description}`}`,
      scheduleExpression: args.expression,
      scheduleExpressionTimezone: args.timeZone,
      flexibleTimeWindow: { mode: "OFF" },
      kmsKeyArn: args.key.arn,
      target: {
        arn: args.fn.arn,
        roleArn: role.arn,
        input: JSON.stringify({ segment: args.segment, runId: `${args.segment}_<aws.scheduler.scheduled-time>` }),
        deadLetterConfig: { arn: undelivered.arn },
        retryPolicy: { maximumEventAgeInSeconds: SECONDS_PER_HOUR, maximumRetryAttempts: 20 },
      },
    },
    { parent, dependsOn: [policy] },
  );
  noteTimer(parent, { kind: "schedule", name: schedule.name });
  return undelivered;
}

import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { LambdaFunction } from "../shared/callback";
import { noteTimer, setWayBack } from "../shared/operated";
import { failureQueue } from "../shared/queue";

/** Calls the sweeper every minute; what EventBridge could not deliver lies in the queue that is returned. */
export function createSweepSchedule(
  parent: pulumi.Resource,
  name: string,
  key: { readonly arn: pulumi.Input<string> },
  fn: LambdaFunction,
): aws.sqs.Queue {
  const rule = new aws.cloudwatch.EventRule(
    `${name}-every-minute`,
    { description: "Wakes messages whose time has come.", scheduleExpression: "rate(1 minute)" },
    { parent },
  );
  noteTimer(parent, { kind: "rule", name: rule.name });
  const deadLetters = failureQueue(`${name}-sweep-dlq`, key, parent, [
    { service: "events.amazonaws.com", arn: rule.arn },
  ]);
  setWayBack(deadLetters, { kind: "invoke", functionArn: fn.arn });
  new aws.lambda.Permission(
    `${name}-sweep-permission`,
    { action: "lambda:InvokeFunction", function: fn.name, principal: "events.amazonaws.com", sourceArn: rule.arn },
    { parent },
  );
  new aws.cloudwatch.EventTarget(
    `${name}-sweep-target`,
    {
      rule: rule.name,
      arn: fn.arn,
      retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 1 },
      deadLetterConfig: { arn: deadLetters.arn },
    },
    { parent },
  );
  return deadLetters;
}

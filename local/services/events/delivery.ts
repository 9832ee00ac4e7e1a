import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import type { Principal } from "../../principal";
import type { Rule, Target } from "./bus";
import type { BusEvent } from "./event";
import { countMetric } from "./metrics";
import { inputFor } from "./target-input";

/** Errors that may pass; all others (missing rights, a target that is gone) go to the dead-letter queue at once. */
const TRANSIENT = new Set([
  "ThrottlingException",
  "RequestThrottled",
  "Throttling",
  "TooManyRequestsException",
  "ServiceException",
  "InternalFailure",
]);

/** Classic buses try for 24 h and 185 times if the target does not say otherwise (EventBridge user guide, "Retrying event delivery"). */
const DEFAULT_ATTEMPTS = 185;
const DEFAULT_AGE_S = 86_400;

/** Hands an event over on the bus itself, for targets that are buses. */
export type Forward = (busArn: string, event: BusEvent, principal: Principal) => void;

interface Try {
  readonly rule: Rule;
  readonly target: Target;
  readonly event: BusEvent;
  readonly since: number;
  readonly retries: number;
}

/** Brings events to targets: retries with growing pauses up to 8 minutes, then the dead-letter queue, else they are lost. */
export class Delivery {
  constructor(
    private readonly cloud: Cloud,
    private readonly forward: Forward,
  ) {}

  start(rule: Rule, target: Target, event: BusEvent): void {
    void this.cloud.clock.track(this.run({ rule, target, event, since: this.cloud.clock.now(), retries: 0 }));
  }

  private async run(attempt: Try): Promise<void> {
    const { rule, target, retries } = attempt;
    const { clock } = this.cloud;
    try {
      countMetric(this.cloud, rule, "Invocations");
      await this.invoke(attempt);
    } catch (error) {
      const maxRetries = target.RetryPolicy?.MaximumRetryAttempts ?? DEFAULT_ATTEMPTS;
      const maxAge = (target.RetryPolicy?.MaximumEventAgeInSeconds ?? DEFAULT_AGE_S) * 1000;
      const delay = Math.min(480, 2 ** retries) * 1000;
      const transient = isTransient(error);
      if (transient && retries < maxRetries && clock.now() + delay - attempt.since <= maxAge) {
        clock.setTimer(delay, () => this.run({ ...attempt, retries: retries + 1 }));
        return;
      }
      countMetric(this.cloud, rule, "FailedInvocations");
      const exhausted = !transient
        ? undefined
        : retries >= maxRetries
          ? "MaximumRetryAttempts"
          : "MaximumEventAgeInSeconds";
      await this.giveUp(attempt, error, exhausted);
    }
  }

  private async invoke({ rule, target, event }: Try): Promise<void> {
    const { cloud } = this;
    const principal = this.principalOf(rule, target);
    const ingestionTime = new Date(cloud.clock.now()).toISOString();
    const service = target.Arn.split(":")[2];
    if (service === "events") {
      this.forward(target.Arn, event, principal);
      return;
    }
    const input = inputFor(target, event, { arn: rule.arn, name: rule.name, ingestionTime });
    switch (service) {
      case "lambda": {
        const Payload = Buffer.from(input).toString("base64");
        await cloud.call("lambda", "Invoke", { FunctionName: target.Arn, InvocationType: "Event", Payload }, principal);
        return;
      }
      case "sqs": {
        const group = target.SqsParameters?.MessageGroupId;
        const more = group === undefined ? {} : { MessageGroupId: group };
        await cloud.call(
          "sqs",
          "SendMessage",
          { QueueUrl: cloud.ports.queues.urlOf(target.Arn), MessageBody: input, ...more },
          principal,
        );
        return;
      }
      case "sns":
        await cloud.call("sns", "Publish", { TopicArn: target.Arn, Message: input }, principal);
        return;
      case "states":
        await cloud.call("states", "StartExecution", { stateMachineArn: target.Arn, input }, principal);
        return;
      default:
        throw new AwsError(
          "InvalidTarget",
          `The local cloud does not play targets like ${target.Arn}; expected a function, queue, topic, bus or state machine.`,
        );
    }
  }

  /** The service itself, or the target's role if it has one and the role trusts EventBridge. */
  private principalOf(rule: Rule, target: Target): Principal {
    const service: Principal = { type: "service", service: "events.amazonaws.com", sourceArn: rule.arn };
    if (target.RoleArn === undefined) return service;
    if (!this.cloud.ports.iam.trusts(target.RoleArn, service)) {
      throw new AwsError(
        "AccessDeniedException",
        `events.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: ${target.RoleArn}`,
      );
    }
    const name = target.RoleArn.slice(target.RoleArn.lastIndexOf("/") + 1);
    return {
      type: "role",
      roleArn: target.RoleArn,
      arn: `arn:aws:sts::${this.cloud.accountId}:assumed-role/${name}/events`,
    };
  }

  private async giveUp(
    { rule, target, event, retries }: Try,
    error: unknown,
    exhausted: string | undefined,
  ): Promise<void> {
    const { cloud } = this;
    const code = error instanceof AwsError ? error.code : "INTERNAL_ERROR";
    const message = error instanceof Error ? error.message : String(error);
    const text = (value: string): object => ({ DataType: "String", StringValue: value });
    const report = (name: string, data: Record<string, unknown>): void => {
      cloud.trace.emit({
        kind: "error",
        service: "events",
        name,
        principal: "events.amazonaws.com",
        resource: target.Arn,
        error: code,
        data,
      });
    };
    report("DeliveryFailed", { rule: rule.name, eventId: event.id, message, retries });
    const queueArn = target.DeadLetterConfig?.Arn;
    if (queueArn === undefined) return;
    const attributes = {
      RULE_ARN: text(rule.arn),
      TARGET_ARN: text(target.Arn),
      ERROR_CODE: text(code),
      ERROR_MESSAGE: text(message),
      RETRY_ATTEMPTS: { DataType: "Number", StringValue: String(retries) },
      ...(exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: text(exhausted) }),
    };
    const input = {
      QueueUrl: cloud.ports.queues.urlOf(queueArn),
      MessageBody: JSON.stringify(event),
      MessageAttributes: attributes,
    };
    try {
      await cloud.call("sqs", "SendMessage", input, {
        type: "service",
        service: "events.amazonaws.com",
        sourceArn: rule.arn,
      });
      countMetric(cloud, rule, "InvocationsSentToDlq");
    } catch (dead) {
      countMetric(cloud, rule, "InvocationsFailedToBeSentToDlq");
      report("DeadLetterFailed", { queueArn, message: dead instanceof Error ? dead.message : String(dead) });
    }
  }
}

function isTransient(error: unknown): boolean {
  if (error instanceof AwsError) return TRANSIENT.has(error.code) || error.status >= 500;
  return true;
}

import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import type { Principal } from "../../principal";
import { callTarget } from "../call-target";
import { deadLetterAttributes, deliver, type GivenUp } from "../retried-delivery";
import type { Rule, Target } from "./bus";
import type { BusEvent } from "./event";
import { countMetric } from "./metrics";
import { inputFor } from "./target-input";

/** Hands an event over on the bus itself, for targets that are buses. */
export type Forward = (busArn: string, event: BusEvent, principal: Principal) => void;

interface Try {
  readonly rule: Rule;
  readonly target: Target;
  readonly event: BusEvent;
}

/** Brings events to targets: retries with growing pauses up to 8 minutes, then the dead-letter queue, else they are lost. */
export class Delivery {
  constructor(
    private readonly cloud: Cloud,
    private readonly forward: Forward,
  ) {}

  start(rule: Rule, target: Target, event: BusEvent): void {
    const { clock } = this.cloud;
    const task: Try = { rule, target, event };
    const delivery = {
      policy: target.RetryPolicy,
      since: clock.now(),
      attempt: async () => {
        countMetric(this.cloud, rule, "Invocations");
        await this.invoke(task);
      },
      giveUp: async (failure: GivenUp) => {
        countMetric(this.cloud, rule, "FailedInvocations");
        await this.giveUp(task, failure);
      },
    };
    void clock.track(deliver(clock, delivery));
  }

  private async invoke({ rule, target, event }: Try): Promise<void> {
    const { cloud } = this;
    const principal = this.principalOf(rule, target);
    const ingestionTime = new Date(cloud.clock.now()).toISOString();
    if (target.Arn.split(":")[2] === "events") {
      this.forward(target.Arn, event, principal);
      return;
    }
    const input = inputFor(target, event, { arn: rule.arn, name: rule.name, ingestionTime });
    if (await callTarget(cloud, target, input, principal)) return;
    throw new AwsError(
      "InvalidTarget",
      `The local cloud does not play targets like ${target.Arn}; expected a function, queue, topic, bus or state machine.`,
    );
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

  private async giveUp({ rule, target, event }: Try, failure: GivenUp): Promise<void> {
    const { cloud } = this;
    const { error, message, retries } = failure;
    const code = error instanceof AwsError ? error.code : "INTERNAL_ERROR";
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
    const attributes = deadLetterAttributes(code, failure, { RULE_ARN: rule.arn, TARGET_ARN: target.Arn });
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

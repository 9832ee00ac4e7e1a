import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import { deadLetterAttributes, deliver, type GivenUp } from "../retried-delivery";
import { assume, invokeTarget, isoSeconds, payloadOf, type Execution } from "./invocation";
import type { Schedule } from "./schedule";

/** Runs due schedules: as the target's role, with retries of growing pauses up to 8 minutes, then the dead-letter queue. */
export class Delivery {
  constructor(
    private readonly cloud: Cloud,
    private readonly groupArn: (name: string) => string,
  ) {}

  async run(schedule: Schedule, scheduledAt: number): Promise<void> {
    const { name, groupName, arn, settings } = schedule;
    // The schedule as it was when it came due: a later change does not touch retries.
    const first = {
      schedule: { name, groupName, arn, settings },
      id: this.cloud.uuid(),
      scheduledAt,
      startedAt: this.cloud.clock.now(),
      retries: 0,
    };
    await deliver(this.cloud.clock, {
      policy: settings.target.RetryPolicy,
      since: first.startedAt,
      attempt: (retries) => this.attempt({ ...first, retries }),
      giveUp: async (failure) => {
        this.count(first, "InvocationDroppedCount");
        await this.giveUp({ ...first, retries: failure.retries }, failure);
      },
    });
  }

  private async attempt(execution: Execution): Promise<void> {
    const { schedule, id } = execution;
    this.count(execution, "InvocationAttemptCount");
    try {
      const role = assume(this.cloud, schedule.settings.target, this.groupArn(schedule.groupName), id);
      await invokeTarget(this.cloud, execution, role);
    } catch (error) {
      this.count(execution, "TargetErrorCount");
      throw error;
    }
  }

  /** The dead-letter queue is written to with the role's rights too. */
  private async giveUp(execution: Execution, failure: GivenUp): Promise<void> {
    const { cloud } = this;
    const { schedule, id, scheduledAt, retries } = execution;
    const { target } = schedule.settings;
    const { error, message } = failure;
    const code = error instanceof AwsError ? error.code : "InternalFailure";
    const report = (name: string, data: Record<string, unknown>): void => {
      cloud.trace.emit({
        kind: "error",
        service: "scheduler",
        name,
        principal: target.RoleArn,
        resource: schedule.arn,
        error: code,
        data,
      });
    };
    report("InvocationFailed", { target: target.Arn, message, retries });
    const queueArn = target.DeadLetterConfig?.Arn;
    if (queueArn === undefined) return;
    const attributes = deadLetterAttributes(code, failure, {
      EXECUTION_ID: id,
      SCHEDULE_ARN: schedule.arn,
      SCHEDULED_TIME: isoSeconds(scheduledAt),
      TARGET_ARN: target.Arn,
    });
    try {
      const role = assume(cloud, target, this.groupArn(schedule.groupName), id);
      const input = {
        QueueUrl: cloud.ports.queues.urlOf(queueArn),
        MessageBody: payloadOf(cloud, execution),
        MessageAttributes: attributes,
      };
      await cloud.call("sqs", "SendMessage", input, role);
      this.count(execution, "InvocationsSentToDeadLetterCount");
    } catch (dead) {
      this.count(execution, "InvocationsFailedToBeSentToDeadLetterCount");
      report("DeadLetterFailed", { queueArn, message: dead instanceof Error ? dead.message : String(dead) });
    }
  }

  private count({ schedule }: Execution, metric: string): void {
    const { metrics } = this.cloud.ports as Partial<Cloud["ports"]>;
    metrics?.put("AWS/Scheduler", metric, { ScheduleGroup: schedule.groupName }, 1, "Count");
  }
}

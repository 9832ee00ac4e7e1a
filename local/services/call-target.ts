import type { Cloud } from "../cloud";
import type { Principal } from "../principal";

/** A target as EventBridge and its Scheduler name it. */
interface Target {
  readonly Arn: string;
  readonly SqsParameters?: { readonly MessageGroupId?: string } | undefined;
}

/**
 * Gives a text to a function, a queue, a topic or a state machine, in the name of `principal`.
 * @returns false for a target of another kind, which is left alone.
 */
export async function callTarget(cloud: Cloud, target: Target, text: string, principal: Principal): Promise<boolean> {
  switch (target.Arn.split(":")[2]) {
    case "lambda": {
      const Payload = Buffer.from(text).toString("base64");
      await cloud.call("lambda", "Invoke", { FunctionName: target.Arn, InvocationType: "Event", Payload }, principal);
      return true;
    }
    case "sqs": {
      const group = target.SqsParameters?.MessageGroupId;
      const more = group === undefined ? {} : { MessageGroupId: group };
      const QueueUrl = cloud.ports.queues.urlOf(target.Arn);
      await cloud.call("sqs", "SendMessage", { QueueUrl, MessageBody: text, ...more }, principal);
      return true;
    }
    case "sns":
      await cloud.call("sns", "Publish", { TopicArn: target.Arn, Message: text }, principal);
      return true;
    case "states":
      await cloud.call("states", "StartExecution", { stateMachineArn: target.Arn, input: text }, principal);
      return true;
    default:
      return false;
  }
}

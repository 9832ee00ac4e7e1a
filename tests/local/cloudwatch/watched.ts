import { tmpdir } from "node:os";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import type { Json, Service } from "../../../local/service";
import { cloudwatchEngine, cloudwatchService } from "../../../local/services/cloudwatch";
import { iamService } from "../../../local/services/iam";

export const account = "123456789012";
/** A topic whose policy lets CloudWatch publish. */
export const topic = `arn:aws:sns:us-east-1:${account}:alarms`;

/** A cloud with CloudWatch, and a topic that remembers what is published to it. */
export class WatchedCloud {
  readonly clock = new VirtualClock();
  readonly cloud = new Cloud({ clock: this.clock, folder: tmpdir() });
  readonly published: Json[] = [];

  constructor() {
    const { cloud } = this;
    const sns: Service = {
      name: "sns",
      signingName: "sns",
      protocols: [],
      resourceTypes: {},
      operations: {
        Publish: {
          authorize: ({ TopicArn }: { TopicArn: string }) => [{ action: "sns:Publish", resource: TopicArn }],
          answer: (input: Json) => {
            this.published.push(input);
            return {};
          },
        },
      },
    };
    cloud.register(iamService(cloud));
    cloud.register(sns);
    cloud.register(cloudwatchService(cloud));
    cloud.ports.events = { emit: () => undefined };
    const statement = {
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: "sns:Publish",
      Resource: topic,
    };
    cloud.resourcePolicies.set(topic, { Version: "2012-10-17", Statement: [statement] });
  }

  close(): void {
    cloudwatchEngine(this.cloud).close();
  }

  call<O = Json>(operation: string, input: Json): Promise<O> {
    return this.cloud.call<O>("cloudwatch", operation, input, this.cloud.operator);
  }

  /** Declares a resource; its state. */
  async declare(type: string, inputs: Json): Promise<Json> {
    const context = { cloud: this.cloud, name: "a", type, urn: "u", physicalName: () => "a-1234567" };
    const { state } = await this.cloud.services.get("cloudwatch")!.resourceTypes[type]!.create(inputs, context);
    return state;
  }

  /** An alarm `errors` that any error of the function `f` raises, and that tells the topic of its changes. */
  alarm(more: Json = {}): Promise<Json> {
    return this.declare("aws:cloudwatch/metricAlarm:MetricAlarm", {
      name: "errors",
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      evaluationPeriods: 1,
      treatMissingData: "notBreaching",
      alarmActions: [topic],
      okActions: [topic],
      namespace: "AWS/Lambda",
      metricName: "Errors",
      dimensions: { FunctionName: "f" },
      statistic: "Sum",
      period: 60,
      ...more,
    });
  }

  state(name = "errors"): string {
    return cloudwatchEngine(this.cloud).alarms.get(name)!.state;
  }

  /** So many errors of the function `f`. */
  put(value: number): void {
    this.cloud.ports.metrics.put("AWS/Lambda", "Errors", { FunctionName: "f" }, value);
  }
}

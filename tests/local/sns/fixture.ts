import type { AwsError } from "../../../local/aws-error";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import type { Principal } from "../../../local/principal";
import { seededRandom } from "../../../local/random";
import type { AnyOperation, Json, Service } from "../../../local/service";
import { iamService } from "../../../local/services/iam";
import { kmsService } from "../../../local/services/kms";
import { snsService, type SnsService } from "../../../local/services/sns";
import { sqsService } from "../../../local/services/sqs";

export interface Delivered {
  readonly Body: string;
  readonly MessageAttributes?: Readonly<Record<string, Json>>;
}

export interface Metric {
  readonly name: string;
  readonly value: number;
}

/** A cloud with IAM, KMS, SQS and SNS, a function service that records, and a virtual clock. */
export class SnsFixture {
  readonly clock = new VirtualClock();
  readonly cloud: Cloud;
  readonly sns: SnsService;
  readonly metrics: Metric[] = [];
  /** Invocations of functions: who called, and with which event. */
  readonly invoked: { readonly principal: Principal; readonly input: Json; readonly event: Json }[] = [];
  /** Decides how the next invocations end. */
  refuseInvoke: () => AwsError | undefined = () => undefined;

  constructor() {
    this.cloud = new Cloud({ clock: this.clock, folder: "/nowhere", random: seededRandom(11) });
    this.cloud.endpoint = "http://127.0.0.1:4566";
    this.cloud.ports.metrics = {
      put: (namespace, name, _dimensions, value) => {
        if (namespace === "AWS/SNS" && name !== "PublishSize") this.metrics.push({ name, value });
      },
      gauge: () => undefined,
    };
    for (const make of [iamService, kmsService, sqsService]) this.cloud.register(make(this.cloud));
    this.sns = snsService(this.cloud);
    this.cloud.register(this.sns);
    this.cloud.register(this.functions());
  }

  private functions(): Service {
    const invoke: AnyOperation = {
      authorize: ({ FunctionName }: { FunctionName: string }) => [
        { action: "lambda:InvokeFunction", resource: FunctionName },
      ],
      answer: (input: Json, { principal }: { principal: Principal }) => {
        const refusal = this.refuseInvoke();
        if (refusal) throw refusal;
        const event = JSON.parse(Buffer.from(String(input["Payload"]), "base64").toString()) as Json;
        this.invoked.push({ principal, input, event });
        return { StatusCode: 202 };
      },
    };
    return { name: "lambda", signingName: "lambda", protocols: [], operations: { Invoke: invoke }, resourceTypes: {} };
  }

  call<O = Json>(operation: string, input: Json, service = "sns"): Promise<O> {
    return this.cloud.call<O>(service, operation, input, this.cloud.operator);
  }

  async topic(name = "alerts", attributes: Readonly<Record<string, string>> = {}): Promise<string> {
    return (await this.call<{ TopicArn: string }>("CreateTopic", { Name: name, Attributes: attributes })).TopicArn;
  }

  /** A queue that the topic may send to; answers its ARN. */
  async queue(name: string, topicArn?: string, attributes: Readonly<Record<string, string>> = {}): Promise<string> {
    const arn = this.cloud.arn("sqs", name);
    const statement = {
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: arn,
      Condition: { ArnEquals: { "aws:SourceArn": topicArn } },
    };
    const policy =
      topicArn === undefined ? {} : { Policy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }) };
    await this.call("CreateQueue", { QueueName: name, Attributes: { ...policy, ...attributes } }, "sqs");
    return arn;
  }

  async subscribe(
    topicArn: string,
    protocol: string,
    endpoint: string,
    attributes: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const input = {
      TopicArn: topicArn,
      Protocol: protocol,
      Endpoint: endpoint,
      Attributes: attributes,
      ReturnSubscriptionArn: "true",
    };
    return (await this.call<{ SubscriptionArn: string }>("Subscribe", input)).SubscriptionArn;
  }

  async publish(topicArn: string, message: string, attributes: Json = {}): Promise<void> {
    await this.call("Publish", { TopicArn: topicArn, Message: message, MessageAttributes: attributes });
    await this.clock.settle();
  }

  async received(queueArn: string): Promise<readonly Delivered[]> {
    const input = {
      QueueUrl: this.cloud.ports.queues.urlOf(queueArn),
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ["All"],
    };
    return (await this.call<{ Messages?: Delivered[] }>("ReceiveMessage", input, "sqs")).Messages ?? [];
  }

  /** Sum of a metric's data. */
  metric(name: string): number {
    return this.metrics.filter((one) => one.name === name).reduce((sum, { value }) => sum + value, 0);
  }

  /** The map of attributes that an operation answers. */
  async attributes(operation: string, input: Json): Promise<Record<string, string>> {
    const map = (await this.call(operation, input))["Attributes"] as Record<symbol, Record<string, string>>;
    return map[Object.getOwnPropertySymbols(map)[0]!]!;
  }
}

export const text = (value: string): Json => ({ DataType: "String", StringValue: value });

import { AwsError } from "../../../local/aws-error";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import type { Principal } from "../../../local/principal";
import { seededRandom } from "../../../local/random";
import type { AccessRequest, Json } from "../../../local/service";
import { sqsService, type SqsService } from "../../../local/services/sqs";

export interface Received {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MessageAttributes?: Readonly<Record<string, Json>>;
  readonly MD5OfMessageAttributes?: string;
}

/** A cloud with SQS alone, a virtual clock, and a record of the rights that were asked for. */
export class SqsFixture {
  readonly clock = new VirtualClock();
  readonly cloud: Cloud;
  readonly sqs: SqsService;
  readonly asked: AccessRequest[] = [];
  /** Actions that are refused. */
  readonly denied = new Set<string>();

  constructor() {
    this.cloud = new Cloud({ clock: this.clock, folder: "/nowhere", random: seededRandom(7) });
    this.cloud.endpoint = "http://127.0.0.1:4566";
    this.cloud.ports.iam = {
      evaluate: (_principal, request) => {
        this.asked.push(request);
        return this.denied.has(request.action)
          ? { allowed: false, reason: "because a test denies it" }
          : { allowed: true, reason: "" };
      },
      issue: () => ({ accessKeyId: "a", secretAccessKey: "b", sessionToken: "c" }),
      revoke: () => undefined,
      lookUp: () => undefined,
      trusts: () => true,
    };
    this.sqs = sqsService(this.cloud);
    this.cloud.register(this.sqs);
  }

  call<O = Json>(operation: string, input: Json, principal: Principal = this.cloud.operator): Promise<O> {
    return this.cloud.call<O>("sqs", operation, input, principal);
  }

  async queue(name: string, attributes: Readonly<Record<string, string>> = {}): Promise<string> {
    const fifo = name.endsWith(".fifo") ? { FifoQueue: "true" } : {};
    const { QueueUrl } = await this.call<{ QueueUrl: string }>("CreateQueue", {
      QueueName: name,
      Attributes: { ...fifo, ...attributes },
    });
    return QueueUrl;
  }

  async send(url: string, body: string, more: Json = {}): Promise<string> {
    const { MessageId } = await this.call<{ MessageId: string }>("SendMessage", {
      QueueUrl: url,
      MessageBody: body,
      ...more,
    });
    return MessageId;
  }

  async receive(url: string, more: Json = {}): Promise<readonly Received[]> {
    const { Messages } = await this.call<{ Messages?: Received[] }>("ReceiveMessage", {
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
      ...more,
    });
    return Messages ?? [];
  }

  async bodies(url: string, more: Json = {}): Promise<readonly string[]> {
    return (await this.receive(url, more)).map(({ Body }) => Body);
  }

  delete(url: string, message: Received): Promise<Json> {
    return this.call("DeleteMessage", { QueueUrl: url, ReceiptHandle: message.ReceiptHandle });
  }

  async counts(url: string): Promise<readonly [visible: number, inFlight: number, delayed: number]> {
    const { Attributes } = await this.call<{ Attributes: Record<string, string> }>("GetQueueAttributes", {
      QueueUrl: url,
      AttributeNames: ["All"],
    });
    return [
      Number(Attributes["ApproximateNumberOfMessages"]),
      Number(Attributes["ApproximateNumberOfMessagesNotVisible"]),
      Number(Attributes["ApproximateNumberOfMessagesDelayed"]),
    ];
  }

  arn(name: string): string {
    return this.cloud.arn("sqs", name);
  }
}

/** The AwsError that `work` ends in. */
export async function refusal(work: Promise<unknown>): Promise<AwsError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
  throw new Error("the call succeeded; expected an AwsError");
}

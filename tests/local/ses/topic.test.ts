import { expect } from "chai";
import type { Cloud } from "../../../local/cloud";
import type { Json } from "../../../local/service";
import { cloudwatchService } from "../../../local/services/cloudwatch";
import { kmsService } from "../../../local/services/kms";
import { sesEngine } from "../../../local/services/ses";
import { snsService } from "../../../local/services/sns";
import { sqsService } from "../../../local/services/sqs";
import { account, declare, mailCloud, rawMail, refusal } from "./helpers";

const topic = `arn:aws:sns:us-east-1:${account}:mail`;
const queue = `arn:aws:sqs:us-east-1:${account}:mail`;

describe("SES events through an encrypted topic", () => {
  let cloud: Cloud;
  const make = async (type: string, inputs: Json): Promise<Json> => {
    const service = [...cloud.services.values()].find(({ resourceTypes }) => resourceTypes[type])!;
    return (
      await service.resourceTypes[type]!.create(inputs, {
        cloud,
        name: "r",
        type,
        urn: "u",
        physicalName: () => "r-1234567",
      })
    ).state;
  };
  const statement = (service: string, Action: unknown, Resource: string): Json => ({
    Effect: "Allow",
    Principal: { Service: service },
    Action,
    Resource,
  });
  const policy = (...Statement: Json[]): string => JSON.stringify({ Version: "2012-10-17", Statement });

  /** The topic, with a key that admits these services, and the configuration set. */
  const build = async (keyUsers: readonly string[]): Promise<string> => {
    ({ cloud } = mailCloud());
    for (const service of [kmsService, cloudwatchService, snsService, sqsService]) cloud.register(service(cloud));
    const root = {
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: "kms:*",
      Resource: "*",
    };
    const uses = keyUsers.map((service) => statement(service, ["kms:Decrypt", "kms:GenerateDataKey*"], "*"));
    const key = await make("aws:kms/key:Key", { policy: policy(root, ...uses) });
    await make("aws:sns/topic:Topic", { name: "mail", kmsMasterKeyId: key["arn"] });
    await make("aws:sns/topicPolicy:TopicPolicy", {
      arn: topic,
      policy: policy(statement("ses.amazonaws.com", "sns:Publish", topic)),
    });
    await make("aws:sqs/queue:Queue", { name: "mail" });
    await make("aws:sqs/queuePolicy:QueuePolicy", {
      queueUrl: cloud.ports.queues.urlOf(queue),
      policy: policy(statement("sns.amazonaws.com", "sqs:SendMessage", queue)),
    });
    await make("aws:sns/topicSubscription:TopicSubscription", {
      topic,
      protocol: "sqs",
      endpoint: queue,
      rawMessageDelivery: true,
    });
    await declare(cloud, "aws:sesv2/emailIdentity:EmailIdentity", { emailIdentity: "studio.test" });
    await declare(cloud, "aws:sesv2/configurationSet:ConfigurationSet", { configurationSetName: "game" });
    return refusal(
      declare(cloud, "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination", {
        configurationSetName: "game",
        eventDestinationName: "topic",
        eventDestination: {
          enabled: true,
          matchingEventTypes: ["SEND", "DELIVERY"],
          snsDestination: { topicArn: topic },
        },
      }),
    );
  };
  afterEach(() => cloud.close());

  it("arrive in a queue when the key admits SES", async () => {
    expect(await build(["ses.amazonaws.com", "sns.amazonaws.com"])).to.equal("accepted");
    await cloud.call(
      "ses",
      "SendRawEmail",
      { RawMessage: { Data: rawMail() }, ConfigurationSetName: "game" },
      cloud.operator,
    );
    await sesEngine(cloud).simulate(sesEngine(cloud).inbox()[0]!.id, "open");
    const clock = cloud.clock as unknown as { advance(ms: number): Promise<void> };
    await clock.advance(10_000);
    const input = { QueueUrl: cloud.ports.queues.urlOf(queue), MaxNumberOfMessages: 10 };
    const { Messages } = await cloud.call<{ Messages: { Body: string }[] }>(
      "sqs",
      "ReceiveMessage",
      input,
      cloud.operator,
    );
    expect(
      Messages.map(({ Body }) => (Body.startsWith("{") ? (JSON.parse(Body) as Json)["eventType"] : Body)),
    ).to.have.members(["Successfully validated SNS topic for Amazon SES event publishing.", "Send", "Delivery"]);
  });

  it("cannot be set up when it does not", async () => {
    expect(await build(["sns.amazonaws.com"])).to.equal(
      `BadRequestException: Could not publish to SNS topic <${topic}>.`,
    );
  });
});

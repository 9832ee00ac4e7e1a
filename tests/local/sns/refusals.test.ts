import { expect } from "chai";
import { snsService } from "../../../local/services/sns";
import { sqsService } from "../../../local/services/sqs";
import type { Json } from "../../../local/service";
import { statusRefusalOf } from "../../helpers/refusal";
import { ServedCloud } from "../s3/served-cloud";

describe("SNS refuses", () => {
  let served: ServedCloud;
  beforeEach(() => {
    served = new ServedCloud();
    served.add(sqsService(served.cloud));
    served.add(snsService(served.cloud));
  });
  afterEach(() => served.close());

  const refusal = (operation: string, input: Json): Promise<string> =>
    statusRefusalOf(served.call("sns", operation, input));

  it("what is no ARN of a topic as a wrong parameter, and a topic that is missing as missing", async () => {
    const publish = (arn: string, parameter = "TopicArn"): Promise<string> =>
      refusal("Publish", { [parameter]: arn, Message: "x" });
    expect(await publish("nonsense")).to.equal(
      "400 InvalidParameter: Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1",
    );
    expect(await publish("a:b:c", "TargetArn")).to.equal(
      "400 InvalidParameter: Invalid parameter: TargetArn Reason: An ARN must have at least 6 elements, not 3",
    );
    expect(await publish("arn:aws:sns:eu-west-1:123456789012:alerts")).to.equal(
      "400 InvalidParameter: Invalid parameter: TopicArn",
    );
    expect(await publish("arn:aws:sqs:us-east-1:123456789012:alerts")).to.equal(
      "400 InvalidParameter: Invalid parameter: TopicArn",
    );
    expect(await publish(served.cloud.arn("sns", "alerts"))).to.equal("404 NotFound: Topic does not exist");
    expect(await refusal("GetSubscriptionAttributes", { SubscriptionArn: "nonsense" })).to.match(
      /SubscriptionArn Reason: An ARN must have at least 6 elements, not 1$/,
    );
  });

  it("endpoints that are no queues, and more than fifty tags", async () => {
    const { TopicArn } = await served.call("sns", "CreateTopic", { Name: "alerts" });
    const subscribe = (Endpoint: string): Promise<string> =>
      refusal("Subscribe", { TopicArn, Protocol: "sqs", Endpoint });
    expect(await subscribe("http://127.0.0.1/queue")).to.equal(
      "400 InvalidParameter: Invalid parameter: SQS endpoint ARN",
    );
    expect(await subscribe(served.cloud.arn("sqs", "queue.fifo"))).to.match(
      /Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics$/,
    );
    const Tags = Array.from({ length: 51 }, (_, i) => ({ Key: `tag-${i}`, Value: "x" }));
    expect(await refusal("TagResource", { ResourceArn: TopicArn, Tags })).to.match(/^400 TagLimitExceeded: /);
    expect(await served.call("sns", "ListTagsForResource", { ResourceArn: TopicArn })).to.deep.equal({ Tags: [] });
  });

  it("a whole batch to a FIFO topic for one message without a group", async () => {
    const Attributes = { FifoTopic: "true" };
    const { TopicArn } = await served.call("sns", "CreateTopic", {
      Name: "order.fifo",
      Attributes: entries(Attributes),
    });
    const PublishBatchRequestEntries = [
      { Id: "1", Message: "a", MessageGroupId: "g", MessageDeduplicationId: "1" },
      { Id: "2", Message: "b", MessageDeduplicationId: "2" },
    ];
    expect(await refusal("PublishBatch", { TopicArn, PublishBatchRequestEntries })).to.equal(
      "400 InvalidParameter: Invalid parameter: The MessageGroupId parameter is required for FIFO topics",
    );
  });
});

/** A map as the query protocol writes it. */
function entries(map: Readonly<Record<string, string>>): readonly object[] {
  return Object.entries(map).map(([key, value]) => ({ key, value }));
}

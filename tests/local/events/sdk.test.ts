import {
  CreateEventBusCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  ResourceNotFoundException,
  TestEventPatternCommand,
} from "@aws-sdk/client-eventbridge";
import { expect } from "chai";
import { RealClock } from "../../../local/clock";
import { eventsService } from "../../../local/services/events";
import { sqsService } from "../../../local/services/sqs";
import { ServedCloud } from "../s3/served-cloud";

describe("EventBridge through the AWS SDK", () => {
  let served: ServedCloud;
  let client: EventBridgeClient;
  beforeEach(async () => {
    served = new ServedCloud(new RealClock());
    served.add(sqsService(served.cloud));
    served.add(eventsService(served.cloud));
    client = new EventBridgeClient(await served.clientConfig());
  });
  afterEach(async () => {
    client.destroy();
    await served.close();
  });

  it("puts a rule on a bus of its own and an event through it", async () => {
    await served.call("sqs", "CreateQueue", { QueueName: "inbox" });
    const Arn = served.cloud.arn("sqs", "inbox");
    await client.send(new CreateEventBusCommand({ Name: "game" }));
    const rule = { Name: "joined", EventBusName: "game" };
    await client.send(new PutRuleCommand({ ...rule, EventPattern: '{"detail-type":["joined"]}' }));
    await client.send(
      new PutTargetsCommand({
        Rule: "joined",
        EventBusName: "game",
        Targets: [{ Id: "queue", Arn, InputPath: "$.detail.player" }],
      }),
    );
    expect((await client.send(new DescribeRuleCommand(rule))).Arn).to.equal(
      "arn:aws:events:us-east-1:123456789012:rule/game/joined",
    );
    expect(
      (await client.send(new ListTargetsByRuleCommand({ Rule: "joined", EventBusName: "game" }))).Targets,
    ).to.deep.equal([{ Id: "queue", Arn, InputPath: "$.detail.player" }]);
    const Entries = [
      { EventBusName: "game", Source: "game", DetailType: "joined", Detail: '{"player":"anna"}', Time: new Date(0) },
    ];
    expect((await client.send(new PutEventsCommand({ Entries }))).FailedEntryCount).to.equal(0);
    const received = await served.call<{ Messages: { Body: string }[] }>("sqs", "ReceiveMessage", {
      QueueUrl: served.cloud.ports.queues.urlOf(Arn),
      WaitTimeSeconds: 5,
    });
    expect(received.Messages.map(({ Body }) => Body)).to.deep.equal(['"anna"']);
  });

  it("tests patterns and throws the SDK's own error classes", async () => {
    const event = {
      id: "1",
      account: "1",
      source: "game",
      time: "2026-01-01T00:00:00Z",
      region: "us-east-1",
      resources: [],
      "detail-type": "x",
      detail: {},
    };
    const test = new TestEventPatternCommand({
      EventPattern: '{"source":[{"prefix":"ga"}]}',
      Event: JSON.stringify(event),
    });
    expect((await client.send(test)).Result).to.equal(true);
    try {
      await client.send(new DescribeRuleCommand({ Name: "none" }));
      expect.fail("described a rule that does not exist");
    } catch (error) {
      expect(error).to.be.instanceOf(ResourceNotFoundException);
    }
  });
});

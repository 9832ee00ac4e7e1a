import {
  CreateConfigurationSetCommand,
  CreateConfigurationSetEventDestinationCommand,
  DeleteConfigurationSetCommand,
  DeleteConfigurationSetEventDestinationCommand,
  DescribeConfigurationSetCommand,
  SESClient,
} from "@aws-sdk/client-ses";
import {
  DeleteConfigurationSetCommand as DeleteSecond,
  DeleteConfigurationSetEventDestinationCommand as DeleteDestinationSecond,
  GetConfigurationSetEventDestinationsCommand,
  SESv2Client,
} from "@aws-sdk/client-sesv2";
import { expect } from "chai";
import { RealClock } from "../../../local/clock";
import { sesService } from "../../../local/services/ses";
import { snsService } from "../../../local/services/sns";
import { ServedCloud } from "../s3/served-cloud";
import { admitSes, mailCloud, ready, refusal, topic } from "./helpers";

/** Tags that AWS refuses, the first wrong thing first. */
const TAGS: readonly (readonly [string, string, string])[] = [
  [
    "test_invalid_name:123",
    "test",
    "Invalid tag name <test_invalid_name:123>: only alphanumeric ASCII characters, '_',  '-' are allowed.",
  ],
  [
    "test",
    "test_invalid_value:123",
    "Invalid tag value <test_invalid_value:123>: only alphanumeric ASCII characters, '_',  '-' , '.', '@' are allowed.",
  ],
  [
    "test_invalid_name:123",
    "test_invalid_value:123",
    "Invalid tag name <test_invalid_name:123>: only alphanumeric ASCII characters, '_',  '-' are allowed.",
  ],
  ["a".repeat(256), "test", "Tag name cannot exceed 255 characters."],
  ["test", "a".repeat(256), "Tag value cannot exceed 255 characters."],
  ["", "", "The tag name must be specified."],
  ["", "test", "The tag name must be specified."],
  ["test", "", "The tag value must be specified."],
];

describe("SES, as AWS was seen to answer", () => {
  it("refuses wrong tags", async () => {
    const { cloud } = mailCloud();
    await ready(cloud);
    for (const [Name, Value, reason] of TAGS) {
      const input = {
        Source: "news@studio.test",
        Destination: { ToAddresses: ["ann@players.test"] },
        Message: { Subject: { Data: "s" }, Body: { Text: { Data: "t" } } },
        Tags: [{ Name, Value }],
      };
      expect(await refusal(cloud.call("ses", "SendEmail", input, cloud.operator))).to.equal(
        `InvalidParameterValue: ${reason}`,
      );
    }
    await cloud.close();
  });

  it("proves a topic by a message without a subject, and says from where mail was delivered", async () => {
    const { cloud, clock, published } = mailCloud();
    await ready(cloud, ["SEND", "DELIVERY"]);
    expect(published).to.deep.equal([
      { TopicArn: topic, Message: "Successfully validated SNS topic for Amazon SES event publishing." },
    ]);
    const input = {
      Source: "news@studio.test",
      Destination: { ToAddresses: ["ann@players.test"] },
      Message: { Subject: { Data: "SOME_SUBJECT" }, Body: { Text: { Data: "t" }, Html: { Data: "<p>t</p>" } } },
      ConfigurationSetName: "game",
      Tags: [{ Name: "custom-tag", Value: "tag-value" }],
    };
    await cloud.call("ses", "SendEmail", input, cloud.operator);
    await clock.advance(10_000);
    type EventRecord = { eventType: string; mail: { tags: Record<string, unknown>; headers: { name: string }[] } };
    const [sent, delivered] = published.slice(1).map(({ Message }) => JSON.parse(String(Message)) as EventRecord);
    const tags = {
      "ses:operation": ["SendEmail"],
      "ses:configuration-set": ["game"],
      "ses:source-ip": ["127.0.0.1"],
      "ses:from-domain": ["studio.test"],
      "custom-tag": ["tag-value"],
      "ses:caller-identity": ["local"],
    };
    expect([sent!.eventType, JSON.stringify(sent!.mail.tags)]).to.deep.equal(["Send", JSON.stringify(tags)]);
    expect([delivered!.eventType, delivered!.mail.tags]).to.deep.equal([
      "Delivery",
      { ...tags, "ses:outgoing-ip": ["192.0.2.0"] },
    ]);
    expect(sent!.mail.headers.map(({ name }) => name)).to.deep.equal([
      "From",
      "To",
      "Subject",
      "MIME-Version",
      "Content-Type",
    ]);
    await cloud.close();
  });

  describe("over the wire", () => {
    let served: ServedCloud;
    let first: SESClient;
    let second: SESv2Client;
    before(async () => {
      served = new ServedCloud(new RealClock());
      served.add(snsService(served.cloud));
      served.add(sesService(served.cloud));
      const config = await served.clientConfig();
      [first, second] = [new SESClient(config), new SESv2Client(config)];
    });
    after(async () => {
      first.destroy();
      second.destroy();
      await served.close();
    });
    const said = async (work: Promise<unknown>): Promise<string> => {
      try {
        await work;
        return "accepted";
      } catch (error) {
        const { name, message, $metadata } = error as Error & { $metadata: { httpStatusCode: number } };
        return `${$metadata.httpStatusCode} ${name.replace(/Exception$/, "")}: ${message}`;
      }
    };

    it("names refusals of configuration sets as each API does", async () => {
      const ConfigurationSetName = "none";
      const EventDestinationName = "none";
      const missing = "Configuration set <none> does not exist.";
      const destination = {
        Name: "events",
        Enabled: true,
        MatchingEventTypes: ["send" as const],
        SNSDestination: { TopicARN: served.cloud.arn("sns", "none") },
      };
      const create = (name: string): Promise<string> =>
        said(
          first.send(
            new CreateConfigurationSetEventDestinationCommand({
              ConfigurationSetName: name,
              EventDestination: destination,
            }),
          ),
        );
      expect([
        await said(first.send(new DeleteConfigurationSetCommand({ ConfigurationSetName }))),
        await said(second.send(new DeleteSecond({ ConfigurationSetName }))),
        await said(
          first.send(new DeleteConfigurationSetEventDestinationCommand({ ConfigurationSetName, EventDestinationName })),
        ),
        await create("none"),
      ]).to.deep.equal([
        `400 ConfigurationSetDoesNotExist: ${missing}`,
        `404 NotFound: ${missing}`,
        `400 ConfigurationSetDoesNotExist: ${missing}`,
        `400 ConfigurationSetDoesNotExist: ${missing}`,
      ]);
      await first.send(new CreateConfigurationSetCommand({ ConfigurationSet: { Name: "game" } }));
      expect([
        await create("game"),
        await said(first.send(new CreateConfigurationSetCommand({ ConfigurationSet: { Name: "game" } }))),
        await said(
          first.send(
            new DeleteConfigurationSetEventDestinationCommand({ ConfigurationSetName: "game", EventDestinationName }),
          ),
        ),
        await said(second.send(new DeleteDestinationSecond({ ConfigurationSetName: "game", EventDestinationName }))),
      ]).to.deep.equal([
        `400 InvalidSNSDestination: SNS topic <${served.cloud.arn("sns", "none")}> not found.`,
        "400 ConfigurationSetAlreadyExists: Configuration set <game> already exists.",
        "400 EventDestinationDoesNotExist: No EventDestination found for game",
        "404 NotFound: No EventDestination found for game",
      ]);
    });

    it("shows in one API what was made in the other", async () => {
      const { TopicArn } = await served.call("sns", "CreateTopic", { Name: "mail-events" });
      admitSes(served.cloud);
      await first.send(new CreateConfigurationSetCommand({ ConfigurationSet: { Name: "both" } }));
      await first.send(
        new CreateConfigurationSetEventDestinationCommand({
          ConfigurationSetName: "both",
          EventDestination: {
            Name: "events",
            Enabled: true,
            MatchingEventTypes: ["bounce", "send", "renderingFailure"],
            SNSDestination: { TopicARN: String(TopicArn) },
          },
        }),
      );
      const described = await first.send(
        new DescribeConfigurationSetCommand({
          ConfigurationSetName: "both",
          ConfigurationSetAttributeNames: ["eventDestinations"],
        }),
      );
      expect([described.ConfigurationSet, described.EventDestinations]).to.deep.equal([
        { Name: "both" },
        [
          {
            Name: "events",
            Enabled: true,
            MatchingEventTypes: ["bounce", "send", "renderingFailure"],
            SNSDestination: { TopicARN: topic },
          },
        ],
      ]);
      const ask = new GetConfigurationSetEventDestinationsCommand({ ConfigurationSetName: "both" });
      expect((await second.send(ask)).EventDestinations).to.deep.equal([
        {
          Name: "events",
          Enabled: true,
          MatchingEventTypes: ["BOUNCE", "SEND", "RENDERING_FAILURE"],
          SnsDestination: { TopicArn: topic },
        },
      ]);
      await second.send(new DeleteDestinationSecond({ ConfigurationSetName: "both", EventDestinationName: "events" }));
      expect((await second.send(ask)).EventDestinations).to.deep.equal([]);
    });
  });
});

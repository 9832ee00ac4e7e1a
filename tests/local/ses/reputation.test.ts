import { expect } from "chai";
import type { VirtualClock } from "../../../local/clock";
import type { Cloud } from "../../../local/cloud";
import { cloudwatchEngine, cloudwatchService } from "../../../local/services/cloudwatch";
import { sesEngine } from "../../../local/services/ses";
import { declare, mailCloud, rawMail, ready } from "./helpers";

describe("SES metrics", () => {
  let cloud: Cloud;
  let clock: VirtualClock;

  beforeEach(async () => {
    ({ cloud, clock } = mailCloud());
    cloud.register(cloudwatchService(cloud));
    await ready(cloud);
    await declare(cloud, "aws:sesv2/configurationSet:ConfigurationSet", {
      configurationSetName: "watched",
      reputationOptions: { reputationMetricsEnabled: true },
    });
    await declare(cloud, "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination", {
      configurationSetName: "watched",
      eventDestinationName: "counts",
      eventDestination: {
        enabled: true,
        matchingEventTypes: ["SEND"],
        cloudWatchDestination: {
          dimensionConfigurations: [
            {
              dimensionName: "ses:configuration-set",
              dimensionValueSource: "MESSAGE_TAG",
              defaultDimensionValue: "none",
            },
          ],
        },
      },
    });
  });
  afterEach(() => cloudwatchEngine(cloud).close());

  const send = async (to: string, set?: string): Promise<string> => {
    const input = { RawMessage: { Data: rawMail({ To: to }) }, ...(set ? { ConfigurationSetName: set } : {}) };
    const { MessageId } = await cloud.call<{ MessageId: string }>("ses", "SendRawEmail", input, cloud.operator);
    await clock.advance(10_000);
    return MessageId;
  };
  const dimensions = { "ses:configuration-set": "watched" };
  const statistic = (name: string, stat: string, of: Readonly<Record<string, string>>): number | undefined => {
    const { store } = cloudwatchEngine(cloud);
    const metric = { namespace: "AWS/SES", name, dimensions: of };
    store.sample(metric, clock.now());
    return store.statistic(metric, stat, clock.now() - 3_600_000, clock.now() + 60_000);
  };

  it("count an event of a set once, however often it is told", async () => {
    sesEngine(cloud).behaviour.repeatChance = 1;
    await send("ann@players.test", "watched");
    expect([statistic("Send", "Sum", dimensions), statistic("Send", "Sum", {})]).to.deep.equal([1, 1]);
    expect(statistic("Delivery", "Sum", dimensions)).to.equal(undefined);
    expect(statistic("Delivery", "Sum", {})).to.equal(1);
  });

  it("hold the rates of the account, and of a set that asks for them", async () => {
    const id = await send("ann@players.test", "watched");
    await send("ben@players.test", "game");
    expect(statistic("Reputation.ComplaintRate", "Maximum", dimensions)).to.equal(0);
    await sesEngine(cloud).simulate(id, "complaint", {});
    await clock.advance(10_000);
    expect(statistic("Reputation.ComplaintRate", "Maximum", dimensions)).to.equal(1);
    expect(statistic("Reputation.ComplaintRate", "Maximum", {})).to.equal(0.5);
    expect(statistic("Reputation.BounceRate", "Maximum", dimensions)).to.equal(0);
    expect(statistic("Reputation.ComplaintRate", "Maximum", { "ses:configuration-set": "game" })).to.equal(undefined);
  });
});

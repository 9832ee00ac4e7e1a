import { expect } from "chai";
import type { Json } from "../../../local/service";
import { SnsFixture } from "./fixture";

/** How SNS repeats a request of which nothing says how. */
const RETRIES = {
  minDelayTarget: 20,
  maxDelayTarget: 20,
  numRetries: 3,
  numMaxDelayRetries: 0,
  numNoDelayRetries: 0,
  numMinDelayRetries: 0,
  backoffFunction: "linear",
};

describe("SNS delivery policies, as AWS was seen to answer", () => {
  let sns: SnsFixture;
  let topic: string;
  beforeEach(async () => {
    sns = new SnsFixture();
    topic = await sns.topic();
  });

  it("shows a topic's delivery policy, and the one in effect", async () => {
    const plain = { headerContentType: "text/plain; charset=UTF-8" };
    const shown = async (policy: string): Promise<readonly unknown[]> => {
      await sns.call("SetTopicAttributes", {
        TopicArn: topic,
        AttributeName: "DeliveryPolicy",
        AttributeValue: policy,
      });
      const { DeliveryPolicy, EffectiveDeliveryPolicy } = await sns.attributes("GetTopicAttributes", {
        TopicArn: topic,
      });
      return [DeliveryPolicy, JSON.parse(EffectiveDeliveryPolicy!) as Json];
    };
    const effective = (own: Json): Json => ({
      http: {
        defaultHealthyRetryPolicy: RETRIES,
        disableSubscriptionOverrides: false,
        defaultRequestPolicy: plain,
        ...own,
      },
    });
    const json = { headerContentType: "application/json" };
    expect(await shown(JSON.stringify({ http: { defaultRequestPolicy: json } }))).to.deep.equal([
      '{"http":{"disableSubscriptionOverrides":false,"defaultRequestPolicy":{"headerContentType":"application/json"}}}',
      effective({ defaultRequestPolicy: json }),
    ]);
    const faster = { minDelayTarget: 5, maxDelayTarget: 6, numRetries: 1 };
    expect(await shown(JSON.stringify({ http: { defaultHealthyRetryPolicy: faster } }))).to.deep.equal([
      '{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":5,"maxDelayTarget":6,"numRetries":1},"disableSubscriptionOverrides":false}}',
      effective({ defaultHealthyRetryPolicy: { ...RETRIES, ...faster } }),
    ]);
    expect(await shown('{"http":{"defaultHealthyRetryPolicy":null}}')).to.deep.equal([
      '{"http":{"disableSubscriptionOverrides":false}}',
      effective({}),
    ]);
    expect(await shown("")).to.deep.equal([undefined, effective({})]);
  });

  it("shows an HTTP subscription's delivery policy, and the one in effect", async () => {
    const DeliveryPolicy = '{"requestPolicy":{"headerContentType":"text/csv"}}';
    const arn = await sns.subscribe(topic, "https", "https://game.test/hook", { DeliveryPolicy });
    const shown = await sns.attributes("GetSubscriptionAttributes", { SubscriptionArn: arn });
    expect(shown).to.include({ PendingConfirmation: "true", ConfirmationWasAuthenticated: "false" });
    const own = {
      healthyRetryPolicy: null,
      sicklyRetryPolicy: null,
      throttlePolicy: null,
      requestPolicy: { headerContentType: "text/csv" },
      guaranteed: false,
    };
    expect(JSON.parse(shown["DeliveryPolicy"]!)).to.deep.equal(own);
    expect(JSON.parse(shown["EffectiveDeliveryPolicy"]!)).to.deep.equal({
      ...own,
      healthyRetryPolicy: RETRIES,
    });
  });
});

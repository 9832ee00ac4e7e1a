import { expect } from "chai";
import { refusalOf } from "../../helpers/refusal";
import { EventsFixture } from "./fixture";

describe("EventBridge refuses", () => {
  const fixture = new EventsFixture();
  const refusal = (operation: string, input: Record<string, unknown>): Promise<string> =>
    refusalOf(fixture.cloud.call("events", operation, input, fixture.cloud.operator));
  const noRule = "ResourceNotFoundException: Rule none does not exist on EventBus default.";

  it("a rule that does not exist, by name and by ARN", async () => {
    expect(await refusal("DescribeRule", { Name: "none" })).to.equal(noRule);
    const ResourceARN = fixture.cloud.arn("events", "rule/none");
    expect(await refusal("ListTagsForResource", { ResourceARN })).to.equal(noRule);
  });

  it("to take a statement from a bus without a policy, and one that is not there", async () => {
    expect(await refusal("RemovePermission", { StatementId: "none" })).to.equal(
      "ResourceNotFoundException: EventBus does not have a policy.",
    );
    const other = { StatementId: "other", Action: "events:PutEvents", Principal: "111122223333" };
    await fixture.cloud.call("events", "PutPermission", other, fixture.cloud.operator);
    expect(await refusal("RemovePermission", { StatementId: "none" })).to.equal(
      "ResourceNotFoundException: Statement with the provided id does not exist.",
    );
  });

  it("more events than one call takes, and none", async () => {
    const Entries = Array.from({ length: 11 }, () => ({ Source: "game", DetailType: "join", Detail: "{}" }));
    expect(await refusal("PutEvents", { Entries })).to.match(
      /Value '\[PutEventsRequestEntry, .*\]' at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10$/,
    );
    expect(await refusal("PutEvents", { Entries: [] })).to.match(/greater than or equal to 1$/);
  });
});

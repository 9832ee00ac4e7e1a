import { expect } from "chai";
import { TestDatabase, withStream } from "./in-process";

const start = Date.UTC(2026, 0, 1) / 1000;

describe("DynamoDB time to live", () => {
  let db: TestDatabase;
  beforeEach(async () => {
    db = new TestDatabase();
    await db.table("Sessions", withStream);
    await db.call("UpdateTimeToLive", {
      TableName: "Sessions",
      TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
    });
  });
  const put = (key: string, ttl: string): Promise<unknown> => db.put("Sessions", { a: { S: key }, ttl: { N: ttl } });
  const keys = async (): Promise<unknown[]> => (await db.items("Sessions")).map((item) => item["a"]!.S).sort();

  it("deletes an item some time after its expiry, and says so in the stream", async () => {
    await put("soon", String(start + 60));
    await put("later", String(start + 86_400));
    await db.clock.advance(5 * 60_000);
    expect(await keys()).to.deep.equal(["later", "soon"]);
    await db.clock.advance(15 * 60_000);
    expect(await keys()).to.deep.equal(["later"]);
    const last = db.records("Sessions").at(-1)!;
    expect(last.eventName).to.equal("REMOVE");
    expect(last.userIdentity).to.deep.equal({ type: "Service", principalId: "dynamodb.amazonaws.com" });
    expect(db.cloud.trace.since().at(-1)!.name).to.equal("Scan");
    expect(db.cloud.trace.since().some((event) => event.name === "TimeToLiveDeletion")).to.equal(true);
  });

  it("follows an expiry that moves", async () => {
    await put("x", String(start + 60));
    await put("x", String(start + 86_400));
    await db.clock.advance(3600_000);
    expect(await keys()).to.deep.equal(["x"]);
    await put("x", String(start + 3700));
    await db.clock.advance(3600_000);
    expect(await keys()).to.deep.equal([]);
  });

  it("leaves texts, and what expired more than five years ago", async () => {
    await db.put("Sessions", { a: { S: "text" }, ttl: { S: String(start) } });
    await put("ancient", String(start - 6 * 365 * 86_400));
    await db.clock.advance(86_400_000);
    expect(await keys()).to.deep.equal(["ancient", "text"]);
  });

  it("takes up items that were there before", async () => {
    await db.table("Old");
    await db.put("Old", { a: { S: "x" }, expires: { N: String(start + 60) } });
    await db.call("UpdateTimeToLive", {
      TableName: "Old",
      TimeToLiveSpecification: { AttributeName: "expires", Enabled: true },
    });
    expect(await db.call("DescribeTimeToLive", { TableName: "Old" })).to.deep.equal({
      TimeToLiveDescription: { TimeToLiveStatus: "ENABLED", AttributeName: "expires" },
    });
    await db.clock.advance(86_400_000);
    expect(await db.items("Old")).to.deep.equal([]);
  });

  it("costs no timer while nothing can expire", async () => {
    await put("x", String(start + 400 * 86_400));
    let set = 0;
    const setTimer = db.clock.setTimer.bind(db.clock);
    db.clock.setTimer = (delay, action) => {
      set++;
      return setTimer(delay, action);
    };
    await db.clock.advance(399 * 86_400_000);
    expect(set).to.equal(0);
    await db.clock.advance(2 * 86_400_000);
    expect(await keys()).to.deep.equal([]);
  });
});

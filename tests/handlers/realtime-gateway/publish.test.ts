import type * as sns from "@aws-sdk/client-sns";
import { expect } from "chai";
import type { Change } from "../../../components/realtime-gateway/changes";
import { publishChanges } from "../../../components/realtime-gateway/publish";

/** A topic that answers so, and the names of the events in each batch that it got. */
function topic(answer: () => object): { readonly client: sns.SNSClient; readonly batches: string[][] } {
  const batches: string[][] = [];
  const send = async ({ input }: { input: sns.PublishBatchCommandInput }): Promise<object> => {
    batches.push(
      (input.PublishBatchRequestEntries ?? []).map(
        ({ MessageAttributes }) => MessageAttributes?.["event"]?.StringValue ?? "",
      ),
    );
    return Promise.resolve(answer());
  };
  return { client: { send } as unknown as sns.SNSClient, batches };
}

const status = (i: number, name: "online" | "offline" = "online"): Change => ({
  kind: "status",
  sequence: `s${i}`,
  player: `p${i}`,
  status: name,
  version: 1,
  time: 0,
});

describe("publishing what the studio reacts to", () => {
  const failed: string[] = [];
  const fail = (sequences: readonly string[]): void => void failed.push(...sequences);
  beforeEach(() => (failed.length = 0));

  it("goes in tens, and only for names that somebody subscribed to", async () => {
    const { client, batches } = topic(() => ({}));
    const changes = Array.from({ length: 22 }, (_, i) => status(i, i % 2 === 0 ? "online" : "offline"));
    await publishChanges(client, "t", "online,level-up", changes, fail);
    expect(batches.map(({ length }) => length)).to.deep.equal([10, 1]);
    expect(new Set(batches.flat())).to.deep.equal(new Set(["online"]));
    await publishChanges(client, "t", "", changes, fail);
    expect(batches).to.have.length(2);
    expect(failed).to.deep.equal([]);
  });

  it("reports the one entry that the topic refused, by its own sequence number", async () => {
    const { client } = topic(() => ({ Failed: [{ Id: "1", Code: "InternalError", SenderFault: false }] }));
    await publishChanges(client, "t", "online", [status(0), status(1), status(2)], fail);
    expect(failed).to.deep.equal(["s1"]);
  });

  it("reports a whole batch that did not arrive, and goes on with the next", async () => {
    let calls = 0;
    const { client } = topic(() => {
      if (calls++ === 0) throw new Error("socket hang up");
      return {};
    });
    await publishChanges(
      client,
      "t",
      "online",
      Array.from({ length: 11 }, (_, i) => status(i)),
      fail,
    );
    expect(failed).to.deep.equal(Array.from({ length: 10 }, (_, i) => `s${i}`));
  });
});

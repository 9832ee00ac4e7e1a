import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import type { Context, DynamoDBRecord } from "aws-lambda";
import { gatewayRedriveHandler } from "../../../components/realtime-gateway/redrive";
import type { StreamRecord } from "../../../local/ports";
import type { Json } from "../../../local/service";
import { Game, isTold } from "./game";
import { fixed, leadClient } from "../shared/sdk";
import { quietly } from "../shared/quietly";
import { World } from "./world";

const context = { getRemainingTimeInMillis: () => 300_000 } as unknown as Context;

describe("the gateway's redrive", () => {
  let world: World;
  let game: Game;
  let entries: string[];
  let unseen: string[];
  let shardId: string;
  let invoked: Json[];
  /** What the function that tells friends comes to. */
  let tell: (records: DynamoDBRecord[]) => Promise<Json>;
  const restores: (() => void)[] = [];

  /** Leads a client's requests here for as long as a test runs. */
  function lead(client: { readonly prototype: object }, serve: (operation: string, input: Json) => unknown): void {
    restores.push(leadClient(client, async (operation, input) => Promise.resolve(serve(operation, input))));
  }

  before(async () => {
    world = await World.make();
    const { StreamDescription: stream } = await world.call("DescribeStream", { StreamArn: world.stream });
    shardId = String((stream as { Shards: Json[] }).Shards[0]?.["ShardId"]);
  });
  beforeEach(async () => {
    world.reset();
    game = new Game(world);
    entries = [];
    invoked = [];
    unseen = [];
    await game.seedFriends("anna", ["ben"]);
    await game.connect("ben", "b1");
    await game.connect("anna", "a1");
    await game.readStream();
    game.forgetFrames();
  });
  afterEach(() => {
    // The last one first: a test may lead a client anew, and what it found was no longer the client's own.
    for (const restore of restores.splice(0).reverse()) restore();
  });
  after(() => world.close());

  function install(): void {
    unseen = [...entries];
    tell = async (records) => ({ batchItemFailures: Array(await game.notify(records as never)).fill({}) });
    lead(DynamoDBStreamsClient, (operation, input) => world.call(operation, input));
    lead(SQSClient, (operation, input) => {
      if (operation === "ReceiveMessage") {
        return { Messages: unseen.splice(0, 10).map((Body) => ({ Body, ReceiptHandle: Body, MessageId: "m" })) };
      }
      entries.splice(entries.indexOf(String(input["ReceiptHandle"])), 1);
      return {};
    });
    lead(LambdaClient, async (_operation, input) => {
      const payload = JSON.parse(Buffer.from(input["Payload"] as Buffer).toString()) as Json;
      invoked.push({ ...input, Payload: payload });
      if (input["InvocationType"] === "Event") return {};
      try {
        return { Payload: Buffer.from(JSON.stringify(await tell(payload["Records"] as DynamoDBRecord[]))) };
      } catch {
        return { FunctionError: "Unhandled", Payload: Buffer.from("{}") };
      }
    });
  }

  /** What Lambda says when a mapping gives up a batch of these records. */
  function given(records: readonly StreamRecord[], change: object = {}): string {
    const sequence = (i: number): string => String(records.at(i)?.dynamodb.SequenceNumber);
    const batch = {
      shardId,
      startSequenceNumber: sequence(0),
      endSequenceNumber: sequence(-1),
      streamArn: world.stream,
      ...change,
    };
    return JSON.stringify({ requestContext: { functionArn: "notify" }, DDBStreamBatchInfo: batch });
  }

  /** Records of what happens meanwhile, which nobody reads. */
  async function lost(work: () => Promise<unknown>): Promise<StreamRecord[]> {
    await work();
    const records = [...world.unread()];
    world.checkpoint(records);
    return records.filter(isTold);
  }

  const redrive = (input: unknown = {}) => {
    install();
    return gatewayRedriveHandler({ failuresUrl: fixed("failures"), notify: fixed("notify") })()(input, context);
  };

  it("tells friends what a batch that was given up would have told, of its records only", async () => {
    const before = await lost(() => game.ask("anna", "a1", "event", { event: "join-game" }));
    const batch = await lost(async () => {
      await game.ask("anna", "a1", "event", { event: "achievement" });
      await game.ask("anna", "a1", "ping");
      await game.ask("anna", "a1", "event", { event: "leave-game" });
    });
    await lost(() => game.ask("anna", "a1", "event", { event: "level-up" }));
    expect([before.length, batch.length]).to.deep.equal([1, 2]);
    entries.push(given(batch));
    expect(await redrive()).to.deep.equal({ redriven: 1, unchanged: 0, kept: 0 });
    expect(game.notices("b1").map(({ event }) => event)).to.deep.equal(["achievement", "leave-game"]);
    expect(entries).to.deep.equal([]);
    expect(await redrive()).to.deep.equal({ redriven: 0, unchanged: 0, kept: 0 });
  });

  it("keeps a batch that fails again, whole or in part, and what is no batch, and goes on with the others", async () => {
    const [first, second, third] = [
      await lost(() => game.ask("anna", "a1", "event", { event: "one" })),
      await lost(() => game.ask("anna", "a1", "event", { event: "two" })),
      await lost(() => game.ask("anna", "a1", "event", { event: "three" })),
    ];
    entries.push(given(first), "no JSON", "null", '{"reason":"what"}', given(second), given(third));
    const original = game.notify.bind(game);
    let calls = 0;
    game.notify = async (records) => {
      calls += 1;
      if (calls === 1) throw new Error("the function died");
      return calls === 2 ? 1 : original(records);
    };
    const [answer] = await quietly(() => redrive());
    expect(answer).to.deep.equal({ redriven: 1, unchanged: 0, kept: 5 });
    expect(entries).to.deep.equal([given(first), "no JSON", "null", '{"reason":"what"}', given(second)]);
    expect(game.notices("b1").map(({ event }) => event)).to.deep.equal(["three"]);
    game.notify = original;
    entries.splice(1, 3);
    expect(await redrive()).to.deep.equal({ redriven: 2, unchanged: 0, kept: 0 });
    expect(game.notices("b1").map(({ event }) => event)).to.deep.equal(["three", "one", "two"]);
  });

  it("keeps a batch that the stream has forgotten", async () => {
    const batch = await lost(() => game.ask("anna", "a1", "event", { event: "join-game" }));
    entries.push(given(batch));
    install();
    const streams = DynamoDBStreamsClient.prototype as unknown as { send: unknown };
    streams.send = () => Promise.reject(Object.assign(new Error("gone"), { name: "TrimmedDataAccessException" }));
    const handler = gatewayRedriveHandler({ failuresUrl: fixed("failures"), notify: fixed("notify") })();
    expect(await handler({}, context)).to.deep.equal({ redriven: 0, unchanged: 0, kept: 1 });
    expect(invoked).to.deep.equal([]);
  });

  it("starts an invocation of a game server again, with what it was given", async () => {
    const functionArn = "arn:aws:lambda:us-east-1:123456789012:function:serve-event:$LATEST";
    const requestPayload = { player: "anna", event: "level-up" };
    entries.push(JSON.stringify({ requestContext: { functionArn }, requestPayload }));
    expect(await redrive()).to.deep.equal({ redriven: 1, unchanged: 0, kept: 0 });
    expect(invoked).to.deep.equal([
      {
        FunctionName: functionArn.replace(":$LATEST", ""),
        InvocationType: "Event",
        Payload: requestPayload,
      },
    ]);
  });

  it("begins no entry that it could not end in its time", async () => {
    entries.push("{}");
    install();
    const handler = gatewayRedriveHandler({ failuresUrl: fixed("failures"), notify: fixed("notify") })();
    const hurried = { getRemainingTimeInMillis: () => 30_000 } as unknown as Context;
    expect(await handler({}, hurried)).to.deep.equal({ redriven: 0, unchanged: 0, kept: 0 });
    expect(unseen).to.have.length(1);
  });

  it("takes no input", async () => {
    for (const input of [null, [], "all", { deadLetters: true }]) {
      const error = await redrive(input).then(
        () => undefined,
        (thrown: unknown) => thrown as Error,
      );
      expect(error?.name).to.equal("RequestError");
    }
  });
});

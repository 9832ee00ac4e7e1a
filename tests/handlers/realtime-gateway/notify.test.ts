import { expect } from "chai";
import * as fc from "fast-check";
import { NOTICE_FILTERS } from "../../../components/realtime-gateway/filters";
import { newestStatus, noticeFrames, type Notice } from "../../../components/realtime-gateway/notices";
import { pusherOf } from "../../../components/realtime-gateway/push";
import { reactHandler } from "../../../components/realtime-gateway/react";
import type { StreamRecord } from "../../../local/ports";
import type { Json } from "../../../local/service";
import { compileFilters } from "../../../local/services/lambda/filter";
import { beforeEachGame, type Game, isTold } from "./game";
import { fixed } from "../shared/sdk";
import { quietly } from "../shared/quietly";
import { PRESENCE, type World } from "./world";

describe("notices", () => {
  let world: World;
  let game: Game;

  beforeEachGame(async (made) => {
    game = made;
    world = game.world;
    await game.seedFriends("anna", ["ben", "cleo"]);
    await game.connect("anna", "a1");
    await game.connect("ben", "b1");
    await game.connect("cleo", "c1");
    await game.readStream();
    game.forgetFrames();
  });

  const events = async (...names: string[]) => {
    for (const event of names) await game.ask("anna", "a1", "event", { event });
    const records = world.unread().filter(isTold);
    world.checkpoint(world.unread());
    return records;
  };
  const heard = (connection: string) => game.notices(connection).map((notice) => notice["event"]);

  it("parks a record that can never be told, with its key, while its neighbours pass", async () => {
    const [first, poison, last] = await events("one", "two", "three");
    const broken = {
      ...poison!,
      dynamodb: { ...poison!.dynamodb, NewImage: { ...poison!.dynamodb.NewImage, data: { S: "{" } } },
    };
    const [failed, lines] = await quietly(() => game.notify([first!, broken as StreamRecord, last!]));
    expect([failed, heard("b1")]).to.deep.equal([0, ["one", "three"]]);
    expect(lines).to.deep.equal([`parked ${JSON.stringify(poison!.dynamodb.Keys)} it can never be told`]);
  });

  it("reports the records of a post that failed, tells the others, and tells again when they come again", async () => {
    const records = await events("one");
    let broken = true;
    world.sabotage = (request) => {
      if (broken && request.input["ConnectionId"] === "b1") throw new Error("throttled");
      return request;
    };
    expect((await quietly(() => game.notify(records)))[0]).to.equal(1);
    broken = false;
    expect(await game.notify(records)).to.equal(0);
    expect([heard("b1"), heard("c1")]).to.deep.equal([["one"], ["one", "one"]]);
    const ids = game.notices("c1").map((notice) => notice["id"]);
    expect(ids[0]).to.equal(ids[1]);
  });

  it("reports a player's records when his watchers cannot be read", async () => {
    const records = await events("one", "two");
    world.sabotage = (request) => {
      if (request.operation === "Query") throw new Error("throttled");
      return request;
    };
    const [failed] = await quietly(() => game.notify(records));
    expect([failed, heard("b1")]).to.deep.equal([2, []]);
  });

  it("tells the others when one connection is gone", async () => {
    world.sockets.delete("b1");
    const records = await events("one");
    expect(await game.notify(records)).to.equal(0);
    expect(heard("c1")).to.deep.equal(["one"]);
  });

  it("does not publish what could not be told", async () => {
    game.subscribed = "one";
    const records = await events("one");
    world.sabotage = (request) => {
      if (request.service === "connections") throw new Error("throttled");
      return request;
    };
    await quietly(() => game.notify(records));
    expect(world.published).to.deep.equal([]);
  });

  it("publishes online and offline to whoever reacts to them", async () => {
    game.subscribed = "offline,online";
    await game.disconnect("ben", "b1");
    await game.pass(20);
    expect(world.published.map(({ Message }) => JSON.parse(String(Message)) as Json)).to.deep.equal([
      { id: "ben/offline/2", player: "ben", event: "offline", data: {}, time: world.now - 5_000 },
    ]);
  });

  it("leaves of one friend's changes of status only the newest, in its place", () => {
    const status = (friend: string, version: number): Notice => ({
      kind: version % 2 ? "online" : "offline",
      friend,
      version,
      time: 0,
    });
    const event: Notice = { kind: "event", friend: "a", event: "x", id: "1", time: 0 };
    expect(
      newestStatus([status("a", 1), event, status("b", 4), status("a", 2), status("a", 3), status("a", 3)]),
    ).to.deep.equal([event, status("b", 4), status("a", 3)]);
  });

  it("splits frames at their limit, in order and without loss", () => {
    const notice = fc.record({
      kind: fc.constant("event" as const),
      friend: fc.string({ unit: "grapheme", maxLength: 20 }),
      event: fc.string({ maxLength: 10 }),
      data: fc.jsonValue({ maxDepth: 2 }),
      id: fc.string({ maxLength: 5 }),
      time: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(notice, { maxLength: 40 }), fc.integer({ min: 600, max: 2_000 }), (notices, limit) => {
        const frames = noticeFrames(notices, limit);
        const parsed = frames.map((frame) => JSON.parse(frame) as { type: string; notices: unknown[] });
        expect(parsed.flatMap((frame) => frame.notices)).to.deep.equal(JSON.parse(JSON.stringify(notices)));
        for (const [i, frame] of frames.entries()) {
          if (parsed[i]!.notices.length > 1) expect(Buffer.byteLength(frame)).to.be.at.most(limit);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("filters the stream as a plain predicate does", () => {
    const admits = compileFilters(NOTICE_FILTERS.map((filter) => JSON.stringify(filter)));
    const record = fc
      .record({
        eventName: fc.constantFrom("INSERT", "MODIFY", "REMOVE"),
        sk: fc.constantFrom("PRESENCE", "PRESENCE2", "WATCH#a#b", "WATCH!a", "EVENT#01", "EVENT", "event#1"),
        change: fc.constantFrom(undefined, "status", "connection", "statuses"),
        ttl: fc.boolean(),
      })
      .map(({ eventName, sk, change, ttl }) => ({
        eventName,
        ...(ttl && eventName === "REMOVE"
          ? { userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" } }
          : {}),
        dynamodb: {
          Keys: { pk: { S: "PLAYER#a" }, sk: { S: sk } },
          ...(eventName === "REMOVE"
            ? {}
            : { NewImage: { sk: { S: sk }, ...(change ? { change: { S: change } } : {}) } }),
          ...(eventName === "INSERT" ? {} : { OldImage: { sk: { S: sk }, change: { S: "status" } } }),
        },
      }));
    fc.assert(
      fc.property(record, (one) => {
        expect(admits(one)).to.equal(isTold(one as unknown as StreamRecord));
      }),
      { numRuns: 500 },
    );
  });

  it("lets a pusher reach every connection, and counts those that it reached", async () => {
    const pusher = pusherOf({ presence: fixed(PRESENCE), endpoint: fixed("https://connections") });
    await game.connect("ben", "b2");
    await game.connect("ben", "b3");
    world.sockets.delete("b3");
    game.forgetFrames();
    expect(await pusher.push("ben", { gift: 1 })).to.deep.equal({ delivered: 2 });
    expect([world.frames.get("b1"), world.frames.get("b2")]).to.deep.equal([
      [{ type: "push", body: { gift: 1 } }],
      [{ type: "push", body: { gift: 1 } }],
    ]);
    expect(await pusher.push("nobody", {})).to.deep.equal({ delivered: 0 });
    world.sabotage = (request) => {
      if (request.service === "connections") throw new Error("throttled");
      return request;
    };
    const error = await pusher.push("ben", {}).then(
      () => "none",
      (thrown: unknown) => (thrown as Error).message,
    );
    expect(error).to.equal("throttled");
  });

  it("gives a reaction its events and reports those it fails at", async () => {
    const seen: string[] = [];
    const handler = reactHandler(async ({ event }) => {
      if (event === "bad") throw new Error("no");
      seen.push(event);
    })();
    const Records = ["one", "bad", "two"].map((event) => ({
      messageId: event,
      body: JSON.stringify({ id: "1", player: "p", event, data: {}, time: 0 }),
    }));
    const [answer] = await quietly(() => handler({ Records } as never, {} as never));
    expect([seen, answer]).to.deep.equal([["one", "two"], { batchItemFailures: [{ itemIdentifier: "bad" }] }]);
  });
});

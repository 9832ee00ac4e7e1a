import { expect } from "chai";
import { VirtualClock } from "../../local/clock";
import { RequestRefused, type GameClient, type ReceivedNotice } from "../../local/game-client";
import { TestStack } from "../helpers/local-stack";

/** Longer than a batch of the stream's reader waits, shorter than the grace period. */
const MOMENT = 2_000;

describe("Friends", () => {
  let stack: TestStack;

  before(async function () {
    this.timeout(120_000);
    stack = await TestStack.start({ clock: new VirtualClock() });
    await stack.schedules(false);
  });
  after(() => stack.close());

  /** What each client is told about a player while `act` and a moment after it pass. */
  async function heardAbout(
    friend: string,
    clients: Readonly<Record<string, GameClient>>,
    act: () => Promise<unknown>,
  ): Promise<Record<string, ReceivedNotice[]>> {
    const from = Object.values(clients).map((client) => client.notices.length);
    await act();
    await stack.pass(MOMENT, ...Object.values(clients));
    return Object.fromEntries(
      Object.entries(clients).map(([name, client], i) => [
        name,
        client.notices.slice(from[i]).filter((notice) => notice.friend === friend),
      ]),
    );
  }

  const emit = (player: string, event: string, data?: object): Promise<unknown> =>
    stack.invoke("eventFunction", { player, event, ...(data ? { data } : {}) });

  /** How each of two players sees the other. */
  async function sides(
    one: GameClient,
    oneId: string,
    other: GameClient,
    otherId: string,
  ): Promise<[unknown, unknown]> {
    const side = async (client: GameClient, of: string): Promise<unknown> => {
      const { friends } = (await client.request("friends.list")) as { friends: { player: string }[] };
      return friends.find(({ player }) => player === of);
    };
    return [await side(one, otherId), await side(other, oneId)];
  }

  async function refusal(work: Promise<unknown>): Promise<unknown> {
    return work.then(
      () => "no refusal",
      (error: unknown) => (error instanceof RequestRefused ? error.code : error),
    );
  }

  describe("of a player who does something", () => {
    const others = ["phil", "muter", "blocked", "blocker", "asked", "asker", "removed", "remover", "stranger"] as const;
    let star: GameClient;
    let clients: Record<string, GameClient>;

    before(async () => {
      star = await stack.connect("star");
      const { phil, muter, blocked, blocker, asked, asker, removed, remover, stranger } = await stack.connectAll(
        ...others,
      );
      const muted = await stack.connect("muted");
      for (const [client, id] of [
        [phil, "phil"],
        [muter, "muter"],
        [blocked, "blocked"],
        [blocker, "blocker"],
        [removed, "removed"],
        [remover, "remover"],
        [muted, "muted"],
      ] as const) {
        await stack.befriend(star, "star", client, id);
      }
      await muter.request("friends.mute", { player: "star" });
      await star.request("friends.mute", { player: "muted" });
      await star.request("friends.block", { player: "blocked" });
      await blocker.request("friends.block", { player: "star" });
      await star.request("friends.remove", { player: "removed" });
      await remover.request("friends.remove", { player: "star" });
      await star.request("friends.request", { player: "asked" });
      await asker.request("friends.request", { player: "star" });
      const philsPhone = await stack.connect("phil");
      clients = { phil, philsPhone, muted, muter, blocked, blocker, asked, asker, removed, remover, stranger, star };
      await stack.pass(60_000, ...Object.values(clients));
    });

    const nobody = Object.fromEntries([...others, "star"].filter((name) => name !== "phil").map((name) => [name, []]));

    it("hear of each thing once on each connection, and nobody else hears anything", async () => {
      const heard = await heardAbout("star", clients, async () => {
        await star.request("event", { event: "join-game", data: { game: "arena" } });
        await stack.pass(1_000);
        await star.request("event", { event: "achievement", data: { name: "First Blood" } });
        await stack.pass(1_000);
        await emit("star", "guild.raid-won", { boss: 7 });
        await stack.pass(1_000);
        await star.request("event", { event: "leave-game" });
      });
      const [first] = heard["phil"] ?? [];
      const told = (event: string, more: object): object => ({ kind: "event", friend: "star", event, ...more });
      const expected = [
        told("join-game", { data: { game: "arena" } }),
        told("achievement", { data: { name: "First Blood" } }),
        told("guild.raid-won", { data: { boss: 7 } }),
        told("leave-game", {}),
      ];
      const plain = (notices: readonly ReceivedNotice[] = []): object[] =>
        notices.map(({ id: _id, time: _time, ...rest }) => rest);
      expect(first).to.have.keys("kind", "friend", "event", "data", "id", "time");
      expect(Object.fromEntries(Object.entries(heard).map(([name, notices]) => [name, plain(notices)]))).to.deep.equal({
        ...nobody,
        phil: expected,
        philsPhone: expected,
        muted: expected,
      });
    });

    it("hear once that he went and once that he came, and nobody else does", async () => {
      const watching = { ...clients };
      delete watching["star"];
      const gone = await heardAbout("star", watching, async () => {
        await stack.drop(star);
        await stack.pass(60_000);
      });
      const back = await heardAbout("star", watching, async () => {
        clients["star"] = star = await stack.connect("star");
        await stack.pass(60_000, star);
      });
      for (const [heard, kind] of [
        [gone, "offline"],
        [back, "online"],
      ] as const) {
        const kinds = Object.fromEntries(Object.entries(heard).map(([name, list]) => [name, list.map((n) => n.kind)]));
        const { star: _, ...silent } = nobody;
        expect(kinds).to.deep.equal({ ...silent, phil: [kind], philsPhone: [kind], muted: [kind] });
      }
      expect(Number(back["phil"]?.[0]?.["version"])).to.equal(Number(gone["phil"]?.[0]?.["version"]) + 1);
    });

    it("hear nothing of what is for the studio alone", async () => {
      const heard = await heardAbout("star", clients, () =>
        stack.invoke("eventFunction", { player: "star", event: "purchase", quiet: true }),
      );
      expect(Object.values(heard).flat()).to.deep.equal([]);
    });
  });

  it("cost no request while they are offline", async () => {
    const players = ["host", "on", "off-1", "off-2", "off-3"] as const;
    const clients = await stack.connectAll(...players);
    for (const id of players.slice(1)) await stack.befriend(clients.host, "host", clients[id], id);
    // The first event of a connection asks whether it has said hello.
    await clients.host.request("event", { event: "warm-up" });
    for (const id of players.slice(2)) await stack.drop(clients[id]);
    await stack.pass(60_000, clients.host, clients.on);

    const seq = stack.cloud.trace.last;
    await clients.host.request("event", { event: "join-game" });
    await stack.pass(MOMENT, clients.on);

    expect(stack.calls(seq)).to.deep.equal({
      "dynamodb:PutItem": 1,
      "dynamodb:Query": 1,
      "apigateway:PostToConnection": 1,
    });
    expect(clients.on.notices.filter(({ event }) => event === "join-game")).to.have.length(1);
  });

  it("get notices that come together in one frame for each connection", async () => {
    const { ann, ben, cleo } = await stack.connectAll("ann", "ben", "cleo");
    await stack.befriend(ann, "ann", cleo, "cleo");
    await stack.befriend(ben, "ben", cleo, "cleo");
    const phone = await stack.connect("cleo");
    await stack.pass(60_000, ann, ben, cleo, phone);
    const frames = [cleo.frames.length, phone.frames.length];
    const seq = stack.cloud.trace.last;

    await Promise.all([
      ann.request("event", { event: "join-game" }),
      ben.request("event", { event: "join-game" }),
      ann.request("event", { event: "achievement", data: { name: "Speed" } }),
    ]);
    await stack.pass(MOMENT, cleo, phone);

    for (const [i, device] of [cleo, phone].entries()) {
      const [frame, ...more] = device.frames.slice(frames[i]);
      expect(more).to.deep.equal([]);
      const { notices } = JSON.parse(frame ?? "{}") as { notices: ReceivedNotice[] };
      expect(notices.map(({ friend, event }) => `${friend} ${String(event)}`)).to.have.members([
        "ann join-game",
        "ben join-game",
        "ann achievement",
      ]);
    }
    expect(stack.calls(seq)["apigateway:PostToConnection"]).to.equal(2);
  });

  it("who are blocked while a notice is on its way do not get it", async () => {
    const { dora, emil } = await stack.connectAll("dora", "emil");
    await stack.befriend(dora, "dora", emil, "emil");
    await stack.pass(60_000, dora, emil);
    const heard = await heardAbout("dora", { emil }, async () => {
      // Time stands still: the reader has not looked at the event when the block is acknowledged.
      await dora.request("event", { event: "achievement", data: { name: "Secret" } });
      await dora.request("friends.block", { player: "emil" });
    });
    expect(heard).to.deep.equal({ emil: [] });
    const later = await heardAbout("dora", { emil }, () => emit("dora", "join-game"));
    expect(later).to.deep.equal({ emil: [] });
    // The one who blocks hears nothing of the other either.
    expect(await heardAbout("emil", { dora }, () => emit("emil", "join-game"))).to.deep.equal({ dora: [] });
  });

  it("hear of one another again when a friendship is renewed", async () => {
    const { fay, gus } = await stack.connectAll("fay", "gus");
    await stack.befriend(fay, "fay", gus, "gus");
    await fay.request("friends.block", { player: "gus" });
    await fay.request("friends.unblock", { player: "gus" });
    await stack.befriend(gus, "gus", fay, "fay");
    await stack.pass(MOMENT, fay, gus);
    const heard = await heardAbout("fay", { gus }, () => emit("fay", "join-game"));
    expect(heard["gus"]).to.have.length(1);
    expect((await heardAbout("gus", { fay }, () => emit("gus", "join-game")))["fay"]).to.have.length(1);
  });

  it("hear again of a friend whom they no longer mute, and where he stands", async () => {
    const { hal, ida } = await stack.connectAll("hal", "ida");
    await stack.befriend(hal, "hal", ida, "ida");
    await hal.request("friends.mute", { player: "ida" });
    await stack.pass(MOMENT, hal, ida);
    expect(await heardAbout("ida", { hal }, () => emit("ida", "join-game"))).to.deep.equal({ hal: [] });
    expect(await hal.request("friends.unmute", { player: "ida" })).to.include({ state: "accepted", status: "online" });
    await stack.pass(MOMENT, hal);
    expect((await heardAbout("ida", { hal }, () => emit("ida", "join-game")))["hal"]).to.have.length(1);
    expect((await heardAbout("hal", { ida }, () => emit("hal", "join-game")))["ida"]).to.have.length(1);
  });

  it("who connect at the same instant both learn of each other", async () => {
    const first = await stack.connectAll("jon", "kim");
    await stack.befriend(first.jon, "jon", first.kim, "kim");
    await stack.drop(first.jon);
    await stack.drop(first.kim);
    await stack.pass(60_000);

    const jon = await stack.connect("jon", { hello: false });
    const kim = await stack.connect("kim", { hello: false });
    const [ofJon, ofKim] = await Promise.all([jon.request("hello"), kim.request("hello")]);
    await stack.pass(MOMENT, jon, kim);

    for (const [client, snapshot, friend] of [
      [jon, ofJon, "kim"],
      [kim, ofKim, "jon"],
    ] as const) {
      const [known] = (snapshot as { friends: ReceivedNotice[] }).friends;
      const told = client.notices.filter((notice) => notice.friend === friend).map(({ kind }) => kind);
      expect([known?.["status"], ...told], friend).to.include("online");
      expect((await client.request("friends.list"))["friends"]).to.deep.include.members([
        { player: friend, state: "accepted", muted: false, status: "online", version: 3 },
      ]);
    }
  });

  it("become and cease to be friends on both sides at once", async () => {
    const { lea, max } = await stack.connectAll("lea", "max");
    const both = (): Promise<[unknown, unknown]> => sides(lea, "lea", max, "max");
    const one = (player: string, state: string): object => ({ player, state, muted: false });
    const friend = (player: string): object => ({ ...one(player, "accepted"), status: "online", version: 1 });
    const act = (client: GameClient, action: string, player: string): Promise<Record<string, unknown>> =>
      client.request(`friends.${action}`, { player });

    expect(await act(lea, "request", "max")).to.deep.equal(one("max", "requested"));
    expect(await both()).to.deep.equal([one("max", "requested"), one("lea", "pending")]);
    expect(await act(max, "decline", "lea")).to.deep.equal(one("lea", "none"));
    expect(await both()).to.deep.equal([undefined, undefined]);

    await act(lea, "request", "max");
    expect(await act(lea, "remove", "max")).to.deep.equal(one("max", "none"));
    expect(await both()).to.deep.equal([undefined, undefined]);

    // Two requests that cross make a friendship.
    await act(lea, "request", "max");
    expect(await act(max, "request", "lea")).to.deep.equal(friend("lea"));
    expect(await both()).to.deep.equal([friend("max"), friend("lea")]);

    expect(await act(lea, "mute", "max")).to.include({ state: "accepted", muted: true });
    expect(await both()).to.deep.equal([{ ...friend("max"), muted: true }, friend("lea")]);
    await act(lea, "unmute", "max");
    expect(await both()).to.deep.equal([friend("max"), friend("lea")]);

    await act(max, "remove", "lea");
    expect(await both()).to.deep.equal([undefined, undefined]);

    await stack.befriend(lea, "lea", max, "max");
    await act(max, "block", "lea");
    expect(await both()).to.deep.equal([undefined, one("lea", "blocked")]);
    // Whoever is blocked cannot tell: the request looks like any other, and reaches nobody.
    expect(await act(lea, "request", "max")).to.deep.equal(one("max", "requested"));
    expect(await both()).to.deep.equal([one("max", "requested"), one("lea", "blocked")]);
    await act(max, "unblock", "lea");
    expect((await both())[1]).to.equal(undefined);
  });

  it("are told what cannot be, and nothing changes", async () => {
    const { nan, oto } = await stack.connectAll("nan", "oto");
    const before = await stack.items("playersTable");
    for (const [action, player, code] of [
      ["accept", "oto", "no-request"],
      ["decline", "oto", "no-request"],
      ["remove", "oto", "not-friends"],
      ["mute", "oto", "not-friends"],
      ["unmute", "oto", "not-friends"],
      ["unblock", "oto", "not-blocked"],
      ["request", "nobody-at-all", "unknown-player"],
      ["block", "nobody-at-all", "unknown-player"],
      ["request", "nan", "invalid-field"],
    ] as const) {
      expect(await refusal(nan.request(`friends.${action}`, { player })), action).to.equal(code);
    }
    await nan.request("friends.block", { player: "oto" });
    expect(await refusal(nan.request("friends.request", { player: "oto" }))).to.equal("blocked");
    await nan.request("friends.unblock", { player: "oto" });
    await oto.caughtUp();
    expect(oto.notices).to.deep.equal([]);
    expect(await stack.items("playersTable")).to.deep.equal(before);
  });
});

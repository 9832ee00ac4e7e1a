import { expect } from "chai";
import { VirtualClock } from "../../local/clock";
import type { GameClient } from "../../local/game-client";
import { TestStack } from "../helpers/local-stack";
import { until } from "../helpers/until";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Seconds for which a player without a connection is still online. */
const GRACE = 15 * SECOND;
/** Milliseconds after which a connection that nobody heard of counts as gone: the idle limit and a minute. */
const EXPIRY = 11 * MINUTE;

/** Counts the timers that fire. */
class CountingClock extends VirtualClock {
  fired = 0;

  override setTimer(delayMs: number, action: () => unknown): ReturnType<VirtualClock["setTimer"]> {
    return super.setTimer(delayMs, () => {
      this.fired++;
      return action();
    });
  }
}

describe("Connections that come and go", () => {
  const clock = new CountingClock();
  let stack: TestStack;

  before(async function () {
    this.timeout(120_000);
    stack = await TestStack.start({ clock });
    await stack.schedules(false);
  });
  after(() => stack.close());
  afterEach(async () => {
    stack.gateway.losesDisconnect = () => false;
    await stack.closeClients();
  });

  /** Two friends, who have been there for a while. */
  async function pair(player: string, friend: string): Promise<{ one: GameClient; other: GameClient }> {
    const one = await stack.connect(player);
    const other = await stack.connect(friend);
    await stack.befriend(one, player, other, friend);
    await stack.pass(MINUTE, one, other);
    one.notices.length = 0;
    other.notices.length = 0;
    return { one, other };
  }

  const kinds = (client: GameClient): string[] => client.notices.map(({ kind }) => kind);

  /** Lets time pass while a client shows that it is there, as games do. */
  async function passAlive(ms: number, client: GameClient): Promise<void> {
    for (let left = ms; left > 0; left -= 5 * MINUTE) {
      await stack.pass(Math.min(left, 5 * MINUTE), client);
      await client.request("ping");
    }
    await stack.pass(0, client);
  }

  /** Waits until a connection has been closed; resolves to the code. */
  const closeCode = (client: GameClient): Promise<number> =>
    until(() => client.closeCode, "the connection to be closed");

  it("show nothing when they return within the grace period", async () => {
    const { one, other } = await pair("ada", "grace");
    await stack.drop(one);
    await stack.pass(GRACE - SECOND, other);
    const again = await stack.connect("ada");
    await stack.pass(5 * MINUTE, other, again);
    expect(other.notices).to.deep.equal([]);
    expect((await other.request("friends.list"))["friends"]).to.deep.equal([
      { player: "ada", state: "accepted", muted: false, status: "online", version: 1 },
    ]);
    // The new connection is told as the old one was.
    await other.request("event", { event: "join-game" });
    await stack.pass(2 * SECOND, again);
    expect(again.notices.map(({ event }) => event)).to.deep.equal(["join-game"]);
  });

  it("are announced gone once, after the grace period and not before, and back once", async () => {
    const { one, other } = await pair("bea", "carl");
    await stack.drop(one);
    await stack.pass(GRACE - SECOND, other);
    expect(kinds(other)).to.deep.equal([]);
    await stack.pass(3 * SECOND, other);
    expect(kinds(other)).to.deep.equal(["offline"]);
    await passAlive(30 * MINUTE, other);
    expect(kinds(other)).to.deep.equal(["offline"]);
    const again = await stack.connect("bea");
    await passAlive(5 * MINUTE, other);
    expect(again.closed).to.equal(false);
    expect(other.notices.map(({ kind, version }) => `${kind} ${String(version)}`)).to.deep.equal([
      "offline 2",
      "online 3",
    ]);
  });

  it("cause at most one notice for each friend with ten reconnects in 30 seconds", async () => {
    const { one, other } = await pair("dan", "eve");
    const phone = await stack.connect("eve");
    let current = one;
    for (let i = 0; i < 10; i++) {
      await stack.drop(current);
      await stack.pass(1_500);
      current = await stack.connect("dan");
      await stack.pass(1_500);
    }
    await stack.pass(5 * MINUTE, other, phone, current);
    expect(other.notices).to.deep.equal([]);
    expect(phone.notices).to.deep.equal([]);
    const checks = stack.happened(0, ({ service, name }) => service === "sqs" && name === "SendMessage").length;
    await passAlive(HOUR, current);
    const armed = stack.happened(0, ({ service, name }) => service === "sqs" && name === "SendMessage").length - checks;
    // One chain of checks lives on, whatever the reconnects: those of the connections that are gone have ended.
    expect(armed).to.be.at.most(HOUR / (5 * MINUTE));
  });

  it("show nothing while another device stays", async () => {
    const { one, other } = await pair("finn", "gwen");
    const phone = await stack.connect("finn");
    await stack.drop(one);
    await stack.pass(5 * MINUTE, other, phone);
    expect(other.notices).to.deep.equal([]);
    await stack.drop(phone);
    await stack.pass(MINUTE, other);
    expect(kinds(other)).to.deep.equal(["offline"]);
  });

  it("are announced gone once after their expiry, when no disconnect event came", async () => {
    const { one, other } = await pair("hugo", "iris");
    await one.request("ping");
    stack.gateway.losesDisconnect = () => true;
    await stack.drop(one);
    await passAlive(EXPIRY - 2 * SECOND, other);
    expect(kinds(other)).to.deep.equal([]);
    await passAlive(10 * MINUTE, other);
    expect(kinds(other)).to.deep.equal(["offline"]);
    await passAlive(HOUR, other);
    expect(kinds(other)).to.deep.equal(["offline"]);
    const [presence] = (await stack.items("presenceTable")).filter(
      ({ pk, sk }) => pk?.S === "PLAYER#hugo" && sk?.S === "PRESENCE",
    );
    expect(presence?.["status"]?.S).to.equal("offline");
    expect(presence).not.to.have.property("connections");
  });

  it("are announced gone once when a post finds that they are, and no disconnect event came", async () => {
    const { one, other } = await pair("jill", "kent");
    stack.gateway.losesDisconnect = () => true;
    await stack.drop(one);
    const seq = stack.cloud.trace.last;
    await other.request("event", { event: "join-game" });
    await stack.pass(MINUTE, other);
    const gone = stack.happened(seq, ({ name, error }) => name === "PostToConnection" && error === "GoneException");
    expect(gone).to.have.length(1);
    expect(kinds(other)).to.deep.equal(["offline"]);
    await other.request("event", { event: "leave-game" });
    await passAlive(HOUR, other);
    expect(kinds(other)).to.deep.equal(["offline"]);
    expect(stack.happened(seq, ({ name }) => name === "PostToConnection")).to.have.length(2);
  });

  it("that are idle for ten minutes are closed, and others are not", async () => {
    const idle = await stack.connect("liam");
    const lively = await stack.connect("mona");
    await stack.pass(10 * MINUTE - SECOND);
    expect(idle.closed).to.equal(false);
    await lively.request("ping");
    await stack.pass(2 * SECOND);
    expect(await closeCode(idle)).to.equal(1001);
    await stack.pass(MINUTE, lively);
    expect(lively.closed).to.equal(false);
  });

  it("are closed after two hours, however lively, and the player can return", async () => {
    const { one, other } = await pair("nora", "otis");
    const started = stack.clock.now() - MINUTE;
    while (stack.clock.now() - started < 2 * HOUR - 5 * MINUTE) {
      await Promise.all([one.request("ping"), other.request("ping")]);
      await stack.pass(5 * MINUTE);
    }
    await one.request("ping");
    await stack.pass(started + 2 * HOUR - SECOND - stack.clock.now());
    expect(one.closed).to.equal(false);
    await stack.pass(SECOND);
    expect(await closeCode(one)).to.equal(1001);
    const again = await stack.connect("nora");
    expect((await again.request("friends.list"))["friends"]).to.have.length(1);
    expect(other.notices).to.deep.equal([]);
  });

  describe("and nobody is there", () => {
    /** How often each function ran since position `seq` of the trace. */
    const runs = (seq: number): Record<string, number> => {
      const counts: Record<string, number> = {};
      for (const { name } of stack.happened(seq, ({ kind }) => kind === "invoke")) {
        counts[name] = (counts[name] ?? 0) + 1;
      }
      return counts;
    };

    before(async () => {
      // The last checks and watch entries run out.
      await stack.pass(12 * HOUR);
    });

    it("lets 30 days pass without a function or a request of one, and a timer or two an hour", async () => {
      expect(stack.gateway.connections.size).to.equal(0);
      const seq = stack.cloud.trace.last;
      const { fired } = clock;
      await stack.pass(30 * 24 * HOUR);
      expect(runs(seq)).to.deep.equal({});
      expect(stack.calls(seq)).to.deep.equal({});
      // Zero-ETL looks at its tables every hour, and alarms look once at what it left.
      expect(clock.fired - fired).to.be.at.most(2 * 30 * 24);
    });

    it("runs what has a schedule, and nothing else", async () => {
      await stack.schedules(true);
      const seq = stack.cloud.trace.last;
      await stack.pass(10 * MINUTE);
      expect(Object.entries(runs(seq))).to.deep.equal([["games-messaging-local-messages-sweep", 10]]);
    });
  });
});

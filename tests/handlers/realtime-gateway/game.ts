import type { DynamoDBRecord, SQSRecord } from "aws-lambda";
import type { Handler } from "../../../components/shared/callback";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { addConnection } from "../../../components/realtime-gateway/connections";
import { checkHandler } from "../../../components/realtime-gateway/check";
import { disconnectHandler } from "../../../components/realtime-gateway/disconnect";
import { eventHandler } from "../../../components/realtime-gateway/event";
import { friendsHandler } from "../../../components/realtime-gateway/friends";
import { helloHandler } from "../../../components/realtime-gateway/hello";
import { notifyHandler } from "../../../components/realtime-gateway/notify";
import { pingHandler } from "../../../components/realtime-gateway/ping";
import { profileHandler } from "../../../components/realtime-gateway/profile";
import {
  FRIEND_ACTIONS,
  GAME_ACTIONS,
  PREFERENCE_ACTIONS,
  PROFILE_ACTIONS,
} from "../../../components/realtime-gateway/protocol";
import type { FrameEvent, FrameResult } from "../../../components/realtime-gateway/route";
import type { StreamRecord } from "../../../local/ports";
import type { Json } from "../../../local/service";
import { fixed } from "../shared/sdk";
import { PLAYERS, PRESENCE, World } from "./world";

export const GRACE_SECONDS = 15;

/** The plain predicate that the stream's filters are held against. */
export function isTold(record: StreamRecord): boolean {
  const sk = (record.dynamodb.Keys["sk"] as { S: string }).S;
  if (sk.startsWith("EVENT#")) return record.eventName === "INSERT";
  const change = record.dynamodb.NewImage?.["change"] as { S: string } | undefined;
  return sk === "PRESENCE" && record.eventName !== "REMOVE" && change?.S === "status";
}

/** All handlers of a gateway in a world, and clients that speak to them. */
export class Game {
  subscribed = "-";
  private readonly routes: Readonly<Record<string, Handler<FrameEvent, FrameResult>>>;
  readonly disconnectFn: Handler<FrameEvent, { statusCode: number }>;
  readonly checkFn: ReturnType<ReturnType<typeof checkHandler>>;
  readonly notifyFn: ReturnType<ReturnType<typeof notifyHandler>>;
  private frameId = 0;

  constructor(readonly world: World) {
    const players = fixed(PLAYERS);
    const presence = fixed(PRESENCE);
    const checks = fixed("https://queue");
    const graceSeconds = GRACE_SECONDS;
    const friends = friendsHandler({ players, presence })();
    const profile = profileHandler({ players, presence })();
    this.routes = {
      hello: helloHandler({ players, presence, checks })(),
      ping: pingHandler({ presence })(),
      event: eventHandler({ presence })(),
      ...Object.fromEntries(Object.keys(FRIEND_ACTIONS).map((action) => [action, friends])),
      ...Object.fromEntries(
        Object.keys({ ...PROFILE_ACTIONS, ...GAME_ACTIONS, ...PREFERENCE_ACTIONS }).map((action) => [action, profile]),
      ),
    };
    this.disconnectFn = disconnectHandler({ presence, checks, graceSeconds })();
    this.checkFn = checkHandler({ presence, checks, graceSeconds })();
    this.notifyFn = notifyHandler({
      players,
      presence,
      checks,
      endpoint: fixed("https://connections"),
      topic: fixed("arn:aws:sns:us-east-1:123456789012:events"),
      subscribed: { get: () => this.subscribed },
      graceSeconds,
    })();
  }

  /** Sends a frame and gives back the answer's frame. */
  async frame(player: string, connection: string, action: string, body: unknown = {}): Promise<Json> {
    const id = `f${++this.frameId}`;
    const event: FrameEvent = {
      requestContext: {
        connectionId: connection,
        requestId: `r${this.frameId}=`,
        routeKey: action,
        authorizer: { playerId: player },
      },
      body: JSON.stringify({ action, id, body }),
    };
    const route = this.routes[action];
    if (!route) throw new Error(`no route ${action}`);
    const answer = await this.world.invoke(route, event);
    return JSON.parse(answer.body) as Json;
  }

  /** As `frame`, for the body of a reply. */
  async ask<T = Json>(player: string, connection: string, action: string, body: unknown = {}): Promise<T> {
    const frame = await this.frame(player, connection, action, body);
    if (frame["type"] !== "reply") throw new Error(JSON.stringify(frame));
    return frame["body"] as T;
  }

  /** The code of an error frame. */
  async refusal(player: string, connection: string, action: string, body: unknown = {}): Promise<string> {
    const frame = await this.frame(player, connection, action, body);
    return frame["type"] === "error" ? String((frame["error"] as Json)["code"]) : "none";
  }

  async connect(player: string, connection: string): Promise<Json> {
    this.world.open(connection, player);
    return this.ask(player, connection, "hello");
  }

  disconnect(player: string, connection: string): Promise<unknown> {
    this.world.sockets.delete(connection);
    return this.world.invoke(this.disconnectFn, this.disconnectEvent(player, connection));
  }

  disconnectEvent(player: string, connection: string): FrameEvent {
    return {
      requestContext: {
        connectionId: connection,
        requestId: "d",
        routeKey: "$disconnect",
        authorizer: { playerId: player },
      },
    };
  }

  /** Two players become friends, by frames. */
  async befriend(one: string, other: string): Promise<void> {
    await this.ask(one, this.connectionOf(one), "friends.request", { player: other });
    await this.ask(other, this.connectionOf(other), "friends.accept", { player: one });
  }

  private connectionOf(player: string): string {
    const [connection] = [...this.world.sockets].find(([, owner]) => owner === player) ?? [];
    if (connection === undefined) throw new Error(`${player} is not connected`);
    return connection;
  }

  /** Registers a connection as hello does, and nothing else of it: no profile, no status. */
  async register(player: string, connection: string): Promise<void> {
    this.world.open(connection, player);
    const client = new DynamoDBClient();
    if (!(await addConnection(client, PRESENCE, player, connection, "check", this.world.now))) {
      throw new Error(`${player} has too many connections`);
    }
  }

  /** Puts friendships into the table without frames. */
  async seedFriends(one: string, others: readonly string[]): Promise<void> {
    for (const other of others) {
      for (const [player, friend] of [
        [one, other],
        [other, one],
      ] as const) {
        await this.world.call("PutItem", {
          TableName: PLAYERS,
          Item: {
            pk: { S: `PLAYER#${player}` },
            sk: { S: `FRIEND#${friend}` },
            playerId: { S: player },
            friendId: { S: friend },
            status: { S: "accepted" },
            muted: { BOOL: false },
            version: { N: "1" },
          },
        });
      }
    }
  }

  /** Gives the stream's reader what passes its filter, in batches; returns the records given. */
  async readStream(): Promise<readonly StreamRecord[]> {
    const given: StreamRecord[] = [];
    for (;;) {
      const records = this.world.unread();
      if (records.length === 0) return given;
      this.world.checkpoint(records);
      const told = records.filter(isTold);
      given.push(...told);
      if (told.length === 0) continue;
      const answer = await this.notify(told);
      if (answer !== 0) throw new Error(`${answer} records failed`);
    }
  }

  /** How many records of a batch failed. */
  async notify(records: readonly StreamRecord[]): Promise<number> {
    const answer = await this.world.invoke(this.notifyFn, { Records: [...records] as unknown as DynamoDBRecord[] });
    return answer.batchItemFailures.length;
  }

  check(body: string): Promise<{ batchItemFailures: unknown[] }> {
    return this.world.invoke(this.checkFn, { Records: [{ messageId: "1", body } as SQSRecord] });
  }

  /** Moves time on, running the checks that come due, and the stream after each. */
  async pass(seconds: number): Promise<void> {
    const until = this.world.now + seconds * 1000;
    for (;;) {
      const next = [...this.world.checks].sort((a, b) => a.due - b.due)[0];
      if (!next || next.due > until) break;
      this.world.checks.splice(this.world.checks.indexOf(next), 1);
      this.world.now = Math.max(this.world.now, next.due);
      const { batchItemFailures } = await this.check(next.body);
      if (batchItemFailures.length > 0) throw new Error(`a check failed: ${next.body}`);
      await this.readStream();
    }
    this.world.now = until;
  }

  /** Notices that a connection got, in order. */
  notices(connection: string): Json[] {
    return (this.world.frames.get(connection) ?? [])
      .filter((frame) => frame["type"] === "notices")
      .flatMap((frame) => frame["notices"] as Json[]);
  }

  forgetFrames(): void {
    this.world.frames.clear();
  }
}

/**
 * Gives the tests of a suite one world, and each of them a new game in it.
 * @param begin takes the game, and plays what each test begins with.
 */
export function beforeEachGame(begin: (game: Game) => Promise<void> | void): void {
  let world: World;
  before(async () => {
    world = await World.make();
  });
  beforeEach(() => {
    world.reset();
    return begin(new Game(world));
  });
  after(() => world.close());
}

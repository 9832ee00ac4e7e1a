import { encodePlayerId, playerPk } from "../../components/shared/player-keys";
import type { Answer } from "./client";
import { GameClient } from "./client";
import type { Mode, Part } from "./modes";
import { Silences } from "./silences";
import type { World } from "./world";

/** Friend actions, as often as they are chosen. */
const ACTIONS = [
  "request",
  "request",
  "accept",
  "accept",
  "accept",
  "remove",
  "block",
  "unblock",
  "unblock",
  "mute",
  "unmute",
  "decline",
] as const;

/** Two players, in either order. */
export function pairOf(one: string, other: string): string {
  return [one, other].sort().join();
}

/** Answers that ask to repeat: none, or one that says so. */
function asksToRepeat(answer: Answer): boolean {
  return answer === undefined || ("code" in answer && ["unavailable", "internal", "conflict"].includes(answer.code));
}

/** The players of a run: they connect, drop, return, befriend and block each other, tell what they did. */
export class Players {
  readonly clients: GameClient[] = [];
  readonly silences: Silences;
  /** Pairs whose friendship was to end, by a player who left before it was said to have: entries may be left, silenced. */
  readonly unanswered = new Set<string>();
  /** Players of whom a hello was not answered, so that it may have died at any request. */
  readonly greetedInVain = new Set<string>();
  /** What must not have happened. */
  readonly problems: string[] = [];
  noticesHeard = 0;
  /** Until then players do as they like; later they only keep their connections alive. */
  private over = false;
  private busy = 0;

  constructor(
    private readonly world: World,
    readonly names: readonly string[],
    private readonly tokens: ReadonlyMap<string, string>,
    private readonly habits: Pick<Mode, "steps" | "pauseMs" | "flaps" | "friendly" | "parts">,
  ) {
    this.silences = new Silences(names);
  }

  /** Players with profiles, some of them friends. */
  async seed(): Promise<void> {
    const { world, names } = this;
    const table = world.image.outputs["playersTable"]!;
    const put = (Item: object): Promise<unknown> => world.operator("dynamodb", "PutItem", { TableName: table, Item });
    const S = (value: string): object => ({ S: value });
    for (const [i, name] of names.entries()) {
      await put({
        pk: S(playerPk(name)),
        sk: S("PROFILE"),
        playerId: S(name),
        name: S(name),
        version: { N: "1" },
        // Messages to the others bring their address along.
        ...(i % 3 === 0 ? { email: S(`player-${i}@players.test`) } : {}),
      });
    }
    for (const [i, one] of names.entries()) {
      for (const other of names.slice(i + 1)) {
        if (world.random() >= this.habits.friendly) continue;
        for (const [a, b] of [
          [one, other],
          [other, one],
        ] as const) {
          await put({
            pk: S(playerPk(a)),
            sk: S(`FRIEND#${encodePlayerId(b)}`),
            playerId: S(a),
            friendId: S(b),
            status: S("accepted"),
            muted: { BOOL: false },
            version: { N: "1" },
          });
        }
        this.silences.begin(one, other);
      }
    }
  }

  /** Starts every player's own doing, at chance times, until the last act begins. */
  start(lastActAt: number): void {
    const { parts } = this.habits;
    const plays = this.names.map((name) => ({ name, part: parts[this.chance(parts.length)] }));
    const arriving = plays.filter(({ part }) => part === "arrive").map(({ name }) => name);
    for (const { name, part } of plays) {
      this.busy++;
      void this.play(name, part, lastActAt, arriving).finally(() => this.busy--);
    }
  }

  get done(): boolean {
    return this.busy === 0;
  }

  /** From here on nothing changes any more. */
  finish(): void {
    this.over = true;
  }

  of(player: string): GameClient[] {
    return this.clients.filter((client) => client.player === player && client.open);
  }

  private async play(
    player: string,
    part: Part | undefined,
    lastActAt: number,
    arriving: readonly string[],
  ): Promise<void> {
    const { world } = this;
    const { steps, pauseMs } = this.habits;
    const isEarly = (): boolean => !this.over && world.clock.now() < lastActAt;
    await world.sleep(this.chance(Math.min(pauseMs, 20_000)));
    await this.enter(player);
    for (let i = 0; i < steps && isEarly(); i++) {
      await world.sleep(this.chance(pauseMs));
      if (isEarly()) await this.step(player);
    }
    if (part === undefined) this.leave(player);
    else await this.act(player, part, lastActAt, arriving);
  }

  /** The last act: what happens in it happens at about the same time, and nothing after it mends what it breaks. */
  private async act(player: string, part: Part, beginsAt: number, arriving: readonly string[]): Promise<void> {
    const { world } = this;
    const { parts } = this.habits;
    const until = (at: number): Promise<void> => world.sleep(Math.max(0, at - world.clock.now()));
    await until(beginsAt);
    if (part === "arrive") this.leave(player);
    else if (this.of(player).length === 0) await this.enter(player);
    // By now whoever left is offline.
    const scene = beginsAt + 35_000;
    switch (part) {
      case "arrive":
        // Some at the same instant, some while those who left are still in their grace period.
        await until(scene + this.chance(world.random() < 0.25 || parts.includes("betray") ? 100 : 12_000));
        return this.enter(player);
      case "leave":
        await until(scene + this.chance(300));
        this.leave(player);
        return;
      case "return":
        await until(scene);
        return this.flap(player);
      case "betray": {
        await until(scene + this.chance(500));
        await Promise.all(arriving.map((other) => this.end(player, other)));
        return;
      }
      case "stay":
    }
  }

  /** Leaves, and returns when the check looks whether the grace period is over. */
  private async flap(player: string): Promise<void> {
    this.leave(player);
    await this.world.sleep(14_930 + this.chance(300));
    await this.enter(player);
  }

  private leave(player: string): void {
    for (const client of this.of(player)) client.drop();
  }

  /** Ends a friendship. */
  private async end(player: string, other: string): Promise<void> {
    const [client] = this.of(player);
    if (client) await this.change(client, other, this.world.random() < 0.5 ? "block" : "remove");
  }

  private async step(player: string): Promise<void> {
    const { world } = this;
    const open = this.of(player);
    const dice = world.random();
    const client = open[Math.floor(world.random() * open.length)];
    if (!client) return this.enter(player);
    if (world.random() < this.habits.flaps) return this.flap(player);
    if (dice < 0.1 && open.length < 3) return this.enter(player);
    if (dice < 0.25) {
      client.drop();
      await this.stir(player);
      // Within the grace period, about its end, and long after it.
      const away = [4_000, 15_200, 60_000][Math.floor(world.random() * 3)]!;
      await world.sleep(away - this.chance(Math.min(away, 400)));
      if (world.random() < 0.8) await this.enter(player);
      return;
    }
    if (dice < 0.65) return this.befriend(client);
    if (dice < 0.8) {
      await this.ask(client, "event", {
        event: world.random() < 0.5 ? "achievement" : "join-game",
        data: { name: "Ace" },
      });
      return;
    }
    const action = ["ping", "friends.list", "profile.get", "game.get", "preferences.get"][
      Math.floor(world.random() * 5)
    ]!;
    const read = await this.ask(client, action);
    if (!read || !("body" in read)) return;
    const version = Number(read.body["version"] ?? 0);
    if (action === "profile.get") await this.ask(client, "profile.put", { version, locale: "de" });
    if (action === "game.get") await this.ask(client, "game.put", { version, data: { level: Math.floor(dice * 100) } });
    if (action === "preferences.get") await this.ask(client, "preferences.put", { emailSocial: dice < 0.9 });
  }

  /** Somebody else does something at that moment, and may tell a connection that is gone. */
  private async stir(gone: string): Promise<void> {
    const others = this.names.filter((name) => name !== gone).flatMap((name) => this.of(name));
    const client = others[this.chance(others.length)];
    if (client) await client.request("event", { event: "join-game", data: { name: "Ace" } });
  }

  /** Connects a device and says hello until it is answered. */
  private async enter(player: string): Promise<void> {
    const { world } = this;
    for (let attempt = 0; attempt < 30; attempt++) {
      const client = new GameClient(world.gateway, world.clock, player, this.tokens.get(player)!, {
        notice: (to, notice) => this.heard(to, notice),
      });
      const status = await client.connect();
      if (status !== 101) {
        if (status === 401 || status === 403) this.problems.push(`${player} was refused with ${status}`);
        await world.sleep(1_000 + this.chance(4_000));
        continue;
      }
      this.clients.push(client);
      // Some go before they have said a word.
      const isShy = world.random() < 0.2;
      if (!isShy && (await this.greet(client))) {
        void this.keepAlive(client);
        return;
      }
      client.drop();
    }
  }

  private async greet(client: GameClient): Promise<boolean> {
    for (let attempt = 0; attempt < 40 && client.open; attempt++) {
      const answer = await client.request("hello");
      if (answer && "body" in answer) {
        client.answered = client.open;
        return client.open;
      }
      this.greetedInVain.add(client.player);
      if (answer && answer.code === "too-many-connections") return false;
      await this.world.sleep(500 + this.chance(2_000));
    }
    return false;
  }

  /** What a good client does: a ping every few minutes, and a new hello when the gateway does not know it any more. */
  private async keepAlive(client: GameClient): Promise<void> {
    while (client.open) {
      await this.world.sleep(200_000);
      if (!client.open) return;
      const answer = await this.ask(client, "ping");
      if (answer && "code" in answer && answer.code === "not-registered") {
        client.answered = false;
        await this.greet(client);
      }
    }
  }

  /** Repeats an action until it is answered. */
  private async ask(client: GameClient, action: string, body: Record<string, unknown> = {}): Promise<Answer> {
    for (let attempt = 0; attempt < 60 && client.open; attempt++) {
      const answer = await client.request(action, body);
      if (!asksToRepeat(answer)) return answer;
      await this.world.sleep(500 + this.chance(2_500));
    }
    return undefined;
  }

  private befriend(client: GameClient): Promise<void> {
    const others = this.names.filter((name) => name !== client.player);
    const other = others[this.chance(others.length)]!;
    return this.change(client, other, ACTIONS[this.chance(ACTIONS.length)]!);
  }

  private async change(client: GameClient, other: string, action: (typeof ACTIONS)[number]): Promise<void> {
    const end = this.silences.starts(client.player, other, action);
    const answer = await this.ask(client, `friends.${action}`, { player: other });
    end(answer !== undefined && "body" in answer, this.world.clock.now());
    if (action !== "remove" && action !== "block") return;
    const pair = pairOf(client.player, other);
    if (answer === undefined) this.unanswered.add(pair);
    else this.unanswered.delete(pair);
  }

  private heard(client: GameClient, notice: Readonly<Record<string, unknown>>): void {
    this.noticesHeard++;
    const about = String(notice["friend"]);
    const why = this.silences.forbids(client.player, about, this.world.callerStartedAt ?? -1);
    if (why !== undefined) {
      this.problems.push(`${client.player} was told of ${about} (${String(notice["kind"])}) although ${why}`);
    }
  }

  private chance(limit: number): number {
    return Math.floor(this.world.random() * limit);
  }
}

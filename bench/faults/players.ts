import { encodePlayerId, playerPk } from "../../components/shared/player-keys";
import type { Answer } from "./client";
import { GameClient } from "./client";
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

/** Answers that ask to repeat: none, or one that says so. */
function asksToRepeat(answer: Answer): boolean {
  return answer === undefined || ("code" in answer && ["unavailable", "internal", "conflict"].includes(answer.code));
}

/** The players of a run: they connect, drop, return, befriend and block each other, tell what they did. */
export class Players {
  readonly clients: GameClient[] = [];
  readonly silences: Silences;
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
    /** Longest pause between two steps, ms. */
    private readonly pauseMs: number,
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
        if (world.random() > 0.45) continue;
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

  /** Starts every player's own doing; `steps` each, at chance times. */
  start(steps: number): void {
    for (const name of this.names) {
      this.busy++;
      void this.play(name, steps).finally(() => this.busy--);
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

  private async play(player: string, steps: number): Promise<void> {
    const { world } = this;
    await world.sleep(this.chance(Math.min(this.pauseMs, 20_000)));
    await this.enter(player);
    for (let i = 0; i < steps && !this.over; i++) {
      await world.sleep(this.chance(this.pauseMs));
      await this.step(player);
    }
    // Half of them leave at the end; the others stay.
    if (world.random() < 0.4) for (const client of this.of(player)) client.drop();
    else if (this.of(player).length === 0) await this.enter(player);
  }

  private async step(player: string): Promise<void> {
    const { world } = this;
    const open = this.of(player);
    const dice = world.random();
    const client = open[Math.floor(world.random() * open.length)];
    if (!client) return this.enter(player);
    if (dice < 0.1 && open.length < 3) return this.enter(player);
    if (dice < 0.25) {
      client.drop();
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
      if (await this.greet(client)) {
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

  private async befriend(client: GameClient): Promise<void> {
    const { world, silences } = this;
    const me = client.player;
    const others = this.names.filter((name) => name !== me);
    const other = others[Math.floor(world.random() * others.length)]!;
    const action = ACTIONS[Math.floor(world.random() * ACTIONS.length)]!;
    const end = silences.starts(me, other, action);
    const answer = await this.ask(client, `friends.${action}`, { player: other });
    end(answer !== undefined && "body" in answer, world.clock.now());
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

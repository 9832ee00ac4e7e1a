import { encodePlayerId, playerPk } from "../../components/shared/player-keys";
import { audienceOf, presenceOf, watchListOf } from "../../components/realtime-gateway/presence-items";
import { pairOf, type Players } from "./players";
import type { World } from "./world";

type Item = Parameters<typeof watchListOf>[0][number];

/** Holds presences, watch entries and what clients see against who is there. */
export class PresenceJudge {
  private readonly items = new Map<string, Item[]>();
  private readonly friends = new Map<string, Item>();

  constructor(
    private readonly world: World,
    private readonly players: Players,
  ) {}

  /** Everything that is wrong now. */
  judge(): string[] {
    this.read();
    const { names } = this.players;
    return names.flatMap((player) => [
      ...this.judgePresence(player),
      ...names.flatMap((friend) => this.judgePair(player, friend)),
    ]);
  }

  private read(): void {
    const { cloud, image } = this.world;
    this.items.clear();
    this.friends.clear();
    const itemsOf = (output: string): Iterable<Item> =>
      cloud.ports.tables.items(cloud.arn("dynamodb", `table/${image.outputs[output]!}`)) as Iterable<Item>;
    for (const item of itemsOf("presenceTable")) {
      const pk = item["pk"]?.S ?? "";
      this.items.set(pk, [...(this.items.get(pk) ?? []), item]);
    }
    for (const item of itemsOf("playersTable")) this.friends.set(`${item["pk"]?.S} ${item["sk"]?.S}`, item);
  }

  private live(player: string) {
    return this.players.of(player).filter(({ answered }) => answered);
  }

  private presence(player: string) {
    return presenceOf(this.items.get(playerPk(player))?.find((item) => item["sk"]?.S === "PRESENCE"));
  }

  private judgePresence(player: string): string[] {
    const problems: string[] = [];
    const live = this.live(player)
      .map(({ connection }) => connection!.id)
      .sort();
    const want = live.length > 0 ? "online" : "offline";
    const presence = this.presence(player);
    if (presence.status !== want) problems.push(`${player} is ${presence.status}, not ${want}`);
    const ids = presence.connections.map(({ id }) => id).sort();
    if (ids.join() !== live.join())
      problems.push(`${player} has the connections ${ids.join() || "none"}, not ${live.join() || "none"}`);
    return problems;
  }

  /** What the connections of `me` know and will be told of `friend`. */
  private judgePair(me: string, friend: string): string[] {
    if (me === friend) return [];
    const problems: string[] = [];
    const side = this.friends.get(`${playerPk(me)} FRIEND#${encodePlayerId(friend)}`);
    const other = this.friends.get(`${playerPk(friend)} FRIEND#${encodePlayerId(me)}`);
    const accepted = side?.["status"]?.S === "accepted";
    if (accepted !== (other?.["status"]?.S === "accepted"))
      problems.push(`${me} and ${friend} do not agree that they are friends`);
    const muted = side?.["muted"]?.BOOL === true;
    const want = this.live(friend).length > 0 ? "online" : "offline";
    const entries = (this.items.get(playerPk(friend)) ?? []).filter((item) => item["sk"]?.S?.startsWith("WATCH"));
    const list = watchListOf(entries, this.world.clock.now());
    const audience = audienceOf(list);
    for (const client of this.live(me)) {
      const id = client.connection!.id;
      const told = audience.some((watcher) => watcher.friend === me && watcher.connection === id);
      if (accepted && !muted) {
        const seen = client.views.get(friend)?.status;
        if (seen !== want) problems.push(`${me} on ${id} sees ${friend} ${seen ?? "never"}, not ${want}`);
        if (want === "online" && !told) problems.push(`${friend} will not tell ${me} on ${id}`);
      } else if (told) problems.push(`${friend} will tell ${me} on ${id}, although ${muted ? "muted" : "no friend"}`);
      // What died between its writes and its second read may leave entries; tombstones silence them until they expire.
      const { greetedInVain, unanswered } = this.players;
      const mayHaveDied = greetedInVain.has(me) || greetedInVain.has(friend) || unanswered.has(pairOf(me, friend));
      const isOver = !accepted && !mayHaveDied;
      if (isOver && list.watchers.some((watcher) => watcher.connection === id)) {
        problems.push(`${friend} keeps an entry for ${me} on ${id}, who is no friend`);
      }
    }
    return problems;
  }
}

/** Watches the Presence table, record by record: nobody may be said to be offline by a write that leaves him a connection. */
export class PresenceWatch {
  readonly problems: string[] = [];
  readonly close: () => void;

  constructor({ cloud, image }: World) {
    const { streams, tables } = cloud.ports;
    const tableArn = cloud.arn("dynamodb", `table/${image.outputs["presenceTable"]!}`);
    const { LatestStreamArn } = tables.describe(tableArn) as { LatestStreamArn: string };
    let position: string | undefined;
    this.close = streams.onAppend(LatestStreamArn, () => {
      for (const { dynamodb: change } of streams.read(LatestStreamArn, position, 1_000)) {
        position = change.SequenceNumber;
        const before = change.OldImage as Item | undefined;
        const after = change.NewImage as Item | undefined;
        const isEnd = before?.["status"]?.S === "online" && after?.["status"]?.S === "offline";
        const left = isEnd ? presenceOf(after).connections : [];
        if (left.length > 0) {
          const ids = left.map(({ id }) => id).join();
          this.problems.push(`${after?.["playerId"]?.S} was called offline although there is the connection ${ids}`);
        }
      }
    });
  }
}

import * as fc from "fast-check";
import { eventItem } from "../../../../components/realtime-gateway/event-items";
import { friendSk, key } from "../../../../components/realtime-gateway/keys";
import { tombstoneItem, watchItem } from "../../../../components/realtime-gateway/watch-items";
import { newItem } from "../../../../components/message-store/item";
import { suppressionKey } from "../../../../components/message-store/keys";
import { encodePlayerId, isPlayerId, playerPk } from "../../../../components/shared/player-keys";
import type { Operations } from "../../../../components/operations/operations";
import type { OperatorStack } from "./operator-stack";

/** Players whose ids look like keys, like parts of one another, and like what other ids become when they are encoded. */
export interface Cast {
  readonly ids: readonly string[];
  /** What each pair has with each other, in the order of `pairs`. */
  readonly ties: readonly Tie[];
  /** Each player's address, by its number; some have one together. */
  readonly addresses: readonly number[];
}

type Tie = "nothing" | "friends" | "asked" | "blocked" | "blocked long ago";

const NASTY = [
  ...["a", "ab", "abc", "A", "a#", "a#b", "a%", "a%23", "a_", "a_23", "a_5f", "_", "__proto__", "constructor"],
  ...["PROFILE", "FRIEND#a", "PLAYER#a", "WATCH!a", 'a"b', "a'b", "a\\b", "a b", "é", "e\u0301", "日本語", "👩‍🚀"],
  ..."x".repeat(80).concat(" ", "x".repeat(79)).split(" "),
];
const id = fc
  .oneof(
    { weight: 3, arbitrary: fc.constantFrom(...NASTY) },
    {
      weight: 1,
      arbitrary: fc.string({ unit: fc.constantFrom("a", "b", "#", "%", "_", "2", "3", "é"), maxLength: 6 }),
    },
  )
  .filter(isPlayerId);

const PLAYERS = 6;

export const casts: fc.Arbitrary<Cast> = fc.record({
  ids: fc.uniqueArray(id, { minLength: PLAYERS, maxLength: PLAYERS }),
  ties: fc.array(fc.constantFrom<Tie>("nothing", "friends", "asked", "blocked", "blocked long ago"), {
    minLength: 15,
    maxLength: 15,
  }),
  addresses: fc.array(fc.nat(3), { minLength: PLAYERS, maxLength: PLAYERS }),
});

/** Addresses of which one begins another. */
const ADDRESSES = ["a@players.test", "aa@players.test", "a@players.test.example", "zoë+a@players.test"];
const addressOf = (n: number): string => ADDRESSES[n]!.normalize("NFD").replace(/[^\x20-\x7e]/g, "");

type Item = Record<string, { S?: string }>;

/** What lies in a stack, told apart by whom it is about. */
export class HostileWorld {
  private readonly operations: Operations;
  private readonly letters: string;

  constructor(private readonly own: OperatorStack) {
    this.operations = own.stack.stack.evaluation.outputs["operations"] as Operations;
    this.letters = this.operations.deadLetters.find(({ name }) => name === "emails-dead-letters")?.url ?? "";
  }

  private call<T = Record<string, unknown>>(service: string, operation: string, input: object): Promise<T> {
    const { cloud } = this.own.stack;
    return cloud.call<T>(service, operation, { ...input }, cloud.operator);
  }

  /** Functions that react to what is written would write themselves: they rest. */
  async rest(): Promise<void> {
    const { EventSourceMappings } = await this.call<{
      EventSourceMappings: { UUID: string; EventSourceArn: string }[];
    }>("lambda", "ListEventSourceMappings", {});
    for (const { UUID, EventSourceArn } of EventSourceMappings)
      if (EventSourceArn.includes(":table/"))
        await this.call("lambda", "UpdateEventSourceMapping", { UUID, Enabled: false });
  }

  private get tables() {
    const { gateway, messages } = this.operations;
    return { players: gateway!.players, presence: gateway!.presence, messages: messages!.table };
  }

  /** Writes everything that there can be about these players. */
  async write({ ids, ties, addresses }: Cast): Promise<void> {
    const { players, presence, messages } = this.tables;
    const put = (TableName: string, Item: object) => this.call("dynamodb", "PutItem", { TableName, Item });
    const now = Date.now();
    for (const [i, player] of ids.entries()) {
      const email = addressOf(addresses[i]!);
      const text = (value: string) => ({ S: value });
      await put(players, {
        ...key(player, "PROFILE"),
        playerId: text(player),
        email: text(email),
        version: { N: "1" },
      });
      await put(players, { ...key(player, "PREFERENCES"), playerId: text(player), version: { N: "1" } });
      await put(presence, { ...key(player, "PRESENCE"), playerId: text(player), status: text("offline") });
      await put(presence, eventItem({ id: `0${i}`, player, event: "level-up", nowMs: now, quiet: true }));
      const { item } = newItem({ player, type: "transactional", template: "welcome" }, Math.floor(now / 1000), 1);
      await put(messages, { ...item, status: text(i % 2 === 0 ? "delivered" : "held"), to: text(email) });
      await put(messages, { ...suppressionKey(email), reason: text("bounce") });
      await this.call("ses", "PutSuppressedDestination", { EmailAddress: email, Reason: "BOUNCE" });
      await this.lay({ envelope: { player } });
    }
    await this.lay({ from: { player: ids[0] }, to: { player: ids[1] } });
    await this.lay({ mail: { destination: [addressOf(addresses[2]!)], tags: { player: [encodePlayerId(ids[2]!)] } } });
    await this.lay({ keys: { pk: { S: playerPk(ids[3]!) }, sk: { S: `WATCH#${encodePlayerId(ids[4]!)}#c` } } });
    const lines = ids.map((player) => `"${playerPk(player)}"\n`).join("");
    const bucket = this.operations.segments?.resultsBucket ?? "";
    await this.own.stack.cloud.ports.objects.put(bucket, "results/hostile.csv", Buffer.from(`"pk"\n${lines}`));
    for (const [n, [one, other]] of pairs(ids).entries()) await this.tie(ties[n]!, one, other, now);
    await fetch(`${this.own.stack.cloud.endpoint}/_local/zero-etl/refresh`, { method: "POST" });
  }

  private async tie(tie: Tie, one: string, other: string, now: number): Promise<void> {
    const { players, presence } = this.tables;
    const put = (TableName: string, Item: object) => this.call("dynamodb", "PutItem", { TableName, Item });
    const side = (a: string, b: string, status: string) =>
      put(players, {
        ...key(a, friendSk(b)),
        playerId: { S: a },
        friendId: { S: b },
        status: { S: status },
        version: { N: "1" },
      });
    if (tie === "nothing") return;
    if (tie === "friends") {
      await side(one, other, "accepted");
      await side(other, one, "accepted");
      // One of the two is connected, and is told about the other; he has news of the friendship.
      await put(presence, watchItem(one, other, "c1", now));
      const news = { peer: one, scope: "both", connection: "c1" } as const;
      await put(
        presence,
        eventItem({ id: `9${encodePlayerId(one)}`, player: other, event: "friend", nowMs: now, news }),
      );
    } else if (tie === "asked") {
      await side(one, other, "requested");
      await side(other, one, "pending");
    } else {
      // The other has nothing of his own, or has forgotten it: a silence lies on both sides.
      await side(one, other, "blocked");
      await put(presence, tombstoneItem(one, other, now, true));
      await put(presence, tombstoneItem(other, one, now, true));
      if (tie === "blocked") await put(presence, watchItem(other, one, "c2", now));
    }
  }

  private lay(body: object): Promise<unknown> {
    return this.call("sqs", "SendMessage", { QueueUrl: this.letters, MessageBody: JSON.stringify(body) });
  }

  /** Everything that there is: each thing by a name, with its content, and whom it is about. */
  async everything(
    cast: Cast,
  ): Promise<ReadonlyMap<string, { readonly about: ReadonlySet<string>; readonly is: string }>> {
    const found = new Map<string, { about: ReadonlySet<string>; is: string }>();
    for (const [name, TableName] of Object.entries(this.tables)) {
      const { Items } = await this.call<{ Items: Item[] }>("dynamodb", "Scan", { TableName });
      for (const item of Items) {
        const place = `${name} ${item["pk"]?.S ?? ""} ${item["sk"]?.S ?? ""}`;
        found.set(place, { about: aboutItem(item, cast), is: JSON.stringify(item) });
      }
    }
    const { Messages = [] } = await this.call<{ Messages?: { Body: string; MessageId: string }[] }>(
      "sqs",
      "ReceiveMessage",
      { QueueUrl: this.letters, MaxNumberOfMessages: 10, VisibilityTimeout: 0 },
    );
    for (const { Body, MessageId } of Messages)
      found.set(`letter ${MessageId}`, { about: aboutLetter(Body, cast), is: Body });
    const [bytes] = this.own.resultFiles().filter((text) => text.startsWith('"pk"'));
    for (const line of (bytes ?? "").split("\n")) {
      const player = cast.ids.find((one) => line === `"${playerPk(one)}"`);
      if (player !== undefined) found.set(`line ${player}`, { about: new Set([player]), is: line });
    }
    for (const [n] of ADDRESSES.entries()) {
      const EmailAddress = addressOf(n);
      const about = new Set(cast.ids.filter((_, i) => cast.addresses[i] === n));
      const listed = await this.call("ses", "GetSuppressedDestination", { EmailAddress }).then(
        () => true,
        () => false,
      );
      if (listed) found.set(`SES ${EmailAddress}`, { about, is: "listed" });
    }
    return found;
  }

  /** Takes what the next world would trip over. */
  async clear(): Promise<void> {
    for (const TableName of Object.values(this.tables)) {
      const { Items } = await this.call<{ Items: Item[] }>("dynamodb", "Scan", { TableName });
      for (const { pk, sk } of Items) await this.call("dynamodb", "DeleteItem", { TableName, Key: { pk, sk } });
    }
    for (;;) {
      const { Messages = [] } = await this.call<{ Messages?: { ReceiptHandle: string }[] }>("sqs", "ReceiveMessage", {
        QueueUrl: this.letters,
        MaxNumberOfMessages: 10,
      });
      if (Messages.length === 0) break;
      for (const { ReceiptHandle } of Messages)
        await this.call("sqs", "DeleteMessage", { QueueUrl: this.letters, ReceiptHandle });
    }
  }
}

function pairs(ids: readonly string[]): (readonly [string, string])[] {
  return ids.flatMap((one, i) => ids.slice(i + 1).map((other) => [one, other] as const));
}

/** Whom an item names: in its keys, part by part, and in the attributes that hold ids. */
function aboutItem(item: Item, cast: Cast): ReadonlySet<string> {
  const pk = item["pk"]?.S ?? "";
  const sk = item["sk"]?.S ?? "";
  const inKeys = [/^PLAYER#(.*)$/.exec(pk)?.[1], /^(?:FRIEND#|WATCH[#!])([^#]+)/.exec(sk)?.[1]];
  const inText = ["playerId", "player", "friendId", "peer"].map((name) => item[name]?.S);
  const named = cast.ids.filter((one) => inKeys.includes(encodePlayerId(one)) || inText.includes(one));
  const suppressed = cast.ids.filter((_, i) => suppressionKey(addressOf(cast.addresses[i]!)).pk.S === pk);
  return new Set([...named, ...suppressed]);
}

function aboutLetter(body: string, cast: Cast): ReadonlySet<string> {
  const { envelope, from, to, mail, keys } = JSON.parse(body) as {
    envelope?: { player: string };
    from?: { player: string };
    to?: { player: string };
    mail?: { tags: { player: string[] } };
    keys?: { pk: { S: string }; sk: { S: string } };
  };
  const encoded = [mail?.tags.player[0], keys?.pk.S.slice("PLAYER#".length), keys?.sk.S.split("#")[1]];
  const plain = [envelope?.player, from?.player, to?.player];
  return new Set(cast.ids.filter((one) => plain.includes(one) || encoded.includes(encodePlayerId(one))));
}

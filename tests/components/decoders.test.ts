import { expect } from "chai";
import fc from "fast-check";
import * as jose from "jose";
import { fateOf } from "../../components/email-dispatcher/fate";
import { parseEnvelope, type Envelope } from "../../components/email-dispatcher/envelope";
import { checkedRequest as checkedRedrive } from "../../components/email-dispatcher/redrive-request";
import { newItem, readMessage, readReason, reasonValue } from "../../components/message-store/item";
import { isStatus } from "../../components/message-store/status";
import { changeOf, noticeOf } from "../../components/realtime-gateway/changes";
import { eventItem, eventOf } from "../../components/realtime-gateway/event-items";
import { parseWatchSk, tombstoneSk, watchSk } from "../../components/realtime-gateway/keys";
import { PROTOCOL } from "../../components/realtime-gateway/limits";
import { presenceOf, watchListOf } from "../../components/realtime-gateway/presence-items";
import { checkedRequest, profileValues } from "../../components/realtime-gateway/profile-request";
import { claimsOf, tokenOf } from "../../components/realtime-gateway/token";
import { startGiven } from "../../components/segment-pipeline/given-start";
import { isRunId, newRun, readRun } from "../../components/segment-pipeline/run";
import { readPart, readWake } from "../../components/segment-pipeline/wake";
import { isAddress } from "../../components/shared/mail-address";
import type { Item } from "../../components/shared/attributes";
import { decodePlayerId, encodePlayerId, isPlayerId } from "../../components/shared/player-keys";
import { parseAddresses } from "../../local/services/ses/address";

const player = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter(isPlayerId);
const word = fc.string({ unit: fc.constantFrom(...Array.from("abXY09-_.:+")), minLength: 1, maxLength: 12 });
const seconds = fc.integer({ min: 1, max: 4_000_000_000 });
const text = fc.string({ unit: "grapheme", maxLength: 30 });
/** Bodies of messages: JSON of anything, JSON that was cut, and no JSON at all. */
const body = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.json(),
  fc.tuple(fc.json(), fc.nat()).map(([json, n]) => json.slice(0, n)),
);
const json = fc.jsonValue({ maxDepth: 3 });

/** Items that a stranger could write over one of ours: any member gone, or of another value or type. */
function damaged(item: Item): fc.Arbitrary<Item> {
  const names = Object.keys(item);
  const value = fc.constantFrom<Item[string] | undefined>(
    undefined,
    ...[{ S: "" }, { S: "x" }, { S: "[]" }, { N: "-1" }, { N: "1e125" }, { BOOL: true }, { NULL: true as const }],
    ...[{ L: [] }, { M: {} }, { SS: ["x"] }, { NS: ["1"] }],
  );
  return fc.array(fc.tuple(fc.constantFrom(...names), value), { minLength: 1, maxLength: 3 }).map((changes) => {
    const copy: Record<string, Item[string] | undefined> = { ...item, ...Object.fromEntries(changes) };
    return Object.fromEntries(Object.entries(copy).filter(([, one]) => one !== undefined)) as Item;
  });
}

/** Whether `work` answers, or refuses with an error of this name. */
function answersOr(name: string, work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    return error instanceof Error && error.name === name;
  }
}

describe("What functions read", () => {
  describe("player ids in keys", () => {
    it("come back as they were, in safe characters, each its own", () => {
      fc.assert(
        fc.property(player, player, (one, other) => {
          const encoded = encodePlayerId(one);
          expect(encoded).to.match(/^[A-Za-z0-9_-]+$/);
          expect(decodePlayerId(encoded)).to.equal(one);
          expect(encoded === encodePlayerId(other)).to.equal(one === other);
        }),
      );
      fc.assert(fc.property(fc.string({ unit: "binary" }), (any) => typeof decodePlayerId(any) === "string"));
    });

    it("stand in watch entries and tombstones, and any other key is none", () => {
      fc.assert(
        fc.property(player, word, (friend, connection) => {
          expect(parseWatchSk(watchSk(friend, connection))).to.deep.equal({ kind: "entry", friend, connection });
          expect(parseWatchSk(tombstoneSk(friend))).to.deep.equal({ kind: "tombstone", friend });
        }),
      );
      fc.assert(
        fc.property(fc.string(), (sk) => sk.startsWith("WATCH") || parseWatchSk(sk) === undefined),
        { examples: [["PRESENCE"], ["EVENT#1"]] },
      );
    });
  });

  describe("tokens", () => {
    const token = fc.string({ unit: fc.constantFrom(...Array.from("abXY09-_.")), minLength: 1, maxLength: 30 });
    const config = { issuer: "https://id.test", audience: "game", algorithms: ["EdDSA"], clockSkewSeconds: 0 };

    it("are found wherever they stand among the offers, and only alone", () => {
      const others = fc.array(word, { maxLength: 3 });
      fc.assert(
        fc.property(token, others, others, fc.constantFrom(",", ", ", " ,"), (one, before, after, comma) => {
          const offers = [...before, PROTOCOL, ...after, `bearer.${one}`].sort();
          expect(tokenOf(offers.join(comma))).to.equal(one);
          expect(tokenOf([...offers, `bearer.${one}`].join(comma))).to.equal(undefined);
        }),
      );
      fc.assert(fc.property(fc.string({ unit: "binary" }), (any) => tokenOf(any) === undefined));
    });

    it("that are none say nothing, whatever they look like", async () => {
      const keys = jose.createLocalJWKSet({ keys: [] }) as unknown as Parameters<typeof claimsOf>[1];
      const part = fc.oneof(
        fc.string(),
        fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString("base64url")),
        fc
          .record({ alg: fc.constantFrom("none", "EdDSA", "HS256", 1), kid: fc.string(), crit: fc.array(fc.string()) })
          .map((header) => Buffer.from(JSON.stringify(header)).toString("base64url")),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(part, { maxLength: 4 }), async (parts) => {
          expect(await claimsOf(parts.join("."), keys, config)).to.equal(undefined);
        }),
      );
    });
  });

  describe("messages of the store", () => {
    const message = fc.record(
      {
        player,
        type: word,
        template: word,
        data: fc.dictionary(text, json, { maxKeys: 3 }),
        channel: word,
        notBefore: seconds,
        validUntil: seconds,
        to: word,
        locale: word,
        run: word,
      },
      { requiredKeys: ["player", "type", "template"] },
    );

    it("are read as they were written", () => {
      fc.assert(
        fc.property(message, seconds, (made, now) => {
          const { id, item } = newItem(made, now, 400);
          const held = made.notBefore !== undefined && made.notBefore > now;
          expect(readMessage(item)).to.deep.equal({
            channel: "email",
            ...made,
            data: JSON.parse(JSON.stringify(made.data ?? {})) as unknown,
            ...{ id, attempt: 0, dispatch: held ? 0 : 1, status: held ? "held" : "queued" },
          });
        }),
      );
    });

    it("that somebody tampered with are none, or still whole", () => {
      const { item } = newItem({ player: "ada", type: "social", template: "t", validUntil: 9e9 }, 1, 400);
      fc.assert(
        fc.property(damaged(item), (one) => {
          const read = readMessage(one);
          fateOf(one);
          if (!read) return;
          expect(isStatus(read.status)).to.equal(true);
          expect([read.player, read.dispatch, typeof read.data]).to.deep.equal([
            "ada",
            Number(one["dispatch"]?.N),
            "object",
          ]);
          expect([read.channel, read.type, read.template]).to.not.include("");
        }),
      );
    });

    it("tell their reason as it was given", () => {
      const reason = fc.record(
        { code: word, detail: text, template: text, locale: text, field: text },
        { requiredKeys: ["code"] },
      );
      fc.assert(
        fc.property(reason, (given) => {
          expect(readReason({ reason: reasonValue(given) })).to.deep.equal(given);
        }),
      );
    });

    it("lie in the e-mail queue bare or wrapped by a topic; without a member, or with one of another type, they are none", () => {
      const envelope: Envelope = {
        ...{ player: "ada", id: "1", dispatch: 1, type: "social", template: "t", locale: "en" },
        ...{ to: "ada@players.test", subject: "s", html: "<p>h</p>", text: "h", unsubscribeUrl: "https://x.test/" },
      };
      const wrapped = (inner: string, times: number): string =>
        times === 0 ? inner : wrapped(JSON.stringify({ Type: "Notification", Message: inner }), times - 1);
      fc.assert(
        fc.property(fc.record({ subject: text, html: text, text }), fc.nat(2), (members, times) => {
          const whole = { ...envelope, ...members };
          expect(parseEnvelope(wrapped(JSON.stringify(whole), times))).to.deep.equal(whole);
        }),
      );
      fc.assert(
        fc.property(
          fc.constantFrom(...Object.keys(envelope)),
          fc.constantFrom<unknown>(null, [], {}, true, 0.5),
          (name, value) => {
            expect(parseEnvelope(JSON.stringify({ ...envelope, [name]: value }))).to.equal(undefined);
          },
        ),
      );
      fc.assert(fc.property(body, (any) => parseEnvelope(any) === undefined));
    });
  });

  describe("runs of segments", () => {
    const runId = word.filter(isRunId);

    it("are read as they were written, and from whatever was written over them", () => {
      fc.assert(
        fc.property(runId, word, seconds, (id, segment, now) => {
          expect(readRun(newRun(id, segment, now))).to.deep.include({
            runId: id,
            segment,
            status: "starting",
            startedAt: now,
          });
        }),
      );
      fc.assert(
        fc.property(damaged({ ...newRun("r", "s", 1), doneParts: { NS: ["1"] } }), (item) => void readRun(item)),
      );
    });

    it("are woken by a message of their own or by a query's, and by nothing else", () => {
      fc.assert(
        fc.property(runId, word, fc.nat(), (id, phase, part) => {
          expect(readWake(JSON.stringify({ runId: id, phase }))).to.deep.equal({ runId: id, phase });
          expect(readWake(JSON.stringify({ detail: { queryExecutionId: phase } }))).to.deep.equal({ queryId: phase });
          expect(readPart(JSON.stringify({ runId: id, part }))).to.deep.equal({ runId: id, part });
        }),
      );
      fc.assert(
        fc.property(body, (any) => {
          expect(() => readWake(any))
            .to.throw(Error, "expected a runId and its phase")
            .with.property("name", "SegmentRunError");
          expect(() => readPart(any))
            .to.throw(Error, "expected a runId and a part")
            .with.property("name", "SegmentRunError");
        }),
      );
    });

    it("start as they were asked to at first, however often they were given up", () => {
      fc.assert(
        fc.property(json, fc.array(word, { maxLength: 4 }), (input, ids) => {
          const given = ids.reduce<unknown>(
            (inner, requestId) => ({ requestContext: { requestId }, requestPayload: inner }),
            { segment: input },
          );
          expect(startGiven(given, "now")).to.deep.equal({ input: { segment: input }, requestId: ids[0] ?? "now" });
        }),
      );
      fc.assert(fc.property(fc.anything(), (any) => startGiven(any, "now").requestId.length > 0));
    });
  });

  describe("presence and player events", () => {
    const event = fc.record(
      {
        ...{ id: word, player, event: word, nowMs: fc.nat(), quiet: fc.boolean() },
        data: json.map((value) => JSON.stringify(value)),
        news: fc.record({ peer: player, scope: fc.constantFrom("both" as const, "me" as const), connection: word }),
      },
      { requiredKeys: ["id", "player", "event", "nowMs", "quiet"] },
    );
    const recordOf = (item: Item) => ({ dynamodb: { SequenceNumber: "1", NewImage: item as never } });

    it("are read as they were written", () => {
      fc.assert(
        fc.property(event, (one) => {
          const item = eventItem(one);
          expect(eventOf(item)).to.deep.equal(one);
          const change = changeOf(recordOf(item))!;
          expect(change).to.deep.equal({ sequence: "1", player: one.player, kind: "event", event: one });
          if (!one.quiet && !one.news) expect(noticeOf(change)).to.deep.include({ friend: one.player, id: one.id });
        }),
      );
    });

    it("are told or left out, whatever a record holds", () => {
      const whole = eventItem({ id: "1", player: "ada", event: "won", nowMs: 1, data: "{}" });
      const status: Item = {
        ...{ pk: { S: "PLAYER#ada" }, sk: { S: "PRESENCE" }, playerId: { S: "ada" } },
        ...{ status: { S: "online" }, version: { N: "1" }, connections: { SS: ["c"] } },
      };
      fc.assert(
        fc.property(fc.oneof(damaged(whole), damaged(status)), (item) => {
          const change = changeOf(recordOf(item));
          if (change) noticeOf(change);
          presenceOf(item);
          watchListOf([item], 0);
        }),
      );
    });
  });

  describe("requests of game servers and operators", () => {
    it("are taken or refused by the member that is wrong, whatever they are", () => {
      const members = fc.dictionary(
        fc.constantFrom("player", "profile", "preferences", "version", "messages", "deadLetters", "most", "id", "x"),
        fc.anything(),
      );
      fc.assert(
        fc.property(fc.oneof(fc.anything(), members), (any) => {
          expect(answersOr("RequestError", () => checkedRequest(any))).to.equal(true);
          expect(answersOr("RequestError", () => checkedRedrive(any))).to.equal(true);
        }),
      );
      const types = {
        level: "number",
        name: "string",
        email: "string",
        locale: "string",
        timeZone: "string",
        premium: "boolean",
      } as const;
      fc.assert(
        fc.property(fc.dictionary(fc.constantFrom(...Object.keys(types), "__proto__", "other"), fc.anything()), (any) =>
          answersOr("RequestError", () => profileValues(types, any)),
        ),
      );
    });
  });

  describe("mail addresses", () => {
    it("that are taken are one address, as a mail server reads it too, and never more than a line", () => {
      const near = fc.string({ unit: fc.constantFrom(...Array.from("aZ9.@-_+<>,;:\"'\\() \r\n\0é")), maxLength: 20 });
      fc.assert(
        fc.property(
          fc.oneof(
            near,
            fc.emailAddress(),
            fc.tuple(near, near).map(([a, b]) => `${a}@${b}.test`),
          ),
          (any) => {
            if (!isAddress(any)) return;
            expect(any).to.match(/^[!-~]+$/);
            expect(parseAddresses(any).map(({ address }) => address)).to.deep.equal([any]);
          },
        ),
        { numRuns: 500 },
      );
    });
  });
});

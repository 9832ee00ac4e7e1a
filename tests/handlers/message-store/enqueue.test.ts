import { expect } from "chai";
import * as fc from "fast-check";
import { messageClient } from "../../../components/message-store/enqueue";
import { enqueueHandler } from "../../../components/message-store/enqueue-function";
import type { TemplateReference } from "../../../components/message-store/template-reference";
import { messageKey } from "../../../components/message-store/keys";
import { DEFAULT_TYPES, type Message } from "../../../components/message-store/message";
import { messageProblem } from "../../../components/message-store/validate";
import { fixed, lost } from "../shared/sdk";
import { context, TABLE, World } from "./world";

describe("enqueue", () => {
  const world = new World();
  before(() => world.open());
  after(() => world.close());
  beforeEach(() => world.reset());

  const settings = { table: fixed(TABLE), types: Object.keys(DEFAULT_TYPES), retentionDays: 400 };
  const client = messageClient(settings);
  const plain: Message = { player: "auth0|x y#z", type: "social", template: "hi" };
  const now = (): number => Math.floor(world.now / 1000);

  it("writes one item, complete", async () => {
    const { id, created } = await client.enqueue({ ...plain, deduplicationKey: "k", data: { a: 1 }, run: "r" });
    expect(created).to.equal(true);
    const at = String(now());
    expect(await world.item(messageKey(plain.player, id))).to.deep.equal({
      pk: { S: "PLAYER#auth0_7cx_20y_23z" },
      sk: { S: `MSG#${id}` },
      id: { S: id },
      player: { S: plain.player },
      channel: { S: "email" },
      type: { S: "social" },
      template: { S: "hi" },
      data: { S: '{"a":1}' },
      status: { S: "queued" },
      rank: { N: "0" },
      history: { L: [{ M: { status: { S: "queued" }, at: { N: at } } }] },
      dispatch: { N: "1" },
      attempt: { N: "0" },
      tries: { N: "0" },
      createdAt: { N: at },
      expiresAt: { N: String(now() + 400 * 86_400) },
      run: { S: "r" },
    });
  });

  it("makes one message of one key, however often, also at once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => client.enqueue({ ...plain, deduplicationKey: "same" })),
    );
    expect(answers.filter(({ created }) => created)).to.have.length(1);
    expect(new Set(answers.map(({ id }) => id)).size).to.equal(1);
    expect(await world.scan()).to.have.length(1);
    const other = await client.enqueue({ ...plain, player: "other", deduplicationKey: "same" });
    expect(other.created).to.equal(true);
  });

  it("tells who made a message that is there, when it is asked by a message with an origin", async () => {
    const message = { ...plain, deduplicationKey: "k" };
    const { id } = await client.enqueue({ ...message, origin: "part 1" });
    expect(await client.enqueue({ ...message, origin: "part 2" })).to.deep.equal({
      id,
      created: false,
      origin: "part 1",
    });
    expect(await client.enqueue(message)).to.deep.equal({ id, created: false });
  });

  it("makes a message each time without a key", async () => {
    const ids = [await client.enqueue(plain), await client.enqueue(plain)].map(({ id }) => id);
    expect(new Set(ids).size).to.equal(2);
  });

  it("holds what is dated ahead, in the index of what waits", async () => {
    const { id } = await client.enqueue({ ...plain, notBefore: now() + 3_600 });
    const item = await world.item(messageKey(plain.player, id));
    expect(item).to.deep.include({ status: { S: "held" }, dueAt: { N: String(now() + 3_600) }, dispatch: { N: "0" } });
    expect(item?.["dueBucket"]?.S).to.equal("0");
  });

  it("is written together with the state it tells of, or not at all", async () => {
    const { id, item } = client.transactItem({ ...plain, deduplicationKey: "outbox" });
    const state = { Put: { TableName: TABLE, Item: { pk: { S: "STATE" }, sk: { S: "1" } } } };
    await world.perform("TransactWriteItems", { TransactItems: [state, item] });
    expect((await world.item(messageKey(plain.player, id)))?.["status"]).to.deep.equal({ S: "queued" });
    let cancelled = "";
    const again = { Put: { TableName: TABLE, Item: { pk: { S: "STATE" }, sk: { S: "2" } } } };
    await world.perform("TransactWriteItems", { TransactItems: [again, item] }).catch((error: unknown) => {
      cancelled = (error as Error).name;
    });
    expect(cancelled).to.equal("TransactionCanceledException");
    expect(await world.item({ pk: { S: "STATE" }, sk: { S: "2" } })).to.equal(undefined);
  });

  it("answers for each of many, and a second call doubles nothing", async () => {
    const messages = Array.from({ length: 250 }, (_, i) => ({ ...plain, player: `p${i}`, deduplicationKey: "run" }));
    const handler = enqueueHandler(settings)();
    const request = { messages: [...messages, { ...plain, player: "" }] };
    const first = await handler(request, context);
    expect([first.created, first.existing, first.refused]).to.deep.equal([250, 0, 1]);
    expect(first.results.at(-1)).to.deep.equal({
      error: {
        field: "player",
        message: 'player of the message: got ""; expected a player id of 1 to 80 bytes without control characters.',
      },
    });
    const second = await handler(request, context);
    expect([second.created, second.existing, second.refused]).to.deep.equal([0, 250, 1]);
    expect(await world.scan()).to.have.length(250);
    expect(world.calls.filter(({ operation }) => operation === "PutItem")).to.have.length(500);
  });

  it("answers a single message too, and fails as a whole only when the table does", async () => {
    const handler = enqueueHandler(settings)();
    expect((await handler(plain, context)).created).to.equal(1);
    world.gate = () => Promise.reject(lost());
    let message = "";
    await handler(plain, context).catch((error: unknown) => (message = (error as Error).message));
    expect(message).to.equal("socket hang up");
  });

  for (const [what, request, message] of [
    ["nothing", null, "the request: got null; expected a message, or an object with up to 1,000 messages"],
    ["a list", [plain], "the request: got [{"],
    ["text", "ada", 'the request: got "ada"; expected a message'],
    ["no list of messages", { messages: null }, "messages of the request: got null; expected a list of messages."],
    ["an unknown member", { messages: [], run: "r" }, 'run of the request: got "r"; expected an object of messages.'],
    ["too many", { messages: Array(1_001).fill(plain) }, "messages of the request: got 1001; expected at most 1000"],
  ] as const) {
    it(`fails for ${what}, and stores nothing`, async () => {
      const error = await enqueueHandler(settings)()(request as never, context).then(
        () => undefined,
        (thrown: unknown) => thrown as Error,
      );
      expect(error?.name).to.equal("RequestError");
      expect(error?.message).to.include(message);
      expect(await world.scan()).to.deep.equal([]);
    });
  }

  it("answers for each message that is none in its place", async () => {
    const answer = await enqueueHandler(settings)()({ messages: [null, [], 3] as never }, context);
    expect(answer.results).to.deep.equal(
      ["null", "[]", "3"].map((got) => ({
        error: { field: "message", message: `a message: got ${got}; expected an object.` },
      })),
    );
  });

  describe("with a template of the program", () => {
    const levelUp: TemplateReference<{ readonly level: number }> = {
      name: "level-up",
      schema: { type: "object", properties: { level: { type: "integer" } }, required: ["level"] },
    };

    it("stores its name, and data that keeps its schema", async () => {
      const { id } = await client.enqueue({ ...plain, template: levelUp, data: { level: 7 } });
      expect(await world.item(messageKey(plain.player, id))).to.deep.include({
        template: { S: "level-up" },
        data: { S: '{"level":7}' },
      });
      const { item } = client.transactItem({ ...plain, template: levelUp, data: { level: 8 } });
      expect(item.Put?.Item?.["template"]).to.deep.equal({ S: "level-up" });
      expect((await client.enqueue({ ...plain, template: { name: "free" }, data: { any: "thing" } })).created).to.equal(
        true,
      );
      expect((await client.enqueue({ ...plain, template: { name: "free" } })).created).to.equal(true);
    });

    it("takes a member that is undefined for one that is not there, as JSON does", async () => {
      const titled: TemplateReference<{ readonly title?: string | undefined; readonly level: number }> = {
        name: "titled",
        schema: {
          type: "object",
          properties: { title: { type: "string" }, level: { type: "integer" } },
          required: ["level"],
        },
      };
      const { id } = await client.enqueue({ ...plain, template: titled, data: { title: undefined, level: 7 } });
      expect(await world.item(messageKey(plain.player, id))).to.deep.include({ data: { S: '{"level":7}' } });
      const data = { level: undefined } as unknown as { level: number };
      expect(await client.enqueueMany([{ ...plain, template: titled, data }])).to.deep.equal([
        {
          error: {
            field: "data.level",
            message: 'data.level of the message: missing. The template "titled" says so.',
          },
        },
      ]);
    });

    it("refuses data that does not, and stores nothing", async () => {
      const failure = async (work: () => unknown): Promise<unknown> => {
        try {
          await work();
          return undefined;
        } catch (error) {
          const { name, field, message } = error as Error & { field: string };
          return [name, field, message];
        }
      };
      const missing = 'data.level of the message: missing. The template "level-up" says so.';
      // @ts-expect-error -- the type says that it is wanted
      expect(await failure(() => client.enqueue({ ...plain, template: levelUp, data: {} }))).to.deep.equal([
        "MessageError",
        "data.level",
        missing,
      ]);
      // @ts-expect-error -- as above
      expect(await failure(() => client.enqueue({ ...plain, template: levelUp }))).to.be.an("array");
      // @ts-expect-error -- a number
      const text = await failure(() => client.enqueue({ ...plain, template: levelUp, data: { level: "7" } }));
      expect((text as string[])[2]).to.include("data.level of the message: expected an integer.");
      // @ts-expect-error -- no such data
      const more = await failure(() => client.transactItem({ ...plain, template: levelUp, data: { level: 7, x: 1 } }));
      expect((more as string[])[1]).to.equal("data.x");
      const [answer] = await client.enqueueMany([{ ...plain, template: levelUp, data: {} }]);
      expect(answer).to.deep.equal({ error: { field: "data.level", message: missing } });
      expect(await world.scan()).to.deep.equal([]);
    });

    it("is not taken from outside, where it is a name", async () => {
      const answer = await enqueueHandler(settings)()({ ...plain, template: { name: "level-up" } } as never, context);
      expect(answer.results).to.deep.equal([
        {
          error: {
            field: "template",
            message:
              'template of the message: got "{\\"name\\":\\"level-up\\"}"; expected a template\'s name: up to 64 of A-Z a-z 0-9 . _ -.',
          },
        },
      ]);
    });
  });

  const wrong: [string, unknown, string][] = [
    ["message", null, "got null; expected an object"],
    ["colour", { ...plain, colour: 1 }, "no such field"],
    ["player", { ...plain, player: "x".repeat(81) }, "a player id of 1 to 80 bytes"],
    ["player", { ...plain, player: "ada\r\nBcc: all" }, "without control characters"],
    ["player", { ...plain, player: "ada\u202e" }, "without control characters"],
    ["player", { ...plain, player: "ada\ud800" }, "without control characters"],
    ["type", { ...plain, type: "spam" }, "one of transactional, social, marketing"],
    ["template", { ...plain, template: "../x" }, "a template's name"],
    ["channel", { ...plain, channel: "E-Mail" }, "a channel's name"],
    ["deduplicationKey", { ...plain, deduplicationKey: "" }, "text of 1 to 256 bytes"],
    ["validUntil", { ...plain, validUntil: 1 }, "it has expired already"],
    ["validUntil", { ...plain, validUntil: Date.UTC(2030, 1) * 1_000 }, "epoch seconds (not milliseconds)"],
    ["notBefore", { ...plain, notBefore: Number.NaN }, "epoch seconds"],
    ["notBefore", { ...plain, notBefore: 1e-200 }, "epoch seconds"],
    ["notBefore", { ...plain, notBefore: 4e9, validUntil: 4e9 }, "it could never be sent"],
    ["data", { ...plain, data: [] }, "an object"],
    ["data", { ...plain, data: { x: "y".repeat(32_768) } }, "at most 32768 bytes"],
    ["data.n", { ...plain, data: { n: Infinity } }, "a finite number"],
    ["data.f", { ...plain, data: { f: () => 1 } }, "a JSON value"],
    ["locale", { ...plain, locale: "de_AT!" }, "a BCP 47 tag"],
    ["to", { ...plain, to: 5 }, "text of 1 to 320 bytes"],
  ];
  for (const [field, message, text] of wrong) {
    it(`refuses a wrong ${field}: ${text}`, () => {
      const problem = messageProblem(message, settings.types, now());
      expect(problem?.field).to.equal(field);
      expect(problem?.message).to.include(text);
    });
  }

  it("refuses nesting that is too deep, whole and by name", () => {
    let data: Record<string, unknown> = {};
    for (let i = 0; i < 40; i++) data = { a: data };
    expect(messageProblem({ ...plain, data }, settings.types, now())?.message).to.include("at most 32 levels");
    const polluted: unknown = JSON.parse('{"__proto__": {"x": 1}}');
    expect(messageProblem({ ...plain, data: polluted }, settings.types, now())?.field).to.equal("data.__proto__");
  });

  it("never throws, whatever it is asked to judge", () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
        (value) => {
          const problem = messageProblem(value, settings.types, now());
          expect(problem === undefined || typeof problem.message === "string").to.equal(true);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

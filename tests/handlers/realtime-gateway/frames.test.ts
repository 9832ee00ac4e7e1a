import { expect } from "chai";
import * as fc from "fast-check";
import { frameBuckets } from "../../../components/realtime-gateway/token-bucket";
import { defaultHandler } from "../../../components/realtime-gateway/default";
import { protocolError, readFrame } from "../../../components/realtime-gateway/frames";
import { parseJson } from "../../../components/realtime-gateway/json";
import { FRAME_BURST } from "../../../components/realtime-gateway/limits";
import { frameHandler, type FrameEvent } from "../../../components/realtime-gateway/route";
import { validate, type Schema } from "../../../components/shared/schema";
import Ajv from "ajv";
import { quietly } from "../shared/quietly";

const SCHEMA = {
  type: "object",
  properties: {
    name: { type: "string", maxLength: 5 },
    list: { type: "array", items: { type: "integer", minimum: 1 } },
  },
  required: ["name"],
  additionalProperties: false,
} as const satisfies Schema;

function event(body: string, routeKey = "act", connectionId = "c"): FrameEvent {
  return { requestContext: { connectionId, requestId: "r", routeKey, authorizer: { playerId: "p" } }, body };
}

interface Answer {
  readonly type: string;
  readonly error?: Record<string, string>;
}

describe("frames", () => {
  const bodies: unknown[] = [];
  const handler = frameHandler({ act: SCHEMA, fail: SCHEMA, refuse: SCHEMA }, () => async (_context, body, action) => {
    if (action === "fail") throw new Error("broken");
    if (action === "refuse") throw protocolError("conflict", "again", "body.name");
    bodies.push(body);
    return { done: true };
  })();
  const send = async (text: string, routeKey = "act", connection = `c${Math.random()}`) =>
    JSON.parse((await handler(event(text, routeKey, connection), {} as never)).body) as Answer;

  beforeEach(() => (bodies.length = 0));

  it("answers with the client's id", async () => {
    expect(await send('{"action":"act","id":"7","body":{"name":"x"}}')).to.deep.equal({
      type: "reply",
      action: "act",
      id: "7",
      body: { done: true },
    });
  });

  const deep = `{"action":"act","body":${"[".repeat(40)}${"]".repeat(40)}}`;
  const bad: readonly (readonly [string, string, string, string | undefined])[] = [
    ["text that is not JSON", "hello", "invalid-json", undefined],
    ["nothing", "", "invalid-json", undefined],
    ["a list", "[]", "invalid-frame", undefined],
    ["null", "null", "invalid-frame", undefined],
    ["a frame too large", `{"action":"act","body":{"name":"${"x".repeat(33_000)}"}}`, "too-large", undefined],
    ["a frame too deep", deep, "too-deep", undefined],
    ["no action", "{}", "invalid-frame", "action"],
    ["an action that is no text", '{"action":1}', "invalid-frame", "action"],
    ["an id that is no text", '{"action":"act","id":1}', "invalid-frame", "id"],
    ["an id too long", `{"action":"act","id":"${"x".repeat(65)}"}`, "invalid-frame", "id"],
    ["an unknown member", '{"action":"act","extra":1}', "invalid-frame", "extra"],
    ["a missing field", '{"action":"act","body":{}}', "invalid-field", "body.name"],
    ["a field of a wrong type", '{"action":"act","body":{"name":1}}', "invalid-field", "body.name"],
    ["an unknown field", '{"action":"act","body":{"name":"x","y":1}}', "invalid-field", "body.y"],
    ["a field inside a list", '{"action":"act","body":{"name":"x","list":[1,0]}}', "invalid-field", "body.list[1]"],
    ["a body that is no object", '{"action":"act","body":3}', "invalid-field", "body"],
    ["__proto__", '{"action":"act","body":{"name":"x","__proto__":{"a":1}}}', "invalid-value", "body.__proto__"],
    ["constructor", '{"action":"act","constructor":1}', "invalid-value", "constructor"],
    ["a number beyond all", '{"action":"act","body":{"name":"x","list":[1e999]}}', "invalid-value", "body.list[0]"],
    [
      "a number beyond exactness",
      '{"action":"act","body":{"list":[9007199254740993]}}',
      "invalid-value",
      "body.list[0]",
    ],
    ["half a character", '{"action":"act","body":{"name":"\\ud800"}}', "invalid-value", "body.name"],
  ];
  for (const [what, text, code, field] of bad) {
    it(`answers ${code} to ${what}, and the route does not see it`, async () => {
      const frame = await send(text);
      expect([frame.type, frame.error?.["code"], frame.error?.["field"]]).to.deep.equal(["error", code, field]);
      expect(bodies).to.deep.equal([]);
    });
  }

  it("answers with the frame's id and action also where a value in it cannot be kept", async () => {
    const { action, id } = (await send('{"action":"act","id":"7","body":{"name":"\\ud800"}}')) as unknown as Record<
      string,
      unknown
    >;
    expect([action, id]).to.deep.equal(["act", "7"]);
    expect(await send('{"action":"act","id":"\\ud800"}')).to.not.have.property("id");
  });

  it("gives an error's code and field to the client, of a failure nothing but its id", async () => {
    expect((await send('{"action":"refuse","body":{"name":"x"}}', "refuse")).error).to.deep.equal({
      code: "conflict",
      message: "again",
      field: "body.name",
    });
    const [frame, lines] = await quietly(() => send('{"action":"fail","body":{"name":"x"}}', "fail"));
    expect(frame.error).to.deep.equal({ code: "internal", message: "the gateway failed; quote request r" });
    expect(lines).to.deep.equal(["action fail r Error: broken"]);
  });

  it("answers what no route takes", async () => {
    const answer = await defaultHandler()()(event('{"action":"nope","id":"1"}', "$default"), {} as never);
    expect(JSON.parse(answer.body)).to.deep.include({ type: "error", action: "nope", id: "1" });
    expect(answer.body).to.contain("unknown-action");
  });

  it("answers a flood with too-many-frames and lets the others be", async () => {
    const { now } = Date;
    const stands = now();
    Date.now = () => stands;
    try {
      const answers: string[] = [];
      for (let i = 0; i < FRAME_BURST + 10; i++) {
        const { error } = await send('{"action":"act","body":{"name":"x"}}', "act", "flood");
        answers.push(String(error?.["code"] ?? "none"));
      }
      expect(answers).to.deep.equal([
        ...Array<string>(FRAME_BURST).fill("none"),
        ...Array<string>(10).fill("too-many-frames"),
      ]);
      expect((await send('{"action":"act","body":{"name":"x"}}', "act", "other")).type).to.equal("reply");
    } finally {
      Date.now = now;
    }
  });

  it("refills a bucket with time", () => {
    const admit = frameBuckets(2, 1);
    expect([admit("c", 0), admit("c", 0), admit("c", 0), admit("c", 1_000), admit("c", 1_000)]).to.deep.equal([
      true,
      true,
      false,
      true,
      false,
    ]);
  });

  it("takes any text without throwing, and stores no prototype", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.json(),
          fc.jsonValue().map((v) => JSON.stringify(v)),
        ),
        (text) => {
          const frame = readFrame(text);
          if (!frame.problem) expect(typeof frame.action).to.equal("string");
        },
      ),
      { numRuns: 300 },
    );
    expect(({} as Record<string, unknown>)["a"]).to.equal(undefined);
  });

  it("keeps every value that it accepts exactly", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const parsed = parseJson(JSON.stringify(value));
        if ("value" in parsed) expect(parsed.value).to.deep.equal(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 500 },
    );
  });

  it("measures depth as the parser builds it", () => {
    const depth = (value: unknown): number =>
      typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.nat(34), (inner, wraps) => {
        let value: unknown = inner;
        for (let i = 0; i < wraps; i++) value = [value, '"]}{["\\'];
        const parsed = parseJson(JSON.stringify(value));
        const tooDeep = "problem" in parsed && parsed.problem.code === "too-deep";
        expect(tooDeep).to.equal(depth(value) > 32);
      }),
      { numRuns: 300 },
    );
  });

  it("says how many of what are wanted", () => {
    const said = (schema: Schema, value: unknown): string | undefined => validate(schema, value, "body")?.message;
    expect([
      said({ type: "string", minLength: 1 }, ""),
      said({ type: "string", maxLength: 2 }, "abc"),
      said({ type: "array", minItems: 1 }, []),
      said({ type: "array", maxItems: 0 }, [1]),
      said({ type: "object", additionalProperties: true, maxProperties: 1 }, { a: 1, b: 2 }),
    ]).to.deep.equal([
      "expected at least 1 character",
      "expected at most 2 characters",
      "expected at least 1 item",
      "expected at most 0 items",
      "expected at most 1 member",
    ]);
  });

  it("agrees with ajv on generated schemas and values", () => {
    const ajv = new Ajv({ strict: false, unicodeRegExp: true });
    const leaf: fc.Arbitrary<Schema> = fc.oneof(
      fc.record({
        type: fc.constant("string" as const),
        minLength: fc.nat(3),
        maxLength: fc.integer({ min: 2, max: 6 }),
      }),
      fc.record({
        type: fc.constant("integer" as const),
        minimum: fc.integer({ min: -5, max: 0 }),
        maximum: fc.nat(5),
      }),
      fc.constantFrom<Schema>(
        { type: "boolean" },
        { type: "null" },
        { type: "number" },
        { type: "string", enum: ["a", "b"] },
      ),
      fc.constant<Schema>({ type: "string", pattern: "^[a-c]*$" }),
    );
    const schema = fc.letrec<{ node: Schema }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.record({ type: fc.constant("array" as const), items: tie("node"), maxItems: fc.nat(3) }),
        fc.record({
          type: fc.constant("object" as const),
          properties: fc.dictionary(fc.constantFrom("a", "b", "c"), tie("node")),
          required: fc.subarray(["a", "b"]),
          additionalProperties: fc.oneof(fc.boolean(), tie("node")),
        }),
      ),
    })).node;
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<unknown>(null, true, 0, 3, -4, 1.5, "", "a", "abc", "abcdefg"),
        fc.array(tie("node"), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom("a", "b", "c", "d"), tie("node")),
      ),
    })).node;
    fc.assert(
      fc.property(schema, fc.array(value, { minLength: 5, maxLength: 10 }), (made, values) => {
        const check = ajv.compile(made);
        for (const one of values) expect(validate(made, one, "body") === undefined).to.equal(check(one));
      }),
      { numRuns: 200 },
    );
  });
});

import { expect } from "chai";
import { compileFilter, type Verdict } from "../../../local/services/sns/filter-policy";
import type { MessageAttributes } from "../../../local/services/sns/message";
import { refusal } from "../sqs/fixture";
import { SnsFixture, text } from "./fixture";

/** Condition as written, why AWS refuses it, and the column that it names. */
const REFUSED: readonly (readonly [string, string, number])[] = [
  ['[["value"]]', "Match value must be String, number, true, false, or null", 10],
  ['[{"wrong-operator":true}]', "Unrecognized match type wrong-operator", 31],
  ['[{"suffix":"value","prefix":"value2"}]', "Only one key allowed in match expression", 37],
  ['[{"suffix":100}]', "suffix match pattern must be a string", 22],
  ['[{"suffix":null}]', "suffix match pattern must be a string", 23],
  ['{"suffix":"value"}', '"suffix" must be an object or an array', 19],
  ['[{"suffix":[]}]', "suffix match pattern must be a string", 20],
  ['[{"suffix":["test","test2"]}]', "suffix match pattern must be a string", 20],
  ['{"suffix":"value","prefix":"value"}', '"suffix" must be an object or an array', 19],
  ['{"not-an-operator":"value"}', '"not-an-operator" must be an object or an array', 28],
  ['[{"numeric":[]}]', "Invalid member in numeric match: ]", 22],
  ['[{"numeric":["operator"]}]', "Unrecognized numeric range operator: operator", 32],
  ['[{"numeric":[1,"<="]}]', "Invalid member in numeric match: 1", 22],
  ['[{"numeric":["=","000"]}]', "Value of equals must be numeric", 26],
  ['[{"numeric":[">="]}]', "Value of >= must be numeric", 26],
  ['[{"numeric":["<",100,">",10]}]', "Too many elements in numeric expression", 30],
  ['[{"numeric":[">=",1,">",2]}]', "Bad numeric range operator: >", 31],
  ['[{"numeric":[">",3,"<",1]}]', "Bottom must be less than top", 33],
  ['[{"numeric":[">",20,"<="]}]', "Value of <= must be numeric", 33],
  ['[{"numeric":[">",20,30]}]', "Bad value in numeric range: 30", 30],
  ['[{"numeric":[">",20,"test"]}]', "Bad numeric range operator: test", 34],
  ['[{"numeric":[">","20","<","30"]}]', "Value of > must be numeric", 26],
  ['[{"numeric":[">",20,"<","30"]}]', "Value of < must be numeric", 33],
  ['[{"numeric":[">",20,"<",30,"<",50]}]', "Too many terms in numeric range expression", 36],
  ['[{"exists":null}]', "exists match pattern must be either true or false.", 23],
  ['[{"exists":"no"}]', "exists match pattern must be either true or false.", 20],
  ['[{"anything-but":{"wrong-operator":null}}]', "Unsupported anything-but pattern: wrong-operator", 47],
  ['[{"anything-but":{"suffix":"test"}}]', "Unsupported anything-but pattern: suffix", 36],
  ['[{"anything-but":{"exists":false}}]', "Unsupported anything-but pattern: exists", 40],
  ['[{"anything-but":{"prefix":false}}]', "prefix match pattern must be a string", 40],
];

const REDACTED = "REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)";

/** Texts that are no JSON, and what AWS says of them. */
const UNREADABLE: readonly (readonly [string, string])[] = [
  [
    "{invalidjson}",
    `Unexpected character ('i' (code 105)): was expecting double-quote to start field name\n at [Source: ${REDACTED}; line: 1, column: 2]`,
  ],
  [
    "invalid-json",
    `Unrecognized token 'invalid': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n at [Source: ${REDACTED}; line: 1, column: 8]`,
  ],
];

const many = (count: number, first = 0): number[] => Array.from({ length: count }, (_, index) => first + index);

describe("SNS filter policies, as AWS was seen to answer", () => {
  let sns: SnsFixture;
  let topic: string;
  before(async () => {
    sns = new SnsFixture();
    topic = await sns.topic();
  });
  const subscribe = async (FilterPolicy: string, FilterPolicyScope = "MessageAttributes"): Promise<string> => {
    const { code, message } = await refusal(
      sns.subscribe(topic, "sms", "+123123123", { FilterPolicy, FilterPolicyScope }),
    );
    return `${code}: ${message}`;
  };

  for (const [condition, reason, column] of REFUSED) {
    it(`refuse ${condition}`, async () => {
      const policy = `{"key":${condition}}`;
      expect(await subscribe(policy)).to.equal(
        `InvalidParameter: Invalid parameter: Attributes Reason: FilterPolicy: ${reason}\n at [Source: (String)"${policy}"; line: 1, column: ${column}]`,
      );
    });
  }

  it("quote a long policy's beginning, and name the line", async () => {
    const policy = `{"key":["${"x".repeat(600)}",\n true,\n [1]]}`;
    expect(await subscribe(policy)).to.equal(
      `InvalidParameter: Invalid parameter: Attributes Reason: FilterPolicy: Match value must be String, number, true, false, or null\n at [Source: (String)"${policy.slice(0, 500)}"[truncated ${policy.length - 500} chars]; line: 3, column: 3]`,
    );
  });

  it("refuse what is no JSON", async () => {
    for (const [policy, reason] of UNREADABLE)
      expect(await subscribe(policy)).to.equal(
        `InvalidParameter: Invalid parameter: Attributes Reason: FilterPolicy: failed to parse JSON. ${reason}`,
      );
  });

  it("are too complex from 151 combinations on, and have at most five keys", async () => {
    const complex =
      "InvalidParameter: Invalid parameter: Attributes Reason: FilterPolicy: Filter policy is too complex";
    const refused: readonly (readonly [unknown, string?])[] = [
      [{ key: many(151) }],
      [{ key1: many(100), key2: many(51) }],
      [{ source: many(4), $or: [{ name: many(6) }, { type: many(4), $or: [{ id: many(4) }, { space: many(4) }] }] }],
      [
        {
          $or: [{ name: many(3) }, { namespace: many(2) }],
          detail: { scope: many(2), $or: [{ source: many(1) }, { type: many(3) }] },
        },
        "MessageBody",
      ],
      [{ a: { b: { c: many(4) } }, d: { e: many(3) }, f: many(3) }, "MessageBody"],
    ];
    for (const [policy, scope] of refused) expect(await subscribe(JSON.stringify(policy), scope)).to.equal(complex);
    const six = Object.fromEntries(many(6).map((key) => [`key${key}`, ["value"]]));
    expect(await subscribe(JSON.stringify(six))).to.equal(
      "InvalidParameter: Invalid parameter: Attributes Reason: FilterPolicy: Filter policy can not have more than 5 keys",
    );
    const allowed = {
      source: many(3),
      $or: [{ name: many(6) }, { type: many(4), $or: [{ id: many(4) }, { space: many(7) }] }],
    };
    await sns.subscribe(topic, "sms", "+1231231234", { FilterPolicy: JSON.stringify(allowed) });
  });

  it("stand in the words of SetSubscriptionAttributes without `Attributes Reason`", async () => {
    const subscription = await sns.subscribe(topic, "sqs", await sns.queue("inbox", topic));
    const set = (AttributeName: string, AttributeValue: string): Promise<unknown> =>
      sns.call("SetSubscriptionAttributes", { SubscriptionArn: subscription, AttributeName, AttributeValue });
    const attributes = async (): Promise<Record<string, string>> => {
      const answer = await sns.call("GetSubscriptionAttributes", { SubscriptionArn: subscription });
      const map = answer["Attributes"] as Record<symbol, Record<string, string>>;
      return map[Object.getOwnPropertySymbols(map)[0]!]!;
    };
    const nested = '{"object":{"key":[{"prefix":"auto-"}]}}';
    expect((await refusal(set("FilterPolicy", nested))).message).to.equal(
      "Invalid parameter: Filter policy scope MessageAttributes does not support nested filter policy",
    );
    expect((await refusal(set("FilterPolicyScope", "RandomValue"))).message).to.equal(
      "Invalid parameter: FilterPolicyScope: Invalid value [RandomValue]. Please use either MessageBody or MessageAttributes",
    );
    await set("FilterPolicyScope", "MessageBody");
    expect(await attributes()).not.to.have.property("FilterPolicyScope");
    expect((await refusal(set("FilterPolicy", '{"key_a":"value_one"}'))).message).to.equal(
      'Invalid parameter: FilterPolicy: "key_a" must be an object or an array\n at [Source: (String)"{"key_a":"value_one"}"; line: 1, column: 11]',
    );
    await set("FilterPolicy", nested);
    expect(await attributes()).to.deep.equal({
      ConfirmationWasAuthenticated: "true",
      Endpoint: sns.cloud.arn("sqs", "inbox"),
      FilterPolicy: nested,
      FilterPolicyScope: "MessageBody",
      Owner: "123456789012",
      PendingConfirmation: "false",
      Protocol: "sqs",
      RawMessageDelivery: "false",
      SubscriptionArn: subscription,
      SubscriptionPrincipal: (sns.cloud.operator as { arn: string }).arn,
      TopicArn: topic,
    });
  });

  it("take a dot in a name for a level, in the policy and in the body", () => {
    const verdicts = (policy: unknown, ...bodies: readonly unknown[]): readonly Verdict[] => {
      const filter = compileFilter(JSON.stringify(policy), "MessageBody");
      return bodies.map((body) => filter(JSON.stringify(body), {}));
    };
    const value = "string.value";
    expect(
      verdicts(
        { "object.nested": [value] },
        { object: { nested: value } },
        { "object.nested": value },
        { object: { nested: "test-auto" } },
      ),
    ).to.deep.equal(["pass", "pass", "body"]);
    const deep = [
      { object: { nested: { test: value } } },
      { "object.nested.test": value },
      { "object.nested": { test: value } },
      { object: { "nested.test": value } },
    ];
    expect(verdicts({ "object.nested.test": [value] }, ...deep, { object: { nested: { test: "x" } } })).to.deep.equal([
      "pass",
      "pass",
      "pass",
      "pass",
      "body",
    ]);
    expect(verdicts({ object: { nested: { test: [value] } } }, ...deep)).to.deep.equal([
      "pass",
      "pass",
      "pass",
      "pass",
    ]);
    // A name that is both a value's and a parent's.
    const both = { a: ["x"], "a.b": ["y"] };
    expect(
      verdicts(both, { a: "x", "a.b": "y" }, { "a.b": "y", a: ["x", "z"] }, { a: "x" }, { a: { b: "y" } }),
    ).to.deep.equal(["pass", "pass", "body", "body"]);
  });

  it("look into lists of lists of objects", () => {
    const policy = {
      Records: { s3: { object: { key: [{ prefix: "auto-" }] } }, eventName: [{ prefix: "ObjectCreated:" }] },
    };
    const filter = compileFilter(JSON.stringify(policy), "MessageBody");
    const record = (eventName: string, object: unknown): unknown => ({ eventName, s3: { object } });
    const created = "ObjectCreated:Put";
    const say = (...Records: readonly unknown[]): Verdict => filter(JSON.stringify({ Records }), {});
    expect([
      say(record(created, [[{ key: "auto-1" }]]), record("ObjectRemoved:Delete", { key: "home-1" })),
      say(record(created, { key: "auto-1" })),
      say(record("ObjectRemoved:Delete", { key: "auto-1" })),
      say(record(created, { key: "home-1" })),
    ]).to.deep.equal(["pass", "pass", "body", "body"]);
  });

  it("let no message without attributes through", () => {
    const say = (policy: string, attributes: MessageAttributes): Verdict =>
      compileFilter(policy, "MessageAttributes")("", attributes);
    const other = { def: { DataType: "Number", StringValue: "99" } };
    const absent = '{"store":[{"exists":false}]}';
    expect([say(absent, other), say(absent, { ...other, store: other.def }), say(absent, {})]).to.deep.equal([
      "pass",
      "attributes",
      "no-attributes",
    ]);
    expect(say('{"attr1":[null,{"anything-but":"whatever"}]}', {})).to.equal("no-attributes");
    const list = (...values: string[]): MessageAttributes => ({
      store: { DataType: "String.Array", StringValue: JSON.stringify(values) },
    });
    const exact = '{"store":["value1"]}';
    expect([say(exact, list("value1", "value2")), say(exact, list("value2", "value3"))]).to.deep.equal([
      "pass",
      "attributes",
    ]);
    expect(say(exact, { store: text("value1") } as unknown as MessageAttributes)).to.equal("pass");
  });
});

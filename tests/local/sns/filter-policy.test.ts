import { expect } from "chai";
import * as fc from "fast-check";
import { compileFilter } from "../../../local/services/sns/filter-policy";
import type { MessageAttributes } from "../../../local/services/sns/message";
import { refusal } from "../sqs/fixture";
import { SnsFixture, text } from "./fixture";

type Value = string | number | readonly (string | number)[];

/** A condition as written, and what it means of an attribute that is there. */
interface Condition {
  readonly written: unknown;
  readonly means: (value: Value | undefined) => boolean;
}

const word = fc.constantFrom("mail", "push", "mailbox", "MAIL", "sms");
const number = fc.constantFrom(0, 5, 10, 99.5);
const value: fc.Arbitrary<Value> = fc.oneof(
  word,
  number,
  fc.array(fc.oneof(word, number), { minLength: 1, maxLength: 3 }),
);

const some = (test: (one: string | number) => boolean) => (given: Value | undefined) =>
  given !== undefined && [given].flat().some(test);

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.oneof(word, number).map((wanted) => ({ written: wanted, means: some((one) => one === wanted) })),
  word.map((prefix) => ({
    written: { prefix },
    means: some((one) => typeof one === "string" && one.startsWith(prefix)),
  })),
  word.map((suffix) => ({
    written: { suffix },
    means: some((one) => typeof one === "string" && one.endsWith(suffix)),
  })),
  word.map((same) => ({
    written: { "equals-ignore-case": same },
    means: some((one) => typeof one === "string" && one.toLowerCase() === same.toLowerCase()),
  })),
  word.map((refused) => ({ written: { "anything-but": [refused] }, means: some((one) => one !== refused) })),
  fc
    .tuple(number, number)
    .filter(([low, high]) => low < high)
    .map(([low, high]) => ({
      written: { numeric: [">", low, "<=", high] },
      means: some((one) => typeof one === "number" && one > low && one <= high),
    })),
  fc
    .boolean()
    .map((exists) => ({ written: { exists }, means: (given: Value | undefined) => (given !== undefined) === exists })),
);

const key = fc.constantFrom("kind", "level", "tags");
const message = fc.dictionary(key, value, { maxKeys: 3 });
const policy = fc.dictionary(key, fc.array(condition, { minLength: 1, maxLength: 3 }), { minKeys: 1, maxKeys: 3 });

function attributesOf(values: Readonly<Record<string, Value>>): MessageAttributes {
  return Object.fromEntries(
    Object.entries(values).map(([name, one]) => [
      name,
      typeof one === "string"
        ? { DataType: "String", StringValue: one }
        : typeof one === "number"
          ? { DataType: "Number", StringValue: String(one) }
          : { DataType: "String.Array", StringValue: JSON.stringify(one) },
    ]),
  );
}

describe("SNS filter policies", () => {
  it("let through what a plain predicate lets through, on attributes and on bodies", () => {
    fc.assert(
      fc.property(message, policy, (values, conditions) => {
        const written = JSON.stringify(
          Object.fromEntries(Object.entries(conditions).map(([name, list]) => [name, list.map((one) => one.written)])),
        );
        const expected = Object.entries(conditions).every(([name, list]) =>
          list.some((one) => one.means(Object.hasOwn(values, name) ? values[name] : undefined)),
        );
        const isAny = Object.keys(values).length > 0;
        expect(compileFilter(written, "MessageAttributes")("", attributesOf(values)) === "pass").to.equal(
          expected && isAny,
        );
        expect(compileFilter(written, "MessageBody")(JSON.stringify(values), {}) === "pass").to.equal(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it("say why a message did not pass", () => {
    const byAttribute = compileFilter('{"kind":["mail"]}', "MessageAttributes");
    expect(byAttribute("", {})).to.equal("no-attributes");
    expect(byAttribute("", attributesOf({ kind: "push" }))).to.equal("attributes");
    const byBody = compileFilter('{"player":{"vip":[true]}}', "MessageBody");
    expect(byBody("hello", {})).to.equal("invalid-body");
    expect(byBody('{"player":{"vip":false}}', {})).to.equal("body");
    expect(byBody('{"player":{"vip":true}}', {})).to.equal("pass");
  });

  it("never see binary attributes, and join $or with the keys beside it", () => {
    const exists = compileFilter('{"blob":[{"exists":true}]}', "MessageAttributes");
    expect(exists("", { blob: { DataType: "Binary", BinaryValue: "aGk=" } })).to.equal("attributes");
    const either = compileFilter(
      '{"kind":["mail"],"$or":[{"vip":["yes"]},{"level":[{"numeric":[">",10]}]}]}',
      "MessageAttributes",
    );
    expect(either("", attributesOf({ kind: "mail", level: 11 }))).to.equal("pass");
    expect(either("", attributesOf({ kind: "mail", level: 10 }))).to.equal("attributes");
  });

  it("keep to their limits", async () => {
    const sns = new SnsFixture();
    const topic = await sns.topic();
    const queue = await sns.queue("inbox", topic);
    const set = async (policy: unknown, scope = "MessageAttributes"): Promise<string> =>
      (
        await refusal(
          sns.subscribe(topic, "sqs", queue, { FilterPolicy: JSON.stringify(policy), FilterPolicyScope: scope }),
        )
      ).message;
    const six = Object.fromEntries(["a", "b", "c", "d", "e", "f"].map((name) => [name, ["x"]]));
    const many = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));
    expect(await set(six)).to.contain("can not have more than 5 keys");
    expect(await set({ a: many(151) })).to.contain("too complex");
    expect(await set({ a: many(4), b: many(4), c: many(10) })).to.contain("too complex");
    expect(await set({ a: { b: { c: many(4) }, d: many(7) } }, "MessageBody")).to.contain("too complex");
    expect(await set({ a: { b: ["c"] } })).to.contain("does not support nested filter policy");
    expect(await set({ a: [{ like: "b" }] })).to.contain("Unrecognized match type like");
    const five = Object.fromEntries(["a", "b", "c", "d", "e"].map((name) => [name, ["x"]]));
    for (const [i, policy] of [five, { a: many(150) }, { a: many(3), b: many(5), c: many(10) }].entries()) {
      await sns.subscribe(topic, "sqs", await sns.queue(`queue-${i}`, topic), { FilterPolicy: JSON.stringify(policy) });
    }
  });

  it("may change on a living subscription", async () => {
    const sns = new SnsFixture();
    const topic = await sns.topic();
    const queue = await sns.queue("inbox", topic);
    const subscription = await sns.subscribe(topic, "sqs", queue, {
      RawMessageDelivery: "true",
      FilterPolicy: '{"kind":["mail"]}',
    });
    await sns.publish(topic, "1", { kind: text("push") });
    await sns.call("SetSubscriptionAttributes", {
      SubscriptionArn: subscription,
      AttributeName: "FilterPolicy",
      AttributeValue: '{"kind":["push"]}',
    });
    await sns.publish(topic, "2", { kind: text("push") });
    await sns.call("SetSubscriptionAttributes", {
      SubscriptionArn: subscription,
      AttributeName: "FilterPolicy",
      AttributeValue: "",
    });
    await sns.publish(topic, "3");
    expect((await sns.received(queue)).map(({ Body }) => Body)).to.deep.equal(["2", "3"]);
  });

  it("compares numbers with five digits after the point, in attributes and bodies", () => {
    const policy = '{"price":[100.123456789,{"numeric":["<",0.00002]}]}';
    const ofAttribute = (StringValue: string): string =>
      compileFilter(policy, "MessageAttributes")("", { price: { DataType: "Number", StringValue } });
    const ofBody = (price: number): string => compileFilter(policy, "MessageBody")(JSON.stringify({ price }), {});
    expect([ofAttribute("100.1234567"), ofBody(100.1234567)]).to.deep.equal(["pass", "pass"]);
    expect([ofAttribute("100.12346"), ofBody(100.12344)]).to.deep.equal(["attributes", "body"]);
    expect([ofBody(0.000019), ofBody(0.00002)]).to.deep.equal(["pass", "body"]);
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cbor } from "@smithy/core/cbor";
import { expect } from "chai";
import * as fc from "fast-check";
import { assemble } from "../../../local/assemble";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import { Front } from "../../../local/http/front";
import { inputShape, resolveShape, type Shape } from "../../../local/http/shapes";
import { operatorCredentials } from "../../../local/services/iam";
import type { HttpRequest, Json, Protocol, RestRoute, Service } from "../../../local/service";
import { encoded, signed } from "./signed";

/** Inputs tried per operation and protocol. */
const RUNS = Number(process.env["FUZZ_RUNS"] ?? 12);
const SEED = Number(process.env["FUZZ_SEED"] ?? 20_261_121);

describe("Input of a wrong kind", function () {
  this.timeout(120_000 + RUNS * 10_000);
  const folder = mkdtempSync(join(tmpdir(), "wrong-input-"));
  const clock = new VirtualClock();
  const cloud = new Cloud({ clock, folder });
  assemble(cloud);
  const front = new Front(cloud);
  let names: readonly string[] = [];

  before(async () => {
    const call = (service: string, operation: string, input: Json): Promise<Json> =>
      cloud.call(service, operation, input, cloud.operator);
    const { QueueUrl } = await call("sqs", "CreateQueue", { QueueName: "queue" });
    const { TopicArn } = await call("sns", "CreateTopic", { Name: "topic" });
    const { SubscriptionArn } = await call("sns", "Subscribe", {
      TopicArn,
      Protocol: "sqs",
      Endpoint: cloud.arn("sqs", "queue"),
    });
    const { KeyMetadata } = await call("kms", "CreateKey", {});
    await call("dynamodb", "CreateTable", {
      TableName: "table",
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      BillingMode: "PAY_PER_REQUEST",
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    });
    await call("logs", "CreateLogGroup", { logGroupName: "group" });
    await call("logs", "CreateLogStream", { logGroupName: "group", logStreamName: "stream" });
    await call("events", "PutRule", { Name: "rule", EventPattern: '{"source":["a"]}' });
    await call("s3", "CreateBucket", { Bucket: "bucket" });
    await call("glue", "CreateDatabase", { DatabaseInput: { Name: "database" } });
    await call("ses", "CreateEmailIdentity", { EmailIdentity: "studio@games.test" });
    await call("ses", "CreateConfigurationSet", { ConfigurationSetName: "set" });
    await call("athena", "CreateWorkGroup", { Name: "workgroup" });
    names = [
      ...["queue", "topic", "table", "group", "stream", "rule", "bucket", "database", "set", "workgroup", "default"],
      ...["pk", "S", "HASH", "primary", "ada@players.test", "studio@games.test", "sqs", "rate(1 hour)", "SELECT 1"],
      ...[QueueUrl, TopicArn, SubscriptionArn, (KeyMetadata as Json)["KeyId"]].map(String),
      ...[cloud.arn("sqs", "queue"), cloud.arn("dynamodb", "table/table"), cloud.arn("events", "rule/rule")],
    ];
  });
  after(async () => {
    await cloud.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const requests = [...cloud.services.values()].flatMap((service) =>
    service.protocols.flatMap((protocol) =>
      Object.keys(service.operations)
        .filter((operation) => speaks(service, protocol, operation))
        .map((operation) => ({ service, protocol, operation })),
    ),
  );
  for (const service of cloud.services.values()) {
    it(`is refused by ${service.name}, with an error of its own`, async () => {
      const failures: string[] = [];
      for (const { protocol, operation } of requests.filter((request) => request.service === service)) {
        const shape = inputShape(service.name, protocol.kind, operation) ?? { map: "string" };
        const property = fc.asyncProperty(valueOf(shape, names, 0), async (input) => {
          const request = requestOf(protocol, operation, input);
          if (!request) return;
          const at = cloud.clock.now();
          const keys = operatorCredentials(cloud);
          const answer = await answered(front.handle(signed(request, keys, service.signingName, at)), clock);
          if (answer && answer.status >= 500) throw new Error(`${operation}: ${answer.body.toString()}`);
        });
        const outcome = await fc.check(property, { numRuns: RUNS, seed: SEED, endOnFailure: true });
        if (outcome.failed) failures.push(`${String(outcome.errorInstance)}\n${fc.stringify(outcome.counterexample)}`);
      }
      expect(failures.join("\n\n")).to.equal("");
    });
  }
});

/** The answer; undefined when only time would bring it (a long poll). */
async function answered<T>(answer: Promise<T>, clock: VirtualClock): Promise<T | undefined> {
  let settled: T | undefined;
  const done = answer.then((value) => {
    settled = value;
    return true;
  });
  await Promise.race([done, clock.settle()]);
  if (settled === undefined) await clock.advance(20_000);
  return settled ?? answer;
}

function speaks({ name }: Service, protocol: Protocol, operation: string): boolean {
  if (protocol.kind === "rest") return protocol.routes.some((route) => route.operation === operation);
  return inputShape(name, protocol.kind, operation) !== undefined;
}

const WRONG = fc.constantFrom<unknown>(
  ...[null, "", "x", "\ud800", "x".repeat(5_000), "__proto__", 0, -1, 1.5, 1e308, 2 ** 53, true, [], {}],
  ...[[null], [[]], [{}], ["a", "a"], { a: 1 }, { constructor: 1 }, { key: "a", value: [] }, "1e400", "2026-13-45"],
);

/** Values of a shape, with now and then something that is none. */
function valueOf(shape: Shape, names: readonly string[], depth: number): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: depth === 0 ? 30 : 7, arbitrary: right(shape, names, depth) },
    { weight: 1, arbitrary: WRONG },
  );
}

function right(shape: Shape, names: readonly string[], depth: number): fc.Arbitrary<unknown> {
  const wanted = resolveShape(shape);
  if (typeof wanted !== "string") {
    if (depth > 5) return fc.constant({});
    if ("list" in wanted) return fc.array(valueOf(wanted.list, names, depth + 1), { maxLength: 3 });
    if ("map" in wanted)
      return fc.dictionary(fc.constantFrom(...names, "a"), valueOf(wanted.map, names, depth + 1), { maxKeys: 3 });
    const members = Object.fromEntries(
      Object.entries(wanted.members).map(([name, member]) => [name, valueOf(member, names, depth + 1)]),
    );
    const often = new Set(wanted.required ?? []);
    const all = fc.record(members, { requiredKeys: Object.keys(members).filter((name) => often.has(name)) });
    return fc.oneof({ weight: 5, arbitrary: all }, { weight: 1, arbitrary: fc.record(members, { requiredKeys: [] }) });
  }
  switch (wanted) {
    case "number":
    case "numeric":
    case "timestamp":
      return fc.constantFrom<unknown>(0, 1, 2, 10, 60, -1, 1_767_225_600, 2 ** 31, 0.5);
    case "boolean":
    case "flag":
      return fc.boolean();
    default:
      return fc.oneof(
        fc.constantFrom(...names),
        fc.constantFrom("a", "1", "{}", "[]", "ENABLED", "Active"),
        fc.string(),
      );
  }
}

function requestOf(protocol: Protocol, operation: string, input: unknown): HttpRequest | undefined {
  const post = (headers: Record<string, string>, body: string | Uint8Array, path = "/"): HttpRequest => ({
    method: "POST",
    path,
    query: "",
    headers,
    body: Buffer.from(body as string),
  });
  switch (protocol.kind) {
    case "json": {
      const type = `application/x-amz-json-${protocol.version}`;
      return post({ "content-type": type, "x-amz-target": `${protocol.target}.${operation}` }, JSON.stringify(input));
    }
    case "cbor": {
      const path = `/service/${protocol.service}/operation/${operation}`;
      return post(
        { "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor" },
        cbor.serialize(input),
        path,
      );
    }
    case "query": {
      const form = new URLSearchParams([["Action", operation], ["Version", protocol.version], ...formOf("", input)]);
      return post({ "content-type": "application/x-www-form-urlencoded" }, form.toString());
    }
    case "rest": {
      const route = protocol.routes.find((candidate) => candidate.operation === operation);
      return route && restRequest(route, input);
    }
  }
}

function restRequest(route: RestRoute, input: unknown): HttpRequest {
  const members: Json = typeof input === "object" && input !== null && !Array.isArray(input) ? { ...input } : {};
  const text = (value: unknown): string => {
    const plain = typeof value === "string" ? value : JSON.stringify(value ?? "x");
    return encoded(plain.replace(/[\ud800-\udfff]/g, "") || "x");
  };
  const path = route.path.replace(/\{([^}+]+)\+?\}/g, (_, name: string) => text(members[name] ?? "bucket"));
  const fixed = (route.query ?? []).map((name) => (name.includes("=") ? name : `${name}=`));
  const isRead = route.method === "GET" || route.method === "HEAD" || route.method === "DELETE";
  const query = isRead
    ? Object.entries(members)
        .filter(([name, value]) => value !== undefined && /^[A-Za-z]+$/.test(name))
        .map(([name, value]) => `${name}=${text(value)}`)
    : [];
  const headers = Object.fromEntries((route.headers ?? []).map((name) => [name, "/bucket/key"]));
  return {
    method: route.method,
    path,
    query: [...fixed, ...query].join("&"),
    headers,
    body: Buffer.from(isRead ? "" : JSON.stringify(input)),
  };
}

/** The form of the query protocol. */
function formOf(path: string, value: unknown): [string, string][] {
  const inner = (part: string): string => (path === "" ? part : `${path}.${part}`);
  if (Array.isArray(value)) return value.flatMap((item, i) => formOf(inner(`member.${i + 1}`), item));
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([name, member]) => formOf(inner(name), member));
  return value === undefined || value === null ? [] : [[path, String(value)]];
}

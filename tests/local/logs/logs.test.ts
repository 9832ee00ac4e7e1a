import { expect } from "chai";
import fc from "fast-check";
import { tmpdir } from "node:os";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import type { Principal } from "../../../local/principal";
import type { Json } from "../../../local/service";
import { iamEngine, iamService } from "../../../local/services/iam";
import { keyStore } from "../../../local/services/kms";
import { logsEngine, logsService } from "../../../local/services/logs";
import { LogsEngine } from "../../../local/services/logs/engine";
import { compileFilterPattern, jsonOf } from "../../../local/services/logs/filter-pattern";

const account = "123456789012";

describe("CloudWatch Logs", () => {
  let cloud: Cloud;
  let clock: VirtualClock;
  beforeEach(() => {
    clock = new VirtualClock();
    cloud = new Cloud({ clock, folder: tmpdir() });
    cloud.register(iamService(cloud));
    cloud.register(logsService(cloud));
  });
  const call = <O = Json>(operation: string, input: Json): Promise<O> =>
    cloud.call<O>("logs", operation, input, cloud.operator);
  const create = (type: string, inputs: Json): unknown =>
    logsService(cloud).resourceTypes[type]!.create(inputs, {
      cloud,
      name: "g",
      type,
      urn: "u",
      physicalName: () => "g-1234567",
    });
  const worker = (...statements: Json[]): Principal => {
    const { store } = iamEngine(cloud);
    const trust = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
    };
    const { arn } = store.putRole("worker", trust);
    if (statements.length > 0) store.putInline("worker", "p", { Version: "2012-10-17", Statement: statements });
    return { type: "role", roleArn: arn, arn: `arn:aws:sts::${account}:assumed-role/worker/s` };
  };
  const messages = (group: string): string[] =>
    [...logsEngine(cloud).lines()].filter((line) => line.group === group).map((line) => line.message);

  it("keeps what is put, and finds it by pattern", async () => {
    await call("CreateLogGroup", { logGroupName: "/game" });
    await call("CreateLogStream", { logGroupName: "/game", logStreamName: "a" });
    const now = clock.now();
    await call("PutLogEvents", {
      logGroupName: "/game",
      logStreamName: "a",
      logEvents: [
        { timestamp: now, message: '{"level":"ERROR","ms":12}' },
        { timestamp: now + 1, message: "plain ERROR here" },
        { timestamp: now + 2, message: '{"level":"INFO","ms":120}' },
      ],
    });
    const find = async (filterPattern: string): Promise<string[]> =>
      (
        await call<{ events: { message: string }[] }>("FilterLogEvents", { logGroupName: "/game", filterPattern })
      ).events.map((event) => event.message);
    expect(await find("ERROR")).to.deep.equal(['{"level":"ERROR","ms":12}', "plain ERROR here"]);
    expect(await find('"ERROR here"')).to.deep.equal(["plain ERROR here"]);
    expect(await find("?plain ?INFO")).to.deep.equal(["plain ERROR here", '{"level":"INFO","ms":120}']);
    expect(await find("ERROR -plain")).to.deep.equal(['{"level":"ERROR","ms":12}']);
    expect(await find('{ $.level = "E*" }')).to.deep.equal(['{"level":"ERROR","ms":12}']);
    expect(await find("{ ($.ms > 100 || $.ms < 10) && $.level != ERROR }")).to.deep.equal([
      '{"level":"INFO","ms":120}',
    ]);
    expect(await find("{ $.nothing NOT EXISTS && $.ms = 12 }")).to.deep.equal(['{"level":"ERROR","ms":12}']);
    for (const wrong of ["{ $.a ", "{ a = 1 }", "[a, b]", "{ $.a > x }"]) {
      const error = await call("FilterLogEvents", { logGroupName: "/game", filterPattern: wrong }).catch(
        (reason: unknown) => reason,
      );
      expect(error, wrong).to.include({ code: "InvalidParameterException", message: "Invalid filter pattern" });
    }
    const first = await call<{ events: Json[]; nextForwardToken: string }>("GetLogEvents", {
      logGroupName: "/game",
      logStreamName: "a",
      startFromHead: true,
      limit: 2,
    });
    expect(first.events).to.have.length(2);
    const rest = await call<{ events: { message: string }[] }>("GetLogEvents", {
      logGroupName: "/game",
      logStreamName: "a",
      nextToken: first.nextForwardToken,
    });
    expect(rest.events.map((event) => event.message)).to.deep.equal(['{"level":"INFO","ms":120}']);
  });

  it("answers AWS's errors", async () => {
    const code = async (operation: string, input: Json): Promise<string> =>
      call(operation, input).then(
        () => "none",
        (error: unknown) => `${(error as { code: string }).code}: ${(error as Error).message}`,
      );
    await call("CreateLogGroup", { logGroupName: "g" });
    expect(await code("CreateLogGroup", { logGroupName: "g" })).to.equal(
      "ResourceAlreadyExistsException: The specified log group already exists",
    );
    expect(await code("CreateLogStream", { logGroupName: "h", logStreamName: "s" })).to.equal(
      "ResourceNotFoundException: The specified log group does not exist.",
    );
    expect(await code("GetLogEvents", { logGroupName: "g", logStreamName: "s" })).to.equal(
      "ResourceNotFoundException: The specified log stream does not exist.",
    );
    expect(await code("PutRetentionPolicy", { logGroupName: "g", retentionInDays: 2 })).to.match(
      /^InvalidParameterException: .*'retentionInDays'/,
    );
  });

  it("forgets events after the retention", async () => {
    create("aws:cloudwatch/logGroup:LogGroup", { name: "g", retentionInDays: 7 });
    const stream = { name: "s", created: 0 };
    logsEngine(cloud).append(logsEngine(cloud).store.get("g"), stream, [{ timestamp: clock.now(), message: "old" }]);
    await clock.advance(6 * 86_400_000);
    logsEngine(cloud).append(logsEngine(cloud).store.get("g"), stream, [{ timestamp: clock.now(), message: "new" }]);
    expect(messages("g")).to.deep.equal(["old", "new"]);
    await clock.advance(2 * 86_400_000);
    expect(messages("g")).to.deep.equal(["new"]);
  });

  it("stays within its memory, the newest lines kept", () => {
    const engine = new LogsEngine(cloud, 1000);
    const group = engine.store.create("g");
    for (let i = 0; i < 1000; i++)
      engine.append(group, { name: "s", created: 0 }, [{ timestamp: i, message: `line ${i}` }]);
    expect(group.bytes).to.be.at.most(1000);
    expect(group.events.at(-1)?.message).to.equal("line 999");
  });

  describe("with a customer key", () => {
    const key = (...statements: Json[]): string => {
      const root = {
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: "kms:*",
        Resource: "*",
      };
      return keyStore(cloud).create(
        { policy: { Version: "2012-10-17", Statement: [root, ...statements] } },
        cloud.operator,
      ).arn;
    };
    const admit = (pattern: string): Json => ({
      Effect: "Allow",
      Principal: { Service: "logs.us-east-1.amazonaws.com" },
      Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
      Resource: "*",
      Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": pattern } },
    });

    it("needs the key policy to admit the service for this group", () => {
      const kmsKeyId = key(admit(`arn:aws:logs:us-east-1:${account}:log-group:/game/*`));
      expect(create("aws:cloudwatch/logGroup:LogGroup", { name: "/game/a", kmsKeyId })).to.have.nested.property(
        "state.arn",
        `arn:aws:logs:us-east-1:${account}:log-group:/game/a`,
      );
      expect(() => create("aws:cloudwatch/logGroup:LogGroup", { name: "/other", kmsKeyId }))
        .to.throw(
          `The specified KMS key does not exist or is not allowed to be used with Arn 'arn:aws:logs:us-east-1:${account}:log-group:/other'`,
        )
        .that.includes({ code: "InvalidParameterException" });
      expect(() => create("aws:cloudwatch/logGroup:LogGroup", { name: "/game/b", kmsKeyId: key() })).to.throw(
        /not allowed to be used/,
      );
      expect(() =>
        create("aws:cloudwatch/logGroup:LogGroup", { name: "/game/c", kmsKeyId: kmsKeyId.split("/")[1] }),
      ).to.throw(/does not exist/);
    });
  });

  describe("written to by a function", () => {
    const mine = `arn:aws:logs:us-east-1:${account}:log-group:/aws/lambda/f:*`;

    it("takes its lines when the role may write", () => {
      create("aws:cloudwatch/logGroup:LogGroup", { name: "/aws/lambda/f" });
      const role = worker({ Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: mine });
      cloud.ports.logs.write(role, "/aws/lambda/f", "s", ["START", "END"]);
      expect(messages("/aws/lambda/f")).to.deep.equal(["START", "END"]);
      const last = cloud.trace.since().at(-1)!;
      expect([last.kind, last.name, last.units]).to.deep.equal([
        "log",
        "/aws/lambda/f",
        { "cloudwatch.logsInGb": (5 + 26 + 3 + 26) / 1e9 },
      ]);
    });

    for (const missing of ["logs:CreateLogStream", "logs:PutLogEvents"]) {
      it(`drops them with a line in the trace when ${missing} is not allowed`, () => {
        create("aws:cloudwatch/logGroup:LogGroup", { name: "/aws/lambda/f" });
        const Action = ["logs:CreateLogStream", "logs:PutLogEvents"].filter((action) => action !== missing);
        cloud.ports.logs.write(worker({ Effect: "Allow", Action, Resource: mine }), "/aws/lambda/f", "s", ["START"]);
        expect(messages("/aws/lambda/f")).to.deep.equal([]);
        expect(
          cloud.trace
            .since()
            .filter((event) => event.kind === "denied")
            .map((event) => event.data),
        ).to.deep.equal([
          {
            action: missing,
            deniedResource: `arn:aws:logs:us-east-1:${account}:log-group:/aws/lambda/f:log-stream:s`,
            reason: `because no identity-based policy allows the ${missing} action`,
          },
        ]);
      });
    }

    it("makes no group that the role may not make", () => {
      cloud.ports.logs.write(
        worker({ Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: mine }),
        "/aws/lambda/f",
        "s",
        ["START"],
      );
      expect(logsEngine(cloud).store.groups.has("/aws/lambda/f")).to.equal(false);
    });

    it("takes a service's lines by resource policy", () => {
      create("aws:cloudwatch/logGroup:LogGroup", { name: "/events" });
      const events: Principal = { type: "service", service: "events.amazonaws.com" };
      cloud.ports.logs.write(events, "/events", "s", ["one"]);
      const statement = {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: `arn:aws:logs:us-east-1:${account}:log-group:/events:*`,
      };
      create("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", {
        policyName: "p",
        policyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
      });
      cloud.ports.logs.write(events, "/events", "s", ["two"]);
      expect(messages("/events")).to.deep.equal(["two"]);
    });
  });

  it("turns lines into metrics by metric filters", () => {
    const put: unknown[] = [];
    cloud.ports.metrics = { put: (...datum) => void put.push(datum), gauge: () => undefined };
    create("aws:cloudwatch/logGroup:LogGroup", { name: "g" });
    create("aws:cloudwatch/logMetricFilter:LogMetricFilter", {
      logGroupName: "g",
      pattern: '{ $.kind = "slow" }',
      metricTransformation: {
        name: "Slow",
        namespace: "Game",
        value: "$.ms",
        dimensions: { Zone: "$.zone" },
        unit: "Milliseconds",
      },
    });
    const engine = logsEngine(cloud);
    const group = engine.store.get("g");
    engine.append(group, { name: "s", created: 0 }, [
      { timestamp: 0, message: '{"kind":"slow","ms":42,"zone":"eu"}' },
      { timestamp: 0, message: '{"kind":"fast","ms":1}' },
      { timestamp: 0, message: "slow" },
    ]);
    expect(put).to.deep.equal([["Game", "Slow", { Zone: "eu" }, 42, "Milliseconds"]]);
  });

  it("reads metrics in the embedded metric format, with a runtime's prefix or without", () => {
    const put: unknown[] = [];
    cloud.ports.metrics = { put: (...datum) => void put.push(datum), gauge: () => undefined };
    const line = JSON.stringify({
      _aws: {
        Timestamp: 0,
        CloudWatchMetrics: [
          { Namespace: "Game", Dimensions: [["Type"]], Metrics: [{ Name: "Sent", Unit: "Count" }, { Name: "Ms" }] },
        ],
      },
      Type: "mail",
      Sent: 2,
      Ms: [1, 3],
    });
    const group = logsEngine(cloud).store.create("g");
    for (const message of [
      line,
      `2026-01-01T00:00:00.000Z\tid\tINFO\t${line}`,
      '{"_aws":',
      '{"_aws":{}}',
      '{"_aws":{"CloudWatchMetrics":[{}]}}',
    ]) {
      logsEngine(cloud).append(group, { name: "s", created: 0 }, [{ timestamp: 0, message }]);
    }
    const once = [
      ["Game", "Sent", { Type: "mail" }, 2, "Count"],
      ["Game", "Ms", { Type: "mail" }, 1, undefined],
      ["Game", "Ms", { Type: "mail" }, 3, undefined],
    ];
    expect(put).to.deep.equal([...once, ...once]);
  });

  it("compiles any filter pattern or refuses it as AWS does", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `{ ${text} }`),
          fc.string().map((text) => `{ $.a = ${text} }`),
        ),
        fc.string(),
        (pattern, line) => {
          try {
            return typeof compileFilterPattern(pattern)(line, jsonOf(line)) === "boolean";
          } catch (error) {
            return (error as { code?: string }).code === "InvalidParameterException";
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

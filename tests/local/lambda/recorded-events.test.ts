import { expect } from "chai";
import { AwsError } from "../../../local/aws-error";
import type { Json } from "../../../local/service";
import { sqsService } from "../../../local/services/sqs";
import { compileFilters } from "../../../local/services/lambda/filter";
import { failedPositions } from "../../../local/services/lambda/mapping";
import { outcome, rig, type Rig } from "./harness";

const queueArn = "arn:aws:sqs:us-east-1:123456789012:work";

/** Event source mappings and asynchronous events as real AWS was recorded to handle them. */
describe("Lambda's event sources as recorded", () => {
  let r: Rig;
  beforeEach(async () => {
    r = rig();
    await r.fn("worker", "exports.handler = async (event) => { console.log('event ' + JSON.stringify(event)); }");
  });
  afterEach(() => r.close());

  const map = (inputs: Json): Promise<Json> =>
    r.declare("aws:lambda/eventSourceMapping:EventSourceMapping", "mapping", { functionName: "worker", ...inputs });
  const call = (operation: string, input: Json): Promise<Json> =>
    r.cloud.call("lambda", operation, input, r.cloud.operator);
  const refusal = (inputs: Json): Promise<unknown> => outcome(map(inputs));
  const invalid = (message: string): readonly unknown[] => ["InvalidParameterValueException", 400, message];
  const constraint = (message: string): readonly unknown[] => [
    "ValidationException",
    400,
    `1 validation error detected: Value ${message}`,
  ];

  it("refuses mappings in AWS's words", async () => {
    r.cloud.register(sqsService(r.cloud));
    await r.declare("aws:sqs/queue:Queue", "work", { name: "work" });
    const stream = { eventSourceArn: r.stream.arn, startingPosition: "TRIM_HORIZON" };
    const queue = { eventSourceArn: queueArn };
    const filter = (pattern: unknown): Json => ({
      filterCriteria: { filters: [{ pattern: typeof pattern === "string" ? pattern : JSON.stringify(pattern) }] },
    });
    const noPattern = invalid("Invalid filter pattern definition.");
    const cases: readonly [Json, readonly unknown[]][] = [
      [{ ...queue, functionName: "none" }, invalid("Function does not exist")],
      [
        { ...queue, batchSize: 11 },
        invalid("Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"),
      ],
      [{ ...queue, startingPosition: "LATEST" }, invalid("StartingPosition is not valid for SQS event sources.")],
      [
        { ...queue, startingPosition: "0" },
        constraint(
          "'0' at 'startingPosition' failed to satisfy constraint: Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]",
        ),
      ],
      [
        { ...stream, startingPositionTimestamp: "2026-01-01T00:00:00Z" },
        invalid("Timestamp only valid with StartingPosition AT_TIMESTAMP"),
      ],
      [
        { ...stream, startingPosition: "AT_TIMESTAMP", startingPositionTimestamp: "2026-01-01T00:00:00Z" },
        invalid(`Unsupported starting position for arn type: ${r.stream.arn}`),
      ],
      [
        { eventSourceArn: r.stream.arn },
        invalid(
          "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
        ),
      ],
      [
        { ...queue, scalingConfig: { maximumConcurrency: 1 } },
        constraint(
          "'1' at 'scalingConfig.maximumConcurrency' failed to satisfy constraint: Member must have value greater than or equal to 2",
        ),
      ],
      ...[null, "simple string", { eventSource: "aws:sqs" }, { eventSource: [] }].map(
        (pattern): [Json, readonly unknown[]] => [{ ...queue, ...filter(pattern) }, noPattern],
      ),
      ...["single-string", '[{"eventName": ["INSERT"=123}]'].map((pattern): [Json, readonly unknown[]] => [
        { ...stream, ...filter(pattern) },
        noPattern,
      ]),
    ];
    for (const [inputs, expected] of cases)
      expect(await refusal(inputs), JSON.stringify(inputs)).to.deep.equal(expected);
    r.cloud.ports.streams.latest = () => {
      throw new AwsError("ResourceNotFoundException", "none");
    };
    expect(await refusal(stream)).to.deep.equal(invalid(`Stream not found: ${r.stream.arn}`));
  });

  it("tells an existing mapping in the words for its kind of source", async () => {
    r.cloud.register(sqsService(r.cloud));
    await r.declare("aws:sqs/queue:Queue", "work", { name: "work" });
    const stream = { eventSourceArn: r.stream.arn, startingPosition: "LATEST" };
    const first = await map(stream);
    const rest = "Please update or delete the existing mapping with UUID";
    expect(await refusal(stream)).to.deep.equal([
      "ResourceConflictException",
      409,
      `The event source arn (" ${r.stream.arn} ") and function (" worker ") provided mapping already exists. ${rest} ${String(first["uuid"])}`,
    ]);
    const second = await map({ eventSourceArn: queueArn });
    expect(await refusal({ eventSourceArn: queueArn })).to.deep.equal([
      "ResourceConflictException",
      409,
      `An event source mapping with SQS arn (" ${queueArn} ") and function (" worker ") already exists. ${rest} ${String(second["uuid"])}`,
    ]);
  });

  it("describes mappings of queues and streams each with their members, and their states on the way", async () => {
    r.cloud.register(sqsService(r.cloud));
    await r.declare("aws:sqs/queue:Queue", "work", { name: "work" });
    const common = {
      FunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:worker",
      FunctionResponseTypes: [],
      LastModified: r.clock.now() / 1000,
      MaximumBatchingWindowInSeconds: 0,
      State: "Enabled",
    };
    const arnOf = (uuid: unknown): string =>
      `arn:aws:lambda:us-east-1:123456789012:event-source-mapping:${String(uuid)}`;
    const { uuid } = await map({ eventSourceArn: queueArn, tags: { team: "a" } });
    expect(await call("GetEventSourceMapping", { UUID: uuid })).to.deep.equal({
      ...common,
      BatchSize: 10,
      EventSourceArn: queueArn,
      EventSourceMappingArn: arnOf(uuid),
      StateTransitionReason: "USER_INITIATED",
      UUID: uuid,
    });
    expect(await call("ListTags", { Resource: arnOf(uuid) })).to.deep.equal({ Tags: { team: "a" } });
    const { uuid: other } = await map({ eventSourceArn: r.stream.arn, startingPosition: "TRIM_HORIZON" });
    expect(await call("GetEventSourceMapping", { UUID: other })).to.deep.equal({
      ...common,
      BatchSize: 100,
      BisectBatchOnFunctionError: false,
      DestinationConfig: { OnFailure: {} },
      EventSourceArn: r.stream.arn,
      EventSourceMappingArn: arnOf(other),
      LastProcessingResult: "No records processed",
      MaximumRecordAgeInSeconds: -1,
      MaximumRetryAttempts: -1,
      ParallelizationFactor: 1,
      StartingPosition: "TRIM_HORIZON",
      StateTransitionReason: "User action",
      TumblingWindowInSeconds: 0,
      UUID: other,
    });
    const states: unknown[] = [];
    for (const change of [{ Enabled: false }, { Enabled: true }, { BatchSize: 5 }]) {
      const answer = await call("UpdateEventSourceMapping", { UUID: uuid, ...change });
      states.push(answer["State"], (await call("GetEventSourceMapping", { UUID: uuid }))["State"]);
    }
    expect(states).to.deep.equal(["Disabling", "Disabled", "Enabling", "Enabled", "Updating", "Enabled"]);
  });

  it("takes answers of a batch for success or for failure of all as AWS does", () => {
    const all = [0, 1];
    const cases: readonly [unknown, readonly number[]][] = [
      [[], []],
      [null, []],
      [{}, []],
      [{ batchItemFailures: [] }, []],
      [{ batchItemFailures: null }, []],
      [{ batchItemFailures: [{ itemIdentifier: "b" }] }, [1]],
      [{ batchItemFailures: [{ itemIdentifier: 123 }] }, all],
      [{ batchItemFailures: [{ itemIdentifier: "" }] }, all],
      [{ batchItemFailures: [{ itemIdentifier: null }] }, all],
      [{ batchItemFailures: [{ foo: 123 }] }, all],
      [{ batchItemFailures: [{ foo: null }] }, all],
      ["not an object", all],
    ];
    for (const [answer, expected] of cases) {
      const found = failedPositions({ failed: false, payload: JSON.stringify(answer) }, ["a", "b"], true);
      expect(found, JSON.stringify(answer)).to.deep.equal(expected);
    }
  });

  it("filters what was recorded to be filtered", () => {
    const image = (NewImage: unknown): unknown => ({ dynamodb: { NewImage, ApproximateCreationDateTime: 1.7e9 } });
    const present = image({ presentKey: { S: "presentValue" } });
    const absent = image({ id: { S: "id_value" } });
    const onKey = (rule: unknown): unknown => ({ dynamodb: { NewImage: { presentKey: rule } } });
    const body = (value: unknown): unknown => ({ body: { test2: value } });
    const cases: readonly [unknown, unknown, boolean][] = [
      [onKey({ S: ["presentValue"] }), present, true],
      [onKey({ S: ["presentValue"] }), absent, false],
      [onKey(["presentValue"]), present, false],
      [onKey({ S: [{ exists: true }] }), present, true],
      [onKey({ S: [{ exists: true }] }), absent, false],
      [onKey([{ exists: true }]), present, false],
      // Only leaves exist: what the attribute is of matters to no matcher of the attribute itself.
      [onKey([{ exists: false }]), absent, true],
      [onKey([{ exists: false }]), present, true],
      [onKey({ N: [{ numeric: [">", 100] }, { "anything-but": "101" }] }), image({ presentKey: { N: "42" } }), true],
      [onKey({ N: [{ numeric: [">", 100] }, { "anything-but": "101" }] }), image({ presentKey: { N: "101" } }), false],
      [{ dynamodb: { ApproximateCreationDateTime: [{ numeric: [">", 0] }] } }, absent, true],
      [body([{ numeric: [">=", 100, "<", 200] }]), body(105), true],
      [body([{ numeric: [">=", 100, "<", 200] }]), body(200), false],
      [body([{ prefix: "us-1" }]), body("us-1-48454"), true],
      [body([{ prefix: "us-1" }]), body("eu-wr-48454"), false],
      [body({ name: ["x"] }), body([{ name: "w" }, { name: "x" }]), true],
    ];
    for (const [pattern, event, expected] of cases)
      expect(
        compileFilters([JSON.stringify(pattern)])(event),
        `${JSON.stringify(pattern)} ${JSON.stringify(event)}`,
      ).to.equal(expected);
  });

  it("hands over a null for the sum of no attributes where it gathers batches, and nothing where it does not", async () => {
    r.cloud.register(sqsService(r.cloud));
    const queue = await r.declare("aws:sqs/queue:Queue", "work", { name: "work" });
    const records = (): Json[] =>
      r.logs.flatMap(({ line }) => {
        const text = line.split("\tevent ")[1];
        return text === undefined ? [] : (JSON.parse(text) as { Records: Json[] }).Records;
      });
    const mapping = await map({ eventSourceArn: queueArn });
    const send = (): Promise<unknown> =>
      r.cloud.call("sqs", "SendMessage", { QueueUrl: queue["url"], MessageBody: "a" }, r.cloud.operator);
    await send();
    await r.clock.settle();
    await call("UpdateEventSourceMapping", { UUID: mapping["uuid"], MaximumBatchingWindowInSeconds: 1 });
    await send();
    await r.clock.advance(2_000);
    const [plain, gathered] = records();
    expect(plain).to.not.have.property("md5OfMessageAttributes");
    expect(gathered).to.have.property("md5OfMessageAttributes", null);
    expect(gathered!["messageAttributes"]).to.deep.equal({});
  });

  it("gives an asynchronous event up at once when its retry would come too late, with the answer it had", async () => {
    await r.fn("fails", "exports.handler = async () => { throw new Error('intentional failure'); }");
    const config = async (maximumEventAgeInSeconds: number): Promise<void> => {
      await r.declare("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", "config", {
        functionName: "fails",
        maximumEventAgeInSeconds,
        destinationConfig: { onFailure: { destination: "arn:aws:sqs:us-east-1:123456789012:failed" } },
      });
    };
    const told = async (age: number): Promise<unknown> => {
      await config(age);
      const began = r.clock.now();
      r.sent.length = 0;
      await call("Invoke", { FunctionName: "fails", InvocationType: "Event" });
      await r.clock.advance(59_000);
      const early = r.sent.length;
      await r.clock.advance(300_000);
      const record = JSON.parse(r.sent[0]!.input["MessageBody"] as string) as Record<string, Json>;
      const { condition, approximateInvokeCount } = record["requestContext"]!;
      const at = (Date.parse(String(record["timestamp"])) - began) / 1000;
      expect(record["responseContext"]).to.deep.equal({
        statusCode: 200,
        executedVersion: "$LATEST",
        functionError: "Unhandled",
      });
      expect(record["responsePayload"]).to.include({ errorMessage: "intentional failure" });
      return { early, condition, approximateInvokeCount, at };
    };
    expect(await told(60)).to.deep.equal({
      early: 1,
      condition: "EventAgeExceeded",
      approximateInvokeCount: 1,
      at: 0,
    });
    expect(await told(90)).to.deep.equal({
      early: 0,
      condition: "EventAgeExceeded",
      approximateInvokeCount: 2,
      at: 60,
    });
  });

  it("tells of discarded stream records with times in whole seconds", async () => {
    await r.fn("worker", "exports.handler = async () => { throw new Error('no'); }");
    await map({
      eventSourceArn: r.stream.arn,
      startingPosition: "TRIM_HORIZON",
      maximumRetryAttempts: 1,
      destinationConfig: { onFailure: { destinationArn: "arn:aws:sqs:us-east-1:123456789012:failed" } },
    });
    r.stream.append({ pk: "a" });
    await r.clock.advance(60_000);
    const record = JSON.parse(r.sent[0]!.input["MessageBody"] as string) as Record<string, Json>;
    expect(Object.keys(record)).to.deep.equal([
      "requestContext",
      "responseContext",
      "version",
      "timestamp",
      "DDBStreamBatchInfo",
    ]);
    expect(record["requestContext"]).to.include({
      functionArn: "arn:aws:lambda:us-east-1:123456789012:function:worker",
      condition: "RetryAttemptsExhausted",
      approximateInvokeCount: 2,
    });
    expect(record["DDBStreamBatchInfo"]).to.include({
      approximateArrivalOfFirstRecord: "2026-01-01T00:00:00Z",
      approximateArrivalOfLastRecord: "2026-01-01T00:00:00Z",
      batchSize: 1,
    });
    expect(record["timestamp"]).to.match(/\.\d{3}Z$/);
  });
});

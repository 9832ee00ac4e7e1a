import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { MessageStore } from "../../../components/message-store/message-store";
import type { SegmentDefinition } from "../../../components/segment-pipeline/definition";
import { SegmentPipeline } from "../../../components/segment-pipeline/segment-pipeline";
import { EncryptionKey } from "../../../components/shared/encryption";
import { ArgumentError } from "../../../components/shared/errors";
import { PROFILE_ATTRIBUTES, type PlayerDirectory } from "../../../components/shared/player-directory";
import { find, grants, unwatched, valueOf, type Declared } from "../declared";

const arnOf = (name: string): string => `arn:aws:test:us-east-1:123456789012:${name}`;
const directory: PlayerDirectory = {
  tableName: pulumi.output("Game-Players"),
  tableArn: pulumi.output("arn:aws:dynamodb:us-east-1:123456789012:table/Game-Players"),
  keyArn: pulumi.output(arnOf("messaging-key")),
  attributes: { ...PROFILE_ATTRIBUTES, level: "number" },
};
const news = { type: "social", template: "season-news" };

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: unknown;
  readonly Principal?: unknown;
}

describe("SegmentPipeline", function () {
  this.timeout(60_000);
  const declared: Declared[] = [];
  /** Names in the order in which making them began and ended. */
  const order: string[] = [];
  let segments: SegmentPipeline;
  let messages: MessageStore;

  before(async () => {
    await pulumi.runtime.setMocks(
      {
        newResource: async ({ type, name, inputs }) => {
          const values = inputs as Record<string, unknown>;
          declared.push({ type, name, inputs: values });
          order.push(`begin ${name}`);
          // Whoever does not wait for this one begins before it has ended.
          for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
          order.push(`end ${name}`);
          return { id: `${name}-id`, state: { name, arn: arnOf(name), url: `https://queue/${name}`, ...values } };
        },
        call: ({ token }) =>
          token.includes("getCallerIdentity")
            ? { accountId: "123456789012" }
            : { region: "us-east-1", name: "us-east-1" },
      },
      "my-game",
      "dev",
      false,
    );
    const key = new EncryptionKey("messaging");
    messages = new MessageStore("messages", { key, directory });
    segments = new SegmentPipeline("segments", { key, directory, messages, manageCatalogPolicy: true });
    segments.define("veterans", {
      where: { attribute: "level", atLeast: 50 },
      message: news,
      description: "Level 50 and above.",
      schedule: "cron(0 9 ? * MON *)",
      scheduleTimeZone: "Europe/Berlin",
    });
    segments.define("by-hand", { sql: `SELECT "pk" FROM {players}`, message: news });
    const values: unknown[] = [segments.startFunction.arn, segments.copy.integration.urn];
    for (const value of values) await valueOf(value as pulumi.Output<unknown>);
    await pulumi.runtime.disconnect();
  });

  const statements = (policy: string): Statement[] =>
    (JSON.parse(String(find(declared, policy).inputs["policy"])) as { Statement: Statement[] }).Statement;

  it("needs no argument but its neighbours, and declares every child under its own name", () => {
    const others = declared.filter(({ name }) => !/^(segments|messages|messaging)/.test(name));
    expect(others).to.deep.equal([]);
    const names = declared.map(({ type, name }) => `${type} ${name}`);
    expect(new Set(names).size).to.equal(names.length);
  });

  it("locks the workgroup: enforced, encrypted, cut off at the default of 10 GB, engine version 3", () => {
    expect(find(declared, "segments-queries-workgroup").inputs["configuration"]).to.deep.equal({
      enforceWorkgroupConfiguration: true,
      publishCloudwatchMetricsEnabled: true,
      bytesScannedCutoffPerQuery: 10_737_418_240,
      engineVersion: { selectedEngineVersion: "Athena engine version 3" },
      resultConfiguration: {
        outputLocation: "s3://segments-queries-results-bucket-id/results/",
        encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: arnOf("messaging-key") },
      },
    });
  });

  it("keeps runs with recovery, customer key, deletion protection and expiry", () => {
    expect(find(declared, "segments-runs", "dynamodb").inputs).to.deep.include({
      billingMode: "PAY_PER_REQUEST",
      hashKey: "pk",
      ttl: { attributeName: "expiresAt", enabled: true },
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true, kmsKeyArn: arnOf("messaging-key") },
      deletionProtectionEnabled: true,
    });
  });

  it("keeps results for 30 days and the copy for good, both encrypted and closed", () => {
    const expiry = (bucket: string): unknown[] =>
      (find(declared, `${bucket}-lifecycle`).inputs["rules"] as { expiration?: unknown }[]).map(
        (rule) => rule.expiration,
      );
    expect(expiry("segments-queries-results")).to.deep.equal([{ days: 30 }]);
    expect(expiry("segments-copy-data")).to.deep.equal([undefined]);
    for (const bucket of ["segments-queries-results", "segments-copy-data"]) {
      expect(find(declared, `${bucket}-encryption`).inputs["rules"]).to.deep.equal([
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: arnOf("messaging-key") },
          bucketKeyEnabled: true,
        },
      ]);
      expect(find(declared, `${bucket}-block`).inputs).to.deep.include({
        blockPublicAcls: true,
        blockPublicPolicy: true,
      });
    }
  });

  describe("the zero-ETL integration", () => {
    it("goes from the players table to a database with a location, named as Glue takes it", () => {
      expect(find(declared, "segments-copy-database").inputs).to.deep.include({
        name: "my_game_dev_segments_copy",
        locationUri: "s3://segments-copy-data-bucket-id/players/",
      });
      expect(JSON.parse(String(find(declared, "segments-copy-integration").inputs["desiredState"]))).to.deep.equal({
        IntegrationName: "my-game-dev-segments-copy",
        SourceArn: "arn:aws:dynamodb:us-east-1:123456789012:table/Game-Players",
        TargetArn: arnOf("segments-copy-database"),
        KmsKeyId: arnOf("messaging-key"),
        IntegrationConfig: { RefreshInterval: "60" },
      });
      expect(JSON.parse(String(find(declared, "segments-copy-target-property").inputs["desiredState"]))).to.deep.equal({
        ResourceArn: arnOf("segments-copy-database"),
        TargetProcessingProperties: { RoleArn: arnOf("segments-copy-target"), KmsArn: arnOf("messaging-key") },
      });
    });

    it("is made after everything that it needs", () => {
      const begun = order.indexOf("begin segments-copy-integration");
      for (const needed of [
        "segments-copy-source-policy",
        "segments-copy-catalog-policy",
        "segments-copy-target-property",
        "segments-copy-target-policy",
        "segments-copy-database",
        "segments-copy-data-policy",
        "segments-copy-data-encryption",
        "segments-copy-data-block",
        "segments-copy-data-ownership",
      ]) {
        expect(order.indexOf(`end ${needed}`), needed).to.be.within(0, begun);
      }
      expect(order.indexOf("end segments-copy-target-policy")).to.be.lessThan(
        order.indexOf("begin segments-copy-target-property"),
      );
    });

    it("lets Glue export the table, for integrations of this account alone", () => {
      expect(find(declared, "segments-copy-source-policy").inputs["resourceArn"]).to.equal(
        "arn:aws:dynamodb:us-east-1:123456789012:table/Game-Players",
      );
      expect(statements("segments-copy-source-policy")).to.deep.equal([
        {
          Sid: "GlueExport",
          Effect: "Allow",
          Principal: { Service: "glue.amazonaws.com" },
          Action: ["dynamodb:ExportTableToPointInTime", "dynamodb:DescribeTable", "dynamodb:DescribeExport"],
          Resource: "*",
          Condition: {
            StringEquals: { "aws:SourceAccount": "123456789012" },
            ArnLike: {
              "aws:SourceArn": [
                "arn:aws:glue:us-east-1:123456789012:integration:*",
                "arn:aws:glue:us-east-1:123456789012:integration/*",
              ],
            },
          },
        },
      ]);
    });

    it("owns the account's catalog policy when told: this table into this database", () => {
      const resources = [
        "arn:aws:glue:us-east-1:123456789012:catalog",
        "arn:aws:glue:us-east-1:123456789012:database/my_game_dev_segments_copy",
      ];
      const tableArn = "arn:aws:dynamodb:us-east-1:123456789012:table/Game-Players";
      expect(statements("segments-copy-catalog-policy")).to.deep.equal([
        {
          Sid: "AuthorizeIntegration",
          Effect: "Allow",
          Principal: { Service: "glue.amazonaws.com" },
          Action: "glue:AuthorizeInboundIntegration",
          Resource: resources,
          Condition: { StringEquals: { "aws:SourceArn": tableArn } },
        },
      ]);
    });

    it("writes in a role of its own, within its folder and its database", () => {
      const role = find(declared, "segments-copy-target", "iam/role:");
      expect(JSON.parse(String(role.inputs["assumeRolePolicy"]))).to.deep.equal({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "glue.amazonaws.com" } }],
      });
      const catalog = "arn:aws:glue:us-east-1:123456789012";
      expect(statements("segments-copy-target-policy").map(({ Sid, Resource }) => [Sid, Resource])).to.deep.equal([
        ["ListCopy", arnOf("segments-copy-data-bucket")],
        ["WriteCopy", `${arnOf("segments-copy-data-bucket")}/players/*`],
        [
          "WriteCatalog",
          [
            `${catalog}:catalog`,
            `${catalog}:database/my_game_dev_segments_copy`,
            `${catalog}:table/my_game_dev_segments_copy/*`,
          ],
        ],
        ["Metrics", "*"],
        ["Logs", "arn:aws:logs:us-east-1:123456789012:log-group:/aws-glue/zeroETL-integrations/*"],
        ["Key", arnOf("messaging-key")],
      ]);
    });
  });

  const tableKey = ["Decrypt", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo"].map(
    (action) => `kms:${action} messaging-key`,
  );
  const rights: Readonly<Record<string, readonly string[]>> = {
    "segments-start": [
      "dynamodb:GetItem segments-runs",
      "dynamodb:PutItem segments-runs",
      ...tableKey,
      "sqs:SendMessage segments-runs-queue",
    ],
    "segments-advance": [
      "athena:GetQueryExecution segments-queries-workgroup",
      "athena:GetQueryResults segments-queries-workgroup",
      "athena:StartQueryExecution segments-queries-workgroup",
      "athena:StopQueryExecution segments-queries-workgroup",
      "dynamodb:GetItem segments-runs",
      "dynamodb:PutItem segments-runs",
      "dynamodb:UpdateItem segments-runs",
      "glue:GetDatabase catalog",
      "glue:GetDatabase database/my_game_dev_segments_copy",
      "glue:GetDatabase table/my_game_dev_segments_copy/*",
      "glue:GetPartitions catalog",
      "glue:GetPartitions database/my_game_dev_segments_copy",
      "glue:GetPartitions table/my_game_dev_segments_copy/*",
      "glue:GetTable catalog",
      "glue:GetTable database/my_game_dev_segments_copy",
      "glue:GetTable table/my_game_dev_segments_copy/*",
      ...tableKey,
      "s3:AbortMultipartUpload segments-queries-results-bucket/results/*",
      "s3:GetBucketLocation segments-queries-results-bucket",
      "s3:GetObject segments-copy-data-bucket/players/*",
      "s3:GetObject segments-queries-results-bucket/results/*",
      "s3:ListBucket segments-copy-data-bucket",
      "s3:ListBucket segments-queries-results-bucket",
      "s3:ListMultipartUploadParts segments-queries-results-bucket/results/*",
      "s3:PutObject segments-queries-results-bucket/results/*",
      "sqs:DeleteMessage segments-runs-queue",
      "sqs:GetQueueAttributes segments-runs-queue",
      "sqs:ReceiveMessage segments-runs-queue",
      "sqs:SendMessage segments-parts-queue",
      "sqs:SendMessage segments-runs-queue",
    ],
    "segments-enqueue": [
      "dynamodb:GetItem segments-runs",
      "dynamodb:PutItem messages-table",
      "dynamodb:UpdateItem segments-runs",
      ...tableKey,
      "s3:GetObject segments-queries-results-bucket/results/*",
      "sqs:DeleteMessage segments-parts-queue",
      "sqs:GetQueueAttributes segments-parts-queue",
      "sqs:ReceiveMessage segments-parts-queue",
      "sqs:SendMessage segments-parts-queue",
    ],
  };
  for (const [fn, expected] of Object.entries(rights)) {
    it(`gives ${fn} exactly its rights`, () => expect(grants(declared, fn)).to.deep.equal([...expected].sort()));
  }

  it("starts a scheduled segment at its time in its zone, once per scheduled time, with a place for what fails", () => {
    expect(declared.filter(({ type }) => type === "aws:scheduler/schedule:Schedule")).to.have.length(1);
    const { inputs } = find(declared, "segments-veterans-schedule");
    expect(inputs).to.deep.include({
      description: 'Runs the segment "veterans": Level 50 and above.',
      scheduleExpression: "cron(0 9 ? * MON *)",
      scheduleExpressionTimezone: "Europe/Berlin",
      flexibleTimeWindow: { mode: "OFF" },
      kmsKeyArn: arnOf("messaging-key"),
    });
    const target = inputs["target"] as Record<string, unknown>;
    expect(target).to.deep.include({
      arn: arnOf("segments-start"),
      roleArn: arnOf("segments-veterans-schedule-role"),
      deadLetterConfig: { arn: arnOf("segments-veterans-schedule-dlq") },
    });
    expect(JSON.parse(String(target["input"]))).to.deep.equal({
      segment: "veterans",
      runId: "veterans_<aws.scheduler.scheduled-time>",
    });
    const role = find(declared, "segments-veterans-schedule-role", "iam/role:");
    expect(String(role.inputs["assumeRolePolicy"])).to.include('"StringEquals":{"aws:SourceAccount":"123456789012"}');
    expect(
      statements("segments-veterans-schedule-role-policy").map(({ Action, Resource }) => [Action, Resource]),
    ).to.deep.equal([
      ["lambda:InvokeFunction", arnOf("segments-start")],
      ["sqs:SendMessage", arnOf("segments-veterans-schedule-dlq")],
      [["kms:GenerateDataKey", "kms:Decrypt"], arnOf("messaging-key")],
    ]);
  });

  it("hears of ended queries of its own workgroup alone, with a place for what cannot be delivered", () => {
    expect(
      JSON.parse(String(find(declared, "segments-query-ended", "eventRule").inputs["eventPattern"])),
    ).to.deep.equal({
      source: ["aws.athena"],
      "detail-type": ["Athena Query State Change"],
      detail: { workgroupName: ["segments-queries-workgroup"], currentState: ["SUCCEEDED", "FAILED", "CANCELLED"] },
    });
    expect(find(declared, "segments-query-ended-target").inputs).to.deep.include({
      arn: arnOf("segments-runs-queue"),
      deadLetterConfig: { arn: arnOf("segments-query-ended-dlq") },
    });
  });

  it("watches every queue that nothing reads", () => {
    expect(unwatched(declared, "segments")).to.deep.equal([]);
  });

  it("feeds its functions from queues that outlast them, one part at a time", () => {
    expect(find(declared, "segments-enqueue-mapping").inputs).to.deep.include({
      batchSize: 1,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: 5 },
    });
    for (const queue of ["segments-runs-queue", "segments-parts-queue"]) {
      expect(find(declared, queue).inputs["visibilityTimeoutSeconds"]).to.equal(360);
    }
  });

  describe("refuses at preview", () => {
    const wrong: readonly (readonly [object, string])[] = [
      [
        { refreshMinutes: 5 },
        'refreshMinutes for "s": got 5; expected a whole number from 15 to 8640. Give a whole number from 15 to 8640.',
      ],
      [
        { maxScannedBytes: 1_000 },
        'maxScannedBytes for "s": got 1000; expected a whole number from 10485760 to 9007199254740991. Give a whole number from 10485760 to 9007199254740991.',
      ],
      [
        { maxDataAgeSeconds: 0.5 },
        'maxDataAgeSeconds for "s": got 0.5; expected a whole number from 60 to 31536000. Give a whole number from 60 to 31536000.',
      ],
      [
        { enqueueConcurrency: 1 },
        'enqueueConcurrency for "s": got 1; expected a whole number from 2 to 1000. Give a whole number from 2 to 1000.',
      ],
      [
        { directory: { ...directory, attributes: { Level: "number", level: "number" } } },
        'directory.attributes for "s": got "level"; expected names that differ by more than case. Glue folds names to lower case: rename one.',
      ],
    ];
    for (const [more, message] of wrong) {
      it(message.slice(0, 60), () => {
        expect(() => new SegmentPipeline("s", { directory, messages, ...more })).to.throw(ArgumentError, message);
      });
    }

    const everybody = { all: [] };
    const definitions: readonly (readonly [name: string, definition: object, message: string])[] = [
      [
        "No Good",
        { where: everybody, message: news },
        'segment "No Good": name for "segments": got "No Good"; expected 1 to 40 lower-case letters, digits and hyphens. Rename the segment.',
      ],
      [
        "veterans",
        { where: everybody, message: news },
        'segment for "segments": got "veterans"; expected a name that is not taken. Rename one of the two.',
      ],
      [
        "typo",
        { where: { all: [{ attribute: "levle", equals: 3 }] }, message: news },
        'segment "typo": where.all[0].levle for "segments": got {"all":[{"attribute":"levle","equals":3}]}; expected a filter over the declared player attributes. Mend where.all[0].levle: unknown attribute; expected one of playerId, name,',
      ],
      [
        "hostile",
        { sql: `SELECT "pk" FROM {players}; DROP TABLE players`, message: news },
        'segment "hostile": sql for "segments": got "SELECT \\"pk\\" FROM {players}; DROP TABLE players"; expected one SELECT without comments and semicolons.',
      ],
      [
        "nothing",
        null as unknown as object,
        'segment "nothing": definition for "segments": got null; expected an object with where, sql, message,',
      ],
      [
        "no-message",
        { where: everybody },
        'segment "no-message": message for "segments": got undefined; expected an object with type, template, data, validForSeconds.',
      ],
      [
        "misspelt",
        { where: everybody, message: news, shedule: "rate(1 day)" },
        'segment "misspelt": definition for "segments": got "shedule"; expected members among where, sql,',
      ],
      [
        "misspelt-message",
        { where: everybody, message: { ...news, validFor: 60 } },
        'segment "misspelt-message": message for "segments": got "validFor"; expected members among type, template,',
      ],
      [
        "twice",
        { where: everybody, sql: `SELECT "pk" FROM {players}`, message: news },
        'segment "twice": definition for "segments": got ["where","sql","message"]; expected either where or sql.',
      ],
      ["neither", { message: news }, 'segment "neither": definition for "segments": got ["message"]; expected either'],
      ["sql-number", { sql: 7, message: news }, 'segment "sql-number": sql for "segments": got 7; expected text.'],
      [
        "novel",
        { where: everybody, message: news, description: "x".repeat(401) },
        'segment "novel": description for "segments"',
      ],
      ["comment", { sql: `SELECT "pk" FROM {players} -- `, message: news }, 'segment "comment": sql for "segments"'],
      ["no-select", { sql: "DELETE FROM {players}", message: news }, 'segment "no-select": sql for "segments"'],
      [
        "escape",
        { sql: `SELECT "pk" FROM {players}) AS a, (SELECT 1`, message: news },
        'segment "escape": sql for "segments": got "SELECT \\"pk\\" FROM {players}) AS a, (SELECT 1"; expected parentheses and quotes that are closed where they were opened. Close them.',
      ],
      ["quote", { sql: `SELECT "pk" FROM {players} WHERE "name" = 'x`, message: news }, 'segment "quote": sql'],
      [
        "large",
        {
          where: {
            any: Array.from({ length: 30 }, () => ({
              attribute: "name",
              oneOf: Array.from({ length: 10 }, () => "x".repeat(1_000)),
            })),
          },
          message: news,
        },
        'bytes of SQL"; expected at most 260000 bytes. Divide the segment.',
      ],
      [
        "wrong-type",
        { where: everybody, message: { type: "spam", template: "x" } },
        'segment "wrong-type": message.type for "segments": got {"type":"spam","template":"x"}; expected one of transactional, social, marketing. Mend type of the message: got "spam"; expected one of transactional, social, marketing.',
      ],
      [
        "wrong-template",
        { where: everybody, message: { type: "social", template: "no good" } },
        'segment "wrong-template": message.template for "segments"',
      ],
      [
        "wrong-data",
        { where: everybody, message: { ...news, data: { at: new Date(0) } } },
        'segment "wrong-data": message.data.at for "segments"',
      ],
      [
        "wrong-validity",
        { where: everybody, message: { ...news, validForSeconds: -1 } },
        'segment "wrong-validity": message.validForSeconds for "segments": got -1; expected a whole number of seconds above zero. Correct the number.',
      ],
      [
        "wrong-age",
        { where: everybody, message: news, maxDataAgeSeconds: 0 },
        'segment "wrong-age": maxDataAgeSeconds for "segments": got 0; expected a whole number above zero. Correct the number.',
      ],
      [
        "wrong-schedule",
        { where: everybody, message: news, schedule: "every Monday" },
        'segment "wrong-schedule": schedule for "segments": got "every Monday"; expected rate(...), cron(...) or at(...). Write an expression of EventBridge Scheduler.',
      ],
      [
        "wrong-zone",
        { where: everybody, message: news, schedule: "rate(1 day)", scheduleTimeZone: "Berlin" },
        'segment "wrong-zone": scheduleTimeZone for "segments": got "Berlin"; expected an IANA time zone such as Europe/Berlin. Correct the name.',
      ],
    ];
    for (const [name, definition, message] of definitions) {
      it(`segment ${name}`, () => {
        expect(() => segments.define(name, definition as SegmentDefinition)).to.throw(ArgumentError, message);
      });
    }

    it("a segment that is defined after the program's first await", () => {
      expect(() => segments.define("late", { where: everybody, message: news })).to.throw(
        'segment for "segments": added after the program\'s first await',
      );
    });
  });
});

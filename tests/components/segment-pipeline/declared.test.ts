import { expect } from "chai";
import { find, grants, unwatched } from "../declared";
import { arnOf, type DeclaredGame, declareGame } from "./game";

describe("SegmentPipeline", function () {
  this.timeout(60_000);
  let declared: DeclaredGame["declared"];
  let statements: DeclaredGame["statements"];

  before(async () => {
    ({ declared, statements } = await declareGame());
  });

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

  const tableKey = ["Decrypt", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo"].map(
    (action) => `kms:${action} messaging-key`,
  );
  const rights: Readonly<Record<string, readonly string[]>> = {
    "segments-start": [
      "dynamodb:GetItem segments-runs",
      "dynamodb:PutItem segments-runs",
      ...tableKey,
      "sqs:SendMessage segments-failures",
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

  it("keeps starts that Lambda gives up, and nobody else sends there", () => {
    expect(find(declared, "segments-start-failures").inputs).to.deep.include({
      maximumRetryAttempts: 2,
      maximumEventAgeInSeconds: 21_600,
      destinationConfig: { onFailure: { destination: arnOf("segments-failures") } },
    });
    expect(find(declared, "segments-failures", "sqs/queue:").inputs).to.deep.include({
      kmsMasterKeyId: arnOf("messaging-key"),
      messageRetentionSeconds: 1_209_600,
    });
    expect(statements("segments-failures-policy").map(({ Effect, Action }) => [Effect, Action])).to.deep.equal([
      ["Deny", "sqs:*"],
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
});

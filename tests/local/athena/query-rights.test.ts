import { expect } from "chai";
import { refusalOf } from "../../helpers/refusal";
import { role } from "../s3/served-cloud";
import type { AnalyticsWorld } from "./analytics-world";
import { beforeEachSession, type AthenaSession } from "./athena-session";

describe("Athena through the AWS SDK: rights", () => {
  let session: AthenaSession;
  let world: AnalyticsWorld;

  beforeEachSession((opened) => {
    session = opened;
    ({ world } = session);
  });

  it("uses the caller's rights to catalog, data, keys and results, and fails at the first that is missing", async () => {
    const keyArn = "arn:aws:kms:us-east-1:123456789012:key/k1";
    world.s3.store.bucket("data").encryption = { algorithm: "aws:kms", keyArn };
    await world.cloud.ports.objects.adopt("data", "players/part-0.parquet");
    await world.declare("aws:athena/workgroup:Workgroup", "segments", {
      name: "segments",
      configuration: {
        resultConfiguration: {
          outputLocation: "s3://results/segments/",
          encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: keyArn },
        },
      },
    });
    const analyst = role("analyst");
    world.asked.length = 0;
    const { id, execution } = await world.run("SELECT playerid FROM players", {}, analyst);
    expect(execution.Status.State).to.equal("SUCCEEDED");
    const needed = world.asked
      .filter(({ principal }) => principal === analyst)
      .map(({ request }) => `${request.action} ${request.resource.replace(id, "ID")}`);
    expect(needed).to.deep.equal([
      "athena:StartQueryExecution arn:aws:athena:us-east-1:123456789012:workgroup/segments",
      "s3:GetBucketLocation arn:aws:s3:::results",
      "glue:GetDatabase arn:aws:glue:us-east-1:123456789012:catalog",
      "glue:GetDatabase arn:aws:glue:us-east-1:123456789012:database/game",
      "glue:GetTable arn:aws:glue:us-east-1:123456789012:catalog",
      "glue:GetTable arn:aws:glue:us-east-1:123456789012:database/game",
      "glue:GetTable arn:aws:glue:us-east-1:123456789012:table/game/players",
      "glue:GetPartitions arn:aws:glue:us-east-1:123456789012:catalog",
      "glue:GetPartitions arn:aws:glue:us-east-1:123456789012:database/game",
      "glue:GetPartitions arn:aws:glue:us-east-1:123456789012:table/game/players",
      "s3:ListBucket arn:aws:s3:::data",
      "s3:GetObject arn:aws:s3:::data/players/part-0.parquet",
      `kms:Decrypt ${keyArn}`,
      "s3:ListBucket arn:aws:s3:::results",
      "s3:PutObject arn:aws:s3:::results/segments/ID.csv",
      "s3:AbortMultipartUpload arn:aws:s3:::results/segments/ID.csv",
      "s3:ListMultipartUploadParts arn:aws:s3:::results/segments/ID.csv",
      "s3:PutObject arn:aws:s3:::results/segments/ID.csv.metadata",
      `kms:GenerateDataKey ${keyArn}`,
      `kms:Decrypt ${keyArn}`,
    ]);
    for (const right of needed.slice(2)) {
      const action = right.split(" ")[0]!;
      world.rule = (principal, request) =>
        principal === analyst && request.action === action ? "because no identity-based policy allows it" : undefined;
      const denied = await world.run("SELECT playerid FROM players", {}, analyst);
      expect(denied.execution.Status.State, action).to.equal("FAILED");
      expect(denied.execution.Status.AthenaError, action).to.include({ ErrorCategory: 2, ErrorType: 1500 });
      expect(denied.execution.Status.StateChangeReason, action).to.include(
        `is not authorized to perform: ${action} on resource: `,
      );
      const line = world.cloud.trace.since().filter(({ kind }) => kind === "denied");
      expect(line.at(-1)!.data, action).to.include({ action });
    }
    world.rule = (_, request) => (request.action === "s3:GetBucketLocation" ? "no" : undefined);
    expect(await refusalOf(session.start("SELECT 1"))).to.equal(
      "InvalidRequestException: Unable to verify/create output bucket results",
    );
  });

  it("reads nothing beside the catalog's tables: no file of the machine, no function or setting of the engine", async () => {
    for (const [query, reason] of [
      ["SELECT * FROM read_csv('/etc/passwd')", "Table function 'read_csv' not registered"],
      ["SELECT (SELECT content FROM read_text('/etc/passwd'))", "Table function 'read_text' not registered"],
      ["SELECT * FROM TABLE(glob('/*'))", "Table function 'glob' not registered"],
      [
        "SELECT * FROM players CROSS JOIN LATERAL (SELECT * FROM read_blob('/etc/passwd')) t",
        "Table function 'read_blob' not registered",
      ],
      ["SELECT * FROM duckdb_settings()", "Table function 'duckdb_settings' not registered"],
      [
        `SELECT * FROM (WITH "/etc/hosts.csv" AS (SELECT 1) SELECT * FROM "/etc/hosts.csv") a, "/etc/hosts.csv" b`,
        "Table '/etc/hosts.csv' does not exist",
      ],
    ] as const) {
      const id = await session.start(query);
      await world.virtual.advance(1_000);
      const { Status } = await session.describe(id);
      expect(Status?.State, query).to.equal("FAILED");
      expect(Status?.StateChangeReason).to.equal(`SYNTAX_ERROR: line 1:1: ${reason}`);
    }
    const id = await session.start("SELECT x FROM UNNEST(sequence(1, 2)) AS t (x)");
    await world.virtual.advance(1_000);
    expect((await session.describe(id)).Status?.State).to.equal("SUCCEEDED");
  });
});

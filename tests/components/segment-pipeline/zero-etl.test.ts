import { expect } from "chai";
import { keyStatements } from "../../../components/segment-pipeline/copy-rights";
import { find } from "../declared";
import { arnOf, type DeclaredGame, declareGame } from "./game";

describe("SegmentPipeline: the zero-ETL integration", function () {
  this.timeout(60_000);
  let declared: DeclaredGame["declared"];
  let order: DeclaredGame["order"];
  let statements: DeclaredGame["statements"];

  before(async () => {
    ({ declared, order, statements } = await declareGame());
  });

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

  it("reads a source that has a key of its own", () => {
    expect(keyStatements("own", "own").map(({ Sid }) => Sid)).to.deep.equal(["Key"]);
    expect(keyStatements("own", "of players")[1]).to.deep.equal({
      Sid: "PlayersKey",
      Action: "kms:Decrypt",
      Resource: "of players",
    });
  });
});

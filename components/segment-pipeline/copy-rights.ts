import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PrivateBucket } from "../shared/bucket";
import { policyDocument, serviceTrust, type ResourceStatement, type Statement } from "../shared/iam";
import type { AnalyticsCopyArgs } from "./analytics-copy";

/** Folder of the copy within its bucket. */
export const COPY_PREFIX = "players";

/** The role in which Glue writes the copy, and its rights. */
export interface TargetRole {
  readonly role: aws.iam.Role;
  readonly policy: aws.iam.RolePolicy;
}

/** Lets Glue export the source table. */
export function sourcePolicy(
  parent: pulumi.Resource,
  name: string,
  args: AnalyticsCopyArgs,
  region: pulumi.Input<string>,
  accountId: pulumi.Input<string>,
): aws.dynamodb.ResourcePolicy {
  const integrations = pulumi.interpolate`arn:aws:glue:${region}:${accountId}:integration`;
  return new aws.dynamodb.ResourcePolicy(
    `${name}-source-policy`,
    {
      resourceArn: args.directory.tableArn,
      policy: policyDocument([
        {
          Sid: "GlueExport",
          Principal: { Service: "glue.amazonaws.com" },
          Action: ["dynamodb:ExportTableToPointInTime", "dynamodb:DescribeTable", "dynamodb:DescribeExport"],
          Resource: "*",
          Condition: {
            StringEquals: { "aws:SourceAccount": accountId },
            ArnLike: {
              "aws:SourceArn": [pulumi.interpolate`${integrations}:*`, pulumi.interpolate`${integrations}/*`],
            },
          },
        },
      ]),
    },
    { parent },
  );
}

/** The role in which Glue writes the copy. */
export function targetRole(
  parent: pulumi.Resource,
  name: string,
  args: AnalyticsCopyArgs,
  bucket: PrivateBucket,
  database: aws.glue.CatalogDatabase,
  region: pulumi.Input<string>,
  accountId: pulumi.Input<string>,
): TargetRole {
  const role = new aws.iam.Role(`${name}-target`, { assumeRolePolicy: serviceTrust("glue.amazonaws.com") }, { parent });
  const glue = pulumi.interpolate`arn:aws:glue:${region}:${accountId}`;
  const statements: Statement[] = [
    { Sid: "ListCopy", Action: "s3:ListBucket", Resource: bucket.arn },
    {
      Sid: "WriteCopy",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      Resource: pulumi.interpolate`${bucket.arn}/${COPY_PREFIX}/*`,
    },
    {
      Sid: "WriteCatalog",
      Action: [
        "glue:GetDatabase",
        "glue:CreateTable",
        "glue:GetTable",
        "glue:GetTables",
        "glue:UpdateTable",
        "glue:DeleteTable",
        "glue:GetTableVersion",
        "glue:GetTableVersions",
        "glue:GetResourcePolicy",
      ],
      Resource: [
        pulumi.interpolate`${glue}:catalog`,
        pulumi.interpolate`${glue}:database/${database.name}`,
        pulumi.interpolate`${glue}:table/${database.name}/*`,
      ],
    },
    {
      Sid: "Metrics",
      Action: "cloudwatch:PutMetricData",
      Resource: "*", // the action has no resource type; the namespace bounds it
      Condition: { StringEquals: { "cloudwatch:namespace": "AWS/Glue/ZeroETL" } },
    },
    {
      Sid: "Logs",
      Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: pulumi.interpolate`arn:aws:logs:${region}:${accountId}:log-group:/aws-glue/zeroETL-integrations/*`,
    },
  ];
  const all = pulumi
    .all([args.key.arn, args.directory.keyArn])
    .apply(([own, players]) => [...statements, ...keyStatements(own, players)]);
  const policy = new aws.iam.RolePolicy(
    `${name}-target-policy`,
    { role: role.id, policy: policyDocument(all) },
    { parent },
  );
  return { role, policy };
}

/** Glue writes with the copy's key, and reads with that of the players, which is another where each component has its own. */
export function keyStatements(own: string, players: string): Statement[] {
  const write = ["kms:Decrypt", "kms:GenerateDataKey", "kms:Encrypt", "kms:DescribeKey"];
  return [
    { Sid: "Key", Action: write, Resource: own },
    ...(players === own ? [] : [{ Sid: "PlayersKey", Action: "kms:Decrypt", Resource: players }]),
  ];
}

/**
 * Lets the source table be integrated into the database. Whoever deploys needs glue:CreateInboundIntegration too; within
 * one account that is the affair of the deployer's own policies.
 * https://docs.aws.amazon.com/glue/latest/dg/zero-etl-prerequisites.html
 */
export function catalogStatements(
  region: string,
  accountId: string,
  database: string,
  tableArn: string,
): ResourceStatement[] {
  const resources = [
    `arn:aws:glue:${region}:${accountId}:catalog`,
    `arn:aws:glue:${region}:${accountId}:database/${database}`,
  ];
  return [
    {
      Sid: "AuthorizeIntegration",
      Principal: { Service: "glue.amazonaws.com" },
      Action: "glue:AuthorizeInboundIntegration",
      Resource: resources,
      Condition: { StringEquals: { "aws:SourceArn": tableArn } },
    },
  ];
}

/** One per account and Region: whoever owns it owns all of its statements. Destroying it would end every integration. */
export function catalogPolicy(
  parent: pulumi.Resource,
  name: string,
  statements: pulumi.Output<ResourceStatement[]>,
): aws.glue.ResourcePolicy {
  return new aws.glue.ResourcePolicy(
    `${name}-catalog-policy`,
    { policy: policyDocument(statements), enableHybrid: "TRUE" },
    { parent, retainOnDelete: true },
  );
}

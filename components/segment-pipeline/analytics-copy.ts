import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PrivateBucket } from "../shared/bucket";
import { policyDocument, serviceTrust, type ResourceStatement, type Statement } from "../shared/iam";
import type { PlayerDirectory } from "../shared/player-directory";

/** Folder of the copy within its bucket. */
const PREFIX = "players";

export interface AnalyticsCopyArgs {
  /** Customer key of the integration and the bucket. */
  key: { readonly arn: pulumi.Input<string> };
  /** Whose table is copied. */
  directory: PlayerDirectory;
  /** Minutes between two refreshes, 15 to 8,640. */
  refreshMinutes: number;
  /** Whether this stack owns the policy of the account's Glue catalog. */
  manageCatalogPolicy: boolean;
  /** Let a destroy delete the copy. */
  forceDestroy: boolean;
}

/**
 * DynamoDB zero-ETL: Glue copies the Players table to an Iceberg table in S3 and keeps it up to date.
 * Everything that the integration needs, in the order in which it needs it; the source table must have point-in-time
 * recovery and a customer-managed or AWS-owned key.
 * https://docs.aws.amazon.com/glue/latest/dg/zero-etl-sources.html
 */
export class AnalyticsCopy extends pulumi.ComponentResource {
  readonly bucket: PrivateBucket;
  readonly database: aws.glue.CatalogDatabase;
  /** Name of the copy in the database: that of the source, in lower case. */
  readonly table: pulumi.Output<string>;
  readonly integration: aws.cloudcontrol.Resource;
  /** What the catalog's policy must hold, for whoever owns it. */
  readonly catalogStatements: pulumi.Output<ResourceStatement[]>;

  constructor(name: string, args: AnalyticsCopyArgs, options?: pulumi.ComponentResourceOptions) {
    super("games-messaging:segment-pipeline:AnalyticsCopy", name, {}, options);
    const { accountId } = aws.getCallerIdentityOutput({}, { parent: this });
    const { region } = aws.getRegionOutput({}, { parent: this });
    this.bucket = new PrivateBucket(
      `${name}-data`,
      { key: args.key, forceDestroy: args.forceDestroy },
      { parent: this },
    );
    this.database = new aws.glue.CatalogDatabase(
      `${name}-database`,
      {
        // Glue takes no hyphens here, and Pulumi's own names have one.
        name: `${pulumi.getProject()}_${pulumi.getStack()}_${name}`.toLowerCase().replace(/[^a-z0-9_]/g, "_"),
        locationUri: pulumi.interpolate`s3://${this.bucket.name}/${PREFIX}/`,
      },
      { parent: this },
    );
    this.table = args.directory.tableName.apply((table) => table.toLowerCase());
    this.catalogStatements = pulumi
      .all([region, accountId, this.database.name, args.directory.tableArn])
      .apply(([r, a, db, tableArn]) => catalogStatements(r, a, db, tableArn));
    const needed = [
      ...this.bucket.ready,
      sourcePolicy(this, name, args, region, accountId),
      targetProperty(
        this,
        name,
        args,
        this.database,
        targetRole(this, name, args, this.bucket, this.database, region, accountId),
      ),
      ...(args.manageCatalogPolicy ? [catalogPolicy(this, name, this.catalogStatements)] : []),
    ];
    this.integration = new aws.cloudcontrol.Resource(
      `${name}-integration`,
      {
        typeName: "AWS::Glue::Integration",
        desiredState: pulumi.jsonStringify({
          IntegrationName: `${pulumi.getProject()}-${pulumi.getStack()}-${name}`,
          SourceArn: args.directory.tableArn,
          TargetArn: this.database.arn,
          KmsKeyId: args.key.arn,
          IntegrationConfig: { RefreshInterval: String(args.refreshMinutes) },
        }),
      },
      { parent: this, dependsOn: needed, deleteBeforeReplace: true },
    );
    this.registerOutputs({ database: this.database.name, table: this.table });
  }

  /** What a function needs in order to have Athena read the copy on its behalf. */
  readStatements(region: pulumi.Input<string>, accountId: pulumi.Input<string>): Statement[] {
    const catalog = pulumi.interpolate`arn:aws:glue:${region}:${accountId}`;
    return [
      {
        Sid: "ReadCatalog",
        Action: ["glue:GetDatabase", "glue:GetTable", "glue:GetPartitions"],
        Resource: [
          pulumi.interpolate`${catalog}:catalog`,
          pulumi.interpolate`${catalog}:database/${this.database.name}`,
          pulumi.interpolate`${catalog}:table/${this.database.name}/*`,
        ],
      },
      { Sid: "ReadCopy", Action: "s3:GetObject", Resource: pulumi.interpolate`${this.bucket.arn}/${PREFIX}/*` },
      { Sid: "ListCopy", Action: "s3:ListBucket", Resource: this.bucket.arn },
    ];
  }
}

/** Lets Glue export the source table. */
function sourcePolicy(
  parent: AnalyticsCopy,
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
function targetRole(
  parent: AnalyticsCopy,
  name: string,
  args: AnalyticsCopyArgs,
  bucket: PrivateBucket,
  database: aws.glue.CatalogDatabase,
  region: pulumi.Input<string>,
  accountId: pulumi.Input<string>,
): { readonly role: aws.iam.Role; readonly policy: aws.iam.RolePolicy } {
  const role = new aws.iam.Role(`${name}-target`, { assumeRolePolicy: serviceTrust("glue.amazonaws.com") }, { parent });
  const glue = pulumi.interpolate`arn:aws:glue:${region}:${accountId}`;
  const statements: Statement[] = [
    { Sid: "ListCopy", Action: "s3:ListBucket", Resource: bucket.arn },
    {
      Sid: "WriteCopy",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      Resource: pulumi.interpolate`${bucket.arn}/${PREFIX}/*`,
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
    {
      Sid: "Key",
      Action: ["kms:Decrypt", "kms:GenerateDataKey", "kms:Encrypt", "kms:DescribeKey"],
      Resource: args.key.arn,
    },
  ];
  const policy = new aws.iam.RolePolicy(
    `${name}-target-policy`,
    { role: role.id, policy: policyDocument(statements) },
    { parent },
  );
  return { role, policy };
}

function targetProperty(
  parent: AnalyticsCopy,
  name: string,
  args: AnalyticsCopyArgs,
  database: aws.glue.CatalogDatabase,
  target: { readonly role: aws.iam.Role; readonly policy: aws.iam.RolePolicy },
): aws.cloudcontrol.Resource {
  return new aws.cloudcontrol.Resource(
    `${name}-target-property`,
    {
      typeName: "AWS::Glue::IntegrationResourceProperty",
      desiredState: pulumi.jsonStringify({
        ResourceArn: database.arn,
        TargetProcessingProperties: { RoleArn: target.role.arn, KmsArn: args.key.arn },
      }),
    },
    { parent, dependsOn: [target.policy] },
  );
}

/**
 * Lets the source table be integrated into the database. Whoever deploys needs glue:CreateInboundIntegration too; within
 * one account that is the affair of the deployer's own policies.
 * https://docs.aws.amazon.com/glue/latest/dg/zero-etl-prerequisites.html
 */
function catalogStatements(region: string, accountId: string, database: string, tableArn: string): ResourceStatement[] {
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
function catalogPolicy(
  parent: AnalyticsCopy,
  name: string,
  statements: pulumi.Output<ResourceStatement[]>,
): aws.glue.ResourcePolicy {
  return new aws.glue.ResourcePolicy(
    `${name}-catalog-policy`,
    { policy: policyDocument(statements), enableHybrid: "TRUE" },
    { parent, retainOnDelete: true },
  );
}

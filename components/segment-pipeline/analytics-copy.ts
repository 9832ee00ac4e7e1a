import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PrivateBucket } from "../shared/bucket";
import type { ResourceStatement, Statement } from "../shared/iam";
import type { PlayerDirectory } from "../shared/player-directory";
import {
  catalogPolicy,
  catalogStatements,
  COPY_PREFIX,
  sourcePolicy,
  targetRole,
  type TargetRole,
} from "./copy-rights";

/** Arguments of an `AnalyticsCopy`. */
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
  /** Holds the copy's data files. */
  readonly bucket: PrivateBucket;
  /** The database of Glue's catalog that the copy is in. */
  readonly database: aws.glue.CatalogDatabase;
  /** Name of the copy in the database: that of the source, in lower case. */
  readonly table: pulumi.Output<string>;
  /** The zero-ETL integration, `AWS::Glue::Integration`. */
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
        locationUri: pulumi.interpolate`s3://${this.bucket.name}/${COPY_PREFIX}/`,
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
      { Sid: "ReadCopy", Action: "s3:GetObject", Resource: pulumi.interpolate`${this.bucket.arn}/${COPY_PREFIX}/*` },
      { Sid: "ListCopy", Action: "s3:ListBucket", Resource: this.bucket.arn },
    ];
  }
}

/** Tells Glue which role and key write into the database. */
function targetProperty(
  parent: pulumi.Resource,
  name: string,
  args: AnalyticsCopyArgs,
  database: aws.glue.CatalogDatabase,
  target: TargetRole,
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

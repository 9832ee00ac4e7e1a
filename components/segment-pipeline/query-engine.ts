import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PrivateBucket } from "../shared/bucket";
import type { Statement } from "../shared/iam";

/** Arguments of a `QueryEngine`. */
export interface QueryEngineArgs {
  /** Customer key of the results. */
  key: { readonly arn: pulumi.Input<string> };
  /** Bytes after which Athena cancels a query; its own least is 10 MB. */
  maxScannedBytes: number;
  /** Days that results are kept. */
  resultDays: number;
  /** Let a destroy delete results and the history of queries. */
  forceDestroy: boolean;
}

/** A locked Athena workgroup: nobody can change where results go, how they are encrypted, or how much a query may scan. */
export class QueryEngine extends pulumi.ComponentResource {
  /** Where Athena writes results. */
  readonly results: PrivateBucket;
  /** In which every query of segments runs. */
  readonly workgroup: aws.athena.Workgroup;

  constructor(name: string, args: QueryEngineArgs, options?: pulumi.ComponentResourceOptions) {
    super("games-messaging:segment-pipeline:QueryEngine", name, {}, options);
    this.results = new PrivateBucket(
      `${name}-results`,
      { key: args.key, expireAfterDays: args.resultDays, forceDestroy: args.forceDestroy },
      { parent: this },
    );
    this.workgroup = new aws.athena.Workgroup(
      `${name}-workgroup`,
      {
        forceDestroy: args.forceDestroy,
        configuration: {
          enforceWorkgroupConfiguration: true,
          publishCloudwatchMetricsEnabled: true,
          bytesScannedCutoffPerQuery: args.maxScannedBytes,
          engineVersion: { selectedEngineVersion: "Athena engine version 3" },
          resultConfiguration: {
            outputLocation: pulumi.interpolate`s3://${this.results.name}/results/`,
            encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: args.key.arn },
          },
        },
      },
      { parent: this, dependsOn: this.results.ready },
    );
    this.registerOutputs({ workgroup: this.workgroup.name });
  }

  /** What a function needs in order to run queries and look at them. */
  runStatements(): Statement[] {
    return [
      {
        Sid: "RunQueries",
        Action: [
          "athena:StartQueryExecution",
          "athena:GetQueryExecution",
          "athena:GetQueryResults",
          "athena:StopQueryExecution",
        ],
        Resource: this.workgroup.arn,
      },
      {
        Sid: "WriteResults",
        Action: ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
        Resource: pulumi.interpolate`${this.results.arn}/results/*`,
      },
      { Sid: "FindResults", Action: ["s3:GetBucketLocation", "s3:ListBucket"], Resource: this.results.arn },
    ];
  }

  /** What a function needs in order to read results, besides the use of the key. */
  resultStatements(): Statement[] {
    return [
      { Sid: "ReadResults", Action: "s3:GetObject", Resource: pulumi.interpolate`${this.results.arn}/results/*` },
    ];
  }
}

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { denyInsecureTransport, policyDocument, type ResourceStatement } from "./iam";
import { applyTransform, type Transform } from "./transform";

/** Arguments of a `PrivateBucket`. */
export interface PrivateBucketArgs {
  /** Customer key that everything in the bucket is encrypted with. */
  key: { readonly arn: pulumi.Input<string> };
  /** Delete objects after so many days. @default kept */
  expireAfterDays?: number;
  /** Statements of the bucket's policy besides the refusal of plain connections. @default none */
  statements?: readonly ResourceStatement[];
  /** Name of a bucket that receives access logs, under a prefix of this bucket's name. @default not logged */
  accessLogBucket?: pulumi.Input<string>;
  /** Let a destroy delete a bucket that holds objects. @default false */
  forceDestroy?: boolean;
  /** Changes the arguments of a child. */
  transform?: { bucket?: Transform<aws.s3.BucketArgs> };
}

/** An S3 bucket nobody outside reaches: private, encrypted, versioned, TLS only, without ACLs. */
export class PrivateBucket extends pulumi.ComponentResource {
  /** The bucket itself. */
  readonly bucket: aws.s3.Bucket;
  /** The bucket's name. */
  readonly name: pulumi.Output<string>;
  /** The bucket's ARN. */
  readonly arn: pulumi.Output<string>;
  /** What closes and encrypts the bucket: whatever writes into it depends on these. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: PrivateBucketArgs, options?: pulumi.ComponentResourceOptions) {
    super("games-messaging:shared:PrivateBucket", name, {}, options);
    const child: pulumi.CustomResourceOptions = { parent: this };
    this.bucket = new aws.s3.Bucket(
      `${name}-bucket`,
      applyTransform(args.transform?.bucket, { forceDestroy: args.forceDestroy ?? false }, child, `${name}-bucket`),
      child,
    );
    const bucket = this.bucket.id;
    const block = new aws.s3.BucketPublicAccessBlock(
      `${name}-block`,
      { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      child,
    );
    const ownership = new aws.s3.BucketOwnershipControls(
      `${name}-ownership`,
      { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
      child,
    );
    const encryption = new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      {
        bucket,
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: args.key.arn },
            bucketKeyEnabled: true,
          },
        ],
      },
      child,
    );
    const versioning = new aws.s3.BucketVersioning(
      `${name}-versioning`,
      { bucket, versioningConfiguration: { status: "Enabled" } },
      child,
    );
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      { bucket, rules: lifecycleRules(args.expireAfterDays) },
      { ...child, dependsOn: [versioning] },
    );
    if (args.accessLogBucket !== undefined) {
      new aws.s3.BucketLogging(
        `${name}-logging`,
        { bucket, targetBucket: args.accessLogBucket, targetPrefix: pulumi.interpolate`${bucket}/` },
        child,
      );
    }
    // One after the other: S3 answers OperationAborted when a bucket's settings change at the same time.
    const policy = new aws.s3.BucketPolicy(
      `${name}-policy`,
      {
        bucket,
        policy: policyDocument([
          denyInsecureTransport("s3:*", [this.bucket.arn, pulumi.interpolate`${this.bucket.arn}/*`]),
          ...(args.statements ?? []),
        ]),
      },
      { ...child, dependsOn: [block, ownership] },
    );
    this.name = this.bucket.id;
    this.arn = this.bucket.arn;
    this.ready = [block, ownership, encryption, policy];
    this.registerOutputs({ name: this.name, arn: this.arn });
  }
}

function lifecycleRules(expireAfterDays: number | undefined): aws.types.input.s3.BucketLifecycleConfigurationRule[] {
  const tidy = {
    id: "tidy",
    status: "Enabled",
    filter: {},
    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
    noncurrentVersionExpiration: { noncurrentDays: 30 },
  };
  return expireAfterDays === undefined ? [tidy] : [{ ...tidy, expiration: { days: expireAfterDays } }];
}

import { AwsError } from "../../../aws-error";
import type { Cloud } from "../../../cloud";
import type { AnyOperation, Json } from "../../../service";
import type { Bucket } from "../buckets";
import { onBucket } from "../rights";
import type { ObjectStore } from "../store";
import { ownerOf } from "./common";
import { lifecycleRules } from "./lifecycle";

interface BucketInput {
  readonly Bucket: string;
}

/** Reads back what the program declared of a bucket, and what S3 answers for all that it did not declare. */
export function configurationReads(store: ObjectStore): Readonly<Record<string, AnyOperation>> {
  const read = (right: string, answer: (bucket: Bucket, cloud: Cloud) => Json): AnyOperation => ({
    authorize: ({ Bucket }: BucketInput) => [onBucket(right, Bucket)],
    answer: ({ Bucket }: BucketInput, { cloud }) => answer(store.bucket(Bucket), cloud),
  });
  const absent = (right: string, code: string, message: string): AnyOperation =>
    read(right, (bucket) => {
      throw none(bucket, code, message);
    });
  return {
    GetBucketAcl: read("GetBucketAcl", (_, cloud) => ({
      Owner: ownerOf(cloud),
      AccessControlList: {
        Grant: { Grantee: { "@type": "CanonicalUser", ...ownerOf(cloud) }, Permission: "FULL_CONTROL" },
      },
    })),
    GetBucketAccelerateConfiguration: read("GetAccelerateConfiguration", () => ({})),
    GetBucketCors: absent("GetBucketCORS", "NoSuchCORSConfiguration", "The CORS configuration does not exist"),
    GetBucketLifecycleConfiguration: read("GetLifecycleConfiguration", (bucket) => {
      const rules = setting(bucket, "bucketLifecycleConfiguration")?.["rules"];
      if (!rules) throw none(bucket, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist");
      return { Rules: lifecycleRules(rules as readonly Json[]) };
    }),
    GetBucketLogging: read("GetBucketLogging", (bucket) => {
      const logging = setting(bucket, "bucketLogging");
      if (!logging) return {};
      return { LoggingEnabled: { TargetBucket: logging["targetBucket"], TargetPrefix: logging["targetPrefix"] ?? "" } };
    }),
    GetBucketNotificationConfiguration: read("GetBucketNotification", () => ({})),
    GetBucketOwnershipControls: read("GetBucketOwnershipControls", (bucket) => {
      const rule = setting(bucket, "bucketOwnershipControls")?.["rule"] as Json | undefined;
      return { Rules: [{ ObjectOwnership: rule?.["objectOwnership"] ?? "BucketOwnerEnforced" }] };
    }),
    GetBucketPolicyStatus: read("GetBucketPolicyStatus", (bucket, cloud) => {
      const policy = cloud.resourcePolicies.get(bucket.arn);
      if (!policy) throw none(bucket, "NoSuchBucketPolicy", "The bucket policy does not exist");
      return { IsPublic: [policy["Statement"]].flat().some((statement) => isPublic(statement as Json)) };
    }),
    GetBucketReplication: absent(
      "GetReplicationConfiguration",
      "ReplicationConfigurationNotFoundError",
      "The replication configuration was not found",
    ),
    GetBucketRequestPayment: read("GetBucketRequestPayment", () => ({ Payer: "BucketOwner" })),
    GetBucketTagging: read("GetBucketTagging", (bucket) => {
      const tags = Object.entries(bucket.tags);
      if (tags.length === 0) throw none(bucket, "NoSuchTagSet", "The TagSet does not exist");
      return { TagSet: tags.map(([Key, Value]) => ({ Key, Value })) };
    }),
    GetBucketWebsite: absent(
      "GetBucketWebsite",
      "NoSuchWebsiteConfiguration",
      "The specified bucket does not have a website configuration",
    ),
    GetObjectLockConfiguration: absent(
      "GetBucketObjectLockConfiguration",
      "ObjectLockConfigurationNotFoundError",
      "Object Lock configuration does not exist for this bucket",
    ),
    GetPublicAccessBlock: read("GetBucketPublicAccessBlock", (bucket) => {
      const block = setting(bucket, "bucketPublicAccessBlock");
      // A new bucket of S3 blocks everything; a declared block leaves out what it does not name.
      const value = (name: string): boolean => (block ? block[name] === true : true);
      return {
        BlockPublicAcls: value("blockPublicAcls"),
        IgnorePublicAcls: value("ignorePublicAcls"),
        BlockPublicPolicy: value("blockPublicPolicy"),
        RestrictPublicBuckets: value("restrictPublicBuckets"),
      };
    }),
  };
}

/** The inputs of a declared resource of the bucket; the provider has some types twice. */
function setting(bucket: Bucket, type: string): Json | undefined {
  return [...bucket.settings].find(([name]) => name.startsWith(`aws:s3/${type}`))?.[1];
}

/** Coarser than S3: whatever everybody may do without a condition. */
function isPublic({ Effect, Principal, Condition }: Json): boolean {
  const who = typeof Principal === "object" && Principal !== null ? [(Principal as Json)["AWS"]].flat() : [Principal];
  return Effect === "Allow" && who.includes("*") && Condition === undefined;
}

function none(bucket: { readonly name: string }, code: string, message: string): AwsError {
  return new AwsError(code, message, 404, { BucketName: bucket.name });
}

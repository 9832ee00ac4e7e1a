import { AwsError } from "../../../aws-error";
import type { Json, Operation } from "../../../service";
import { malformedXml } from "../errors";
import { onBucket } from "../rights";
import type { ObjectStore } from "../store";

interface VersioningInput {
  readonly Bucket: string;
  readonly VersioningConfiguration?: Json;
}

export function putBucketVersioning(store: ObjectStore): Operation<VersioningInput> {
  return {
    authorize: ({ Bucket }) => [onBucket("PutBucketVersioning", Bucket)],
    answer({ Bucket, VersioningConfiguration = {} }, context) {
      context.use("s3.put", 1);
      const bucket = store.bucket(Bucket);
      const { Status } = VersioningConfiguration;
      if (Status === undefined) {
        throw new AwsError("IllegalVersioningConfigurationException", "The Versioning element must be specified");
      }
      if (Status !== "Enabled" && Status !== "Suspended") throw malformedXml();
      bucket.versioning = Status;
      return {};
    },
  };
}

interface PolicyInput {
  readonly Bucket: string;
  readonly Policy?: string;
  readonly Body?: Buffer | string;
}

export function putBucketPolicy(store: ObjectStore): Operation<PolicyInput> {
  return {
    authorize: ({ Bucket }) => [onBucket("PutBucketPolicy", Bucket)],
    answer({ Bucket, Policy, Body }, context) {
      context.use("s3.put", 1);
      const { arn } = store.bucket(Bucket);
      store.cloud.resourcePolicies.set(arn, policyOf(Policy ?? String(Body ?? "")));
      return {};
    },
  };
}

export function deleteBucketPolicy(store: ObjectStore): Operation<PolicyInput> {
  return {
    authorize: ({ Bucket }) => [onBucket("DeleteBucketPolicy", Bucket)],
    answer({ Bucket }) {
      store.cloud.resourcePolicies.delete(store.bucket(Bucket).arn);
      return {};
    },
  };
}

function policyOf(text: string): Json {
  let policy: unknown;
  try {
    policy = text.startsWith("{") ? JSON.parse(text) : undefined;
  } catch {
    // Answered below, as S3 does for every text that is no policy.
  }
  if (typeof policy !== "object" || policy === null)
    throw malformed("Policies must be valid JSON and the first byte must be '{'");
  if ((policy as Json)["Statement"] === undefined) throw malformed("Missing required field Statement");
  return policy as Json;
}

function malformed(message: string): AwsError {
  return new AwsError("MalformedPolicy", message);
}

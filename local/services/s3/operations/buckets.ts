import { AwsError } from "../../../aws-error";
import type { Json, Operation } from "../../../service";
import { onBucket } from "../rights";
import type { ObjectStore } from "../store";
import { isoTime, ownerOf } from "./common";

interface BucketInput {
  readonly Bucket: string;
}

interface CreateInput extends BucketInput {
  readonly CreateBucketConfiguration?: Json;
}

export function createBucket(store: ObjectStore): Operation<CreateInput> {
  return {
    authorize: (input) => [onBucket("CreateBucket", input.Bucket)],
    answer(input, context) {
      context.use("s3.put", 1);
      validateBucketName(input.Bucket);
      checkLocation(input, context.cloud.region);
      if (store.buckets.has(input.Bucket)) {
        // In this Region alone, making one's own bucket again succeeds: API_CreateBucket.html, "BucketAlreadyOwnedByYou".
        if (context.cloud.region === "us-east-1") return { Location: `/${input.Bucket}` };
        throw new AwsError(
          "BucketAlreadyOwnedByYou",
          "Your previous request to create the named bucket succeeded and you already own it.",
          409,
          { BucketName: input.Bucket },
        );
      }
      store.create(input.Bucket);
      return { Location: `/${input.Bucket}` };
    },
  };
}

export function deleteBucket(store: ObjectStore): Operation<BucketInput> {
  return {
    authorize: (input) => [onBucket("DeleteBucket", input.Bucket)],
    async answer(input) {
      const bucket = store.bucket(input.Bucket);
      if (bucket.objects.size > 0 || bucket.versions.size > 0) {
        const all = bucket.versioning === undefined ? "" : ". You must delete all versions in the bucket.";
        throw new AwsError("BucketNotEmpty", `The bucket you tried to delete is not empty${all}`, 409, {
          BucketName: bucket.name,
        });
      }
      await store.drop(bucket);
      return {};
    },
  };
}

export function headBucket(store: ObjectStore): Operation<BucketInput> {
  return {
    authorize: (input) => {
      store.bucket(input.Bucket);
      return [onBucket("ListBucket", input.Bucket)];
    },
    answer: (_input, context) => ({ BucketRegion: context.cloud.region, AccessPointAlias: false }),
  };
}

interface ListInput {
  readonly Prefix?: string;
  readonly BucketRegion?: string;
  readonly MaxBuckets?: string | number;
  readonly ContinuationToken?: string;
}

export function listBuckets(store: ObjectStore): Operation<ListInput> {
  return {
    authorize: () => [{ action: "s3:ListAllMyBuckets", resource: "*" }],
    answer(input, context) {
      context.use("s3.put", 1);
      const { Prefix, BucketRegion, MaxBuckets, ContinuationToken = "" } = input;
      // https://docs.aws.amazon.com/AmazonS3/latest/API/API_Bucket.html
      const isNarrowed = [Prefix, BucketRegion, MaxBuckets].some((given) => given !== undefined);
      const ofRegion =
        BucketRegion === undefined || BucketRegion === context.cloud.region ? [...store.buckets.keys()] : [];
      const found = ofRegion.filter((name) => name.startsWith(Prefix ?? "") && name > ContinuationToken).sort();
      const names = found.slice(0, MaxBuckets === undefined ? undefined : Number(MaxBuckets));
      return {
        Owner: ownerOf(context.cloud),
        ...(names.length < found.length ? { ContinuationToken: names.at(-1) } : {}),
        ...(Prefix === undefined ? {} : { Prefix }),
        Buckets: names.map((name) => ({
          Name: name,
          CreationDate: isoTime(context.cloud, store.bucket(name).createdAt),
          ...(isNarrowed ? { BucketRegion: context.cloud.region } : {}),
        })),
      };
    },
  };
}

/** The region of a bucket; empty for us-east-1, as S3 answers. */
export function getBucketLocation(store: ObjectStore): Operation<BucketInput> {
  return {
    authorize: (input) => {
      store.bucket(input.Bucket);
      return [onBucket("GetBucketLocation", input.Bucket)];
    },
    answer: (_input, { cloud }) => ({ LocationConstraint: cloud.region === "us-east-1" ? "" : cloud.region }),
  };
}

export function getBucketEncryption(store: ObjectStore): Operation<BucketInput> {
  return {
    authorize: (input) => [onBucket("GetEncryptionConfiguration", input.Bucket)],
    answer(input) {
      const { algorithm, keyArn, bucketKeyEnabled } = store.bucket(input.Bucket).encryption;
      const byDefault = { SSEAlgorithm: algorithm, ...(keyArn ? { KMSMasterKeyID: keyArn } : {}) };
      return {
        Rules: [{ ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled: bucketKeyEnabled ?? false }],
      };
    },
  };
}

export function getBucketVersioning(store: ObjectStore): Operation<BucketInput> {
  return {
    authorize: (input) => [onBucket("GetBucketVersioning", input.Bucket)],
    answer: (input) => ({ Status: store.bucket(input.Bucket).versioning }),
  };
}

export function getBucketPolicy(store: ObjectStore): Operation<BucketInput> {
  return {
    authorize: (input) => [onBucket("GetBucketPolicy", input.Bucket)],
    answer(input, { cloud }) {
      const policy: Json | undefined = cloud.resourcePolicies.get(store.bucket(input.Bucket).arn);
      if (!policy) {
        throw new AwsError("NoSuchBucketPolicy", "The bucket policy does not exist", 404, { BucketName: input.Bucket });
      }
      return { Policy: JSON.stringify(policy) };
    },
  };
}

/** 3 to 63 of `a-z 0-9 . -`, ends alphanumeric (Bucket naming rules, S3 user guide). */
export function validateBucketName(name: string): void {
  const wellFormed =
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes("..") && !/^\d+\.\d+\.\d+\.\d+$/.test(name);
  if (!wellFormed)
    throw new AwsError("InvalidBucketName", "The specified bucket is not valid.", 400, { BucketName: name });
}

/** The cloud has one Region; us-east-1 is the one that must not be named. */
function checkLocation({ CreateBucketConfiguration = {} }: CreateInput, region: string): void {
  const asked = CreateBucketConfiguration["LocationConstraint"];
  if (typeof asked !== "string" || asked === "") return;
  if (asked === "us-east-1") {
    throw new AwsError("InvalidLocationConstraint", "The specified location-constraint is not valid", 400, {
      LocationConstraint: asked,
    });
  }
  if (asked === region) return;
  throw new AwsError(
    "IllegalLocationConstraintException",
    `The ${asked} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
}

import type { Created, Json, ResourceContext, ResourceType } from "../../service";
import type { Bucket, Encryption } from "./buckets";
import { validateBucketName } from "./operations/buckets";
import { keyArn } from "./rights";
import type { ObjectStore } from "./store";

interface EncryptionRule {
  readonly applyServerSideEncryptionByDefault?: { readonly sseAlgorithm: string; readonly kmsMasterKeyId?: string };
  readonly bucketKeyEnabled?: boolean;
}

/** The Pulumi types that S3 plays. */
export function s3Resources(store: ObjectStore): Readonly<Record<string, ResourceType>> {
  const bucket = bucketType(store);
  const versioning = setting(store, (target, inputs) => {
    const status = (inputs["versioningConfiguration"] as { status?: string } | undefined)?.status;
    target.versioning = status === "Enabled" || status === "Suspended" ? status : undefined;
  });
  const encryption = setting(store, (target, inputs) => {
    const rule = (inputs["rules"] as readonly EncryptionRule[] | undefined)?.[0];
    target.encryption = encryptionOfRule(store, rule);
  });
  const kept = setting(store, (target, inputs, context) => void target.settings.set(context.type, inputs));
  const object = objectType(store);
  return {
    "aws:s3/bucket:Bucket": bucket,
    "aws:s3/bucketV2:BucketV2": bucket,
    "aws:s3/bucketPolicy:BucketPolicy": policyType(store),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": encryption,
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": encryption,
    "aws:s3/bucketVersioning:BucketVersioning": versioning,
    "aws:s3/bucketVersioningV2:BucketVersioningV2": versioning,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": kept,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": kept,
    "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": kept,
    "aws:s3/bucketLogging:BucketLogging": kept,
    "aws:s3/bucketLoggingV2:BucketLoggingV2": kept,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": kept,
    "aws:s3/bucketObject:BucketObject": object,
    "aws:s3/bucketObjectv2:BucketObjectv2": object,
  };
}

function bucketType(store: ObjectStore): ResourceType {
  const describe = (name: string, inputs: Json): Created => {
    const { region, accountId } = store.cloud;
    const state = {
      tags: {},
      forceDestroy: false,
      objectLockEnabled: false,
      ...inputs,
      id: name,
      bucket: name,
      arn: `arn:aws:s3:::${name}`,
      bucketDomainName: `${name}.s3.amazonaws.com`,
      bucketRegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
      bucketRegion: region,
      region,
      // Route 53's zone of S3 websites in us-east-1 (S3 endpoints and quotas).
      hostedZoneId: "Z3AQBSTGFYJSTF",
      requestPayer: "BucketOwner",
      tagsAll: inputs["tags"] ?? {},
      grants: [{ id: accountId, type: "CanonicalUser", permissions: ["FULL_CONTROL"], uri: "" }],
    };
    return { id: name, state };
  };
  const apply = (bucket: Bucket, inputs: Json): void => {
    const inline = inputs["serverSideEncryptionConfiguration"] as
      { rule?: EncryptionRule; rules?: readonly EncryptionRule[] } | undefined;
    const rule = inline?.rule ?? inline?.rules?.[0];
    if (rule) bucket.encryption = encryptionOfRule(store, rule);
    bucket.tags = (inputs["tags"] ?? {}) as Readonly<Record<string, string>>;
  };
  return {
    create(inputs, context) {
      const prefix = inputs["bucketPrefix"] as string | undefined;
      const name =
        (inputs["bucket"] as string | undefined) ??
        (prefix ? `${prefix}${context.physicalName().slice(-7)}` : context.physicalName().toLowerCase());
      validateBucketName(name);
      apply(store.buckets.get(name) ?? store.create(name), inputs);
      return describe(name, inputs);
    },
    update(id, inputs) {
      apply(store.bucket(id), inputs);
      return describe(id, inputs);
    },
    async delete(id) {
      const bucket = store.buckets.get(id);
      if (bucket) await store.drop(bucket);
    },
  };
}

/** A resource that sets something on the bucket named by its `bucket`. */
function setting(
  store: ObjectStore,
  apply: (bucket: Bucket, inputs: Json, context: ResourceContext) => void,
): ResourceType {
  const put = (inputs: Json, context: ResourceContext): Created => {
    const name = String(inputs["bucket"]);
    apply(store.bucket(name), inputs, context);
    return { id: name, state: { ...inputs, id: name, bucket: name, region: store.cloud.region } };
  };
  return { create: put, update: (_id, inputs, context) => put(inputs, context) };
}

function policyType(store: ObjectStore): ResourceType {
  const put = (inputs: Json): Created => {
    const name = String(inputs["bucket"]);
    const policy = inputs["policy"];
    const text = typeof policy === "string" ? policy : JSON.stringify(policy);
    store.cloud.resourcePolicies.set(store.bucket(name).arn, JSON.parse(text) as Json);
    return { id: name, state: { ...inputs, id: name, bucket: name, policy: text, region: store.cloud.region } };
  };
  return {
    create: put,
    update: (_id, inputs) => put(inputs),
    delete: (id) => void store.cloud.resourcePolicies.delete(`arn:aws:s3:::${id}`),
  };
}

function objectType(store: ObjectStore): ResourceType {
  const put = async (inputs: Json): Promise<Created> => {
    const bucket = store.bucket(String(inputs["bucket"]));
    const key = String(inputs["key"]);
    const base64 = inputs["contentBase64"];
    const body =
      typeof base64 === "string"
        ? Buffer.from(base64, "base64")
        : Buffer.from((inputs["content"] as string | undefined) ?? "", "utf8");
    const contentType = inputs["contentType"] as string | undefined;
    const object = await store.put(bucket, key, body, {
      ...(contentType ? { contentType } : {}),
      metadata: (inputs["metadata"] as Record<string, string> | undefined) ?? {},
    });
    const arn = `${bucket.arn}/${key}`;
    return {
      id: key,
      state: {
        ...inputs,
        id: key,
        key,
        bucket: bucket.name,
        arn,
        etag: object.etag.replaceAll('"', ""),
        versionId: object.versionId ?? "",
        tagsAll: inputs["tags"] ?? {},
      },
    };
  };
  return {
    create: put,
    update: (_id, inputs) => put(inputs),
    delete: (_id, state) => store.remove(store.bucket(String(state["bucket"])), String(state["key"])),
  };
}

function encryptionOfRule(store: ObjectStore, rule: EncryptionRule | undefined): Encryption {
  if (!rule) return { algorithm: "AES256" };
  const chosen = rule.applyServerSideEncryptionByDefault;
  if (!chosen || chosen.sseAlgorithm === "AES256") return { algorithm: "AES256" };
  return {
    algorithm: "aws:kms",
    ...(chosen.kmsMasterKeyId ? { keyArn: keyArn(store.cloud, chosen.kmsMasterKeyId) } : {}),
    bucketKeyEnabled: rule.bucketKeyEnabled ?? false,
  };
}

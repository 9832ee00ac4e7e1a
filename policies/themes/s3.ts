import { deniesPlainTransport, eachStatement, refuseOpen } from "../framework/documents";
import { isKey, KEY_NAME } from "../framework/keys";
import { isRecord, known, type Data, type Resource } from "../framework/resource";
import type { Rule } from "../framework/rule";
import { eachText, type Stack } from "../framework/stack";

const BUCKET = "aws:s3/bucket:Bucket";
const BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const LOGGING = "aws:s3/bucketLogging:BucketLogging";
const OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls";
const POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const VERSIONING = "aws:s3/bucketVersioning:BucketVersioning";
const WEBSITE = "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration";
const FLAGS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"] as const;
const TLS_FIX = "Deny s3:* to everybody on the bucket and its objects where aws:SecureTransport is false.";

const ACCOUNT_BLOCK = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock";
const ACCESS_POINTS: readonly string[] = [
  "aws:s3/accessPoint:AccessPoint",
  "aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint",
];
/** What takes an ACL. */
const WITH_ACL = [
  "aws:s3/bucketAcl:BucketAcl",
  "aws:s3/bucketObject:BucketObject",
  "aws:s3/bucketObjectv2:BucketObjectv2",
  "aws:s3/objectCopy:ObjectCopy",
];

function pathOfBlock({ type }: Resource): string {
  return type === ACCESS_POINTS[0] ? "publicAccessBlockConfiguration" : "details.publicAccessBlock";
}

/** Whether a bucket has a resource of a type beside it. */
function of(stack: Stack, bucket: Resource, type: string): readonly Resource[] {
  return stack.ofType(type).filter((one) => stack.target(one, "bucket", BUCKET) === bucket);
}

export const s3BlockPublic: Rule = {
  name: "s3-block-public",
  what: "Every bucket blocks all public access.",
  why: "One policy or ACL set by mistake shows the players' data to everybody.",
  fix: "Add a BucketPublicAccessBlock with all four flags true.",
  outside: [
    "FSBP S3.1",
    "FSBP S3.2",
    "FSBP S3.3",
    "FSBP S3.8",
    "CIS 3.1.4",
    "CKV_AWS_53",
    "CKV_AWS_54",
    "CKV_AWS_55",
    "CKV_AWS_56",
    "CKV2_AWS_6",
    "GRD S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
  ],
  example:
    'new aws.s3.BucketPublicAccessBlock("block", { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true })',
  types: [BUCKET, BLOCK, ACCOUNT_BLOCK, WEBSITE, ...ACCESS_POINTS, ...WITH_ACL],
  checks: [
    (block, { refuse }) => {
      if (block.type !== BLOCK && block.type !== ACCOUNT_BLOCK) return;
      for (const flag of FLAGS) if (!block.flag(flag)) refuse(flag, block.at(flag), "true");
    },
    (point, { refuse }) => {
      const path = ACCESS_POINTS.includes(point.type) ? pathOfBlock(point) : undefined;
      // All four are on unless told otherwise.
      if (path === undefined || !point.has(path)) return;
      for (const flag of FLAGS.map((one) => `${path}.${one}`))
        if (point.has(flag) && !point.flag(flag)) refuse(flag, point.at(flag), "true");
    },
    (holder, { refuse }) => {
      const acl = holder.text("acl");
      if (acl !== undefined && /^(public-|authenticated-)/.test(acl)) refuse("acl", acl, "private, or no ACL at all");
    },
    (holder, { refuse }) => {
      for (const path of ["grants", "accessControlPolicy.grants"])
        if (holder.has(path))
          eachText(holder.at(path), (text, below) => {
            if (/\/groups\/global\/(AllUsers|AuthenticatedUsers)$/.test(text))
              refuse(`${path}.${below}`, text, "no group of everybody");
          });
    },
    (holder, { refuse }) => {
      const fix = "Let CloudFront read the bucket through an origin access control, and serve the pages.";
      if (holder.type === WEBSITE) refuse("bucket", holder.at("bucket"), "no website: it is open and plain HTTP", fix);
      else if (holder.type === BUCKET && holder.has("website"))
        refuse("website", holder.at("website"), "no website: it is open and plain HTTP", fix);
    },
  ],
  stackChecks: [
    (bucket, { stack, refuse }) => {
      if (bucket.type === BUCKET && of(stack, bucket, BLOCK).length === 0)
        refuse("publicAccessBlock", undefined, "a BucketPublicAccessBlock for it");
    },
  ],
  remediate: (block) =>
    block.type === BLOCK ? { ...block.props, ...Object.fromEntries(FLAGS.map((flag) => [flag, true])) } : undefined,
};

export const s3TlsOnly: Rule = {
  name: "s3-tls-only",
  what: "A bucket's policy denies plain connections and admits nobody in general.",
  why: "Objects would travel readable; an open policy is a public bucket.",
  fix: TLS_FIX,
  outside: ["FSBP S3.5", "FSBP S3.6", "CIS 3.1.1", "CKV_AWS_70", "CKV_AWS_379", "NAG S10"],
  example: 'policy: policyDocument([denyInsecureTransport("s3:*", [bucket.arn, pulumi.interpolate`${bucket.arn}/*`])])',
  types: [BUCKET, POLICY],
  checks: [
    (policy, context) => {
      eachStatement(policy, context, "policy", (statement) =>
        refuseOpen(statement, context, "aws:SourceArn or aws:SourceAccount"),
      );
    },
    (policy, context) => {
      if (policy.type !== POLICY) return;
      let denies = false;
      eachStatement(
        policy,
        context,
        "policy",
        (statement) => (denies ||= deniesPlainTransport(statement, ["s3:*"], [])),
      );
      if (!denies) context.refuse("policy", policy.at("policy"), "a statement that denies plain connections");
    },
  ],
  stackChecks: [
    (bucket, context) => {
      if (bucket.type !== BUCKET) return;
      const beside = of(context.stack, bucket, POLICY);
      const policies = beside.length > 0 ? beside : bucket.has("policy") ? [bucket] : [];
      if (policies.length === 0) {
        context.refuse("policy", undefined, "a BucketPolicy for it");
        return;
      }
      const arn = bucket.text("arn") ?? "";
      let denies = false;
      for (const policy of policies)
        eachStatement(
          policy,
          context,
          "policy",
          (statement) => (denies ||= deniesPlainTransport(statement, ["s3:*"], [arn, `${arn}/*`])),
        );
      if (!denies)
        context.refuse(
          "policy",
          policies.map(({ name }) => name),
          `a statement that denies plain connections to ${arn} and ${arn}/*`,
        );
    },
  ],
};

export const s3Cmk: Rule = {
  name: "s3-cmk",
  what: "Every bucket encrypts with a customer-managed key, through a bucket key.",
  why: "Only a key of one's own can be withdrawn; without a bucket key each object costs a call to KMS.",
  fix: 'Add a BucketServerSideEncryptionConfiguration with sseAlgorithm "aws:kms", kmsMasterKeyId and bucketKeyEnabled.',
  outside: ["SH S3.17", "CKV_AWS_145", "GRD S3_DEFAULT_ENCRYPTION_KMS", "PCP configureServerSideEncryptionKms"],
  example:
    'rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn }, bucketKeyEnabled: true }]',
  types: [BUCKET, ENCRYPTION],
  checks: [
    (configuration, { refuse }) => {
      const isInline = configuration.type === BUCKET;
      if (isInline && !configuration.has("serverSideEncryptionConfiguration")) return;
      const count = isInline ? 1 : Math.max(configuration.list("rules").length, 1);
      for (let i = 0; i < count; i++) {
        const rule = isInline ? "serverSideEncryptionConfiguration.rule" : `rules.${i}`;
        const algorithm = configuration.at(`${rule}.applyServerSideEncryptionByDefault.sseAlgorithm`);
        if (algorithm !== "aws:kms" && algorithm !== "aws:kms:dsse")
          refuse(`${rule}.applyServerSideEncryptionByDefault.sseAlgorithm`, algorithm, "aws:kms");
        // Two layers of encryption know no bucket key.
        if (algorithm !== "aws:kms:dsse" && !configuration.flag(`${rule}.bucketKeyEnabled`))
          refuse(`${rule}.bucketKeyEnabled`, configuration.at(`${rule}.bucketKeyEnabled`), "true");
        const key = configuration.at(`${rule}.applyServerSideEncryptionByDefault.kmsMasterKeyId`);
        if (!isKey(key)) refuse(`${rule}.applyServerSideEncryptionByDefault.kmsMasterKeyId`, key, KEY_NAME);
      }
    },
  ],
  stackChecks: [
    (bucket, { stack, refuse }) => {
      if (bucket.type !== BUCKET || of(stack, bucket, ENCRYPTION).length > 0) return;
      // Once a bucket is made, its state holds what AWS gave it.
      const path = "serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault.sseAlgorithm";
      if (!/^aws:kms/.test(bucket.text(path) ?? ""))
        refuse(
          "serverSideEncryptionConfiguration",
          bucket.at("serverSideEncryptionConfiguration"),
          "a BucketServerSideEncryptionConfiguration for it",
        );
    },
  ],
};

/** By what a rule of a lifecycle is for some objects only. */
const NARROWING = ["filter", "prefix", "tags"] as const;

function isEmpty(value: Data): boolean {
  if (isRecord(value)) return Object.values(value).every(isEmpty);
  return value === undefined || value === null || value === "";
}

export const s3VersionedLifecycled: Rule = {
  name: "s3-versioned-lifecycled",
  what: "Every bucket keeps versions, clears up what is left over, and takes no ACLs.",
  why: "An overwritten object is gone without versions; old versions and broken uploads cost for ever; an ACL opens an object past every policy.",
  fix: "Add BucketVersioning (Enabled), a BucketLifecycleConfiguration (abort uploads, expire old versions) and BucketOwnershipControls (BucketOwnerEnforced).",
  outside: ["SH S3.14", "FSBP S3.12", "FSBP S3.13", "CKV_AWS_21", "CKV_AWS_300", "CKV2_AWS_61", "CKV2_AWS_65"],
  example: 'new aws.s3.BucketVersioning("versions", { bucket, versioningConfiguration: { status: "Enabled" } })',
  types: [BUCKET, VERSIONING, LIFECYCLE, OWNERSHIP],
  config: {
    abortDays: {
      type: "integer",
      description: "Days after which a broken upload is aborted, at most.",
      default: 30,
      minimum: 1,
    },
    versionDays: {
      type: "integer",
      description: "Days that an old version is kept, at least.",
      default: 7,
      minimum: 1,
    },
  },
  checks: [
    (resource, { refuse }) => {
      const [path, allowed] =
        resource.type === VERSIONING
          ? ["versioningConfiguration.status", "Enabled"]
          : ["rule.objectOwnership", "BucketOwnerEnforced"];
      if (resource.type !== VERSIONING && resource.type !== OWNERSHIP) return;
      if (resource.at(path) !== allowed) refuse(path, resource.at(path), allowed);
    },
    (lifecycle, { refuse, number }) => {
      const isInline = lifecycle.type === BUCKET && lifecycle.has("lifecycleRules");
      if (lifecycle.type !== LIFECYCLE && !isInline) return;
      const all = isInline ? "lifecycleRules" : "rules";
      const rules = lifecycle
        .list(all)
        .map((_, i) => `${all}.${i}`)
        .filter((rule) => (isInline ? lifecycle.flag(`${rule}.enabled`) : lifecycle.at(`${rule}.status`) === "Enabled"))
        .filter((rule) =>
          NARROWING.every((part) => isEmpty(known(lifecycle.at(`${rule}.${part}`), `${rule}.${part}`))),
        );
      const abort = isInline
        ? "abortIncompleteMultipartUploadDays"
        : "abortIncompleteMultipartUpload.daysAfterInitiation";
      const noncurrent = `noncurrentVersionExpiration.${isInline ? "days" : "noncurrentDays"}`;
      const days = rules.map((rule) => lifecycle.number(`${rule}.${abort}`)).find((value) => value !== undefined);
      if (days === undefined || days < 1 || days > number("abortDays"))
        refuse(
          `${all}.abortIncompleteMultipartUpload`,
          days,
          `an enabled rule for all objects that aborts after 1 to ${number("abortDays")} days`,
        );
      const kept = rules.map((rule) => lifecycle.number(`${rule}.${noncurrent}`)).find((value) => value !== undefined);
      if (kept === undefined || kept < number("versionDays"))
        refuse(
          `${all}.noncurrentVersionExpiration`,
          kept,
          `an enabled rule for all objects that keeps old versions ${number("versionDays")} days or more`,
        );
    },
  ],
  stackChecks: [
    (bucket, { stack, refuse }) => {
      if (bucket.type !== BUCKET) return;
      const isInline: Readonly<Record<string, () => boolean>> = {
        [VERSIONING]: () => bucket.flag("versioning.enabled"),
        [LIFECYCLE]: () => bucket.list("lifecycleRules").length > 0,
        [OWNERSHIP]: () => false,
      };
      for (const [type, holds] of Object.entries(isInline))
        if (of(stack, bucket, type).length === 0 && !holds())
          refuse("bucket", bucket.name, `a ${type.split(":").pop() ?? ""} for it`);
    },
  ],
};

export const s3Logged: Rule = {
  name: "s3-logged",
  what: "Every bucket writes access logs.",
  why: "Who read which object shows nowhere else, unless CloudTrail records data events.",
  fix: "Add a BucketLogging with a target bucket of the stack (PrivateBucket: accessLogBucket).",
  outside: ["FSBP S3.9", "CKV_AWS_18", "NAG S1", "GRD S3_BUCKET_LOGGING_ENABLED"],
  contradicts:
    "The bucket that takes access logs cannot log into itself without a loop, and S3 delivers them only under SSE-S3 or a key policy that admits logging.s3.amazonaws.com: such a bucket needs an exception from s3-cmk.",
  example: 'new aws.s3.BucketLogging("logging", { bucket, targetBucket: logs.id, targetPrefix: "results/" })',
  types: [BUCKET],
  stackChecks: [
    (bucket, { stack, refuse }) => {
      const isTarget = stack
        .ofType(LOGGING)
        .some((logging) => stack.target(logging, "targetBucket", BUCKET) === bucket);
      if (!isTarget && of(stack, bucket, LOGGING).length === 0 && !bucket.has("logging.targetBucket"))
        refuse("logging", undefined, "a BucketLogging for it");
    },
  ],
};

export const s3NoForceDestroy: Rule = {
  name: "s3-no-force-destroy",
  what: "In production a bucket that holds objects cannot be destroyed.",
  why: "A renamed component would take the objects with it.",
  fix: "Leave forceDestroy out, or set it to false (the setting `protect` of the program does).",
  outside: [],
  example: "forceDestroy: false",
  level: { production: "mandatory", other: "disabled" },
  types: [BUCKET],
  checks: [
    (bucket, { refuse }) => {
      if (bucket.flag("forceDestroy")) refuse("forceDestroy", true, "false");
    },
  ],
};

export const s3Rules: readonly Rule[] = [
  s3BlockPublic,
  s3TlsOnly,
  s3Cmk,
  s3VersionedLifecycled,
  s3Logged,
  s3NoForceDestroy,
];

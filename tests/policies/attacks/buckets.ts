import { BUCKET, document, everybody, KEY } from "../cases/fixtures";
import { keyed, type Attacks } from "./world";

const ENCRYPTION = "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const BY_DEFAULT = "rules.0.applyServerSideEncryptionByDefault";

/** Buckets, access points and objects that are open or plain. */
export const bucketAttacks: Attacks = {
  "a bucket under AWS's key": keyed(
    ENCRYPTION,
    {
      bucket: "b",
      rules: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: "alias/aws/s3" },
          bucketKeyEnabled: true,
        },
      ],
    },
    "s3-cmk",
    `${BY_DEFAULT}.kmsMasterKeyId`,
  ),
  "a second rule of encryption that is weaker": keyed(
    ENCRYPTION,
    {
      rules: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: KEY },
          bucketKeyEnabled: true,
        },
        { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
      ],
    },
    "s3-cmk",
    "rules.1.applyServerSideEncryptionByDefault.sseAlgorithm",
  ),
  "a bucket by its older name": keyed(
    "s3/bucketV2:BucketV2",
    { ...BUCKET, acl: "public-read" },
    "s3-block-public",
    "acl",
  ),
  "a bucket of which three flags are set": keyed(
    "s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    { bucket: "b", blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true },
    "s3-block-public",
    "restrictPublicBuckets",
  ),
  "the whole account's buckets opened": keyed(
    "s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    { blockPublicAcls: false },
    "s3-block-public",
    "blockPublicAcls",
  ),
  "an access point around the bucket": keyed(
    "s3/accessPoint:AccessPoint",
    { bucket: "b", publicAccessBlockConfiguration: { blockPublicPolicy: false } },
    "s3-block-public",
    "publicAccessBlockConfiguration.blockPublicPolicy",
  ),
  "an access point's open policy": keyed(
    "s3control/accessPointPolicy:AccessPointPolicy",
    { policy: document(everybody("s3:GetObject", "*")) },
    "resource-policy-no-public",
    "policy.Statement.0.Principal",
  ),
  "an ACL by groups": keyed(
    "s3/bucketAcl:BucketAcl",
    {
      accessControlPolicy: {
        grants: [
          { permission: "READ", grantee: { type: "Group", uri: "http://acs.amazonaws.com/groups/global/AllUsers" } },
        ],
      },
    },
    "s3-block-public",
    "accessControlPolicy.grants.0.grantee.uri",
  ),
  "an object for everybody": keyed(
    "s3/bucketObjectv2:BucketObjectv2",
    { bucket: "b", acl: "public-read" },
    "s3-block-public",
    "acl",
  ),
  "a bucket with an inline policy": keyed(
    "s3/bucket:Bucket",
    { ...BUCKET, policy: document(everybody("s3:GetObject", `${BUCKET.arn}/*`)) },
    "s3-tls-only",
    "policy.Statement.0.Principal",
  ),
};

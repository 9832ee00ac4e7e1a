import { BUCKET, document, everybody, KEY, tls, type RuleCase } from "./fixtures";

export const s3Cases: Readonly<Record<string, RuleCase>> = {
  "s3-block-public": {
    good: {
      "s3/bucket:Bucket b": BUCKET,
      "s3/bucketPublicAccessBlock:BucketPublicAccessBlock k": {
        bucket: "b",
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
    },
    bad: {
      none: { "s3/bucketPublicAccessBlock:BucketPublicAccessBlock k": undefined },
      ...Object.fromEntries(
        ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].map((flag) => [
          flag,
          { [`s3/bucketPublicAccessBlock:BucketPublicAccessBlock k > ${flag}`]: false },
        ]),
      ),
      "an ACL": { "s3/bucket:Bucket b > acl": "public-read" },
    },
  },
  "s3-tls-only": {
    good: {
      "s3/bucket:Bucket b": BUCKET,
      "s3/bucketPolicy:BucketPolicy p": { bucket: "b", policy: document(tls("s3:*", [BUCKET.arn, `${BUCKET.arn}/*`])) },
    },
    bad: {
      none: { "s3/bucketPolicy:BucketPolicy p": undefined },
      "plain connections": { "s3/bucketPolicy:BucketPolicy p > policy": document() },
      "to the objects": { "s3/bucketPolicy:BucketPolicy p > policy": document(tls("s3:*", BUCKET.arn)) },
      everybody: {
        "s3/bucketPolicy:BucketPolicy p > policy": document(
          tls("s3:*", [BUCKET.arn, `${BUCKET.arn}/*`]),
          everybody("s3:GetObject", `${BUCKET.arn}/*`),
        ),
      },
    },
  },
  "s3-cmk": {
    good: {
      "s3/bucket:Bucket b": BUCKET,
      "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration e": {
        bucket: "b",
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: KEY },
            bucketKeyEnabled: true,
          },
        ],
      },
    },
    bad: {
      none: { "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration e": undefined },
      "S3's key": {
        "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration e > rules.0.applyServerSideEncryptionByDefault.sseAlgorithm":
          "AES256",
      },
      "AWS's key": {
        "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration e > rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId":
          undefined,
      },
      "no bucket key": {
        "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration e > rules.0.bucketKeyEnabled": false,
      },
    },
  },
  "s3-versioned-lifecycled": {
    good: {
      "s3/bucket:Bucket b": BUCKET,
      "s3/bucketVersioning:BucketVersioning v": { bucket: "b", versioningConfiguration: { status: "Enabled" } },
      "s3/bucketOwnershipControls:BucketOwnershipControls o": {
        bucket: "b",
        rule: { objectOwnership: "BucketOwnerEnforced" },
      },
      "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration l": {
        bucket: "b",
        rules: [
          {
            status: "Enabled",
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
            noncurrentVersionExpiration: { noncurrentDays: 30 },
          },
        ],
      },
    },
    bad: {
      "no versions": { "s3/bucketVersioning:BucketVersioning v": undefined },
      "versions off": { "s3/bucketVersioning:BucketVersioning v > versioningConfiguration.status": "Suspended" },
      ACLs: { "s3/bucketOwnershipControls:BucketOwnershipControls o > rule.objectOwnership": "ObjectWriter" },
      "no lifecycle": { "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration l": undefined },
      "a rule off": { "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration l > rules.0.status": "Disabled" },
      "uploads for ever": {
        "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration l > rules.0.abortIncompleteMultipartUpload":
          undefined,
      },
      "versions for a day": {
        "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration l > rules.0.noncurrentVersionExpiration.noncurrentDays": 1,
      },
    },
  },
  "s3-logged": {
    good: { "s3/bucket:Bucket b": BUCKET, "s3/bucketLogging:BucketLogging l": { bucket: "b", targetBucket: "b" } },
    bad: { none: { "s3/bucketLogging:BucketLogging l": undefined } },
  },
  "s3-no-force-destroy": {
    good: { "s3/bucket:Bucket b": BUCKET },
    bad: { forced: { "s3/bucket:Bucket b > forceDestroy": true } },
  },
};

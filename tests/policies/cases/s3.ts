import { arn, BUCKET, document, everybody, KEY, tls, type RuleCase } from "./fixtures";

export const s3Cases: Readonly<Record<string, RuleCase>> = {
  "s3-block-public": {
    good: {
      "s3/bucketObjectv2:BucketObjectv2 fine": { bucket: "b", acl: "private" },

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
      "a public ACL beside the bucket": { "s3/bucketAcl:BucketAcl a": { bucket: "b", acl: "authenticated-read" } },
      "a multi-Region access point": {
        "s3control/multiRegionAccessPoint:MultiRegionAccessPoint m": {
          details: { publicAccessBlock: { blockPublicAcls: false } },
        },
      },

      "of another bucket": { "s3/bucketPublicAccessBlock:BucketPublicAccessBlock k > bucket": "x" },
      "a grant to everybody": {
        "s3/bucket:Bucket b > grants": [{ type: "Group", uri: "http://acs.amazonaws.com/groups/global/AllUsers" }],
      },
      "a grant to every account": {
        "s3/bucketAcl:BucketAcl a": {
          accessControlPolicy: {
            grants: [{ grantee: { uri: "http://acs.amazonaws.com/groups/global/AuthenticatedUsers" } }],
          },
        },
      },
      "an object for everybody": { "s3/bucketObjectv2:BucketObjectv2 o": { acl: "public-read" } },
      "the account's": { "s3/accountPublicAccessBlock:AccountPublicAccessBlock a": { blockPublicAcls: true } },
      "an access point": {
        "s3/accessPoint:AccessPoint p": { publicAccessBlockConfiguration: { restrictPublicBuckets: false } },
      },

      none: { "s3/bucketPublicAccessBlock:BucketPublicAccessBlock k": undefined },
      ...Object.fromEntries(
        ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].map((flag) => [
          flag,
          { [`s3/bucketPublicAccessBlock:BucketPublicAccessBlock k > ${flag}`]: false },
        ]),
      ),
      "an ACL": { "s3/bucket:Bucket b > acl": "public-read" },
      "a website": { "s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration w": { bucket: "b" } },
      "a website of its own": { "s3/bucket:Bucket b > website": { indexDocument: "index.html" } },
    },
  },
  "s3-tls-only": {
    good: {
      "s3/bucket:Bucket i": {
        arn: "arn:aws:s3:::i",
        id: "i",
        policy: document(tls("s3:*", ["arn:aws:s3:::i", "arn:aws:s3:::i/*"])),
      },

      "s3/bucket:Bucket b": BUCKET,
      "s3/bucketPolicy:BucketPolicy p": { bucket: "b", policy: document(tls("s3:*", [BUCKET.arn, `${BUCKET.arn}/*`])) },
    },
    bad: {
      "of another bucket": { "s3/bucketPolicy:BucketPolicy p > bucket": "x" },
      "everybody, inline": {
        "s3/bucket:Bucket i > policy": document(
          tls("s3:*", ["arn:aws:s3:::i", "arn:aws:s3:::i/*"]),
          everybody("s3:GetObject", "arn:aws:s3:::i/*"),
        ),
      },
      "plain connections, inline": { "s3/bucket:Bucket i > policy": document() },

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
      "s3/bucket:Bucket i": {
        arn: "arn:aws:s3:::i",
        id: "i",
        serverSideEncryptionConfiguration: {
          rule: {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: KEY },
            bucketKeyEnabled: true,
          },
        },
      },

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
      "AWS's key, inline": {
        "s3/bucket:Bucket i > serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault.kmsMasterKeyId":
          undefined,
      },
      "no bucket key, inline": {
        "s3/bucket:Bucket i > serverSideEncryptionConfiguration.rule.bucketKeyEnabled": false,
      },

      "of another bucket": {
        "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration e > bucket": "x",
      },
      "S3's key, inline": {
        "s3/bucket:Bucket i > serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault.sseAlgorithm":
          "AES256",
      },
      "AWS's key by its ARN": {
        "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration e > rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId":
          arn("kms", "alias/aws/s3"),
      },

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
      "s3/bucket:Bucket i": {
        arn: "arn:aws:s3:::i",
        id: "i",
        versioning: { enabled: true },
        lifecycleRules: [
          { enabled: true, abortIncompleteMultipartUploadDays: 7, noncurrentVersionExpiration: { days: 30 } },
        ],
      },
      "s3/bucketOwnershipControls:BucketOwnershipControls i": {
        bucket: "i",
        rule: { objectOwnership: "BucketOwnerEnforced" },
      },

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
      "uploads for ever, inline": {
        "s3/bucket:Bucket i > lifecycleRules.0.abortIncompleteMultipartUploadDays": undefined,
      },
      "versions for a day, inline": {
        "s3/bucket:Bucket i > lifecycleRules.0.noncurrentVersionExpiration.days": 1,
      },
      "no owners": { "s3/bucketOwnershipControls:BucketOwnershipControls o": undefined },

      "versions of another bucket": { "s3/bucketVersioning:BucketVersioning v > bucket": "x" },
      "a lifecycle of another bucket": {
        "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration l > bucket": "x",
      },
      "owners of another bucket": { "s3/bucketOwnershipControls:BucketOwnershipControls o > bucket": "x" },
      "versions off, inline": { "s3/bucket:Bucket i > versioning.enabled": false },
      "a rule off, inline": { "s3/bucket:Bucket i > lifecycleRules.0.enabled": false },

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
    good: {
      "s3/bucket:Bucket i": { id: "i", logging: { targetBucket: "b" } },
      "s3/bucket:Bucket b": BUCKET,
      "s3/bucketLogging:BucketLogging l": { bucket: "b", targetBucket: "b" },
    },
    bad: {
      "none, inline": { "s3/bucket:Bucket i > logging": undefined },

      "logs of another bucket": { "s3/bucketLogging:BucketLogging l": { bucket: "x", targetBucket: "y" } },
      none: { "s3/bucketLogging:BucketLogging l": undefined },
    },
  },
  "s3-no-force-destroy": {
    good: { "s3/bucket:Bucket b": BUCKET },
    bad: { forced: { "s3/bucket:Bucket b > forceDestroy": true } },
  },
};

import { arn, BUCKET, KEY, SECURITY, TABLE, type RuleCase } from "./fixtures";

export const glueAthenaCases: Readonly<Record<string, RuleCase>> = {
  "athena-locked-workgroup": {
    good: {
      "s3/bucket:Bucket b": BUCKET,
      "athena/workgroup:Workgroup w": {
        configuration: {
          enforceWorkgroupConfiguration: true,
          bytesScannedCutoffPerQuery: 1e10,
          resultConfiguration: {
            outputLocation: "s3://b/r/",
            encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: KEY },
          },
        },
      },
    },
    bad: {
      "not enforced": { "athena/workgroup:Workgroup w > configuration.enforceWorkgroupConfiguration": false },
      "S3's key": {
        "athena/workgroup:Workgroup w > configuration.resultConfiguration.encryptionConfiguration.encryptionOption":
          "SSE_S3",
      },
      "no key": {
        "athena/workgroup:Workgroup w > configuration.resultConfiguration.encryptionConfiguration.kmsKeyArn": undefined,
      },
      "no limit": { "athena/workgroup:Workgroup w > configuration.bytesScannedCutoffPerQuery": undefined },
      "results elsewhere": {
        "athena/workgroup:Workgroup w > configuration.resultConfiguration.outputLocation": "s3://x/r/",
      },
      "an old engine": {
        "athena/workgroup:Workgroup w > configuration.engineVersion": {
          selectedEngineVersion: "Athena engine version 2",
        },
      },
    },
  },
  "athena-logging": {
    good: { "athena/workgroup:Workgroup w": { configuration: { publishCloudwatchMetricsEnabled: true } } },
    bad: { off: { "athena/workgroup:Workgroup w > configuration.publishCloudwatchMetricsEnabled": false } },
  },
  "glue-security-config": {
    good: { "glue/job:Job j": { securityConfiguration: "s", glueVersion: "5.0" } },
    bad: {
      none: { "glue/job:Job j > securityConfiguration": undefined },
      "an old version": { "glue/job:Job j > glueVersion": "2.0" },
    },
  },
  "glue-encrypted": {
    good: {
      "s3/bucket:Bucket b": BUCKET,
      "glue/catalogDatabase:CatalogDatabase d": { name: "d", locationUri: "s3://b/x/" },
      "glue/catalogTable:CatalogTable t": { databaseName: "d", storageDescriptor: { location: "s3://b/x/t/" } },
      "glue/catalogTable:CatalogTable u": { databaseName: "d" },
      "glue/securityConfiguration:SecurityConfiguration s": { encryptionConfiguration: SECURITY },
      "glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings c": {
        dataCatalogEncryptionSettings: {
          encryptionAtRest: { catalogEncryptionMode: "SSE-KMS", sseAwsKmsKeyId: KEY },
          connectionPasswordEncryption: { awsKmsKeyId: KEY, returnConnectionPasswordEncrypted: true },
        },
      },
    },
    bad: {
      "objects without key": {
        "glue/securityConfiguration:SecurityConfiguration s > encryptionConfiguration.s3Encryption.kmsKeyArn": arn(
          "kms",
          "alias/aws/s3",
        ),
      },
      "logs in the open": {
        "glue/securityConfiguration:SecurityConfiguration s > encryptionConfiguration.cloudwatchEncryption.cloudwatchEncryptionMode":
          "DISABLED",
      },
      bookmarks: {
        "glue/securityConfiguration:SecurityConfiguration s > encryptionConfiguration.jobBookmarksEncryption.jobBookmarksEncryptionMode":
          "DISABLED",
      },
      "bookmarks without key": {
        "glue/securityConfiguration:SecurityConfiguration s > encryptionConfiguration.jobBookmarksEncryption.kmsKeyArn":
          undefined,
      },
      "the catalog under AWS's key": {
        "glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings c > dataCatalogEncryptionSettings.encryptionAtRest.sseAwsKmsKeyId":
          undefined,
      },
      "passwords that come back": {
        "glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings c > dataCatalogEncryptionSettings.connectionPasswordEncryption.returnConnectionPasswordEncrypted": false,
      },

      objects: {
        "glue/securityConfiguration:SecurityConfiguration s > encryptionConfiguration.s3Encryption.s3EncryptionMode":
          "DISABLED",
      },
      logs: {
        "glue/securityConfiguration:SecurityConfiguration s > encryptionConfiguration.cloudwatchEncryption.kmsKeyArn":
          undefined,
      },
      "the catalog": {
        "glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings c > dataCatalogEncryptionSettings.encryptionAtRest.catalogEncryptionMode":
          "DISABLED",
      },
      passwords: {
        "glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings c > dataCatalogEncryptionSettings.connectionPasswordEncryption":
          undefined,
      },
      "a place elsewhere": { "glue/catalogDatabase:CatalogDatabase d > locationUri": "s3://x/x/" },
      "a table elsewhere": { "glue/catalogTable:CatalogTable t > storageDescriptor.location": "s3://x/x/" },
    },
  },
  "zeroetl-cmk": {
    good: {
      "dynamodb/table:Table t": TABLE,
      "glue/catalogDatabase:CatalogDatabase d": { arn: arn("glue", "database/d") },
      "cloudcontrol/resource:Resource i": {
        typeName: "AWS::Glue::Integration",
        desiredState: JSON.stringify({ SourceArn: TABLE.arn, TargetArn: arn("glue", "database/d"), KmsKeyId: KEY }),
      },
    },
    bad: {
      "no key": {
        "cloudcontrol/resource:Resource i > desiredState": JSON.stringify({
          SourceArn: TABLE.arn,
          TargetArn: arn("glue", "database/d"),
        }),
      },
      "a table elsewhere": {
        "cloudcontrol/resource:Resource i > desiredState": JSON.stringify({
          SourceArn: "x",
          TargetArn: arn("glue", "database/d"),
          KmsKeyId: KEY,
        }),
      },
      "a target without key": {
        "cloudcontrol/resource:Resource p": {
          typeName: "AWS::Glue::IntegrationResourceProperty",
          desiredState: JSON.stringify({
            ResourceArn: arn("glue", "database/d"),
            TargetProcessingProperties: { RoleArn: "x" },
          }),
        },
      },
    },
  },
};

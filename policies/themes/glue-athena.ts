import { isKeyArn, KEY_ARN } from "../framework/keys";
import { isRecord, recordOf, type Data, type Resource } from "../framework/resource";
import type { Rule } from "../framework/rule";
import type { Stack } from "../framework/stack";

const BUCKET = "aws:s3/bucket:Bucket";
const CLOUD_CONTROL = "aws:cloudcontrol/resource:Resource";
const DATABASE = "aws:glue/catalogDatabase:CatalogDatabase";
const CATALOG_TABLE = "aws:glue/catalogTable:CatalogTable";
const WORKGROUP = "aws:athena/workgroup:Workgroup";

export const athenaLockedWorkgroup: Rule = {
  name: "athena-locked-workgroup",
  what: "A workgroup imposes its settings: results under a customer key, in a bucket of this stack, and a limit to what one query reads.",
  why: "A query that says otherwise would write players' data unencrypted somewhere else; one mistake in a segment reads terabytes at 5 USD each.",
  fix: "Set enforceWorkgroupConfiguration, resultConfiguration with SSE_KMS and kmsKeyArn, and bytesScannedCutoffPerQuery.",
  outside: [
    "SH Athena.1",
    "CKV_AWS_159",
    "CKV_AWS_82",
    "PCP configureCustomerManagedKey",
    "PRW athena_workgroup_encryption",
    "PRW athena_workgroup_enforce_configuration",
  ],
  example:
    'configuration: { enforceWorkgroupConfiguration: true, bytesScannedCutoffPerQuery: 10_737_418_240, resultConfiguration: { outputLocation, encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: key.arn } } }',
  types: [WORKGROUP],
  config: {
    bytes: {
      type: "integer",
      description: "Most bytes that one query may read.",
      default: 1_099_511_627_776,
      minimum: 10_485_760,
    },
  },
  checks: [
    (group, { refuse }) => {
      // AWS enforces unless told otherwise; written out it cannot be forgotten.
      if (!group.flag("configuration.enforceWorkgroupConfiguration"))
        refuse(
          "configuration.enforceWorkgroupConfiguration",
          group.at("configuration.enforceWorkgroupConfiguration"),
          "true",
        );
    },
    (group, { refuse }) => {
      const path = "configuration.resultConfiguration.encryptionConfiguration";
      if (group.at(`${path}.encryptionOption`) !== "SSE_KMS")
        refuse(`${path}.encryptionOption`, group.at(`${path}.encryptionOption`), "SSE_KMS");
      const key = group.at(`${path}.kmsKeyArn`);
      if (!isKeyArn(key)) refuse(`${path}.kmsKeyArn`, key, KEY_ARN);
    },
    (group, { refuse, number }) => {
      const bytes = group.number("configuration.bytesScannedCutoffPerQuery");
      if (bytes === undefined || bytes < 10_485_760 || bytes > number("bytes"))
        refuse("configuration.bytesScannedCutoffPerQuery", bytes, `10485760 to ${number("bytes")} bytes`);
    },
    (group, { refuse }) => {
      const engine = group.text("configuration.engineVersion.selectedEngineVersion");
      if (engine !== undefined && !/^(AUTO|Athena engine version [3-9])$/.test(engine))
        refuse("configuration.engineVersion.selectedEngineVersion", engine, "Athena engine version 3 or AUTO");
    },
  ],
  stackChecks: [
    (group, { stack, refuse }) =>
      checkLocation(group, "configuration.resultConfiguration.outputLocation", stack, refuse),
  ],
};

export const athenaLogging: Rule = {
  name: "athena-logging",
  what: "A workgroup publishes metrics of its queries.",
  why: "What queries read and cost, and which were cancelled, shows nowhere else.",
  fix: "Set publishCloudwatchMetricsEnabled to true.",
  outside: ["FSBP Athena.4", "PRW athena_workgroup_logging_enabled"],
  example: "configuration: { publishCloudwatchMetricsEnabled: true }",
  types: [WORKGROUP],
  checks: [
    (group, { refuse }) => {
      if (!group.flag("configuration.publishCloudwatchMetricsEnabled"))
        refuse(
          "configuration.publishCloudwatchMetricsEnabled",
          group.at("configuration.publishCloudwatchMetricsEnabled"),
          "true",
        );
    },
  ],
};

export const glueSecurityConfig: Rule = {
  name: "glue-security-config",
  what: "Jobs, crawlers and development endpoints run with a security configuration and a supported version.",
  why: "Without one Glue writes to S3 and to its logs unencrypted.",
  fix: "Set securityConfiguration, and glueVersion to 4.0 or newer on jobs.",
  outside: ["FSBP Glue.4", "CKV_AWS_195", "NAG GL1", "NAG GL3", "PRW glue_etl_jobs_amazon_s3_encryption_enabled"],
  example: 'securityConfiguration: security.name, glueVersion: "5.0"',
  types: ["aws:glue/job:Job", "aws:glue/crawler:Crawler", "aws:glue/devEndpoint:DevEndpoint"],
  checks: [
    (job, { refuse }) => {
      if (!job.has("securityConfiguration"))
        refuse("securityConfiguration", undefined, "the name of a security configuration");
    },
    (job, { refuse }) => {
      const version = job.at("glueVersion");
      if (job.type === "aws:glue/job:Job" && !(Number(version) >= 4)) refuse("glueVersion", version, "4.0 or newer");
    },
  ],
};

export const glueEncrypted: Rule = {
  name: "glue-encrypted",
  what: "Security configurations and the catalog's settings encrypt everything with a customer key; a catalog database and its tables lie in a bucket of this stack.",
  why: "Table definitions and connection passwords lie in the catalog; a location elsewhere sends the copy of the players there.",
  fix: "Set each mode to KMS with a key's ARN, and locationUri to a bucket of the stack.",
  outside: ["CKV_AWS_99", "CKV_AWS_94", "PRW glue_data_catalogs_metadata_encryption_enabled"],
  example: 'encryptionConfiguration: { s3Encryption: { s3EncryptionMode: "SSE-KMS", kmsKeyArn: key.arn }, … }',
  types: [
    "aws:glue/securityConfiguration:SecurityConfiguration",
    "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings",
    DATABASE,
    CATALOG_TABLE,
  ],
  checks: [
    (settings, { refuse }) => {
      for (const [path, mode] of MODES[settings.type] ?? []) {
        const value = settings.at(path);
        if (value !== mode) refuse(path, value, String(mode));
      }
    },
    (settings, { refuse }) => {
      for (const path of KEYS[settings.type] ?? []) {
        const key = settings.at(path);
        if (!isKeyArn(key)) refuse(path, key, KEY_ARN);
      }
    },
  ],
  stackChecks: [
    (database, { stack, refuse }) => {
      if (database.type === DATABASE) checkLocation(database, "locationUri", stack, refuse);
    },
    (table, { stack, refuse }) => {
      const path = "storageDescriptor.location";
      // Where it names no place, it lies in its database's.
      if (table.type === CATALOG_TABLE && table.has(path)) checkLocation(table, path, stack, refuse);
    },
  ],
};

const SECURITY = "encryptionConfiguration";
const CATALOG = "dataCatalogEncryptionSettings";
const MODES: Readonly<Record<string, readonly (readonly [path: string, mode: string | boolean])[]>> = {
  "aws:glue/securityConfiguration:SecurityConfiguration": [
    [`${SECURITY}.s3Encryption.s3EncryptionMode`, "SSE-KMS"],
    [`${SECURITY}.cloudwatchEncryption.cloudwatchEncryptionMode`, "SSE-KMS"],
    [`${SECURITY}.jobBookmarksEncryption.jobBookmarksEncryptionMode`, "CSE-KMS"],
  ],
  "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings": [
    [`${CATALOG}.encryptionAtRest.catalogEncryptionMode`, "SSE-KMS"],
    [`${CATALOG}.connectionPasswordEncryption.returnConnectionPasswordEncrypted`, true],
  ],
};
const KEYS: Readonly<Record<string, readonly string[]>> = {
  "aws:glue/securityConfiguration:SecurityConfiguration": [
    "s3Encryption",
    "cloudwatchEncryption",
    "jobBookmarksEncryption",
  ].map((part) => `${SECURITY}.${part}.kmsKeyArn`),
  "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings": [
    `${CATALOG}.encryptionAtRest.sseAwsKmsKeyId`,
    `${CATALOG}.connectionPasswordEncryption.awsKmsKeyId`,
  ],
};

export const zeroetlCmk: Rule = {
  name: "zeroetl-cmk",
  what: "A zero-ETL integration copies from a table of this stack into a database of this stack, under a customer key.",
  why: "All that is known about the players passes through it.",
  fix: "Set KmsKeyId (integration) and KmsArn (target) to a key's ARN.",
  outside: ["PRW glue_data_catalogs_not_publicly_accessible", "CKV_AWS_99"],
  example:
    "desiredState: pulumi.jsonStringify({ IntegrationName, SourceArn: table.arn, TargetArn: database.arn, KmsKeyId: key.arn })",
  types: [CLOUD_CONTROL, "aws:redshift/integration:Integration"],
  checks: [
    (integration, { refuse }) => {
      const [path, key] = keyOf(integration);
      if (path !== undefined && !isKeyArn(key)) refuse(path, key, KEY_ARN);
    },
  ],
  stackChecks: [
    (integration, { stack, refuse }) => {
      const { desired, typeName } = stateOf(integration);
      if (!typeName.startsWith("AWS::Glue::Integration")) return;
      const role = desired["TargetProcessingProperties"];
      const references: readonly (readonly [path: string, value: Data])[] =
        typeName === "AWS::Glue::Integration"
          ? [
              ["SourceArn", desired["SourceArn"]],
              ["TargetArn", desired["TargetArn"]],
            ]
          : [
              ["ResourceArn", desired["ResourceArn"]],
              ["TargetProcessingProperties.RoleArn", isRecord(role) ? role["RoleArn"] : undefined],
            ];
      for (const [path, value] of references)
        if (typeof value !== "string" || stack.named(value).length === 0)
          refuse(`desiredState.${path}`, value, "something of this stack");
    },
  ],
};

function stateOf(integration: Resource): {
  readonly desired: Readonly<Record<string, Data>>;
  readonly typeName: string;
} {
  return { desired: recordOf(integration.at("desiredState")), typeName: integration.text("typeName") ?? "" };
}

function keyOf(integration: Resource): readonly [path: string | undefined, key: Data] {
  if (integration.type !== CLOUD_CONTROL) return ["kmsKeyId", integration.at("kmsKeyId")];
  if (!(integration.text("typeName") ?? "").startsWith("AWS::Glue::Integration")) return [undefined, undefined];
  const { desired, typeName } = stateOf(integration);
  if (typeName === "AWS::Glue::Integration") return ["desiredState.KmsKeyId", desired["KmsKeyId"]];
  const target = desired["TargetProcessingProperties"];
  return ["desiredState.TargetProcessingProperties.KmsArn", isRecord(target) ? target["KmsArn"] : undefined];
}

function checkLocation(
  resource: Resource,
  path: string,
  stack: Stack,
  refuse: (property: string, got: Data, allowed: string) => void,
): void {
  const location = resource.text(path);
  const bucket = /^s3:\/\/([^/]+)\//.exec(location ?? "")?.[1];
  if (bucket === undefined || stack.named(bucket, BUCKET).length === 0)
    refuse(path, location, "s3://<a bucket of this stack>/…");
}

export const glueAthenaRules: readonly Rule[] = [
  athenaLockedWorkgroup,
  athenaLogging,
  glueSecurityConfig,
  glueEncrypted,
  zeroetlCmk,
];

import { AwsError } from "../../../aws-error";
import type { Json } from "../../../service";
import type { Catalog } from "../catalog";
import type { IntegrationInput, ResourceProperty } from "./integration";

/** Checks what is declared of an integration; members as in `AWS::Glue::Integration` and CreateIntegration. */
export function integrationInput(catalog: Catalog, input: Json): IntegrationInput {
  const name = input["IntegrationName"];
  const sourceArn = input["SourceArn"];
  const targetArn = input["TargetArn"];
  if (typeof name !== "string" || name.length < 1 || name.length > 128)
    throw invalid(`IntegrationName: got ${String(name)}; expected 1 to 128 characters`);
  if (typeof sourceArn !== "string" || !/^arn:aws:dynamodb:[^:]+:\d+:table\/[^/]+$/.test(sourceArn)) {
    throw invalid(
      `SourceArn: got ${String(sourceArn)}; expected the ARN of a DynamoDB table, the only source that the local cloud plays`,
    );
  }
  if (typeof targetArn !== "string" || !targetArn.startsWith(catalog.databaseArn(""))) {
    throw invalid(
      `TargetArn: got ${String(targetArn)}; expected the ARN of a Glue database of this account and Region`,
    );
  }
  if (input["DataFilter"] !== undefined) throw invalid("DataFilter is not supported for DynamoDB sources");
  const config = (input["IntegrationConfig"] ?? {}) as Json;
  const refreshMinutes = Number(config["RefreshInterval"] ?? 15);
  if (!Number.isInteger(refreshMinutes) || refreshMinutes < 15 || refreshMinutes > 8640) {
    throw invalid(`RefreshInterval: got ${String(config["RefreshInterval"])}; expected 15 to 8640 minutes`);
  }
  if (input["AdditionalEncryptionContext"] !== undefined && input["KmsKeyId"] === undefined)
    throw invalid("AdditionalEncryptionContext needs KmsKeyId");
  catalog.cloud.ports.tables.describe(sourceArn);
  return {
    name,
    sourceArn,
    targetArn,
    refreshMinutes,
    description: input["Description"] as string | undefined,
    kmsKeyId: input["KmsKeyId"] as string | undefined,
    tags: (input["Tags"] as IntegrationInput["tags"] | undefined) ?? [],
  };
}

/** Checks what is declared of a database as a target. */
export function resourceProperty(catalog: Catalog, input: Json): ResourceProperty {
  const resourceArn = input["ResourceArn"];
  if (typeof resourceArn !== "string" || !resourceArn.startsWith(catalog.databaseArn("")))
    throw invalid(`ResourceArn: got ${String(resourceArn)}; expected the ARN of a Glue database`);
  const target = input["TargetProcessingProperties"] as Json | undefined;
  const roleArn = target?.["RoleArn"];
  if (typeof roleArn !== "string" || roleArn.length > 128) {
    throw invalid(
      `TargetProcessingProperties.RoleArn: got ${String(roleArn)}; expected the ARN of a role, at most 128 characters`,
    );
  }
  return { resourceArn, roleArn, kmsArn: target?.["KmsArn"] as string | undefined };
}

export function invalid(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

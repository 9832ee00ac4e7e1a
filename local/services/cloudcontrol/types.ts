import type { Json } from "../../service";
import { integrationInput, resourceProperty } from "../glue/zero-etl/declare";
import type { Integrations } from "../glue/zero-etl/engine";
import { describeIntegration } from "../glue/zero-etl/integration";

/** A CloudFormation resource type behind Cloud Control. */
export interface ControlledType {
  /** Members of the desired state that exist. */
  readonly members: readonly string[];
  readonly required: readonly string[];
  create(desired: Json): string;
  /** Undefined when there is none of this identifier. */
  read(identifier: string): Json | undefined;
  delete(identifier: string): void;
}

/** The types that are played: what zero-ETL is declared with. */
export function typesOf(integrations: Integrations): Readonly<Record<string, ControlledType>> {
  const arnOf = (identifier: string): string => identifier.split("|")[0]!;
  return {
    "AWS::Glue::Integration": {
      members: [
        "IntegrationName",
        "Description",
        "SourceArn",
        "TargetArn",
        "KmsKeyId",
        "AdditionalEncryptionContext",
        "DataFilter",
        "IntegrationConfig",
        "Tags",
      ],
      required: ["IntegrationName", "SourceArn", "TargetArn"],
      create(desired) {
        const integration = integrations.create(integrationInput(integrations.catalog, desired));
        return `${integration.arn}|${integration.name}`;
      },
      read(identifier) {
        const integration = integrations.byArn.get(arnOf(identifier));
        return integration && describeIntegration(integration);
      },
      delete(identifier) {
        const integration = integrations.byArn.get(arnOf(identifier));
        if (integration) integrations.delete(integration);
      },
    },
    "AWS::Glue::IntegrationResourceProperty": {
      members: ["ResourceArn", "SourceProcessingProperties", "TargetProcessingProperties", "Tags"],
      required: ["ResourceArn"],
      create(desired) {
        const property = resourceProperty(integrations.catalog, desired);
        integrations.properties.set(property.resourceArn, property);
        return property.resourceArn;
      },
      read(identifier) {
        const property = integrations.properties.get(identifier);
        if (!property) return undefined;
        const target = {
          RoleArn: property.roleArn,
          ...(property.kmsArn === undefined ? {} : { KmsArn: property.kmsArn }),
        };
        return {
          ResourceArn: property.resourceArn,
          ResourcePropertyArn: property.resourceArn,
          TargetProcessingProperties: target,
        };
      },
      delete: (identifier) => void integrations.properties.delete(identifier),
    },
  };
}

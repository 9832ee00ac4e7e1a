import type { AccessRequest, Json, Operation } from "../../../service";
import { integrationInput, invalid, resourceProperty } from "../zero-etl/declare";
import type { Integrations } from "../zero-etl/engine";
import { describeIntegration } from "../zero-etl/integration";

interface ArnInput {
  readonly IntegrationIdentifier: string;
}

export function createIntegration(integrations: Integrations): Operation {
  const { catalog } = integrations;
  return {
    authorize: (input) => {
      const target = String(input["TargetArn"]);
      const inbound = [catalog.arn, target].map((resource): AccessRequest => ({
        action: "glue:CreateInboundIntegration",
        resource,
        policyOf: catalog.arn,
      }));
      return [{ action: "glue:CreateIntegration", resource: catalog.cloud.arn("glue", "integration:*") }, ...inbound];
    },
    answer: (input) => describeIntegration(integrations.create(integrationInput(catalog, input))),
  };
}

export function describeIntegrations(
  integrations: Integrations,
): Operation<{ readonly IntegrationIdentifier?: string }> {
  return {
    authorize: () => [{ action: "glue:DescribeIntegrations", resource: "*" }],
    answer(input) {
      const chosen =
        input.IntegrationIdentifier === undefined
          ? [...integrations.byArn.values()]
          : [integrations.get(input.IntegrationIdentifier)];
      return { Integrations: chosen.map(describeIntegration) };
    },
  };
}

/** The same integrations, from the side of the target. */
export function describeInboundIntegrations(integrations: Integrations): Operation<{ readonly TargetArn?: string }> {
  return {
    authorize: () => [{ action: "glue:DescribeInboundIntegrations", resource: "*" }],
    answer(input) {
      const chosen = [...integrations.byArn.values()].filter(
        ({ targetArn }) => input.TargetArn === undefined || targetArn === input.TargetArn,
      );
      return { InboundIntegrations: chosen.map(describeIntegration) };
    },
  };
}

export function deleteIntegration(integrations: Integrations): Operation<ArnInput> {
  return {
    authorize: (input) => [
      { action: "glue:DeleteIntegration", resource: integrations.get(input.IntegrationIdentifier).arn },
    ],
    answer(input) {
      const integration = integrations.get(input.IntegrationIdentifier);
      integrations.delete(integration);
      return describeIntegration(integration);
    },
  };
}

export function createIntegrationResourceProperty(integrations: Integrations): Operation {
  return {
    authorize: (input) => [
      { action: "glue:CreateIntegrationResourceProperty", resource: String(input["ResourceArn"]) },
    ],
    answer(input) {
      const property = resourceProperty(integrations.catalog, input);
      integrations.properties.set(property.resourceArn, property);
      return { ResourceArn: property.resourceArn, TargetProcessingProperties: input["TargetProcessingProperties"] };
    },
  };
}

export function getIntegrationResourceProperty(
  integrations: Integrations,
): Operation<{ readonly ResourceArn: string }> {
  return {
    authorize: (input) => [{ action: "glue:GetIntegrationResourceProperty", resource: input.ResourceArn }],
    answer(input) {
      const property = integrations.properties.get(input.ResourceArn);
      if (!property) throw invalid(`No integration resource property exists for ${input.ResourceArn}`);
      const target: Json = {
        RoleArn: property.roleArn,
        ...(property.kmsArn === undefined ? {} : { KmsArn: property.kmsArn }),
      };
      return { ResourceArn: property.resourceArn, TargetProcessingProperties: target };
    },
  };
}

interface TablePropertiesInput {
  readonly ResourceArn: string;
  readonly TableName: string;
  readonly TargetTableConfig?: {
    readonly UnnestSpec?: string;
    readonly PartitionSpec?: readonly unknown[];
    readonly TargetTableName?: string;
  };
}

/** The name of the target table; other shapes of unnesting and partitions are not played. */
export function createIntegrationTableProperties(integrations: Integrations): Operation<TablePropertiesInput> {
  return {
    authorize: (input) => [{ action: "glue:CreateIntegrationTableProperties", resource: input.ResourceArn }],
    answer({ ResourceArn, TableName, TargetTableConfig: config }) {
      if (config?.UnnestSpec !== undefined && config.UnnestSpec !== "FULL")
        throw invalid(`UnnestSpec: got ${config.UnnestSpec}; expected FULL, the only one that the local cloud plays`);
      if (config?.PartitionSpec?.length)
        throw invalid("PartitionSpec: the local cloud plays tables without partitions only");
      if (config?.TargetTableName !== undefined)
        integrations.tableNames.set(`${ResourceArn} ${TableName}`, config.TargetTableName.toLowerCase());
      return {};
    },
  };
}

import type { Created, Json, ResourceContext, ResourceType } from "../../service";
import { defined } from "../glue/defined";
import type { Catalog } from "../glue/catalog";
import type { ResultConfiguration, WorkGroup, WorkGroups } from "./workgroups";

interface ConfigurationInputs {
  readonly enforceWorkgroupConfiguration?: boolean;
  readonly publishCloudwatchMetricsEnabled?: boolean;
  readonly bytesScannedCutoffPerQuery?: number;
  readonly requesterPaysEnabled?: boolean;
  readonly engineVersion?: { readonly selectedEngineVersion?: string };
  readonly resultConfiguration?: {
    readonly outputLocation?: string;
    readonly expectedBucketOwner?: string;
    readonly encryptionConfiguration?: { readonly encryptionOption?: string; readonly kmsKeyArn?: string };
  };
}

/** The Pulumi types that Athena plays. */
export function athenaResources(groups: WorkGroups, catalog: Catalog): Readonly<Record<string, ResourceType>> {
  const region = catalog.cloud.region;
  return {
    "aws:athena/workgroup:Workgroup": workgroupType(groups, region),
    "aws:athena/database:Database": {
      create(inputs, context) {
        const name = (inputs["name"] as string | undefined) ?? context.physicalName();
        catalog.putDatabase(defined({ Name: name, Description: inputs["comment"] as string | undefined }));
        return { id: name, state: { forceDestroy: false, ...inputs, id: name, name, region } };
      },
      delete: (id) => catalog.dropDatabase(id),
    },
    "aws:athena/namedQuery:NamedQuery": {
      create(inputs, context) {
        const id = catalog.cloud.uuid();
        return {
          id,
          state: { workgroup: "primary", ...inputs, id, name: inputs["name"] ?? context.physicalName(), region },
        };
      },
    },
  };
}

function workgroupType(groups: WorkGroups, region: string): ResourceType {
  const put = (name: string, inputs: Json): Created => {
    const configuration = (inputs["configuration"] ?? {}) as ConfigurationInputs;
    const cutoff = configuration.bytesScannedCutoffPerQuery;
    if (cutoff !== undefined && cutoff < 10_485_760) {
      throw new Error(
        `bytesScannedCutoffPerQuery for "${name}": got ${cutoff}; expected at least 10485760. Athena bills no less per query.`,
      );
    }
    const state = inputs["state"] === "DISABLED" ? "DISABLED" : "ENABLED";
    groups.put({
      ...defined<{ Description?: string }>({ Description: inputs["description"] as string | undefined }),
      Name: name,
      State: state,
      Configuration: configurationOf(configuration),
    });
    const group = groups.get(name).Configuration;
    return {
      id: name,
      state: {
        forceDestroy: false,
        ...inputs,
        id: name,
        name,
        arn: groups.arn(name),
        state,
        region,
        configuration: {
          ...configuration,
          engineVersion: {
            selectedEngineVersion: group.EngineVersion.SelectedEngineVersion,
            effectiveEngineVersion: group.EngineVersion.EffectiveEngineVersion,
          },
        },
        tagsAll: inputs["tags"] ?? {},
      },
    };
  };
  return {
    create: (inputs, context: ResourceContext) =>
      put((inputs["name"] as string | undefined) ?? context.physicalName(), inputs),
    update: (id, inputs) => put(id, inputs),
    delete: (id) => groups.drop(id),
  };
}

function configurationOf(inputs: ConfigurationInputs): Partial<WorkGroup["Configuration"]> {
  const result = inputs.resultConfiguration;
  const encryption = result?.encryptionConfiguration;
  return {
    EnforceWorkGroupConfiguration: inputs.enforceWorkgroupConfiguration ?? true,
    PublishCloudWatchMetricsEnabled: inputs.publishCloudwatchMetricsEnabled ?? true,
    RequesterPaysEnabled: inputs.requesterPaysEnabled ?? false,
    ...(inputs.bytesScannedCutoffPerQuery === undefined
      ? {}
      : { BytesScannedCutoffPerQuery: inputs.bytesScannedCutoffPerQuery }),
    ...(result
      ? {
          ResultConfiguration: defined<ResultConfiguration>({
            OutputLocation: result.outputLocation,
            ExpectedBucketOwner: result.expectedBucketOwner,
            EncryptionConfiguration: encryption?.encryptionOption
              ? {
                  EncryptionOption: encryption.encryptionOption,
                  ...(encryption.kmsKeyArn ? { KmsKey: encryption.kmsKeyArn } : {}),
                }
              : undefined,
          }),
        }
      : {}),
    EngineVersion: {
      SelectedEngineVersion: inputs.engineVersion?.selectedEngineVersion ?? "AUTO",
      EffectiveEngineVersion: "Athena engine version 3",
    },
  };
}

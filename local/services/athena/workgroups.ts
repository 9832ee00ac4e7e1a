import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";

export interface ResultConfiguration {
  /** `s3://bucket/prefix/`. */
  readonly OutputLocation?: string;
  readonly EncryptionConfiguration?: { readonly EncryptionOption: string; readonly KmsKey?: string };
  readonly ExpectedBucketOwner?: string;
}

/** A workgroup in the API's shape. */
export interface WorkGroup {
  readonly Name: string;
  readonly State: "ENABLED" | "DISABLED";
  readonly Description?: string;
  readonly CreationTime: Date;
  readonly Configuration: {
    readonly ResultConfiguration?: ResultConfiguration;
    readonly EnforceWorkGroupConfiguration: boolean;
    readonly PublishCloudWatchMetricsEnabled: boolean;
    /** At least 10 MB. */
    readonly BytesScannedCutoffPerQuery?: number;
    readonly RequesterPaysEnabled: boolean;
    readonly EngineVersion: { readonly SelectedEngineVersion: string; readonly EffectiveEngineVersion: string };
  };
}

export class WorkGroups {
  private readonly groups = new Map<string, WorkGroup>();

  constructor(private readonly cloud: Cloud) {
    // Every account has it; unlike others it does not enforce its settings.
    this.put({ Name: "primary", Configuration: { EnforceWorkGroupConfiguration: false } });
  }

  arn(name: string): string {
    return this.cloud.arn("athena", `workgroup/${name}`);
  }

  get(name = "primary"): WorkGroup {
    const group = this.groups.get(name);
    if (!group) throw new AwsError("InvalidRequestException", `WorkGroup ${name} is not found.`);
    return group;
  }

  /** Whether its queries have metrics; those of a group that was deleted have none. */
  publishesMetrics(name: string): boolean {
    return this.groups.get(name)?.Configuration.PublishCloudWatchMetricsEnabled ?? false;
  }

  all(): readonly WorkGroup[] {
    return [...this.groups.values()].sort((a, b) => (a.Name < b.Name ? -1 : 1));
  }

  put(
    input: Pick<WorkGroup, "Name"> &
      Partial<Omit<WorkGroup, "Configuration">> & { readonly Configuration: Partial<WorkGroup["Configuration"]> },
  ): WorkGroup {
    const version = "Athena engine version 3";
    const group: WorkGroup = {
      State: "ENABLED",
      CreationTime: new Date(this.cloud.clock.now()),
      ...input,
      Configuration: {
        EnforceWorkGroupConfiguration: true,
        // Whoever makes a group by the API must ask for metrics; Pulumi asks by itself.
        // https://docs.aws.amazon.com/athena/latest/ug/workgroups-control-limits.html
        PublishCloudWatchMetricsEnabled: false,
        RequesterPaysEnabled: false,
        EngineVersion: { SelectedEngineVersion: "AUTO", EffectiveEngineVersion: version },
        ...input.Configuration,
      },
    };
    this.groups.set(group.Name, group);
    return group;
  }

  drop(name: string): void {
    this.groups.delete(name);
  }
}

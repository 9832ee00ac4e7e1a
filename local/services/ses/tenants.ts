import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";

export interface Tenant {
  readonly name: string;
  readonly id: string;
  readonly arn: string;
  readonly created: number;
  /** ARNs of the identities and configuration sets that may be used in its name. */
  readonly resources: Set<string>;
}

/** Tenants: a part of the account per title and stream, each with its own identities and configuration sets. */
export class TenantStore {
  readonly all = new Map<string, Tenant>();

  constructor(private readonly cloud: Cloud) {}

  create(name: string): Tenant {
    if (this.all.has(name)) throw new AwsError("AlreadyExistsException", `Tenant ${name} already exists.`, 400);
    const id = `tn-${this.cloud.uuid().replace(/-/g, "").slice(0, 30)}`;
    const tenant: Tenant = {
      name,
      id,
      arn: this.cloud.arn("ses", `tenant/${name}/${id}`),
      created: this.cloud.clock.now(),
      resources: new Set(),
    };
    this.all.set(name, tenant);
    return tenant;
  }

  get(name: string): Tenant {
    const tenant = this.all.get(name);
    if (!tenant) throw new AwsError("NotFoundException", `Tenant ${name} does not exist.`, 404);
    return tenant;
  }

  /** Why a mail in the tenant's name is refused; undefined if it is not. */
  refusal(name: string | undefined, resources: readonly string[]): string | undefined {
    if (name === undefined) return undefined;
    const tenant = this.all.get(name);
    if (!tenant) return `Tenant <${name}> does not exist.`;
    const missing = resources.find((resource) => !tenant.resources.has(resource));
    return missing === undefined ? undefined : `Resource <${missing}> is not associated with tenant <${name}>.`;
  }
}

import type { AnyOperation } from "../../../service";
import type { SesEngine } from "../engine";

interface Input {
  readonly TenantName: string;
  readonly ResourceArn: string;
}

/** CreateTenant, GetTenant, CreateTenantResourceAssociation, DeleteTenantResourceAssociation. */
export function tenantOperations(engine: SesEngine): Readonly<Record<string, AnyOperation>> {
  const { tenants } = engine;
  const any = (action: string) => () => [{ action, resource: "*" }];
  const shape = (name: string) => {
    const tenant = tenants.get(name);
    return {
      TenantName: name,
      TenantId: tenant.id,
      TenantArn: tenant.arn,
      CreatedTimestamp: tenant.created / 1000,
      SendingStatus: "ENABLED",
      Tags: [],
    };
  };
  return {
    CreateTenant: {
      authorize: any("ses:CreateTenant"),
      answer: ({ TenantName }: Input) => shape(tenants.create(TenantName).name),
    },
    GetTenant: { authorize: any("ses:GetTenant"), answer: ({ TenantName }: Input) => ({ Tenant: shape(TenantName) }) },
    ListTenants: {
      authorize: any("ses:ListTenants"),
      answer: () => ({ Tenants: [...tenants.all.keys()].map(shape) }),
    },
    CreateTenantResourceAssociation: {
      authorize: any("ses:CreateTenantResourceAssociation"),
      answer: ({ TenantName, ResourceArn }: Input) => {
        tenants.get(TenantName).resources.add(ResourceArn);
        return {};
      },
    },
    DeleteTenantResourceAssociation: {
      authorize: any("ses:DeleteTenantResourceAssociation"),
      answer: ({ TenantName, ResourceArn }: Input) => {
        tenants.get(TenantName).resources.delete(ResourceArn);
        return {};
      },
    },
  };
}

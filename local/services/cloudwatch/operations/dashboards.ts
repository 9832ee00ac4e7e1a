import { AwsError } from "../../../aws-error";
import type { AnyOperation } from "../../../service";
import { checkDashboard, dashboardArn } from "../dashboard";
import type { CloudWatchEngine } from "../engine";

/** PutDashboard, GetDashboard, ListDashboards, DeleteDashboards. */
export function dashboardOperations(engine: CloudWatchEngine): Readonly<Record<string, AnyOperation>> {
  const { cloud, dashboards } = engine;
  const on =
    (action: string) =>
    ({ DashboardName }: { DashboardName?: string }) => [
      { action, resource: dashboardArn(cloud, DashboardName ?? "*") },
    ];
  const missing = (name: string): AwsError =>
    new AwsError("DashboardNotFoundError", `Dashboard ${name} does not exist`, 404, {
      queryErrorCode: "ResourceNotFound",
    });
  return {
    PutDashboard: {
      authorize: on("cloudwatch:PutDashboard"),
      answer: ({ DashboardName, DashboardBody }: { DashboardName: string; DashboardBody: string }) => {
        checkDashboard(DashboardName, DashboardBody);
        dashboards.set(DashboardName, { body: DashboardBody, modified: cloud.clock.now() });
        return { DashboardValidationMessages: [] };
      },
    },
    GetDashboard: {
      authorize: on("cloudwatch:GetDashboard"),
      answer: ({ DashboardName }: { DashboardName: string }) => {
        const dashboard = dashboards.get(DashboardName);
        if (!dashboard) throw missing(DashboardName);
        return { DashboardName, DashboardArn: dashboardArn(cloud, DashboardName), DashboardBody: dashboard.body };
      },
    },
    ListDashboards: {
      authorize: on("cloudwatch:ListDashboards"),
      answer: ({ DashboardNamePrefix = "" }: { DashboardNamePrefix?: string }) => ({
        DashboardEntries: [...dashboards]
          .filter(([name]) => name.startsWith(DashboardNamePrefix))
          .map(([name, { body, modified }]) => ({
            DashboardName: name,
            DashboardArn: dashboardArn(cloud, name),
            LastModified: new Date(modified),
            Size: Buffer.byteLength(body),
          })),
      }),
    },
    DeleteDashboards: {
      authorize: ({ DashboardNames = [] }: { DashboardNames?: readonly string[] }) =>
        DashboardNames.map((name) => ({ action: "cloudwatch:DeleteDashboards", resource: dashboardArn(cloud, name) })),
      answer: ({ DashboardNames = [] }: { DashboardNames?: readonly string[] }) => {
        const absent = DashboardNames.find((name) => !dashboards.has(name));
        if (absent !== undefined) throw missing(absent);
        for (const name of DashboardNames) dashboards.delete(name);
        return {};
      },
    },
  };
}

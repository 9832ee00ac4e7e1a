import type { Cloud } from "../../../cloud";
import type { Ports } from "../../../ports";
import { describeIntegration, type Integration, type ResourceProperty } from "./integration";
import { deniedOf, sessionOf } from "./preflight";

const NAMESPACE = "AWS/Glue/ZeroETL";

/** Metrics and log lines of an integration, written in its target role; without the right they are missing, no more. */
export class Reporter {
  constructor(private readonly cloud: Cloud) {}

  measure(
    integration: Integration,
    property: ResourceProperty | undefined,
    values: Readonly<Record<string, number>>,
  ): void {
    // A cloud of a few services may have no CloudWatch.
    const { metrics } = this.cloud.ports as Partial<Ports>;
    if (!metrics || !property) return;
    const request = {
      action: "cloudwatch:PutMetricData",
      resource: "*",
      context: { "cloudwatch:namespace": NAMESPACE },
    };
    if (deniedOf(this.cloud, sessionOf(property.roleArn), [request]) !== undefined) return;
    for (const [name, value] of Object.entries(values)) {
      metrics.put(NAMESPACE, name, { IntegrationArn: integration.arn }, value, "Count");
    }
  }

  log(integration: Integration, property: ResourceProperty | undefined, data: Readonly<Record<string, unknown>>): void {
    const { logs } = this.cloud.ports as Partial<Ports>;
    if (!logs || !property) return;
    const stream = integration.arn.slice(integration.arn.lastIndexOf(":") + 1);
    const line = JSON.stringify({ ...describeIntegration(integration), ...data });
    logs.write(sessionOf(property.roleArn), "/aws-glue/zeroETL-integrations/logs/", stream, [line]);
  }
}

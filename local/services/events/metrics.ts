import type { Cloud } from "../../cloud";
import type { Rule } from "./bus";

/** Counts something that happened to a rule (EventBridge user guide, "Monitoring Amazon EventBridge"). */
export function countMetric(cloud: Cloud, rule: Rule, metric: string): void {
  const dimensions = { RuleName: rule.name, ...(rule.busName === "default" ? {} : { EventBusName: rule.busName }) };
  (cloud.ports as Partial<Cloud["ports"]>).metrics?.put("AWS/Events", metric, dimensions, 1, "Count");
}

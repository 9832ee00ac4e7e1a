import type { Cloud } from "../../cloud";

/** Counts something that happened on a topic, e.g. `NumberOfMessagesPublished` (SNS developer guide, "Monitoring topics using CloudWatch"). */
export function countMetric(cloud: Cloud, topicArn: string, metric: string, value = 1, unit = "Count"): void {
  const { metrics } = cloud.ports as Partial<Cloud["ports"]>;
  metrics?.put("AWS/SNS", metric, { TopicName: topicArn.slice(topicArn.lastIndexOf(":") + 1) }, value, unit);
}

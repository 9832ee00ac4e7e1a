import type { Cloud } from "../../cloud";
import type { Service } from "../../service";
import { CloudWatchEngine } from "./engine";
import { alarmOperations } from "./operations/alarms";
import { dashboardOperations } from "./operations/dashboards";
import { metricOperations } from "./operations/metrics";
import { cloudwatchResources } from "./resources";

const engines = new WeakMap<Cloud, CloudWatchEngine>();

/** The metrics and alarms of a cloud, made on first use. */
export function cloudwatchEngine(cloud: Cloud): CloudWatchEngine {
  let engine = engines.get(cloud);
  if (!engine) engines.set(cloud, (engine = new CloudWatchEngine(cloud)));
  return engine;
}

/** Amazon CloudWatch: metrics, alarms, dashboards. Sets `cloud.ports.metrics`. */
export function cloudwatchService(cloud: Cloud): Service {
  const engine = cloudwatchEngine(cloud);
  cloud.ports.metrics = engine;
  return {
    name: "cloudwatch",
    signingName: "monitoring",
    // The JavaScript SDK speaks JSON 1.0, boto3 and newer SDKs CBOR, older ones query.
    protocols: [
      { kind: "cbor", service: "GraniteServiceVersion20100801" },
      { kind: "json", target: "GraniteServiceVersion20100801", version: "1.0" },
      { kind: "query", version: "2010-08-01", xmlns: "http://monitoring.amazonaws.com/doc/2010-08-01/" },
    ],
    operations: { ...metricOperations(engine), ...alarmOperations(engine), ...dashboardOperations(engine) },
    resourceTypes: cloudwatchResources(engine),
    throttling: "Throttling",
    close: () => engine.close(),
  };
}

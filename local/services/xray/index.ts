import type { Cloud } from "../../cloud";
import type { RestRoute, Service } from "../../service";
import { XrayEngine } from "./engine";
import { segmentOperations } from "./operations/segments";

const engines = new WeakMap<Cloud, XrayEngine>();

/** The traces of a cloud, made on first use. */
export function xrayEngine(cloud: Cloud): XrayEngine {
  let engine = engines.get(cloud);
  if (!engine) engines.set(cloud, (engine = new XrayEngine(cloud)));
  return engine;
}

const route = (path: string, operation: string): RestRoute => ({ method: "POST", path, operation });

/** AWS X-Ray: takes segments and gives them back; no sampling rules, no service map. */
export function xrayService(cloud: Cloud): Service {
  return {
    name: "xray",
    signingName: "xray",
    protocols: [
      {
        kind: "rest",
        routes: [
          route("/TraceSegments", "PutTraceSegments"),
          route("/TelemetryRecords", "PutTelemetryRecords"),
          route("/TraceSummaries", "GetTraceSummaries"),
          route("/Traces", "BatchGetTraces"),
        ],
      },
    ],
    operations: segmentOperations(xrayEngine(cloud)),
    resourceTypes: {},
  };
}

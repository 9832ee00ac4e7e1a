import type { Cloud } from "../../cloud";
import type { Service } from "../../service";
import { LogsEngine } from "./engine";
import { filterAndPolicyOperations } from "./operations/filters-and-policies";
import { groupOperations } from "./operations/groups";
import { readOperations } from "./operations/read";
import { streamOperations } from "./operations/streams";
import { tagOperations } from "./operations/tags";
import { logsResources } from "./resources";

const engines = new WeakMap<Cloud, LogsEngine>();

/** The log groups of a cloud, made on first use. */
export function logsEngine(cloud: Cloud): LogsEngine {
  let engine = engines.get(cloud);
  if (!engine) engines.set(cloud, (engine = new LogsEngine(cloud)));
  return engine;
}

/** Amazon CloudWatch Logs. Sets `cloud.ports.logs`. */
export function logsService(cloud: Cloud): Service {
  const engine = logsEngine(cloud);
  cloud.ports.logs = engine;
  return {
    name: "logs",
    signingName: "logs",
    protocols: [{ kind: "json", target: "Logs_20140328", version: "1.1" }],
    operations: {
      ...groupOperations(engine),
      ...tagOperations(engine),
      ...streamOperations(engine),
      ...readOperations(engine),
      ...filterAndPolicyOperations(engine),
    },
    resourceTypes: logsResources(engine),
  };
}

import type { Cloud } from "../../cloud";
import type { Service } from "../../service";
import { AsyncInvocations } from "./async";
import type { Files } from "./code";
import { LambdaEngine } from "./engine";
import type { LambdaFunction } from "./function";
import { Mappings } from "./mappings";
import { concurrencyOperations, concurrencyRoutes } from "./operations/concurrency";
import { functionOperations, functionRoutes } from "./operations/functions";
import { invoke, invokeRoutes } from "./operations/invoke";
import { invokeConfigOperations, invokeConfigRoutes } from "./operations/invoke-config";
import { mappingOperations, mappingRoutes } from "./operations/mappings";
import { tagOperations, tagRoutes } from "./operations/tags";
import { resourceTypes } from "./resources";
import type { FunctionRunner } from "./runner";
import { encodeError } from "./wire";
import { WorkerRunner } from "./worker-runner";

/** AWS Lambda, with what the cloud's host needs beside the API. */
export interface LambdaService extends Service {
  readonly engine: LambdaEngine;
  readonly mappings: Mappings;
  /** New code for a function, while connections, mappings and open invocations go on. */
  updateCode(name: string, files: Files): LambdaFunction;
}

/**
 * Plays Lambda and sets the port `functions`.
 * @param runner @default a pool of worker threads on the cloud's clock
 */
export function lambdaService(cloud: Cloud, runner?: FunctionRunner): LambdaService {
  const engine = new LambdaEngine(cloud, runner ?? new WorkerRunner(cloud.clock, () => cloud.uuid()));
  const asynchronous = new AsyncInvocations(engine);
  const mappings = new Mappings(engine);
  cloud.ports.functions = engine;
  return {
    name: "lambda",
    signingName: "lambda",
    protocols: [
      {
        kind: "rest",
        routes: [
          ...invokeRoutes,
          ...functionRoutes,
          ...concurrencyRoutes,
          ...invokeConfigRoutes,
          ...mappingRoutes,
          ...tagRoutes,
        ],
        encodeError,
      },
    ],
    operations: {
      Invoke: invoke(engine, asynchronous),
      ...functionOperations(engine),
      ...concurrencyOperations(engine),
      ...invokeConfigOperations(engine),
      ...mappingOperations(engine, mappings),
      ...tagOperations(engine, mappings),
    },
    resourceTypes: resourceTypes(engine, mappings),
    throttling: "TooManyRequestsException",
    engine,
    mappings,
    updateCode: (name, files) => engine.updateCode(name, files),
    close: async () => {
      mappings.close();
      await engine.runner.close();
    },
  };
}

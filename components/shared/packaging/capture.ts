import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../iam";
import { PackagingError } from "./errors";
import { refusalOf } from "./forbidden";
import { captureGraph, type FunctionInfo } from "./graph";
import { grantsOf } from "./grants";
import { loadedModules, printedPath, printsAsText } from "./modules";
import { amongModules } from "./recall";
import { forbidDeploymentOnly, forbidShadowedGlobals, refusal, unserializable, type AnyFactory } from "./refusals";
import { markOutput, type Session, withSession } from "./session";

/** What a function captures. */
export interface Captured {
  readonly graph: FunctionInfo;
  readonly session: Session;
  /** Grants of the clients that it captures. */
  readonly grants: readonly (() => Statement[])[];
}

/**
 * Serializes a factory with all that it captures.
 * @param component names the function in errors.
 * @throws PackagingError when something is captured that would not arrive, or not as it was.
 */
export async function capture(component: string, factory: AnyFactory): Promise<Captured> {
  const session: Session = { outputs: new Map(), modules: new Map() };
  const grants = new Set<() => Statement[]>();
  const refused: unknown[] = [];
  const modules = loadedModules();
  const standIns = new Set<unknown>();
  const functions = new Set<object>([factory]);
  const note = (value: unknown): void => {
    for (const grant of grantsOf(value)) grants.add(grant);
  };

  const serialize = (value: unknown): boolean => {
    if (value === undefined || value === null || (typeof value !== "object" && typeof value !== "function")) {
      if (typeof value === "symbol") refused.push(value);
      return true;
    }
    if (standIns.has(value)) return false;
    if (isStandIn(value)) {
      standIns.add(Object.getPrototypeOf(value));
      return true;
    }
    if (pulumi.Output.isInstance(value)) {
      markOutput(value, session);
      return true;
    }
    note(value);
    const file = modules.get("default" in value ? value.default : value) ?? modules.get(value);
    if (file !== undefined && acceptModule(value, file, session)) return true;
    if (!refusalOf(value)) {
      if (typeof value === "function") functions.add(value);
      return true;
    }
    refused.push(value);
    return false;
  };

  note(factory);
  const rootRefusal = refusalOf(factory);
  if (rootRefusal)
    throw new PackagingError(component, "handler", rootRefusal.got, "a factory function", rootRefusal.fix);
  try {
    const graph = await withSession(session, () =>
      amongModules(modules, (meet) =>
        captureGraph(factory, (value) => {
          meet(value);
          return serialize(value);
        }),
      ),
    );
    if (refused.length === 0) {
      forbidDeploymentOnly(component, graph);
      await forbidShadowedGlobals(component, functions);
      return { graph, session, grants: [...grants] };
    }
  } catch (error) {
    if (error instanceof PackagingError) throw error;
    if (refused.length === 0) throw unserializable(component, error);
  }
  throw await refusal(component, factory, refused[0]);
}

/** Takes a module's exports; `false` when the value is to be looked at like any other. */
function acceptModule(value: object, file: string, session: Session): boolean {
  const printed = printedPath(file);
  if (printed === undefined || printsAsText(file)) {
    const isExports = Object.getPrototypeOf(value) === Object.prototype;
    if (!isExports || printed === undefined) return isExports;
    if (Object.isExtensible(value)) {
      // The serializer's own word for "print what is used of this module instead of a require of its file".
      Object.defineProperty(value, "deploymentOnlyModule", { value: true, configurable: true });
      return true;
    }
  } else if ((value as { deploymentOnlyModule?: unknown }).deploymentOnlyModule === true) return false;
  const other = session.modules.get(printed);
  if (other !== undefined && other !== file) {
    throw new Error(`two files stand for the module ${printed}: ${other} and ${file}`);
  }
  session.modules.set(printed, file);
  return true;
}

/** What the serializer puts in an output's place; it is printed by us, and its methods are of no interest. */
function isStandIn(value: object): boolean {
  const keys = Object.keys(value);
  return value.constructor?.name === "SerializedOutput" && keys.length === 1 && keys[0] === "value";
}

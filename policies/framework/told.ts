import { createRequire } from "node:module";
import type { Server as RpcServer } from "@grpc/grpc-js";
import { identify, type StackIdentity } from "./environment";

/** The message by which the engine tells a pack about the stack. */
interface StackMessage {
  getProject(): string;
  getConfigMap(): { forEach(visit: (value: string, key: string) => void): void };
}

type Handler = (call: { readonly request: StackMessage }, ...rest: unknown[]) => unknown;

let told: (StackIdentity & { readonly isTold: boolean }) | undefined;

/** What the engine has said of the stack: in its message, or in environment variables, where older engines say it. */
export function toldIdentity(): StackIdentity & { readonly isTold: boolean } {
  return told ?? identify(process.env);
}

/**
 * Listens to the engine's message about the stack. The policy SDK takes the stack's tags from it and drops project and
 * settings, by which alone a rule can know that a stack is production. Call before `new PolicyPack`.
 */
export function listenToEngine(): void {
  const ofSdk = createRequire(require.resolve("@pulumi/policy"));
  const { Server } = ofSdk("@grpc/grpc-js") as { Server: typeof RpcServer };
  const prototype = Server.prototype as unknown as { addService: (this: unknown, ...args: unknown[]) => void };
  const { addService } = prototype;
  prototype.addService = function (service, handlers) {
    const { configureStack } = handlers as { configureStack?: Handler };
    const listening: Handler = (call, ...rest) => {
      const { request } = call;
      const config: Record<string, string> = {};
      request.getConfigMap().forEach((value, key) => (config[key] = value));
      told = identify({ PULUMI_PROJECT: request.getProject(), PULUMI_CONFIG: JSON.stringify(config) });
      return configureStack?.(call, ...rest);
    };
    addService.call(this, service, configureStack ? { ...(handlers as object), configureStack: listening } : handlers);
  };
}

import * as pulumi from "@pulumi/pulumi";
import * as resources from "@pulumi/pulumi/proto/resource_pb";
import * as debuggable from "@pulumi/pulumi/runtime/debuggable";

/**
 * What Pulumi's SDK makes for each resource only for an engine's log and its search for leaks, neither of which there is
 * here: the answer to a registration as text (archives included), the stack of each constructor, mapped to TypeScript,
 * and a stack and two more promises for each promise. It was half the time that evaluating a program anew took.
 */
type Debuggable = <T>(promise: Promise<T>, context: unknown) => Promise<T>;

const leaks = debuggable as unknown as { debuggablePromise?: Debuggable };
if (typeof leaks.debuggablePromise === "function") leaks.debuggablePromise = (promise) => promise;

const resource = pulumi.Resource as unknown as { callsites?: () => readonly object[] };
if (typeof resource.callsites === "function") resource.callsites = () => [];

const { RegisterResourceResponse } = resources as unknown as {
  RegisterResourceResponse: { prototype: { getUrn(): string; toString(): string } };
};
RegisterResourceResponse.prototype.toString = function () {
  return this.getUrn();
};

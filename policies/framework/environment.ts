import type { Environment } from "./rule";

/** What the engine tells a pack about the stack, in environment variables. */
export interface StackIdentity {
  readonly project: string;
  readonly environment: Environment;
}

/**
 * Whose stack it is. `production` is only what the program's setting `environment` calls so; where nothing is set, the
 * rules of production hold and mail is guarded as outside production.
 */
export function identify(
  variables: Readonly<Record<string, string | undefined>>,
): StackIdentity & { readonly isTold: boolean } {
  const project = variables["PULUMI_PROJECT"] ?? variables["PULUMI_NODEJS_PROJECT"] ?? "";
  const config = parse(variables["PULUMI_CONFIG"] ?? variables["PULUMI_NODEJS_CONFIG"]);
  const told = config[`${project}:environment`];
  return { project, environment: told === "production" ? "production" : "other", isTold: told !== undefined };
}

function parse(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

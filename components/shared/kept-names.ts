import * as pulumi from "@pulumi/pulumi";

/** Inputs that name something in AWS, or a document that does. */
const NAMING = ["name", "configurationSetName", "dashboardName", "desiredState"];

/**
 * Options under which whatever a renamed component makes keeps its name in AWS. An alias says that the component is the same
 * one, but a function, a log group, a configuration set or a catalog database of another name would be another one, and what
 * it holds would go with the old.
 *
 * Of several aliases the last is taken for the oldest, after which AWS has the names. One that is an output comes too late.
 *
 * @param name the component's name of today.
 */
export function keepNames(
  name: string,
  options: pulumi.ComponentResourceOptions | undefined,
): pulumi.ComponentResourceOptions | undefined {
  const before = options?.aliases?.map(nameOf).findLast((alias) => alias !== undefined);
  if (before === undefined || before === name) return options;
  return { ...options, transformations: [...(options?.transformations ?? []), calledAs(name, before)] };
}

function nameOf(alias: pulumi.Input<pulumi.URN | pulumi.Alias>): string | undefined {
  if (typeof alias === "string") return alias.split("::").at(-1);
  if (pulumi.Output.isInstance(alias) || alias instanceof Promise) return undefined;
  return typeof alias.name === "string" ? alias.name : undefined;
}

function calledAs(now: string, before: string): pulumi.ResourceTransformation {
  const own = (name: string): string => `${pulumi.getProject()}-${pulumi.getStack()}-${name}`;
  // Names in Glue have no hyphens and no capitals.
  const inGlue = (name: string): string =>
    own(name)
      .toLowerCase()
      .replace(/[^a-z0-9_]/g, "_");
  const old = (text: unknown): unknown =>
    typeof text === "string" ? text.replaceAll(own(now), own(before)).replaceAll(inGlue(now), inGlue(before)) : text;
  return ({ props, opts }) => {
    const inputs = props as Readonly<Record<string, pulumi.Input<unknown>>>;
    const kept = NAMING.filter((key) => inputs[key] !== undefined).map((key) => {
      const value = inputs[key];
      return [
        key,
        typeof value === "string" ? old(value) : pulumi.output(value as pulumi.Input<string>).apply(old),
      ] as const;
    });
    return { props: { ...inputs, ...Object.fromEntries(kept) }, opts };
  };
}

import type * as pulumi from "@pulumi/pulumi";

/**
 * Changes the arguments of a child before it is declared: either members that replace ours, or a function that edits
 * arguments and options in place.
 */
export type Transform<Args> =
  Partial<Args> | ((args: Args, options: pulumi.CustomResourceOptions, name: string) => void);

/** Applies a transform to a child's arguments; returns the arguments to declare it with. */
export function applyTransform<Args extends object>(
  transform: Transform<Args> | undefined,
  args: Args,
  options: pulumi.CustomResourceOptions,
  name: string,
): Args {
  if (!transform) return args;
  if (typeof transform !== "function") return { ...args, ...transform };
  transform(args, options, name);
  return args;
}

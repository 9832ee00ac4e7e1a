import type * as pulumi from "@pulumi/pulumi";

/** What an argument error says, in the house form. */
export interface ArgumentProblem {
  /** Name of the component instance. */
  readonly component: string;
  /** The argument, as a path: `auth.issuer`. */
  readonly argument: string;
  /** The value received. */
  readonly got: unknown;
  /** What is allowed. */
  readonly expected: string;
  /** What to do about it, as a sentence. */
  readonly fix: string;
}

/**
 * An argument that no deployment can work with. Thrown while the program is declared, so that a preview shows it.
 * Its text reads `<argument> for "<component>": got <value>; expected <allowed>. <fix>`.
 */
export class ArgumentError extends Error implements ArgumentProblem {
  readonly component: string;
  readonly argument: string;
  readonly got: unknown;
  readonly expected: string;
  readonly fix: string;

  constructor(problem: ArgumentProblem) {
    super(
      `${problem.argument} for "${problem.component}": got ${show(problem.got)}; expected ${problem.expected}. ${problem.fix}`,
    );
    this.name = "ArgumentError";
    this.component = problem.component;
    this.argument = problem.argument;
    this.got = problem.got;
    this.expected = problem.expected;
    this.fix = problem.fix;
  }
}

/** @throws ArgumentError */
export function refuse(component: string, argument: string, got: unknown, expected: string, fix: string): never {
  throw new ArgumentError({ component, argument, got, expected, fix });
}

/** Something asked of the program that it cannot declare, e.g. a route added after the deployment was sealed. */
export class DeclarationError extends Error {
  constructor(
    message: string,
    readonly resource?: pulumi.Resource,
  ) {
    super(message);
    this.name = "DeclarationError";
  }
}

/** @throws ArgumentError unless `value` is a whole number within `least` and `most`. */
export function requireInteger(
  component: string,
  argument: string,
  value: number,
  least: number,
  most: number,
  fix = `Give a whole number from ${least} to ${most}.`,
): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new ArgumentError({
      component,
      argument,
      got: value,
      expected: `a whole number from ${least} to ${most}`,
      fix,
    });
  }
  return value;
}

/** How a value is shown in an error: short, on one line, quoted when it is text. */
export function show(value: unknown): string {
  const text =
    typeof value === "string"
      ? JSON.stringify(value)
      : typeof value === "function"
        ? "a function"
        : (safeJson(value) ?? safeText(value));
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

function safeText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return `a value of type ${typeof value}`;
  }
}

function safeJson(value: unknown): string | undefined {
  try {
    return typeof value === "number" ? String(value) : JSON.stringify(value);
  } catch {
    return undefined;
  }
}

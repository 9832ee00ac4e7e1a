import * as pulumi from "@pulumi/pulumi";

/** A program to evaluate with nothing made. */
export interface DeclareOptions {
  readonly mocks: pulumi.runtime.Mocks;
  readonly project: string;
  readonly stack: string;
  /** As at a preview. @default false */
  readonly preview?: boolean;
  /** Settings by full name. */
  readonly config: Readonly<Record<string, string>>;
  /** Called once the test monitor is there. */
  readonly listen: () => void;
  /** Declares the resources. */
  readonly load: () => unknown;
}

/** Evaluates a program in this process against Pulumi's test monitor. @throws the program's first error */
export async function declare(options: DeclareOptions): Promise<void> {
  const { mocks, project, stack, preview = false, config, listen, load } = options;
  const failures: unknown[] = [];
  // Pulumi reports what goes wrong in an `apply` as an unhandled rejection, nowhere else.
  const note = (error: unknown): void => void failures.push(error);
  process.on("unhandledRejection", note);
  // Pulumi notes a stack with each of its promises, thousands of them.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    await pulumi.runtime.setMocks(mocks, project, stack, preview);
    pulumi.runtime.setAllConfig({ ...config });
    listen();
    await Promise.resolve(load());
    await drained();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    process.removeListener("unhandledRejection", note);
  }
  if (failures.length > 0) throw failures[0];
}

/** Waits until every registration has been answered, also those that answers lead to. */
export async function drained(): Promise<void> {
  // Lists that composers add to close in a turn of their own (components/shared/late.ts) before resources that need them.
  for (let turn = 0; turn < 2; turn++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    await pulumi.runtime.disconnect();
  }
}

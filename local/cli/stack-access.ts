import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { StackFile } from "../stack-file";
import { CliError } from "./errors";
import { invocation } from "./invocation";

/** A running local stack as another process reaches it: through its file and the AWS SDK, nothing else. */
export interface StackAccess {
  readonly stack: StackFile;
  readonly database: DynamoDBClient;
  /** An output of the stack. @throws CliError when there is none of that name. */
  output(name: string): string;
  /** Calls a function and returns its answer. @throws CliError with the function's own error. */
  invoke(functionArn: string, payload: unknown): Promise<unknown>;
}

/** @throws CliError when no local stack runs in this folder. */
export function openStack(folder = process.cwd()): StackAccess {
  const stack = readStack(folder);
  const connection = { endpoint: stack.endpoint, region: stack.region, credentials: stack.operator };
  const lambda = new LambdaClient(connection);
  return {
    stack,
    database: new DynamoDBClient(connection),
    output: (name) => {
      const value = stack.outputs[name];
      if (typeof value === "string") return value;
      throw new CliError(
        `The stack has no output "${name}"; its program exports ${Object.keys(stack.outputs).join(", ")}.`,
      );
    },
    invoke: async (functionArn, payload) => {
      const answer = await lambda.send(
        new InvokeCommand({ FunctionName: functionArn, Payload: Buffer.from(JSON.stringify(payload)) }),
      );
      const body: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString("utf8") || "null");
      if (answer.FunctionError !== undefined)
        throw new CliError((body as { errorMessage?: string } | null)?.errorMessage ?? answer.FunctionError);
      return body;
    },
  };
}

function readStack(folder: string): StackFile {
  const file = join(folder, ".local", "stack.json");
  try {
    const stack = JSON.parse(readFileSync(file, "utf8")) as StackFile;
    // A stack that was killed could not remove its file.
    process.kill(stack.pid, 0);
    return stack;
  } catch {
    const start = invocation("local");
    throw new CliError(
      `No local stack runs in this folder. Start one with \`${start}\` in another terminal and wait until it says that it is ready.`,
    );
  }
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import type { Operations } from "../../components/operations/operations";
import type { StackFile } from "../stack-file";
import { AwsClients, type Connection } from "./access/aws-clients";
import { explainAwsFailure } from "./access/aws-failure";
import { pulumiJson } from "./access/pulumi-cli";
import type { Target } from "./access/target";
import { CliError } from "./errors";
import { invocation } from "./invocation";

/** A stack as another process reaches it: by its outputs and the AWS SDK, on this machine as on AWS. */
export interface StackAccess {
  /** `local`, or the name of the Pulumi stack. */
  readonly name: string;
  /** What a local stack tells beyond its outputs; undefined for a stack on AWS. */
  readonly local: StackFile | undefined;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly aws: AwsClients;
  readonly database: DynamoDBClient;
  /** @throws CliError when the program does not export it. */
  readonly operations: Operations;
  /** An output of the stack, or undefined. */
  find(name: string): string | undefined;
  /** An output of the stack. @throws CliError when there is none of that name. */
  output(name: string): string;
  /** Calls a function and returns its answer. @throws CliError with the function's own error. */
  invoke(functionArn: string, payload: unknown): Promise<unknown>;
}

/** A local stack: with the addresses and players that only it has. */
export interface LocalAccess extends StackAccess {
  readonly local: StackFile;
}

/** @throws CliError when no local stack runs in this folder. */
export function openStack(folder = process.cwd()): LocalAccess {
  const stack = readStack(folder);
  const connection = { endpoint: stack.endpoint, region: stack.region, credentials: stack.operator };
  return Object.assign(accessTo("local", stack.outputs, connection, stack), { local: stack });
}

/**
 * The stack that a command is told: the local one, or by `--stack` any stack through `pulumi stack output`.
 * @throws CliError that says what is in the way: no local stack, no CLI, no login, no such stack, nothing deployed.
 */
export async function openTarget({ stack, profile, region }: Target): Promise<StackAccess> {
  if (stack === undefined) {
    if (profile !== undefined || region !== undefined)
      throw new CliError("--profile and --region are for stacks on AWS: give --stack NAME too.");
    return openStack();
  }
  const outputs = await readOutputs(stack, profile);
  const known = region ?? regionOf(outputs) ?? process.env["AWS_REGION"] ?? process.env["AWS_DEFAULT_REGION"];
  if (known === undefined)
    throw new CliError(`The outputs of stack "${stack}" tell no Region: give --region, or set AWS_REGION.`);
  return accessTo(stack, outputs, { region: known, ...(profile === undefined ? {} : { profile }) }, undefined);
}

/** Runs a command's work on a stack; what AWS refuses becomes one clear sentence. */
export async function withStack<T>(target: Target, work: (access: StackAccess) => Promise<T>): Promise<T> {
  const access = await openTarget(target);
  try {
    return await work(access);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw withHint(access, explainAwsFailure(error, target.profile), error) ?? error;
  }
}

/** What the outputs name and AWS does not know: gone, or in another account than the credentials'. */
function withHint(access: StackAccess, told: CliError | undefined, error: unknown): CliError | undefined {
  const operations = access.outputs["operations"] as Partial<Operations> | undefined;
  const name = String((error as { name?: unknown } | null)?.name);
  if (!told || access.local || operations?.accountId === undefined || !UNKNOWN_TO_AWS.test(name)) return told;
  return new CliError(
    `${told.message.replace(/\.?$/, ".")} The outputs of stack "${access.name}" are of account ${operations.accountId} in ` +
      `${operations.region ?? "an unknown Region"}: are the credentials of that account, and is the stack still there?`,
  );
}

const UNKNOWN_TO_AWS = /NotFound|DoesNotExist|NonExistent|NoSuch/;

async function readOutputs(stack: string, profile: string | undefined): Promise<Record<string, unknown>> {
  const outputs = await pulumiJson(["stack", "output", "--json", "--stack", stack], profile);
  if (typeof outputs !== "object" || outputs === null || Array.isArray(outputs))
    throw new CliError(`Stack "${stack}" told its outputs as ${JSON.stringify(outputs)}; expected an object.`);
  if (Object.keys(outputs).length === 0)
    throw new CliError(`Stack "${stack}" has no outputs yet: run \`pulumi up --stack ${stack}\` first.`);
  return outputs as Record<string, unknown>;
}

/** The Region that the operations or any ARN of the outputs name. */
function regionOf(outputs: Readonly<Record<string, unknown>>): string | undefined {
  const told = (outputs["operations"] as Partial<Operations> | undefined)?.region;
  if (told !== undefined) return told;
  const arns = Object.values(outputs).filter((value) => typeof value === "string");
  return arns
    .map((value) => /^arn:[^:]+:[^:]+:([a-z0-9-]+):\d{12}:/.exec(value)?.[1])
    .find((found) => found !== undefined);
}

/** Outputs that a program need not export beside its operations. */
const IN_OPERATIONS: Readonly<Record<string, (known: Partial<Operations> | undefined) => string | undefined>> = {
  enqueueFunction: (known) => known?.messages?.enqueueFunction,
  messagesTable: (known) => known?.messages?.table,
  segmentFunction: (known) => known?.segments?.startFunction,
  runsTable: (known) => known?.segments?.runs,
};

function accessTo(
  name: string,
  outputs: Readonly<Record<string, unknown>>,
  connection: Connection,
  local: StackFile | undefined,
): StackAccess {
  const aws = new AwsClients(connection);
  const find = (output: string): string | undefined => {
    const value = outputs[output] ?? IN_OPERATIONS[output]?.(outputs["operations"] as Partial<Operations> | undefined);
    return typeof value === "string" ? value : undefined;
  };
  return {
    name,
    local,
    find,
    outputs,
    aws,
    get database() {
      return aws.get("dynamodb");
    },
    get operations() {
      return operationsIn(outputs);
    },
    output: (output) => {
      const value = find(output);
      if (value !== undefined) return value;
      throw new CliError(
        `The stack has no output "${output}"; its program exports ${Object.keys(outputs).join(", ") || "nothing"}.`,
      );
    },
    invoke: async (functionArn, payload) => {
      const answer = await aws
        .get("lambda")
        .send(new InvokeCommand({ FunctionName: functionArn, Payload: Buffer.from(JSON.stringify(payload)) }));
      const body: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString("utf8") || "null");
      if (answer.FunctionError !== undefined)
        throw new CliError((body as { errorMessage?: string } | null)?.errorMessage ?? answer.FunctionError);
      return body;
    },
  };
}

function operationsIn(outputs: Readonly<Record<string, unknown>>): Operations {
  const value = outputs["operations"] as Operations | undefined;
  if (value?.version === 1) return value;
  throw new CliError(
    'The stack has no output "operations" of version 1: add `export const operations = operationsOf({ gateway, ' +
      "messages, emails, segments })` to the program and deploy it.",
  );
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

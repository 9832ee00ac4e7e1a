import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Context } from "aws-lambda";
import {
  aHandler,
  aListInput,
  aRetention,
  aText,
  aTextInput,
  recordOf,
  required,
  transformsOf,
  wholeNumber,
  withArn,
} from "./arguments";
import { refuse } from "./errors";
import { createFunction, createInvokeConfig, createLogGroup, createPolicy, createRole } from "./function-resources";
import type { Statement } from "./iam";
import { keepNames } from "./kept-names";
import { packageFunction, physicalNameOf, type Packaged } from "./packaging";
import type { Transform } from "./transform";

export { withGrants } from "./packaging";

/** What a handler may read of a captured output; `pulumi.Output<T>` satisfies it, and so does a test's `{ get: () => "x" }`. */
export interface Captured<T> {
  /** The value, at run time only. */
  get(): T;
}

/** What Lambda calls for each event. */
export type Handler<E, R> = (event: E, context: Context) => Promise<R>;

/** Makes a handler, once per container: clients, caches and other state belong into it. */
export type HandlerFactory<E, R> = () => Handler<E, R>;

/** Arguments of a `LambdaFunction`: of events `E` and answers `R`. */
export interface LambdaFunctionArgs<E, R> {
  /**
   * The factory of the handler. It may capture plain data, plain functions, outputs and namespaces of modules.
   * A promise when it is complete only once the program has been declared.
   */
  handler: HandlerFactory<E, R> | Promise<HandlerFactory<E, R>>;
  /** A sentence for the console, at most 256 characters. */
  description: string;
  /** Customer-managed key of the environment and of the log group. */
  key: { arn: pulumi.Input<string> };
  /** Exact grants besides those that captured clients bring. @default none */
  statements?: pulumi.Input<readonly Statement[]>;
  /** Environment variables besides the captured outputs. @default none */
  environment?: Record<string, pulumi.Input<string>>;
  /** MB, 128 to 10,240. @default 256 */
  memorySize?: number;
  /** Seconds, 1 to 900. @default 10 */
  timeout?: number;
  /** ARN of the SQS queue for events of asynchronous invocations that failed for good. @default none */
  onFailure?: pulumi.Input<string>;
  /** Retries of an asynchronous invocation, 0 to 2; needs `onFailure`. @default 2 */
  maximumRetryAttempts?: number;
  /** Seconds that an asynchronous event may wait, 60 to 21,600; needs `onFailure`. @default 21,600 */
  maximumEventAge?: number;
  /** Containers at once. A new account refuses any reservation. @default unreserved */
  reservedConcurrency?: number;
  /** Days that logs are kept, a value that CloudWatch knows. @default 400 */
  logRetentionDays?: number;
  /** Changes the arguments of a child. */
  transform?: {
    function?: Transform<aws.lambda.FunctionArgs>;
    role?: Transform<aws.iam.RoleArgs>;
    logGroup?: Transform<aws.cloudwatch.LogGroupArgs>;
  };
}

/** Arguments of a function, whatever its event and answer. */
export type AnyLambdaFunctionArgs = LambdaFunctionArgs<never, unknown>;

const checkArgs = required(
  {
    handler: (component, argument, value) => {
      if (!(value instanceof Promise)) aHandler(component, argument, value);
    },
    description: (component, argument, value) => {
      aText(component, argument, value);
      if (String(value).length > 256) refuse(component, argument, value, "at most 256 characters", "Shorten it.");
    },
    key: withArn,
    statements: aListInput,
    environment: recordOf(aTextInput),
    memorySize: wholeNumber(128, 10_240),
    timeout: wholeNumber(1, 900),
    onFailure: aTextInput,
    maximumRetryAttempts: wholeNumber(0, 2),
    maximumEventAge: wholeNumber(60, 21_600),
    reservedConcurrency: wholeNumber(0, 10_000),
    logRetentionDays: aRetention,
    transform: transformsOf("function", "role", "logGroup"),
  },
  ["handler", "description", "key"],
);

/** Starts packaging at once: the bundler works while the rest of the program is declared. */
async function packageLater(name: string, args: AnyLambdaFunctionArgs): Promise<Packaged> {
  return packageFunction(name, await args.handler, ["STACK", ...Object.keys(args.environment ?? {})]);
}

/**
 * A Lambda function whose code is a closure of the program: serialized, bundled into one file, and run under a role
 * of its own with exactly the rights it needs, logging to a group of its own.
 *
 * @example
 * const greet = new LambdaFunction("greet", {
 *   description: "Greets.",
 *   key,
 *   handler: () => async (event: { name: string }) => `Hello ${event.name}`,
 * });
 *
 * @example // reading a table: the client is made once per container, the table's name is lifted from the output
 * const { name: table } = players;
 * const read = new LambdaFunction("read", {
 *   description: "Reads a player.",
 *   key,
 *   statements: [{ Action: "dynamodb:GetItem", Resource: players.arn }],
 *   handler: () => {
 *     const client = new dynamodb.DynamoDBClient();
 *     return async (event: { id: string }) =>
 *       client.send(new dynamodb.GetItemCommand({ TableName: table.get(), Key: { pk: { S: event.id } } }));
 *   },
 * });
 */
export class LambdaFunction extends pulumi.ComponentResource {
  /** The function itself. */
  readonly function: aws.lambda.Function;
  /** The role that it runs under; nothing else assumes it. */
  readonly role: aws.iam.Role;
  /** Where it logs. */
  readonly logGroup: aws.cloudwatch.LogGroup;
  /** The function's ARN. */
  readonly arn: pulumi.Output<string>;
  /** Physical name: `<project>-<stack>-<name>`, shortened with a hash where that is too long. */
  readonly name: pulumi.Output<string>;
  /** What API Gateway calls. */
  readonly invokeArn: pulumi.Output<string>;
  /** The code, before it is zipped; what the local cloud runs and what is uploaded. */
  readonly packaged: Promise<Packaged>;

  constructor(name: string, args: AnyLambdaFunctionArgs, options?: pulumi.ComponentResourceOptions) {
    super("games-messaging:shared:LambdaFunction", name, {}, keepNames(name, options));
    checkArgs(name, "", args);
    const packaged = packageLater(name, args);
    this.packaged = packaged;
    const physicalName = physicalNameOf(name);
    this.logGroup = createLogGroup(this, name, physicalName, args);
    this.role = createRole(this, name, args);
    const policy = createPolicy(this, name, args, packaged);
    this.function = createFunction(this, name, physicalName, args, packaged, policy);
    createInvokeConfig(this, name, args);
    this.arn = this.function.arn;
    this.name = this.function.name;
    this.invokeArn = this.function.invokeArn;
    this.registerOutputs({ arn: this.arn, name: this.name });
  }
}

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AnyLambdaFunctionArgs, LambdaFunction } from "./callback";
import { policyDocument, serviceTrust, type Statement } from "./iam";
import { codeFile, environmentOf, mergeStatements, PackagingError, type Packaged } from "./packaging";
import { applyTransform } from "./transform";

/** The function's code, for one more input: each rejects with an error of its own. */
function own(packaged: Promise<Packaged>): Promise<Packaged> {
  return packaged.catch((error: unknown) => {
    throw error instanceof PackagingError ? error.again() : error;
  });
}

/** Made before the function, which would otherwise make one of its own, without key and retention. */
export function createLogGroup(
  parent: LambdaFunction,
  name: string,
  physicalName: string,
  args: AnyLambdaFunctionArgs,
): aws.cloudwatch.LogGroup {
  const options: pulumi.CustomResourceOptions = { parent };
  const logGroupArgs: aws.cloudwatch.LogGroupArgs = {
    name: `/aws/lambda/${physicalName}`,
    kmsKeyId: args.key.arn,
    retentionInDays: args.logRetentionDays ?? 400,
  };
  return new aws.cloudwatch.LogGroup(
    `${name}-logs`,
    applyTransform(args.transform?.logGroup, logGroupArgs, options, `${name}-logs`),
    options,
  );
}

/** The function's own role, which Lambda alone may assume. */
export function createRole(parent: LambdaFunction, name: string, args: AnyLambdaFunctionArgs): aws.iam.Role {
  const options: pulumi.CustomResourceOptions = { parent };
  const roleArgs: aws.iam.RoleArgs = {
    description: `Of the function ${name}`,
    assumeRolePolicy: serviceTrust("lambda.amazonaws.com"),
  };
  return new aws.iam.Role(
    `${name}-role`,
    applyTransform(args.transform?.role, roleArgs, options, `${name}-role`),
    options,
  );
}

/** Must not refer to the function: it is made first, so that the function starts with its rights. */
export function createPolicy(
  parent: LambdaFunction,
  name: string,
  args: AnyLambdaFunctionArgs,
  packaged: Promise<Packaged>,
): aws.iam.RolePolicy {
  const onFailure: Statement[] = args.onFailure
    ? [
        { Sid: "FailureQueue", Action: "sqs:SendMessage", Resource: args.onFailure },
        { Sid: "FailureQueueKey", Action: "kms:GenerateDataKey", Resource: args.key.arn },
      ]
    : [];
  const base: Statement[] = [
    {
      Sid: "Logs",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: pulumi.interpolate`${parent.logGroup.arn}:*`,
    },
    // Neither action has a resource type: only "*" admits it.
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
    { Sid: "Traces", Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], Resource: "*" },
    { Sid: "Environment", Action: "kms:Decrypt", Resource: args.key.arn },
  ];
  const statements = pulumi
    .all([
      pulumi.output([...base, ...onFailure]),
      pulumi.output(args.statements ?? []),
      own(packaged).then((p) => pulumi.output(p.statements)),
    ])
    .apply((lists) => mergeStatements(lists.flat()));
  return new aws.iam.RolePolicy(
    `${name}-policy`,
    { role: parent.role.id, policy: policyDocument(statements) },
    { parent },
  );
}

/** The function itself, of one file; it exists only after its rights and its log group. */
export function createFunction(
  parent: LambdaFunction,
  name: string,
  physicalName: string,
  args: AnyLambdaFunctionArgs,
  packaged: Promise<Packaged>,
  policy: aws.iam.RolePolicy,
): aws.lambda.Function {
  const options: pulumi.CustomResourceOptions = { parent, dependsOn: [policy, parent.logGroup] };
  // With no variable at all Lambda forgets the key, and every preview would show it as a change.
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
  const variables = { STACK: pulumi.getStack(), ...args.environment };
  const functionArgs: aws.lambda.FunctionArgs = {
    name: physicalName,
    description: args.description,
    role: parent.role.arn,
    runtime: "nodejs22.x",
    architectures: ["arm64"],
    handler: "index.handler",
    code: own(packaged).then(({ code }) => new pulumi.asset.AssetArchive({ "index.js": assetOf(code) })),
    memorySize: args.memorySize ?? 256,
    timeout: args.timeout ?? 10,
    environment: {
      variables: pulumi.output(own(packaged).then(({ outputs }) => environmentOf(name, variables, outputs))),
    },
    kmsKeyArn: args.key.arn,
    tracingConfig: { mode: "Active" },
    loggingConfig: { logFormat: "JSON", logGroup: parent.logGroup.name },
    ...(args.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: args.reservedConcurrency }),
  };
  return new aws.lambda.Function(name, applyTransform(args.transform?.function, functionArgs, options, name), options);
}

function assetOf(code: string): pulumi.asset.Asset {
  const file = codeFile(code);
  return file === undefined ? new pulumi.asset.StringAsset(code) : new pulumi.asset.FileAsset(file);
}

/** Where asynchronous events go that failed for good; nothing without `onFailure`. */
export function createInvokeConfig(parent: LambdaFunction, name: string, args: AnyLambdaFunctionArgs): void {
  if (args.onFailure === undefined) return;
  new aws.lambda.FunctionEventInvokeConfig(
    `${name}-failures`,
    {
      functionName: parent.function.name,
      maximumRetryAttempts: args.maximumRetryAttempts ?? 2,
      maximumEventAgeInSeconds: args.maximumEventAge ?? 21_600,
      destinationConfig: { onFailure: { destination: args.onFailure } },
    },
    { parent },
  );
}

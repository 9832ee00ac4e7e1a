import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import type { Created, Json, ResourceContext, ResourceType } from "../../service";
import { filesOf, filesOfZip, type Files, type PulumiAsset } from "./code";
import { within } from "./constraint";
import type { LambdaEngine } from "./engine";
import { defaultAsync, nameOf, type FunctionSettings, type LambdaFunction } from "./function";
import { mappingType } from "./mapping-resource";
import type { Mappings } from "./mappings";
import { addPermission, putPermission, removePermission } from "./policy";

/** The Pulumi types of Lambda that the local cloud plays. */
export function resourceTypes(engine: LambdaEngine, mappings: Mappings): Readonly<Record<string, ResourceType>> {
  return {
    "aws:lambda/function:Function": functionType(engine),
    "aws:lambda/permission:Permission": permissionType(engine),
    "aws:lambda/eventSourceMapping:EventSourceMapping": mappingType(engine, mappings),
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": invokeConfigType(engine),
  };
}

function functionType(engine: LambdaEngine): ResourceType {
  const put = async (inputs: Json, context: ResourceContext, name: string): Promise<Created> => {
    const reserved = inputs["reservedConcurrentExecutions"] as number | undefined;
    const limit = reserved === undefined || reserved < 0 ? undefined : reserved;
    const fn = engine.put(settingsOf(inputs, name), await codeOf(inputs, context), limit);
    engine.tags.set(fn.arn, (inputs["tags"] as Record<string, string> | undefined) ?? {});
    return { id: name, state: { ...inputs, ...outputsOf(engine.cloud, fn, inputs) } };
  };
  return {
    create: (inputs, context) => put(inputs, context, (inputs["name"] as string | undefined) ?? context.physicalName()),
    update: (id, inputs, context) => put(inputs, context, id),
    delete: (id) => engine.remove(id),
  };
}

async function codeOf(inputs: Json, context: ResourceContext): Promise<Files> {
  const code = inputs["code"] as PulumiAsset | undefined;
  if (code) return filesOf(code);
  const bucket = inputs["s3Bucket"] as string | undefined;
  const key = inputs["s3Key"] as string | undefined;
  if (bucket !== undefined && key !== undefined) return filesOfZip(await context.cloud.ports.objects.get(bucket, key));
  throw new Error(
    `code for "${context.name}": got neither "code" nor "s3Bucket" and "s3Key"; expected one of them. ` +
      "Container images are not played by the local cloud.",
  );
}

function settingsOf(inputs: Json, name: string): FunctionSettings {
  const logging = (inputs["loggingConfig"] ?? {}) as Readonly<Record<string, string | undefined>>;
  const environment = inputs["environment"] as { variables?: Record<string, string> } | undefined;
  const deadLetter = inputs["deadLetterConfig"] as { targetArn?: string } | undefined;
  const tracing = inputs["tracingConfig"] as { mode?: string } | undefined;
  return {
    name,
    role: inputs["role"] as string,
    handler: (inputs["handler"] as string | undefined) ?? "index.handler",
    runtime: (inputs["runtime"] as string | undefined) ?? "nodejs22.x",
    description: (inputs["description"] as string | undefined) ?? "",
    memorySize: (inputs["memorySize"] as number | undefined) ?? 128,
    timeout: (inputs["timeout"] as number | undefined) ?? 3,
    variables: environment?.variables ?? {},
    kmsKeyArn: (inputs["kmsKeyArn"] as string | undefined) || undefined,
    architectures: (inputs["architectures"] as string[] | undefined) ?? ["x86_64"],
    tracing: tracing?.mode === "Active" ? "Active" : "PassThrough",
    logFormat: logging["logFormat"] === "JSON" ? "JSON" : "Text",
    logGroup: logging["logGroup"] ?? `/aws/lambda/${name}`,
    applicationLogLevel: logging["applicationLogLevel"],
    systemLogLevel: logging["systemLogLevel"],
    deadLetterArn: deadLetter?.targetArn,
    layers: (inputs["layers"] as string[] | undefined) ?? [],
  };
}

function outputsOf(cloud: Cloud, fn: LambdaFunction, inputs: Json): Json {
  const { settings } = fn;
  const gateway = `arn:aws:apigateway:${cloud.region}:lambda:path/2015-03-31/functions`;
  return {
    arn: fn.arn,
    name: settings.name,
    qualifiedArn: `${fn.arn}:$LATEST`,
    invokeArn: `${gateway}/${fn.arn}/invocations`,
    qualifiedInvokeArn: `${gateway}/${fn.arn}:$LATEST/invocations`,
    responseStreamingInvokeArn: `arn:aws:apigateway:${cloud.region}:lambda:path/2021-11-15/functions/${fn.arn}/response-streaming-invocations`,
    version: "$LATEST",
    lastModified: new Date(fn.lastModified).toISOString().replace("Z", "+0000"),
    sourceCodeHash: inputs["sourceCodeHash"] ?? fn.code.sha256,
    codeSha256: fn.code.sha256,
    sourceCodeSize: fn.code.size,
    memorySize: settings.memorySize,
    timeout: settings.timeout,
    runtime: settings.runtime,
    handler: settings.handler,
    architectures: settings.architectures,
    packageType: "Zip",
    publish: inputs["publish"] ?? false,
    reservedConcurrentExecutions: fn.reserved ?? -1,
    tracingConfig: { mode: settings.tracing },
    ephemeralStorage: inputs["ephemeralStorage"] ?? { size: 512 },
    loggingConfig: {
      logFormat: settings.logFormat,
      logGroup: settings.logGroup,
      ...(settings.applicationLogLevel === undefined ? {} : { applicationLogLevel: settings.applicationLogLevel }),
      ...(settings.systemLogLevel === undefined ? {} : { systemLogLevel: settings.systemLogLevel }),
    },
    tagsAll: inputs["tags"] ?? {},
    signingJobArn: "",
    signingProfileVersionArn: "",
    skipDestroy: inputs["skipDestroy"] ?? false,
  };
}

function permissionType(engine: LambdaEngine): ResourceType {
  const text = (inputs: Json, key: string): string | undefined => inputs[key] as string | undefined;
  const put = (inputs: Json, statementId: string, add: typeof addPermission): Created => {
    const fn = engine.find(reference(inputs["function"]));
    add(engine.cloud, fn.arn, {
      statementId,
      action: text(inputs, "action")!,
      principal: text(inputs, "principal")!,
      sourceArn: text(inputs, "sourceArn"),
      sourceAccount: text(inputs, "sourceAccount"),
    });
    return { id: statementId, state: { ...inputs, function: fn.settings.name, statementId } };
  };
  return {
    create: (inputs, context) =>
      put(
        inputs,
        text(inputs, "statementId") ?? `${text(inputs, "statementIdPrefix") ?? ""}${context.physicalName()}`,
        addPermission,
      ),
    update: (id, inputs) => put(inputs, id, putPermission),
    delete: (id, state) => {
      const fn = engine.functions.get(nameOf(reference(state["function"])));
      if (fn) removePermission(engine.cloud, fn.arn, id);
    },
  };
}

/** Programs may hand over a function's name, its ARN, or (in tests) its outputs. */
function reference(value: unknown): string {
  if (typeof value === "string") return value;
  const name = (value as { name?: unknown } | undefined)?.name;
  if (typeof name === "string") return name;
  throw new AwsError(
    "InvalidParameterValueException",
    `function: got ${JSON.stringify(value)}; expected a name or ARN.`,
  );
}

function invokeConfigType(engine: LambdaEngine): ResourceType {
  const put = (inputs: Json): Created => {
    const fn = engine.find(inputs["functionName"] as string);
    within("maximumRetryAttempts", inputs["maximumRetryAttempts"], 0, 2);
    within("maximumEventAgeInSeconds", inputs["maximumEventAgeInSeconds"], 60, 21_600);
    const targets = (inputs["destinationConfig"] ?? {}) as Readonly<
      Record<string, { destination?: string } | undefined>
    >;
    fn.async = {
      maximumRetryAttempts: (inputs["maximumRetryAttempts"] as number | undefined) ?? defaultAsync.maximumRetryAttempts,
      maximumEventAgeInSeconds:
        (inputs["maximumEventAgeInSeconds"] as number | undefined) ?? defaultAsync.maximumEventAgeInSeconds,
      onSuccess: targets["onSuccess"]?.destination,
      onFailure: targets["onFailure"]?.destination,
    };
    for (const target of [fn.async.onSuccess, fn.async.onFailure])
      if (target === fn.arn)
        throw new AwsError(
          "InvalidParameterValueException",
          "You can't specify the function as a destination for itself.",
        );
    fn.eventInvokeConfig = {
      maximumRetryAttempts: fn.async.maximumRetryAttempts,
      maximumEventAgeInSeconds: inputs["maximumEventAgeInSeconds"] as number | undefined,
      lastModified: engine.cloud.clock.now(),
    };
    return {
      id: fn.settings.name,
      state: {
        ...inputs,
        maximumRetryAttempts: fn.async.maximumRetryAttempts,
        maximumEventAgeInSeconds: fn.async.maximumEventAgeInSeconds,
      },
    };
  };
  return {
    create: put,
    update: (_, inputs) => put(inputs),
    delete: (_, state) => {
      const fn = engine.functions.get(nameOf(state["functionName"] as string));
      if (!fn) return;
      fn.async = defaultAsync;
      fn.eventInvokeConfig = undefined;
    },
  };
}

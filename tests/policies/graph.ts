import "../../local/lighten";
import { createHash } from "node:crypto";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { declare } from "../../local/declare";
import { readProject } from "../../local/settings";
import { loadAnew } from "../../local/stack";
import { UNKNOWN, type Data, type Properties, type ResourceData } from "../../policies/framework/resource";
import { ROOT } from "../helpers/command";

/** A resource of a program: what was declared, and what AWS would answer with. */
export interface Declared extends ResourceData {
  /** As declared. */
  readonly inputs: Properties;
  /** What only AWS tells: ids, ARNs, URLs. */
  readonly outputs: Properties;
}

export interface GraphOptions {
  /** Stack whose settings are read. */
  readonly stack: string;
  /** Settings that override those of the stack, by full name. */
  readonly config?: Readonly<Record<string, string>>;
  /** As at a first preview: what AWS tells is not known. @default false */
  readonly preview?: boolean;
  /** Folder of the Pulumi project. @default the repository's own */
  readonly folder?: string;
  /** Declares the resources. @default requires the project's main file */
  readonly load?: () => unknown;
}

/** What an account is called in tests. */
export const ACCOUNT = "123456789012";
const REGION = "us-east-1";

/** Evaluates a program in this process, nothing made: every resource with its references, as the engine would see it. */
export async function graphOf(options: GraphOptions): Promise<readonly Declared[]> {
  const { stack, preview = false, folder = ROOT } = options;
  const declared: Declared[] = [];
  const project = readProject(folder, stack, { endpoint: "https://issuer.example.com" });
  await declare({
    mocks: { newResource: answer(preview), call },
    project: project.name,
    stack,
    preview,
    config: { ...project.config, ...options.config },
    listen: () => listen(declared, preview),
    load: options.load ?? (() => loadAnew(join(folder, project.main))),
  });
  return declared;
}

interface RegisterRequest {
  getType(): string;
  getName(): string;
  getCustom(): boolean;
  getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
  getPropertydependenciesMap(): {
    forEach(visit: (dependencies: { getUrnsList(): string[] }, property: string) => void): void;
  };
}

interface Monitor {
  registerResource(request: RegisterRequest, done: (error: unknown, response: Response) => void): unknown;
}

interface Response {
  getUrn(): string;
  getId(): string;
  getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
}

/** Reads each registration as it goes over the wire: the mocks themselves are told nothing of references. */
function listen(declared: Declared[], preview: boolean): void {
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, done) =>
    register(request, (error, response) => {
      if (!error && request.getCustom()) {
        const references: Record<string, string[]> = {};
        request.getPropertydependenciesMap().forEach((dependencies, property) => {
          references[property] = dependencies.getUrnsList();
        });
        const inputs = plain(request.getObject()?.toJavaScript() ?? {}) as Properties;
        const made = outputsOf(request.getType(), request.getName(), inputs);
        const outputs = preview ? Object.fromEntries(Object.keys(made).map((key) => [key, UNKNOWN])) : made;
        const props = { ...outputs, ...inputs };
        declared.push({
          urn: response.getUrn(),
          type: request.getType(),
          name: request.getName(),
          props,
          inputs,
          outputs,
          references,
          isMade: true,
        });
      }
      done(error, response);
    });
}

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const NOT_KNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What the engine would hand to a policy: no secrets' wrappers, no archives' contents, unknown values as such. */
function plain(value: unknown): Data {
  if (value === NOT_KNOWN) return UNKNOWN;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const record = value as Record<string, unknown>;
  if (record[SIGNATURE] === SECRET) return plain(record["value"]);
  if (SIGNATURE in record) return "(archive)";
  return Object.fromEntries(Object.entries(record).map(([key, member]) => [key, plain(member)]));
}

function answer(preview: boolean) {
  return ({ type, name, inputs }: pulumi.runtime.MockResourceArgs) => {
    const given = inputs as Properties;
    if (preview) return { id: undefined, state: given as Record<string, unknown> };
    const outputs = outputsOf(type, name, given);
    return { id: String(outputs["id"]), state: { ...outputs, ...given } };
  };
}

function call({ token }: pulumi.runtime.MockCallArgs): Record<string, unknown> {
  return token.includes("getCallerIdentity") ? { accountId: ACCOUNT } : { region: REGION, name: REGION, id: REGION };
}

/** The part of an ARN behind the account, by type; what is not here has none. */
const ARNS: Readonly<Record<string, (physical: string, inputs: Properties) => string>> = {
  "aws:athena/workgroup:Workgroup": (name) => `athena:${REGION}:${ACCOUNT}:workgroup/${name}`,
  "aws:cloudwatch/eventBus:EventBus": (name) => `events:${REGION}:${ACCOUNT}:event-bus/${name}`,
  "aws:cloudwatch/eventRule:EventRule": (name) => `events:${REGION}:${ACCOUNT}:rule/${name}`,
  "aws:cloudwatch/logGroup:LogGroup": (name) => `logs:${REGION}:${ACCOUNT}:log-group:${name}`,
  "aws:cloudwatch/metricAlarm:MetricAlarm": (name) => `cloudwatch:${REGION}:${ACCOUNT}:alarm:${name}`,
  "aws:dynamodb/table:Table": (name) => `dynamodb:${REGION}:${ACCOUNT}:table/${name}`,
  "aws:glue/catalogDatabase:CatalogDatabase": (name) => `glue:${REGION}:${ACCOUNT}:database/${name}`,
  "aws:iam/policy:Policy": (name) => `iam::${ACCOUNT}:policy/${name}`,
  "aws:iam/role:Role": (name) => `iam::${ACCOUNT}:role/${name}`,
  "aws:kinesis/stream:Stream": (name) => `kinesis:${REGION}:${ACCOUNT}:stream/${name}`,
  "aws:kms/alias:Alias": (name) => `kms:${REGION}:${ACCOUNT}:${name}`,
  "aws:kms/key:Key": (name) => `kms:${REGION}:${ACCOUNT}:key/${name}`,
  "aws:lambda/function:Function": (name) => `lambda:${REGION}:${ACCOUNT}:function:${name}`,
  "aws:s3/bucket:Bucket": (name) => `s3:::${name}`,
  "aws:scheduler/schedule:Schedule": (name) => `scheduler:${REGION}:${ACCOUNT}:schedule/default/${name}`,
  "aws:sesv2/configurationSet:ConfigurationSet": (_, inputs) =>
    `ses:${REGION}:${ACCOUNT}:configuration-set/${String(inputs["configurationSetName"])}`,
  "aws:sesv2/emailIdentity:EmailIdentity": (_, inputs) =>
    `ses:${REGION}:${ACCOUNT}:identity/${String(inputs["emailIdentity"])}`,
  "aws:sns/topic:Topic": (name) => `sns:${REGION}:${ACCOUNT}:${name}`,
  "aws:sqs/queue:Queue": (name) => `sqs:${REGION}:${ACCOUNT}:${name}`,
};

/** Types whose id is not their name, and whose state does not hold a name. */
const NAMELESS = /apigatewayv2|kms\/key|lambda\/permission|cloudcontrol|eventSourceMapping/;

function outputsOf(type: string, name: string, inputs: Properties): Properties {
  const suffix = createHash("sha256").update(`${type} ${name}`).digest("hex").slice(0, 7);
  const physical = typeof inputs["name"] === "string" ? inputs["name"] : `${name}-${suffix}`;
  const named = NAMELESS.test(type) ? {} : { name: physical };
  const id =
    type === "aws:kms/key:Key"
      ? `${suffix}0-1234-4abc-8abc-0123456789ab`
      : NAMELESS.test(type)
        ? `${suffix}abc`
        : physical;
  const tail = ARNS[type]?.(NAMELESS.test(type) ? id : physical, inputs);
  const arn = tail === undefined ? {} : { arn: `arn:aws:${tail}` };
  return { id, ...named, ...arn, ...OUTPUTS[type]?.(id, arn.arn ?? "", inputs) };
}

const OUTPUTS: Readonly<Record<string, (id: string, arn: string, inputs: Properties) => Properties>> = {
  "aws:apigatewayv2/api:Api": (id) => ({
    executionArn: `arn:aws:execute-api:${REGION}:${ACCOUNT}:${id}`,
    apiEndpoint: `wss://${id}.execute-api.${REGION}.amazonaws.com`,
  }),
  "aws:dynamodb/table:Table": (_, arn, inputs) =>
    inputs["streamEnabled"] === true ? { streamArn: `${arn}/stream/2026-11-21T00:00:00.000` } : {},
  "aws:kms/key:Key": (id) => ({ keyId: id }),
  "aws:lambda/function:Function": (_, arn) => ({
    invokeArn: `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${arn}/invocations`,
    qualifiedInvokeArn: `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${arn}:$LATEST/invocations`,
    responseStreamingInvokeArn: `arn:aws:apigateway:${REGION}:lambda:path/2021-11-15/functions/${arn}/response-streaming-invocations`,
  }),
  "aws:s3/bucket:Bucket": (id) => ({ bucket: id }),
  "aws:sqs/queue:Queue": (id) => ({
    id: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${id}`,
    url: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${id}`,
  }),
};

import { AwsError } from "../../../aws-error";
import type { AccessRequest, AnyOperation, Json, RestRoute } from "../../../service";
import { filesOfZip, type Files } from "../code";
import { oneOf } from "../constraint";
import type { LambdaEngine } from "../engine";
import { latest, type LambdaFunction } from "../function";
import { changeOf, requireRevision } from "./change";
import { configurationOf, policyRevisionOf } from "./configuration";
import { functionOf, missing, namedBy, type Named } from "./named";
import { pageOf } from "./page";

/** What is asked of one function: its own action on it, and an answer. */
type Answer = (fn: LambdaFunction, input: Json, named: Named) => unknown;

/** GetFunction, ListFunctions, GetFunctionConfiguration, UpdateFunctionCode, UpdateFunctionConfiguration, GetPolicy, and lists of what there is none of. */
export function functionOperations(engine: LambdaEngine): Readonly<Record<string, AnyOperation>> {
  const on = (action: string, answer: Answer, more: (input: Json) => AccessRequest[] = () => []): AnyOperation => ({
    authorize: (input: Json) => [{ action: `lambda:${action}`, resource: namedBy(engine, input).arn }, ...more(input)],
    answer: (input: Json) => {
      const named = namedBy(engine, input);
      return answer(functionOf(engine, named), input, named);
    },
  });
  return {
    ListFunctions: {
      authorize: () => [{ action: "lambda:ListFunctions", resource: "*" }],
      answer: (input: Json) => {
        oneOf("functionVersion", input["FunctionVersion"], ["ALL"]);
        const qualifier = input["FunctionVersion"] === undefined ? undefined : latest;
        const { items, next } = pageOf([...engine.functions.values()], input);
        return { Functions: items.map((fn) => configurationOf(fn, { listed: true, qualifier })), ...next };
      },
    },
    GetFunction: on("GetFunction", (fn, _, { qualifier }) => {
      const tags = engine.tags.get(fn.arn) ?? {};
      return {
        Configuration: configurationOf(fn, { qualifier }),
        Code: { RepositoryType: "S3", Location: `file://${fn.code.root}` },
        ...(Object.keys(tags).length === 0 ? {} : { Tags: tags }),
        ...(fn.reserved === undefined ? {} : { Concurrency: { ReservedConcurrentExecutions: fn.reserved } }),
      };
    }),
    GetFunctionConfiguration: on("GetFunctionConfiguration", (fn, _, { qualifier }) =>
      configurationOf(fn, { qualifier }),
    ),
    UpdateFunctionCode: on(
      "UpdateFunctionCode",
      async (fn, input) => {
        requireRevision(fn, input);
        const files = await codeOf(engine, input);
        if (input["DryRun"] === true) return configurationOf(fn);
        return configurationOf(engine.updateCode(fn.settings.name, files), { changing: true });
      },
      (input) =>
        input["S3Bucket"] === undefined
          ? []
          : [
              {
                action: "s3:GetObject",
                resource: `arn:aws:s3:::${String(input["S3Bucket"])}/${String(input["S3Key"])}`,
              },
            ],
    ),
    UpdateFunctionConfiguration: on("UpdateFunctionConfiguration", (fn, input) => {
      requireRevision(fn, input);
      return configurationOf(engine.configure(fn.settings.name, changeOf(input)), { changing: true });
    }),
    // There is one version, and no alias.
    ListVersionsByFunction: on("ListVersionsByFunction", (fn) => ({
      Versions: [configurationOf(fn, { listed: true, qualifier: latest })],
    })),
    ListAliases: on("ListAliases", () => ({ Aliases: [] })),
    ListFunctionUrlConfigs: on("ListFunctionUrlConfigs", () => ({ FunctionUrlConfigs: [] })),
    ListProvisionedConcurrencyConfigs: on("ListProvisionedConcurrencyConfigs", () => ({
      ProvisionedConcurrencyConfigs: [],
    })),
    GetFunctionUrlConfig: {
      authorize: (input: Json) => [{ action: "lambda:GetFunctionUrlConfig", resource: namedBy(engine, input).arn }],
      answer: () => {
        throw missing("The resource you requested does not exist.");
      },
    },
    GetFunctionCodeSigningConfig: on("GetFunctionCodeSigningConfig", () => ({})),
    GetPolicy: on("GetPolicy", (fn) => {
      const policy = engine.cloud.resourcePolicies.get(fn.arn);
      if (!policy) throw missing("The resource you requested does not exist.");
      return { Policy: JSON.stringify(policy), RevisionId: policyRevisionOf(fn, policy) };
    }),
  };
}

async function codeOf(engine: LambdaEngine, input: Json): Promise<Files> {
  const zip = input["ZipFile"];
  if (typeof zip === "string") return filesOfZip(Buffer.from(zip, "base64"));
  const bucket = input["S3Bucket"];
  const key = input["S3Key"];
  if (typeof bucket === "string" && typeof key === "string")
    return filesOfZip(await engine.cloud.ports.objects.get(bucket, key));
  throw new AwsError("InvalidParameterValueException", "Please provide a source for function code.", 400);
}

const base = "/2015-03-31/functions";

export const functionRoutes: readonly RestRoute[] = [
  { method: "GET", path: base, operation: "ListFunctions" },
  { method: "GET", path: `${base}/`, operation: "ListFunctions" },
  { method: "GET", path: `${base}/{FunctionName}`, operation: "GetFunction" },
  { method: "GET", path: `${base}/{FunctionName}/configuration`, operation: "GetFunctionConfiguration" },
  { method: "PUT", path: `${base}/{FunctionName}/code`, operation: "UpdateFunctionCode" },
  { method: "PUT", path: `${base}/{FunctionName}/configuration`, operation: "UpdateFunctionConfiguration" },
  { method: "GET", path: `${base}/{FunctionName}/policy`, operation: "GetPolicy" },
  { method: "GET", path: `${base}/{FunctionName}/versions`, operation: "ListVersionsByFunction" },
  { method: "GET", path: `${base}/{FunctionName}/aliases`, operation: "ListAliases" },
  { method: "GET", path: "/2021-10-31/functions/{FunctionName}/url", operation: "GetFunctionUrlConfig" },
  { method: "GET", path: "/2021-10-31/functions/{FunctionName}/urls", operation: "ListFunctionUrlConfigs" },
  {
    method: "GET",
    path: "/2020-06-30/functions/{FunctionName}/code-signing-config",
    operation: "GetFunctionCodeSigningConfig",
  },
  {
    method: "GET",
    path: "/2019-09-30/functions/{FunctionName}/provisioned-concurrency",
    query: ["List"],
    operation: "ListProvisionedConcurrencyConfigs",
  },
];

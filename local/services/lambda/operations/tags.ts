import { AwsError } from "../../../aws-error";
import type { AnyOperation, HttpRequest, Json, RestRoute } from "../../../service";
import { constraint } from "../constraint";
import type { LambdaEngine } from "../engine";
import type { Mappings } from "../mappings";
import { functionOf, namedBy } from "./named";

/** Tags of a resource at most. https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html */
const mostTags = 50;

const pattern =
  "arn:(aws[a-zA-Z-]*):lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:(function:[a-zA-Z0-9-_]+(:(\\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12})";

interface Input extends Json {
  readonly Resource: string;
}

/** ListTags, TagResource, UntagResource for functions and event source mappings. */
export function tagOperations(engine: LambdaEngine, mappings: Mappings): Readonly<Record<string, AnyOperation>> {
  const tagsOf = (resource: string): Readonly<Record<string, string>> => {
    const [, , service, , , kind, id = "", qualifier] = resource.split(":");
    if (service !== "lambda" || (kind !== "function" && kind !== "event-source-mapping"))
      throw constraint("resource", resource, `satisfy regular expression pattern: ${pattern}`);
    if (qualifier !== undefined)
      throw new AwsError(
        "InvalidParameterValueException",
        "Tags on function aliases and versions are not supported. Please specify a function ARN.",
      );
    if (kind === "function") functionOf(engine, namedBy(engine, { FunctionName: resource }));
    else mappings.find(id);
    return engine.tags.get(resource) ?? {};
  };
  const on = (action: string, answer: (input: Input) => unknown): AnyOperation => ({
    authorize: (input: Input) => [{ action: `lambda:${action}`, resource: input.Resource }],
    answer,
  });
  return {
    ListTags: on("ListTags", ({ Resource }) => ({ Tags: tagsOf(Resource) })),
    TagResource: on("TagResource", ({ Resource, Tags }) => {
      const tags = { ...tagsOf(Resource), ...(Tags as Record<string, string>) };
      if (Object.keys(tags).length > mostTags)
        throw new AwsError("InvalidParameterValueException", "Number of tags exceeds resource tag limit.");
      engine.tags.set(Resource, tags);
      return {};
    }),
    UntagResource: on("UntagResource", ({ Resource, TagKeys }) => {
      const keys = new Set(TagKeys as readonly string[]);
      const kept = Object.entries(tagsOf(Resource)).filter(([key]) => !keys.has(key));
      engine.tags.set(Resource, Object.fromEntries(kept));
      return {};
    }),
  };
}

const path = "/2017-03-31/tags/{Resource}";
const nothing = (): { status: number; headers: Record<string, string>; body: string } => ({
  status: 204,
  headers: {},
  body: "",
});

export const tagRoutes: readonly RestRoute[] = [
  { method: "GET", path, operation: "ListTags" },
  { method: "POST", path, operation: "TagResource", encode: nothing },
  {
    method: "DELETE",
    path,
    operation: "UntagResource",
    encode: nothing,
    decode: (request: HttpRequest, labels) => ({
      Resource: labels["Resource"],
      TagKeys: new URLSearchParams(request.query).getAll("tagKeys"),
    }),
  },
];

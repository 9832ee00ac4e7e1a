import { matches } from "../framework/arn";
import type { Rule } from "../framework/rule";
import { WITHOUT_RULES } from "./without-rules";

const CLOUD_CONTROL = "aws:cloudcontrol/resource:Resource";

export const noWayAround: Rule = {
  name: "no-way-around",
  what: "Nothing is made through another door of AWS where no rule sees it: Cloud Control for a few types only, CloudFormation not at all.",
  why: "A role, a bucket or a queue that Cloud Control or a template makes is the same as one of the aws provider, and none of its properties has been judged.",
  fix: "Declare it as a resource of the aws provider; list a type that the provider does not have in the setting `allowed`.",
  outside: [],
  example: 'new aws.sqs.Queue("orders", { kmsMasterKeyId: key.arn })',
  types: [
    CLOUD_CONTROL,
    "aws:cloudformation/stack:Stack",
    "aws:cloudformation/stackSet:StackSet",
    "aws:cloudformation/stackInstances:StackInstances",
    "aws:cloudformation/stackSetInstance:StackSetInstance",
  ],
  config: {
    allowed: {
      type: "array",
      description: "Types of Cloud Control, `*` for any characters.",
      default: ["AWS::Glue::Integration", "AWS::Glue::IntegrationResourceProperty"],
    },
  },
  checks: [
    (resource, { refuse, texts }) => {
      if (resource.type !== CLOUD_CONTROL) {
        refuse("type", resource.type, "resources of the aws provider");
        return;
      }
      const name = resource.text("typeName") ?? "";
      if (!texts("allowed").some((pattern) => matches(pattern, name)))
        refuse("typeName", name, `one of ${texts("allowed").join(", ")}`);
    },
  ],
};

/** The rule that tells which types no rule of these reads. */
export function resourcesJudged(rules: readonly Rule[]): Rule {
  const read = new Set(rules.flatMap(({ types = [] }) => types));
  return {
    name: "resources-judged",
    what: "Tells of each resource whose type no rule reads: of another provider, or of a service that the pack does not know.",
    why: "A preview without a violation says nothing of what was not judged.",
    fix: "Let a person judge it, or write a rule; list a type that needs none in the setting `known`.",
    outside: [],
    example: 'new aws.s3.Bucket("logs") // rather than new awsnative.s3.Bucket("logs")',
    level: "advisory",
    config: {
      known: {
        type: "array",
        description: "Types that somebody has looked at, `*` for any characters.",
        default: ["random:*", "time:*"],
      },
    },
    checks: [
      ({ type, isMade }, { refuse, texts }) => {
        if (!isMade || read.has(type) || WITHOUT_RULES.has(type) || /^pulumi:(pulumi|providers):/.test(type)) return;
        if (!texts("known").some((pattern) => matches(pattern, type)))
          refuse("type", type, "a type that a rule reads: no rule has judged this resource");
      },
    ],
  };
}

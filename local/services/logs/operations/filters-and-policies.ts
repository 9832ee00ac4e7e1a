import { AwsError } from "../../../aws-error";
import type { AnyOperation } from "../../../service";
import { parsePolicy } from "../../iam/policy-document";
import type { LogsEngine } from "../engine";
import { checkName } from "../checks";
import { compileFilterPattern } from "../filter-pattern";
import type { MetricTransformation, ResourcePolicy } from "../groups";

interface FilterInput {
  readonly logGroupName: string;
  readonly filterName: string;
  readonly filterPattern: string;
  readonly metricTransformations: readonly MetricTransformation[];
}
interface PolicyInput {
  readonly policyName: string;
  readonly policyDocument: string;
}

/** PutMetricFilter, DescribeMetricFilters, DeleteMetricFilter, PutResourcePolicy, DescribeResourcePolicies, DeleteResourcePolicy. */
export function filterAndPolicyOperations(engine: LogsEngine): Readonly<Record<string, AnyOperation>> {
  const { store } = engine;
  return {
    PutMetricFilter: {
      authorize: ({ logGroupName }: FilterInput) => [engine.access("logs:PutMetricFilter", logGroupName)],
      answer: ({ logGroupName, filterName, filterPattern, metricTransformations }: FilterInput) => {
        checkName("filterName", filterName, 512, /^[^:*]*$/, "[^:*]*");
        const matches = compileFilterPattern(filterPattern);
        store.get(logGroupName).filters.set(filterName, {
          name: filterName,
          pattern: filterPattern,
          matches,
          transformations: metricTransformations,
        });
        return {};
      },
    },
    DescribeMetricFilters: {
      authorize: ({ logGroupName }: Partial<FilterInput>) => [
        engine.access("logs:DescribeMetricFilters", logGroupName ?? "*"),
      ],
      answer: ({ logGroupName: only }: Partial<FilterInput>) => ({
        metricFilters: (only === undefined ? [...store.groups.keys()] : [only]).flatMap((logGroupName) =>
          [...store.get(logGroupName).filters.values()].map((filter) => ({
            filterName: filter.name,
            filterPattern: filter.pattern,
            metricTransformations: filter.transformations,
            logGroupName,
          })),
        ),
      }),
    },
    // Nothing can subscribe to a group: the list is empty.
    DescribeSubscriptionFilters: {
      authorize: ({ logGroupName }: FilterInput) => [engine.access("logs:DescribeSubscriptionFilters", logGroupName)],
      answer: ({ logGroupName }: FilterInput) => {
        store.get(logGroupName);
        return { subscriptionFilters: [] };
      },
    },
    DeleteMetricFilter: {
      authorize: ({ logGroupName }: FilterInput) => [engine.access("logs:DeleteMetricFilter", logGroupName)],
      answer: ({ logGroupName, filterName }: FilterInput) => {
        if (!store.get(logGroupName).filters.delete(filterName)) {
          throw new AwsError("ResourceNotFoundException", "The specified metric filter does not exist.", 400);
        }
        return {};
      },
    },
    PutResourcePolicy: {
      authorize: () => [{ action: "logs:PutResourcePolicy", resource: "*" }],
      answer: ({ policyName, policyDocument }: PolicyInput) => {
        store.setResourcePolicy(policyName, parsePolicy(policyDocument, "resource"), policyDocument);
        return { resourcePolicy: shownPolicy(policyName, store.resourcePolicies.get(policyName)!) };
      },
    },
    DescribeResourcePolicies: {
      authorize: () => [{ action: "logs:DescribeResourcePolicies", resource: "*" }],
      answer: () => ({
        resourcePolicies: [...store.resourcePolicies].map(([name, policy]) => shownPolicy(name, policy)),
      }),
    },
    DeleteResourcePolicy: {
      authorize: () => [{ action: "logs:DeleteResourcePolicy", resource: "*" }],
      answer: ({ policyName }: PolicyInput) => {
        if (!store.resourcePolicies.has(policyName)) {
          throw new AwsError("ResourceNotFoundException", `Policy with name [${policyName}] does not exist`, 400);
        }
        store.setResourcePolicy(policyName, undefined);
        return {};
      },
    },
  };
}

function shownPolicy(policyName: string, { text, updated }: ResourcePolicy): object {
  return { policyName, policyDocument: text, lastUpdatedTime: updated };
}

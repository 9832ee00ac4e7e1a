import { AwsError } from "../../../aws-error";
import type { AnyOperation } from "../../../service";
import { parsePolicy } from "../../iam/policy-document";
import type { LogsEngine } from "../engine";
import { broken, checkLength, checkName, checkNameLength, limited } from "../checks";
import { compileFilterPattern } from "../filter-pattern";
import type { MetricTransformation, ResourcePolicy } from "../groups";

interface FilterInput {
  readonly logGroupName: string;
  readonly filterName: string;
  readonly filterPattern: string;
  readonly metricTransformations: readonly MetricTransformation[];
}
interface DescribeInput {
  readonly logGroupName?: string;
  readonly filterNamePrefix?: string;
  readonly metricName?: string;
  readonly metricNamespace?: string;
  readonly limit?: number;
  readonly nextToken?: string;
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
        checkLength("filterPattern", filterPattern, 1024);
        if (metricTransformations.length !== 1)
          throw broken(
            "metricTransformations",
            `[${metricTransformations.map(shownTransformation).join(", ")}]`,
            `Member must have length ${metricTransformations.length > 1 ? "less" : "greater"} than or equal to 1`,
          );
        const matches = compileFilterPattern(filterPattern);
        store.setFilter(store.get(logGroupName), {
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
      answer: (input: DescribeInput) => {
        const { logGroupName: only, filterNamePrefix = "", metricName, metricNamespace } = input;
        checkLength("filterNamePrefix", filterNamePrefix, 512);
        checkLength("metricName", metricName, 255);
        checkLength("metricNamespace", metricNamespace, 255);
        const limit = limited("limit", input.limit, 50);
        const from = Number(input.nextToken ?? 0);
        const groups = only === undefined ? [...store.groups.values()] : [store.get(only)];
        const found = groups
          .flatMap((group) => [...group.filters.values()].map((filter) => ({ group, filter })))
          .filter(
            ({ filter: { name, transformations } }) =>
              name.startsWith(filterNamePrefix) &&
              transformations.some(
                (one) =>
                  one.metricName === (metricName ?? one.metricName) &&
                  one.metricNamespace === (metricNamespace ?? one.metricNamespace),
              ),
          )
          .sort((one, other) => (one.filter.name < other.filter.name ? -1 : 1));
        const metricFilters = found.slice(from, from + limit).map(({ group, filter }) => ({
          filterName: filter.name,
          filterPattern: filter.pattern,
          metricTransformations: filter.transformations,
          creationTime: filter.created,
          logGroupName: group.name,
          applyOnTransformedLogs: false,
        }));
        return { metricFilters, ...(from + limit < found.length ? { nextToken: String(from + limit) } : {}) };
      },
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
        checkNameLength(logGroupName);
        checkLength("filterName", filterName, 512);
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
          throw new AwsError("ResourceNotFoundException", `Policy with name [${policyName}] does not exist.`, 400);
        }
        store.setResourcePolicy(policyName, undefined);
        return {};
      },
    },
  };
}

/** A transformation as AWS's refusals print it. */
function shownTransformation(given: MetricTransformation): string {
  const { metricName, metricNamespace, metricValue, defaultValue, unit } = given;
  const members = { metricName, metricNamespace, metricValue, defaultValue, unit, dimensions: null };
  const shown = Object.entries(members).map(([name, value]) => `${name}=${value ?? "null"}`);
  return `MetricTransformation(${shown.join(", ")})`;
}

function shownPolicy(policyName: string, { text, updated }: ResourcePolicy): object {
  return { policyName, policyDocument: text, lastUpdatedTime: updated, policyScope: "ACCOUNT" };
}

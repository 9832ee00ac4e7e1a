import type { AccessRequest, Operation } from "../../../service";
import type { Rule, RuleSettings } from "../bus";
import type { EventBuses } from "../engine";
import { invalid } from "../errors";
import { paginate } from "../page";
import { readTags, type Tag } from "../tags";

interface ByName {
  readonly Name?: string;
  readonly EventBusName?: string;
}

function access(buses: EventBuses, action: string, { Name, EventBusName }: ByName): readonly AccessRequest[] {
  return [{ action: `events:${action}`, resource: buses.ruleArn(buses.bus(EventBusName), Name ?? "") }];
}

interface PutInput extends ByName {
  readonly ScheduleExpression?: string;
  readonly EventPattern?: string;
  readonly State?: RuleSettings["state"];
  readonly Description?: string;
  readonly RoleArn?: string;
  readonly Tags?: readonly Tag[];
}

export const putRule = (buses: EventBuses): Operation<PutInput> => ({
  authorize: (input) => access(buses, "PutRule", input),
  answer: (input) => {
    if (!input.Name) throw invalid("Parameter Name is required.");
    const rule = buses.putRule(buses.bus(input.EventBusName), input.Name, {
      state: input.State ?? "ENABLED",
      ...(input.EventPattern ? { eventPattern: input.EventPattern } : {}),
      ...(input.ScheduleExpression ? { scheduleExpression: input.ScheduleExpression } : {}),
      ...(input.Description === undefined ? {} : { description: input.Description }),
      ...(input.RoleArn === undefined ? {} : { roleArn: input.RoleArn }),
    });
    if (input.Tags) rule.tags = readTags(input.Tags);
    return { RuleArn: rule.arn };
  },
});

/** Deleting a rule that is gone succeeds. */
export const deleteRule = (buses: EventBuses): Operation<ByName> => ({
  authorize: (input) => access(buses, "DeleteRule", input),
  answer: ({ Name, EventBusName }) => {
    const rule = buses.bus(EventBusName).rules.get(Name ?? "");
    if (rule) buses.deleteRule(rule);
    return {};
  },
});

export const describeRule = (buses: EventBuses): Operation<ByName> => ({
  authorize: (input) => access(buses, "DescribeRule", input),
  answer: ({ Name, EventBusName }, { cloud }) => ({
    ...describe(buses.rule(buses.bus(EventBusName), Name)),
    CreatedBy: cloud.accountId,
  }),
});

export const enableRule = (buses: EventBuses): Operation<ByName> => ({
  authorize: (input) => access(buses, "EnableRule", input),
  answer: ({ Name, EventBusName }) => {
    buses.setState(buses.rule(buses.bus(EventBusName), Name), "ENABLED");
    return {};
  },
});

export const disableRule = (buses: EventBuses): Operation<ByName> => ({
  authorize: (input) => access(buses, "DisableRule", input),
  answer: ({ Name, EventBusName }) => {
    buses.setState(buses.rule(buses.bus(EventBusName), Name), "DISABLED");
    return {};
  },
});

interface ListInput {
  readonly NamePrefix?: string;
  readonly EventBusName?: string;
  readonly NextToken?: string;
  readonly Limit?: number;
}

export const listRules = (buses: EventBuses): Operation<ListInput> => ({
  authorize: () => [{ action: "events:ListRules", resource: "*" }],
  answer: (input) => {
    const rules = [...buses.bus(input.EventBusName).rules.values()].filter(({ name }) =>
      name.startsWith(input.NamePrefix ?? ""),
    );
    const { items, next } = paginate(rules, input);
    return { Rules: items.map(describe), ...next };
  },
});

export const listRuleNamesByTarget = (buses: EventBuses): Operation<ListInput & { readonly TargetArn?: string }> => ({
  authorize: () => [{ action: "events:ListRuleNamesByTarget", resource: "*" }],
  answer: (input) => {
    const hits = (rule: Rule): boolean => [...rule.targets.values()].some(({ Arn }) => Arn === input.TargetArn);
    const { items, next } = paginate([...buses.bus(input.EventBusName).rules.values()].filter(hits), input);
    return { RuleNames: items.map(({ name }) => name), ...next };
  },
});

function describe({ name, arn, busName, settings }: Rule): Record<string, unknown> {
  return {
    Name: name,
    Arn: arn,
    EventBusName: busName,
    State: settings.state,
    EventPattern: settings.eventPattern,
    ScheduleExpression: settings.scheduleExpression,
    Description: settings.description,
    RoleArn: settings.roleArn,
  };
}

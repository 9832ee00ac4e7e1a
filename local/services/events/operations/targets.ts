import type { AccessRequest, Operation } from "../../../service";
import type { Target } from "../bus";
import type { EventBuses } from "../engine";
import { invalid } from "../errors";
import { paginate } from "../page";

interface ByRule {
  readonly Rule?: string;
  readonly EventBusName?: string;
}

function access(
  buses: EventBuses,
  action: string,
  { Rule, EventBusName }: ByRule,
  context: Readonly<Record<string, readonly string[]>> = {},
): readonly AccessRequest[] {
  return [{ action: `events:${action}`, resource: buses.ruleArn(buses.bus(EventBusName), Rule ?? ""), context }];
}

/** Who sets a target with a role hands the role over. */
function passRole(roleArn: string): AccessRequest {
  return { action: "iam:PassRole", resource: roleArn, context: { "iam:PassedToService": "events.amazonaws.com" } };
}

export const putTargets = (buses: EventBuses): Operation<ByRule & { readonly Targets?: readonly Target[] }> => ({
  authorize: (input) => [
    ...access(buses, "PutTargets", input, { "events:TargetArn": (input.Targets ?? []).map(({ Arn }) => Arn) }),
    ...(input.Targets ?? []).flatMap(({ RoleArn }) => (RoleArn ? [passRole(RoleArn)] : [])),
  ],
  answer: ({ Rule, EventBusName, Targets = [] }) => {
    if (Targets.length < 1 || Targets.length > 100) throw invalid("Targets must have between 1 and 100 members.");
    Targets.forEach(checkId);
    const rule = buses.rule(buses.bus(EventBusName), Rule);
    for (const target of Targets) {
      if (!/^arn:/.test(target.Arn ?? ""))
        throw invalid(`Parameter ${target.Arn} is not valid. Reason: Provided Arn is not in correct format.`);
      buses.putTarget(rule, target);
    }
    return { FailedEntryCount: 0, FailedEntries: [] };
  },
});

function checkId({ Id }: Target, index: number): void {
  const broken =
    Id.length > 64
      ? "Member must have length less than or equal to 64"
      : !/^[.\-_A-Za-z0-9]+$/.test(Id)
        ? "Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+"
        : undefined;
  if (broken)
    throw invalid(
      `1 validation error detected: Value '${Id}' at 'targets.${index + 1}.member.id' failed to satisfy constraint: ${broken}`,
    );
}

export const removeTargets = (buses: EventBuses): Operation<ByRule & { readonly Ids?: readonly string[] }> => ({
  authorize: (input) => access(buses, "RemoveTargets", input),
  answer: ({ Rule, EventBusName, Ids = [] }) => {
    const rule = buses.rule(buses.bus(EventBusName), Rule);
    const unknown = Ids.filter((id) => !rule.targets.delete(id));
    const failed = unknown.map((id) => ({
      TargetId: id,
      ErrorCode: "ResourceNotFoundException",
      ErrorMessage: `Rule ${rule.name} does not have a target ${id}`,
    }));
    return { FailedEntryCount: failed.length, FailedEntries: failed };
  },
});

export const listTargetsByRule = (
  buses: EventBuses,
): Operation<ByRule & { readonly NextToken?: string; readonly Limit?: number }> => ({
  authorize: (input) => access(buses, "ListTargetsByRule", input),
  answer: (input) => {
    const rule = buses.rule(buses.bus(input.EventBusName), input.Rule);
    const { items, next } = paginate([...rule.targets.values()], input);
    return { Targets: items, ...next };
  },
});

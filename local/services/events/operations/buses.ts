import type { AccessRequest, Operation } from "../../../service";
import type { Bus } from "../bus";
import type { EventBuses } from "../engine";
import { invalid } from "../errors";
import { paginate } from "../page";
import { readTags, type Tag } from "../tags";

interface ByName {
  readonly Name?: string;
}

function access(buses: EventBuses, action: string, name: string | undefined): readonly AccessRequest[] {
  const plain = name?.startsWith("arn:") ? name.slice(name.indexOf("event-bus/") + 10) : (name ?? "default");
  return [{ action: `events:${action}`, resource: buses.cloud.arn("events", `event-bus/${plain}`) }];
}

interface CreateInput extends ByName {
  readonly Description?: string;
  readonly KmsKeyIdentifier?: string;
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly Tags?: readonly Tag[];
}

export const createEventBus = (buses: EventBuses): Operation<CreateInput> => ({
  authorize: ({ Name }) => access(buses, "CreateEventBus", Name),
  answer: (input) => {
    if (!input.Name) throw invalid("Parameter Name is required.");
    const bus = buses.createBus(input.Name);
    if (input.Description !== undefined) bus.description = input.Description;
    if (input.KmsKeyIdentifier !== undefined) bus.kmsKeyIdentifier = input.KmsKeyIdentifier;
    if (input.DeadLetterConfig?.Arn !== undefined) bus.deadLetterArn = input.DeadLetterConfig.Arn;
    bus.tags = readTags(input.Tags);
    return { EventBusArn: bus.arn, Description: bus.description, KmsKeyIdentifier: bus.kmsKeyIdentifier };
  },
});

/** Deleting a bus that is gone succeeds. */
export const deleteEventBus = (buses: EventBuses): Operation<ByName> => ({
  authorize: ({ Name }) => access(buses, "DeleteEventBus", Name),
  answer: ({ Name }) => {
    const bus = buses.all().find(({ name }) => name === Name);
    if (bus) buses.deleteBus(bus);
    return {};
  },
});

export const describeEventBus = (buses: EventBuses): Operation<ByName> => ({
  authorize: ({ Name }) => access(buses, "DescribeEventBus", Name),
  answer: ({ Name }) => describe(buses, buses.bus(Name)),
});

export const listEventBuses = (
  buses: EventBuses,
): Operation<{ readonly NamePrefix?: string; readonly NextToken?: string; readonly Limit?: number }> => ({
  authorize: () => [{ action: "events:ListEventBuses", resource: "*" }],
  answer: (input) => {
    const { items, next } = paginate(
      buses.all().filter(({ name }) => name.startsWith(input.NamePrefix ?? "")),
      input,
    );
    return { EventBuses: items.map((bus) => describe(buses, bus)), ...next };
  },
});

interface PermissionInput {
  readonly EventBusName?: string;
  readonly Action?: string;
  readonly Principal?: string;
  readonly StatementId?: string;
  readonly Condition?: { readonly Type: string; readonly Key: string; readonly Value: string };
  readonly Policy?: string;
}

export const putPermission = (buses: EventBuses): Operation<PermissionInput> => ({
  authorize: ({ EventBusName }) => access(buses, "PutPermission", EventBusName),
  answer: (input) => {
    const bus = buses.bus(input.EventBusName);
    if (input.Policy !== undefined) {
      try {
        buses.setPolicy(bus, input.Policy);
      } catch {
        throw invalid("Policy is not a valid JSON policy document.");
      }
      return {};
    }
    if (!input.StatementId || !input.Principal || !input.Action)
      throw invalid("StatementId, Principal and Action are required where no Policy is given.");
    buses.permit(bus, input.StatementId, permission(bus, input.Principal, input.Action, input.Condition));
    return {};
  },
});

/** The statement that PutPermission writes. */
export function permission(
  bus: Bus,
  principal: string,
  action: string,
  condition: PermissionInput["Condition"],
): Record<string, unknown> {
  return {
    Effect: "Allow",
    Principal: principal === "*" ? "*" : { AWS: `arn:aws:iam::${principal}:root` },
    Action: action,
    Resource: bus.arn,
    ...(condition ? { Condition: { [condition.Type]: { [condition.Key]: condition.Value } } } : {}),
  };
}

export const removePermission = (
  buses: EventBuses,
): Operation<{
  readonly EventBusName?: string;
  readonly StatementId?: string;
  readonly RemoveAllPermissions?: boolean;
}> => ({
  authorize: ({ EventBusName }) => access(buses, "RemovePermission", EventBusName),
  answer: ({ EventBusName, StatementId, RemoveAllPermissions }) => {
    const bus = buses.bus(EventBusName);
    for (const id of RemoveAllPermissions ? [...bus.statements.keys()] : [StatementId ?? ""])
      buses.permit(bus, id, undefined);
    return {};
  },
});

function describe(buses: EventBuses, bus: Bus): Record<string, unknown> {
  const policy = buses.policyOf(bus);
  return {
    Name: bus.name,
    Arn: bus.arn,
    Description: bus.description,
    KmsKeyIdentifier: bus.kmsKeyIdentifier,
    ...(bus.deadLetterArn === undefined ? {} : { DeadLetterConfig: { Arn: bus.deadLetterArn } }),
    ...(policy ? { Policy: JSON.stringify(policy) } : {}),
    CreationTime: new Date(bus.createdAt),
    LastModifiedTime: new Date(bus.modifiedAt),
  };
}

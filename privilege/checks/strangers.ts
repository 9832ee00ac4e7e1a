import type { AccessRequest } from "../../local/service";
import { iamEngine, listOf, statementsIn } from "../../local/services/iam";
import type { Check } from "../check";
import { shortArn } from "../names";
import { CheckFailure, type Stage } from "../stage";

/** No account of ours. */
const ANOTHER_ACCOUNT = "999999999999";

/** What a service acts in the name of: the service and resource parts of an ARN that is not ours, by who asks and whom. */
const SOURCES: Readonly<Record<string, readonly [service: string, resource: string]>> = {
  "sns.amazonaws.com": ["sns", "someone-elses"],
  "events.amazonaws.com": ["events", "rule/someone-elses"],
  "ses.amazonaws.com": ["ses", "configuration-set/someone-elses"],
  "cloudwatch.amazonaws.com": ["cloudwatch", "alarm:someone-elses"],
  "apigateway.amazonaws.com": ["execute-api", "a1b2c3d4e5/live/someone-elses"],
  "scheduler.amazonaws.com": ["scheduler", "schedule/default/someone-elses"],
  "logs.us-east-1.amazonaws.com": ["logs", "log-group:someone-elses"],
  "glue.amazonaws.com dynamodb": ["glue", "integration:someone-elses"],
  "glue.amazonaws.com glue": ["dynamodb", "table/someone-elses"],
};

/** What may act in this account in the name of something else than the integration: the kind counts here, not the name. */
const OF_ANOTHER_KIND: Readonly<Record<string, readonly [service: string, resource: string]>> = {
  "glue.amazonaws.com dynamodb": ["glue", "job/nightly"],
};

/** EventBridge tells KMS no source, so that no condition can ask for one (components/shared/encryption.ts). */
const TELLS_NOTHING = "events.amazonaws.com";

/** How narrow a door is: it opens for resources that its policy names, or for all of this account. */
type Width = "named sources" | "this account";

/** Asks for all that a policy lets a service do, in the name of what is not ours. */
const closed = (service: string, what: string, width: Width): Check => ({
  name: `${what} not for a service in the name of ${width === "this account" ? "another account" : "a stranger"}`,
  guards: [service],
  isInquiry: true,
  run: async (stage) => {
    let asked = 0;
    for (const [door, policy] of stage.cloud.resourcePolicies) {
      if (door.split(":")[2] !== service) continue;
      for (const { Effect, Action, Principal } of statementsIn(policy)) {
        const principal = (Principal as { Service?: string } | undefined)?.Service;
        if (Effect !== "Allow" || principal === undefined) continue;
        if (service === "kms" && principal === TELLS_NOTHING) continue;
        for (const sourceArn of strangers(stage, principal, service, width)) {
          for (const action of service === "kms" ? ["kms:Decrypt"] : listOf(Action)) {
            asked++;
            refuse(stage, principal, sourceArn, { action, resource: door });
          }
        }
      }
    }
    if (asked === 0) throw new CheckFailure(`no policy of ${service} lets a service in`);
  },
});

/** ARNs of another account, of nobody, and, where only named sources count, of this account. */
function strangers(stage: Stage, principal: string, door: string, width: Width): readonly (string | undefined)[] {
  const { region, accountId } = stage.cloud;
  const kind = `${principal} ${door}`;
  const source = SOURCES[kind] ?? SOURCES[principal];
  if (source === undefined) throw new Error(`Nobody has said in whose name ${principal} acts at ${door}.`);
  const arn = (account: string, [service, resource]: readonly [string, string]): string =>
    `arn:aws:${service}:${region}:${account}:${resource}`;
  const own = width === "named sources" ? [arn(accountId, OF_ANOTHER_KIND[kind] ?? source)] : [];
  return [arn(ANOTHER_ACCOUNT, source), undefined, ...own];
}

function refuse(stage: Stage, service: string, sourceArn: string | undefined, request: AccessRequest): void {
  const logs = service.startsWith("logs.") && sourceArn !== undefined;
  const context = logs ? { "kms:EncryptionContext:aws:logs:arn": sourceArn } : {};
  const principal = { type: "service", service, ...(sourceArn === undefined ? {} : { sourceArn }) } as const;
  if (!iamEngine(stage.cloud).evaluate(principal, { ...request, context }).allowed) return;
  const name = sourceArn === undefined ? "nobody" : shortArn(sourceArn);
  throw new CheckFailure(`${service} may ${request.action} on ${shortArn(request.resource)} in the name of ${name}`);
}

const roles: Check = {
  name: "a role that one account alone may lend is not for a service in the name of another",
  guards: ["sts"],
  isInquiry: true,
  run: async (stage) => {
    for (const { arn, trust } of iamEngine(stage.cloud).store.roles.values()) {
      for (const { Principal } of statementsIn(trust)) {
        const service = (Principal as { Service?: string }).Service;
        // Lambda, Glue and API Gateway tell no source when they take on a role (decision 0002).
        if (service !== "scheduler.amazonaws.com") continue;
        for (const sourceArn of strangers(stage, service, "sts", "this account"))
          refuse(stage, service, sourceArn, { action: "sts:AssumeRole", resource: arn });
      }
    }
  },
};

export const strangerChecks: readonly Check[] = [
  closed("sqs", "queues are", "named sources"),
  closed("lambda", "functions are", "named sources"),
  closed("dynamodb", "the Players table is", "named sources"),
  closed("glue", "the catalog is", "named sources"),
  closed("sns", "topics are", "this account"),
  closed("kms", "the key is", "this account"),
  roles,
];

import { GetAccountCommand as GetApiAccountCommand } from "@aws-sdk/client-api-gateway";
import { GetResourcePolicyCommand } from "@aws-sdk/client-glue";
import { GetAccountSettingsCommand } from "@aws-sdk/client-lambda";
import { GetAccountCommand } from "@aws-sdk/client-sesv2";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { CREDENTIALS, isProduction, ofAccount, ok, ofStack, toDo, type Check } from "./check";

const SECTION = "Account";

/** Executions at once below which functions of one stack starve each other. A new account may have 10. */
const FEW_EXECUTIONS = 100;
/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const CONCURRENCY_QUOTA = "L-B99A9384";
const MANAGE = "pulumi config set manageAccount true on exactly one stack of the account and Region, then pulumi up";

/** What an account has once per Region, and what only AWS or a person can change. */
export const accountChecks: readonly Check[] = [
  {
    section: SECTION,
    title: CREDENTIALS,
    look: ofAccount(async ({ aws, operations }) => {
      const { Account, Arn } = await aws.get("sts").send(new GetCallerIdentityCommand({}));
      const wanted = operations?.accountId;
      return wanted !== undefined && wanted !== Account
        ? toDo(
            `${Arn ?? ""} is of account ${Account ?? ""}, the stack of ${wanted}`,
            "Give the --profile of the stack's account.",
          )
        : ok(`${Arn ?? ""}, ${aws.connection.region}`);
    }),
  },
  {
    section: SECTION,
    title: "SES: out of the sandbox",
    look: ofAccount(async (patient) => {
      const { ProductionAccessEnabled } = await patient.aws.get("ses").send(new GetAccountCommand({}));
      if (ProductionAccessEnabled) return ok("production access is on");
      return toDo(
        "in the sandbox: only verified addresses and the simulator are reached, 200 mails a day",
        `Ask AWS for production access in ${patient.aws.connection.region}: SES console, Account dashboard, Request production access.`,
        isProduction(patient),
      );
    }),
  },
  {
    section: SECTION,
    title: "SES: sending and quota",
    look: ofAccount(async ({ aws }) => {
      const {
        SendingEnabled,
        EnforcementStatus,
        SendQuota = {},
      } = await aws.get("ses").send(new GetAccountCommand({}));
      if (SendingEnabled === false)
        return toDo("sending is paused for the account", "aws ses update-account-sending-enabled --enabled");
      if (EnforcementStatus !== undefined && EnforcementStatus !== "HEALTHY")
        return toDo(
          `AWS has the account under ${EnforcementStatus}`,
          "Answer AWS's case: SES console, Reputation metrics.",
        );
      const { Max24HourSend: most = 0, SentLast24Hours: sent = 0, MaxSendRate: rate = 0 } = SendQuota;
      const used = `${sent} of ${most === -1 ? "any number of" : most} mails in 24 hours, ${rate} a second`;
      return most !== -1 && sent >= 0.8 * most
        ? toDo(used, "Ask for a higher sending quota: Service Quotas, Amazon SES, Sending quota.", false)
        : ok(used);
    }),
  },
  {
    section: SECTION,
    title: "Lambda: executions at once",
    look: ofAccount(async (patient) => {
      const { AccountLimit = {} } = await patient.aws.get("lambda").send(new GetAccountSettingsCommand({}));
      const limit = AccountLimit.ConcurrentExecutions ?? 0;
      return limit >= FEW_EXECUTIONS
        ? ok(`${limit}, ${AccountLimit.UnreservedConcurrentExecutions ?? limit} unreserved`)
        : toDo(
            `${limit}: functions throttle each other, and any reserved concurrency fails the deployment`,
            `aws service-quotas request-service-quota-increase --service-code lambda --quota-code ${CONCURRENCY_QUOTA} --desired-value 1000`,
            isProduction(patient),
          );
    }),
  },
  {
    section: SECTION,
    title: "API Gateway: logging role",
    look: ofAccount(async ({ aws }) => {
      const { cloudwatchRoleArn } = await aws.get("apiGateway").send(new GetApiAccountCommand({}));
      return cloudwatchRoleArn === undefined || cloudwatchRoleArn === ""
        ? toDo("none: the WebSocket stage cannot be made", MANAGE)
        : ok(cloudwatchRoleArn);
    }),
  },
  {
    section: SECTION,
    title: "Glue: catalog policy",
    look: ofStack(async ({ aws, operations: { segments } }) => {
      if (!segments) return undefined;
      const policy = await catalogPolicy(aws);
      if (policy === undefined) return toDo("none: the zero-ETL integration cannot start", MANAGE);
      const admits = policy.includes("glue:AuthorizeInboundIntegration") && policy.includes(segments.sourceArn);
      return admits
        ? ok("admits the integration of the Players table")
        : toDo(
            `does not admit glue:AuthorizeInboundIntegration from ${segments.sourceArn}`,
            "Whoever owns the policy adds the component's `catalogStatements` to it.",
          );
    }),
  },
];

async function catalogPolicy(aws: Parameters<Parameters<typeof ofAccount>[0]>[0]["aws"]): Promise<string | undefined> {
  try {
    return (await aws.get("glue").send(new GetResourcePolicyCommand({}))).PolicyInJson;
  } catch (error) {
    if ((error as { name?: unknown }).name === "EntityNotFoundException") return undefined;
    throw error;
  }
}

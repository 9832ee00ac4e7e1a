import { SNSClient } from "@aws-sdk/client-sns";
import type { Operations } from "../../../components/operations/operations";
import type { AwsClients } from "../../../local/cli/access/aws-clients";
import { accountChecks } from "../../../local/cli/doctor/account";
import { examine, type Check, type Finding, type Patient, type World } from "../../../local/cli/doctor/check";
import { dataChecks } from "../../../local/cli/doctor/data";
import { machineChecks, settingsChecks } from "../../../local/cli/doctor/machine";
import { mailChecks } from "../../../local/cli/doctor/mail";
import { runningChecks } from "../../../local/cli/doctor/running";

/** What AWS answers, by operation; what throws is refused with it. */
export type Answers = Readonly<Record<string, unknown>>;
export type Page = Awaited<ReturnType<World["fetch"]>>;

const KEY = "arn:aws:kms:eu-west-1:123456789012:key/1";
const TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/players";
const DATABASE = "arn:aws:glue:eu-west-1:123456789012:database/copy";
export const ISSUER = "https://id.game.test/";

export const operations: Operations = {
  version: 1,
  region: "eu-west-1",
  accountId: "123456789012",
  deadLetters: [{ name: "send-dlq", url: "https://sqs/send-dlq", back: { kind: "none" } }],
  timers: [
    { kind: "rule", name: "every-minute" },
    { kind: "schedule", name: "fridays" },
  ],
  alarmTopics: ["arn:aws:sns:eu-west-1:123456789012:alarms"],
  keys: [KEY],
  gateway: { players: "players", presence: "presence", endpoint: "https://api", issuer: ISSUER, redriveFunction: "" },
  messages: { table: "messages", enqueueFunction: "", redriveFunction: "" },
  emails: { identity: "game.test", configurationSet: "set", production: true, redriveFunction: "" },
  segments: {
    runs: "runs",
    startFunction: "",
    workgroup: "segments",
    resultsBucket: "results",
    copyBucket: "copy",
    database: "copy",
    databaseArn: DATABASE,
    table: "players",
    sourceArn: TABLE,
  },
};

const reasons = { SuppressedReasons: ["BOUNCE", "COMPLAINT"] };
export const account = {
  ProductionAccessEnabled: true,
  SendingEnabled: true,
  EnforcementStatus: "HEALTHY",
  SendQuota: { Max24HourSend: 1_000, SentLast24Hours: 10, MaxSendRate: 14 },
  SuppressionAttributes: reasons,
};
export const identity = {
  VerifiedForSendingStatus: true,
  DkimAttributes: { Status: "SUCCESS", Tokens: ["t1"] },
  MailFromAttributes: { MailFromDomain: "mail.game.test", MailFromDomainStatus: "SUCCESS" },
};
export const integration = { SourceArn: TABLE, TargetArn: DATABASE, Status: "ACTIVE" };
export const workgroup = {
  EnforceWorkGroupConfiguration: true,
  BytesScannedCutoffPerQuery: 2 ** 30,
  ResultConfiguration: { EncryptionConfiguration: {} },
};
export const backups = (state: string) => ({
  ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: state } },
});
const policy = JSON.stringify({ Action: "glue:AuthorizeInboundIntegration", Condition: TABLE });

/** An account and a stack in which nothing is left to do. */
export const SOUND: Answers = {
  GetCallerIdentityCommand: { Account: "123456789012", Arn: "arn:aws:iam::123456789012:user/ada" },
  "ses GetAccountCommand": account,
  GetAccountSettingsCommand: { AccountLimit: { ConcurrentExecutions: 1_000 } },
  "apiGateway GetAccountCommand": { cloudwatchRoleArn: "arn:aws:iam::123456789012:role/logs" },
  GetResourcePolicyCommand: { PolicyInJson: policy },
  GetEmailIdentityCommand: identity,
  GetConfigurationSetCommand: { SuppressionOptions: reasons, SendingOptions: { SendingEnabled: true } },
  DescribeKeyCommand: { KeyMetadata: { KeyState: "Enabled" } },
  GetKeyRotationStatusCommand: { KeyRotationEnabled: true },
  DescribeContinuousBackupsCommand: backups("ENABLED"),
  DescribeIntegrationsCommand: { Integrations: [integration] },
  GetWorkGroupCommand: { WorkGroup: { State: "ENABLED", Configuration: workgroup } },
  DescribeRuleCommand: { State: "ENABLED" },
  GetScheduleCommand: { State: "ENABLED" },
  ListSubscriptionsByTopicCommand: { Subscriptions: [{ SubscriptionArn: "arn:aws:sns:1", Endpoint: "ops@game.test" }] },
  GetQueueAttributesCommand: { Attributes: {} },
};

/** Records of a domain that is set up. */
const RECORDS: Readonly<Record<string, readonly string[]>> = {
  "CNAME t1._domainkey.game.test": ["t1.dkim.amazonses.com."],
  "MX mail.game.test": ["10 feedback-smtp.eu-west-1.amazonses.com"],
  "TXT mail.game.test": ["v=spf1 include:amazonses.com ~all"],
  "TXT _dmarc.game.test": ["v=DMARC1; p=reject"],
};

export const page = (value: unknown, status = 200): Page => ({
  ok: status === 200,
  status,
  json: () => (value instanceof Error ? Promise.reject(value) : Promise.resolve(value)),
});
const PAGES: Readonly<Record<string, Page>> = {
  [`${ISSUER}.well-known/openid-configuration`]: page({ issuer: ISSUER, jwks_uri: "https://id.game.test/keys" }),
  "https://id.game.test/keys": page({ keys: [{}] }),
};

export interface Change {
  readonly answers?: Answers;
  readonly records?: Readonly<Record<string, readonly string[]>>;
  readonly pages?: Readonly<Record<string, Page>>;
  readonly operations?: Partial<Operations>;
  readonly world?: Partial<World>;
  readonly settings?: Readonly<Record<string, string>> | undefined;
}

export function patientWith(change: Change): Patient {
  const answers = { ...SOUND, ...change.answers };
  const clients = {
    connection: { region: "eu-west-1" },
    get: (service: string) => {
      const send = (command: object): Promise<unknown> => {
        const name = command.constructor.name;
        const answer = answers[`${service} ${name}`] ?? answers[name];
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      };
      // The paginator takes nothing but a client of its own.
      return service === "sns" ? Object.assign(new SNSClient({ region: "eu-west-1" }), { send }) : { send };
    },
  };
  const records = { ...RECORDS, ...change.records };
  const pages = { ...PAGES, ...change.pages };
  return {
    world: {
      nodeVersion: "22.1.0",
      lookUp: (type, name) => Promise.resolve(records[`${type} ${name}`] ?? []),
      fetch: (url) => (pages[url] ? Promise.resolve(pages[url]) : Promise.reject(new Error("ENOTFOUND"))),
      run: (program, ...args) =>
        Promise.resolve(program === "aws" ? "aws-cli/2" : args[0] === "whoami" ? "ada" : "v3.250.0"),
      ...change.world,
    },
    stack: "prod",
    local: undefined,
    settings: "settings" in change ? change.settings : { issuer: ISSUER, sender: "hello@game.test" },
    aws: clients as unknown as AwsClients,
    operations: { ...operations, ...change.operations },
  };
}

export const CHECKS: readonly Check[] = [
  ...machineChecks,
  ...settingsChecks,
  ...accountChecks,
  ...mailChecks,
  ...dataChecks,
  ...runningChecks,
];

export async function findingOf(title: string, change: Change): Promise<Finding> {
  const findings = await examine(
    CHECKS.filter((check) => check.title === title),
    patientWith(change),
  );
  return findings[0]!;
}

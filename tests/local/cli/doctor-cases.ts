import { CliError } from "../../../local/cli/errors";
import {
  ISSUER,
  account,
  backups,
  identity,
  integration,
  operations,
  page,
  workgroup,
  type Answers,
  type Page,
  type Change,
} from "./doctor-patient";

const notJson = new SyntaxError("Unexpected token <");
const gone = (): Promise<string> => Promise.reject(new CliError("not here"));
const noDns = { lookUp: () => Promise.reject(new CliError("the DNS could not be asked")) };
const subscriptions = (...list: object[]): Answers => ({ ListSubscriptionsByTopicCommand: { Subscriptions: list } });
const ofIdentity = (change: object): Answers => ({ GetEmailIdentityCommand: { ...identity, ...change } });
const ofAccount = (change: object): Answers => ({ "ses GetAccountCommand": { ...account, ...change } });
const ofWorkgroup = (change: object, State = "ENABLED"): Answers => ({
  GetWorkGroupCommand: { WorkGroup: { State, Configuration: { ...workgroup, ...change } } },
});
const ofIntegration = (change: object): Answers => ({
  DescribeIntegrationsCommand: { Integrations: [{ ...integration, ...change }] },
});
const asAddress = { emails: { ...operations.emails!, identity: "hello@game.test" } };
const quota = (SentLast24Hours: number): object => ({ SendQuota: { ...account.SendQuota, SentLast24Hours } });
export const mailFrom = (MailFromDomainStatus: string): Answers =>
  ofIdentity({ MailFromAttributes: { MailFromDomain: "mail.game.test", MailFromDomainStatus } });
const dkim = (Status: string): Answers => ofIdentity({ DkimAttributes: { Status, Tokens: ["t1"] } });
const discovery = (value: Page): Change => ({ pages: { [`${ISSUER}.well-known/openid-configuration`]: value } });
const MUST = true;
const COULD = false;

/** Every other verdict than "ok": what leads to it, what it says, its fix, and whether something fails without it. */
export const VERDICTS: readonly (readonly [title: string, change: Change, says: RegExp, fix: RegExp, must: boolean])[] =
  [
    ["Node.js", { world: { nodeVersion: "18.2.0" } }, /^18\.2\.0 is too old/, /Install Node\.js/, MUST],
    ["Pulumi CLI", { world: { run: gone } }, /^not on the PATH/, /pulumi\.com\/docs\/install/, MUST],
    ["Pulumi CLI", { world: { run: () => Promise.resolve("v2.0.0") } }, /^v2\.0\.0 is not/, /Install version 3/, MUST],
    ["Pulumi login", { world: { run: gone } }, /^not here/, /^pulumi login/, MUST],
    ["AWS CLI", { world: { run: gone } }, /^not on the PATH/, /Install it/, COULD],
    ["placeholders", { settings: { sender: "a@dev.example.com" } }, /^sender is still/, /config set sender/, MUST],
    [
      "credentials",
      { operations: { accountId: "210987654321" } },
      /is of account 123456789012, the stack of 210987654321$/,
      /--profile of the stack's account/,
      MUST,
    ],
    [
      "SES: out of the sandbox",
      { answers: ofAccount({ ProductionAccessEnabled: false }) },
      /^in the sandbox/,
      /production access in eu-west-1/,
      MUST,
    ],
    [
      "SES: sending and quota",
      { answers: ofAccount({ SendingEnabled: false }) },
      /^sending is paused/,
      /update-account-sending-enabled/,
      MUST,
    ],
    [
      "SES: sending and quota",
      { answers: ofAccount({ EnforcementStatus: "PROBATION" }) },
      /under PROBATION$/,
      /AWS's case/,
      MUST,
    ],
    ["SES: sending and quota", { answers: ofAccount(quota(800)) }, /^800 of 1000 mails/, /higher sending quota/, COULD],
    [
      "Lambda: executions at once",
      { answers: { GetAccountSettingsCommand: { AccountLimit: { ConcurrentExecutions: 10 } } } },
      /^10: functions throttle/,
      /L-B99A9384 --desired-value 1000/,
      MUST,
    ],
    [
      "API Gateway: logging role",
      { answers: { "apiGateway GetAccountCommand": {} } },
      /^none/,
      /manageAccount true/,
      MUST,
    ],
    [
      "Glue: catalog policy",
      { answers: { GetResourcePolicyCommand: Object.assign(new Error(""), { name: "EntityNotFoundException" }) } },
      /^none/,
      /manageAccount true/,
      MUST,
    ],
    [
      "Glue: catalog policy",
      { answers: { GetResourcePolicyCommand: { PolicyInJson: "{}" } } },
      /^does not admit/,
      /catalogStatements/,
      MUST,
    ],
    [
      "identity",
      { answers: ofIdentity({ VerifiedForSendingStatus: false }) },
      /^game\.test waits/,
      /DKIM records below/,
      MUST,
    ],
    [
      "identity",
      { answers: ofIdentity({ VerifiedForSendingStatus: false }), operations: asAddress },
      /^hello@game\.test waits/,
      /Follow the link/,
      MUST,
    ],
    [
      "DKIM",
      { operations: asAddress },
      /is an address: its mail is not signed/,
      /^Run: pulumi config set senderDomain game\.test, then pulumi up/,
      MUST,
    ],
    [
      "DKIM",
      { answers: dkim("PENDING"), records: { "CNAME t1._domainkey.game.test": [] } },
      /^SES says PENDING; 1 record is missing/,
      /^t1\._domainkey\.game\.test CNAME t1\.dkim\.amazonses\.com$/,
      MUST,
    ],
    [
      "DKIM",
      {
        answers: ofIdentity({ DkimAttributes: { Status: "PENDING", Tokens: ["t1"], SigningHostedZone: "keys.test" } }),
      },
      /1 record is missing$/,
      /^t1\._domainkey\.game\.test CNAME t1\.keys\.test$/,
      MUST,
    ],
    ["MAIL FROM", { answers: ofIdentity({ MailFromAttributes: undefined }) }, /has none/, /pulumi refresh/, COULD],
    [
      "MAIL FROM",
      {
        answers: mailFrom("PENDING"),
        records: { "MX mail.game.test": ["10 feedback-smtp.eu-west-1.amazonses.com.", "20 mx.game.test"] },
      },
      /has 2 MX records, SES takes one$/,
      /^Remove the others/,
      COULD,
    ],
    [
      "MAIL FROM",
      { answers: mailFrom("PENDING"), records: { "MX mail.game.test": [], "TXT mail.game.test": ["v=spf1 -all"] } },
      /^mail\.game\.test lacks records/,
      /^mail\.game\.test MX 10 feedback-smtp\.eu-west-1\.amazonses\.com; mail\.game\.test TXT "v=spf1 include:amazonses\.com ~all"$/,
      COULD,
    ],
    [
      "DMARC",
      { records: { "TXT _dmarc.game.test": ["v=spf1"] } },
      /has no record$/,
      /^_dmarc\.game\.test TXT "v=DMARC1; p=none/,
      MUST,
    ],
    [
      "suppression",
      { answers: { ...ofAccount({ SuppressionAttributes: {} }), GetConfigurationSetCommand: {} } },
      /after BOUNCE and COMPLAINT$/,
      /--suppressed-reasons BOUNCE COMPLAINT/,
      MUST,
    ],
    [
      "suppression",
      { answers: { GetConfigurationSetCommand: { SuppressionOptions: { SuppressedReasons: ["BOUNCE"] } } } },
      /after COMPLAINT$/,
      /--configuration-set-name set/,
      MUST,
    ],
    [
      "configuration set",
      { answers: { GetConfigurationSetCommand: { SendingOptions: { SendingEnabled: false } } } },
      /^sending is off for set/,
      /--sending-enabled/,
      MUST,
    ],
    [
      "KMS key",
      { answers: { DescribeKeyCommand: { KeyMetadata: { KeyState: "Disabled" } } } },
      /is Disabled: nothing/,
      /enable-key --key-id/,
      MUST,
    ],
    [
      "KMS key",
      { answers: { DescribeKeyCommand: { KeyMetadata: { KeyState: "PendingDeletion" } } } },
      /is PendingDeletion/,
      /cancel-key-deletion/,
      MUST,
    ],
    [
      "KMS key",
      { answers: { GetKeyRotationStatusCommand: { KeyRotationEnabled: false } } },
      /does not rotate$/,
      /enable-key-rotation/,
      COULD,
    ],
    [
      "point-in-time recovery",
      { answers: { DescribeContinuousBackupsCommand: backups("DISABLED") } },
      /^off for players, presence, messages, runs;/,
      /pulumi refresh/,
      MUST,
    ],
    [
      "zero-ETL integration",
      { answers: { DescribeIntegrationsCommand: { Integrations: [] } } },
      /^there is none/,
      /pulumi refresh/,
      MUST,
    ],
    [
      "zero-ETL integration",
      {
        answers: ofIntegration({
          Status: "NEEDS_ATTENTION",
          Errors: [{ ErrorCode: "E1", ErrorMessage: "no backups" }],
        }),
      },
      /^NEEDS_ATTENTION: E1 no backups$/,
      /within 7 days/,
      MUST,
    ],
    ["zero-ETL integration", { answers: ofIntegration({ Status: "FAILED" }) }, /^FAILED$/, /anew/, MUST],
    ["Athena workgroup", { answers: ofWorkgroup({}, "DISABLED") }, /it is disabled$/, /pulumi refresh/, MUST],
    [
      "Athena workgroup",
      { answers: ofWorkgroup({ EnforceWorkGroupConfiguration: false }) },
      /not enforced$/,
      /pulumi refresh/,
      MUST,
    ],
    [
      "Athena workgroup",
      { answers: ofWorkgroup({ BytesScannedCutoffPerQuery: undefined }) },
      /any number of bytes$/,
      /pulumi refresh/,
      MUST,
    ],
    [
      "Athena workgroup",
      { answers: ofWorkgroup({ ResultConfiguration: {} }) },
      /not encrypted$/,
      /pulumi refresh/,
      MUST,
    ],
    [
      "tokens' issuer",
      { pages: { [`${ISSUER}.well-known/openid-configuration`]: undefined as never } },
      /cannot be reached: ENOTFOUND$/,
      /config set issuer/,
      MUST,
    ],
    ["tokens' issuer", discovery(page({}, 404)), /answers 404$/, /config set issuer/, MUST],
    ["tokens' issuer", discovery(page(notJson)), /something else than a JSON object$/, /config set issuer/, MUST],
    [
      "tokens' issuer",
      discovery(page({ issuer: "https://other/" })),
      /names the issuer "https:\/\/other\/"/,
      /config set issuer/,
      MUST,
    ],
    [
      "tokens' issuer",
      { pages: { "https://id.game.test/keys": page({ keys: [] }) } },
      /gives no keys/,
      /whoever runs the issuer/,
      MUST,
    ],
    [
      "tokens' issuer",
      { pages: { "https://id.game.test/keys": page(notJson) } },
      /gives no keys/,
      /whoever runs the issuer/,
      MUST,
    ],
    [
      "rules and schedules",
      { answers: { DescribeRuleCommand: { State: "DISABLED" } } },
      /^disabled: every-minute;/,
      /^aws events enable-rule --name every-minute$/,
      MUST,
    ],
    [
      "rules and schedules",
      { answers: { GetScheduleCommand: { State: "DISABLED" } } },
      /^disabled: fridays;/,
      /enable the schedule fridays/,
      MUST,
    ],
    ["alarms reach somebody", { operations: { alarmTopics: [] } }, /notify nobody$/, /config set alarmTopicArn/, MUST],
    [
      "alarms reach somebody",
      { answers: subscriptions() },
      /^nobody subscribes/,
      /aws sns subscribe --topic-arn \S+:alarms/,
      MUST,
    ],
    [
      "alarms reach somebody",
      { answers: subscriptions({ SubscriptionArn: "PendingConfirmation", Endpoint: "ops@game.test" }) },
      /^not confirmed: ops@game\.test$/,
      /Follow the link/,
      MUST,
    ],
    [
      "dead letters",
      { answers: { GetQueueAttributesCommand: { Attributes: { ApproximateNumberOfMessages: "3" } } } },
      /^send-dlq: 3$/,
      /redrive/,
      COULD,
    ],
  ];

/** What doctor cannot see, other than for want of rights. */
export const UNSEEN: readonly (readonly [title: string, change: Change, says: RegExp])[] = [
  ["placeholders", { settings: undefined }, /could not be read$/],
  ["DKIM", { answers: dkim("PENDING") }, /^the records are there, SES says PENDING$/],
  ["DKIM", { answers: dkim("PENDING"), world: noDns }, /^the DNS could not be asked$/],
  ["MAIL FROM", { answers: mailFrom("PENDING") }, /SES has not seen them yet$/],
  ["MAIL FROM", { answers: mailFrom("PENDING"), world: noDns }, /^the DNS could not be asked$/],
  ["DMARC", { world: noDns }, /^the DNS could not be asked$/],
  ["Athena workgroup", { answers: { GetWorkGroupCommand: {} } }, /^Athena says nothing of segments$/],
];

import { eachStatement } from "../framework/documents";
import type { Statement } from "../framework/document";
import { admitsEverybody } from "../framework/principals";
import { isFilledByRequest, matches } from "../framework/arn";
import type { Rule } from "../framework/rule";
import { eachGrant, IDENTITY_DOCUMENTS } from "./iam-documents";

const SET = "aws:sesv2/configurationSet:ConfigurationSet";
const DESTINATION = "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination";
const IDENTITY = "aws:sesv2/emailIdentity:EmailIdentity";
const MAIL_FROM = "aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes";
/** The same by the older API, where nothing of this can be set. */
const OLDER: readonly string[] = [
  "aws:ses/configurationSet:ConfigurationSet",
  "aws:ses/domainIdentity:DomainIdentity",
  "aws:ses/emailIdentity:EmailIdentity",
];
const IDENTITY_POLICY = "aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy";

export const sesTls: Rule = {
  name: "ses-tls",
  what: "Mail is handed over with TLS, or not at all.",
  why: "A mail on the way is readable otherwise.",
  fix: 'Set deliveryOptions.tlsPolicy to "REQUIRE".',
  outside: ["SH SES.3", "CKV_AWS_365"],
  example: 'deliveryOptions: { tlsPolicy: "REQUIRE" }',
  types: [SET],
  checks: [
    (set, { refuse }) => {
      if (set.at("deliveryOptions.tlsPolicy") !== "REQUIRE")
        refuse("deliveryOptions.tlsPolicy", set.at("deliveryOptions.tlsPolicy"), "REQUIRE");
    },
  ],
  remediate: ({ props }) => ({ ...props, deliveryOptions: { tlsPolicy: "REQUIRE" } }),
};

export const sesReputationWired: Rule = {
  name: "ses-reputation-wired",
  what: "A configuration set suppresses whoever bounced or complained, measures its reputation, and reports sends, bounces, complaints and rejects to a topic of this stack.",
  why: "AWS stops a sender at 10 % bounces or 0.5 % complaints; without the events a message's fate stays unknown and is tried twice.",
  fix: "Set suppressionOptions, reputationOptions and an event destination with SEND, BOUNCE, COMPLAINT, REJECT.",
  outside: [],
  example:
    'suppressionOptions: { suppressedReasons: ["BOUNCE", "COMPLAINT"] }, reputationOptions: { reputationMetricsEnabled: true }',
  types: [SET, DESTINATION],
  config: {
    events: {
      type: "array",
      description: "Events that must be reported.",
      default: ["SEND", "BOUNCE", "COMPLAINT", "REJECT", "DELIVERY"],
    },
  },
  checks: [
    (set, { refuse }) => {
      if (set.type !== SET) return;
      const reasons = set.list("suppressionOptions.suppressedReasons");
      for (const reason of ["BOUNCE", "COMPLAINT"])
        if (!reasons.includes(reason)) refuse("suppressionOptions.suppressedReasons", reasons, "BOUNCE and COMPLAINT");
      if (!set.flag("reputationOptions.reputationMetricsEnabled"))
        refuse(
          "reputationOptions.reputationMetricsEnabled",
          set.at("reputationOptions.reputationMetricsEnabled"),
          "true",
        );
    },
  ],
  stackChecks: [
    (set, { stack, refuse, texts }) => {
      if (set.type !== SET) return;
      const reported = new Set<unknown>();
      for (const destination of stack.ofType(DESTINATION)) {
        if (
          stack.target(destination, "configurationSetName", SET) !== set ||
          !destination.flag("eventDestination.enabled")
        )
          continue;
        const topic = destination.has("eventDestination.snsDestination.topicArn")
          ? stack.target(destination, "eventDestination.snsDestination.topicArn", "aws:sns/topic:Topic")
          : undefined;
        const isReported =
          topic !== undefined ||
          destination.has("eventDestination.eventBridgeDestination") ||
          destination.has("eventDestination.kinesisFirehoseDestination");
        if (isReported) for (const type of destination.list("eventDestination.matchingEventTypes")) reported.add(type);
      }
      const missing = texts("events").filter((event) => !reported.has(event));
      if (missing.length > 0)
        refuse(
          "eventDestination",
          [...reported],
          `an enabled event destination in this stack that also reports ${missing.join(", ")}`,
        );
    },
    (destination, { stack, refuse }) => {
      if (destination.type === DESTINATION && !stack.target(destination, "configurationSetName", SET))
        refuse("configurationSetName", destination.at("configurationSetName"), "a configuration set of this stack");
    },
  ],
};

export const sesIdentityAuth: Rule = {
  name: "ses-identity-auth",
  what: "A domain signs its mail with a 2048-bit key and has a MAIL FROM of its own; every identity has a configuration set and no public policy.",
  why: "Mailbox providers refuse bulk mail that is not authenticated; without the set as default a mail leaves without TLS, suppression and events.",
  fix: "Set configurationSetName, dkimSigningAttributes.nextSigningKeyLength RSA_2048_BIT, and add EmailIdentityMailFromAttributes.",
  outside: ["PRW ses_identity_dkim_enabled", "PRW ses_identity_not_publicly_accessible"],
  example:
    'configurationSetName: set.configurationSetName, dkimSigningAttributes: { nextSigningKeyLength: "RSA_2048_BIT" }',
  types: [IDENTITY, IDENTITY_POLICY, "aws:ses/identityPolicy:IdentityPolicy", ...OLDER],
  checks: [
    (identity, { refuse }) => {
      if (OLDER.includes(identity.type))
        refuse(
          "type",
          identity.type,
          "a resource of SES's API v2, where an identity has a configuration set by default",
          "Declare it as an aws.sesv2.EmailIdentity or aws.sesv2.ConfigurationSet.",
        );
    },
    (identity, { refuse }) => {
      if (identity.type === IDENTITY && !identity.has("configurationSetName"))
        refuse("configurationSetName", undefined, "the name of a configuration set");
    },
    (identity, { refuse }) => {
      const name = identity.type === IDENTITY ? identity.text("emailIdentity") : "@";
      const length =
        name?.includes("@") === true ? "RSA_2048_BIT" : identity.at("dkimSigningAttributes.nextSigningKeyLength");
      if (length !== "RSA_2048_BIT") refuse("dkimSigningAttributes.nextSigningKeyLength", length, "RSA_2048_BIT");
    },
    (policy, context) => {
      if (policy.type === IDENTITY) return;
      eachStatement(policy, context, "policy", (statement) => {
        if (admitsEverybody(statement)) context.refuse(`${statement.path}.Principal`, "*", "named accounts");
      });
    },
  ],
  stackChecks: [
    (identity, { stack, refuse }) => {
      if (identity.type !== IDENTITY) return;
      if (identity.has("configurationSetName") && !stack.target(identity, "configurationSetName", SET))
        refuse("configurationSetName", identity.at("configurationSetName"), "a configuration set of this stack");
      if (identity.text("emailIdentity")?.includes("@") === true) return;
      const hasMailFrom = stack
        .ofType(MAIL_FROM)
        .some((one) => stack.target(one, "emailIdentity", IDENTITY) === identity && one.has("mailFromDomain"));
      if (!hasMailFrom) refuse("mailFrom", undefined, "EmailIdentityMailFromAttributes for it");
    },
  ],
};

const SENDING = [
  "ses:SendEmail",
  "ses:SendRawEmail",
  "ses:SendTemplatedEmail",
  "ses:SendBulkEmail",
  "ses:SendBulkTemplatedEmail",
  "ses:SendBounce",
  "ses:SendCustomVerificationEmail",
];

export const sesGuardedRecipients: Rule = {
  name: "ses-guarded-recipients",
  what: "Who may send mail may do so from one address, and in a stack that is not production only to listed test addresses.",
  why: "One wrong test would mail every player; the handler's own check is code, and code has bugs.",
  fix: 'Add Condition { StringEquals: { "ses:FromAddress": … }, "ForAllValues:StringLike": { "ses:Recipients": ["*@simulator.amazonses.com"] } }.',
  outside: [],
  example: 'new EmailDispatcher("emails", { recipients: ["*@simulator.amazonses.com"], … })',
  types: Object.keys(IDENTITY_DOCUMENTS),
  config: {
    publicDomains: {
      type: "array",
      description: "Domains where anybody has a mailbox: a pattern for all of one admits real players.",
      default: [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "live.com",
        "msn.com",
        "yahoo.com",
        "aol.com",
        "icloud.com",
        "me.com",
        "gmx.de",
        "gmx.net",
        "web.de",
        "proton.me",
        "protonmail.com",
        "mail.ru",
        "yandex.ru",
        "qq.com",
        "163.com",
        "naver.com",
      ],
    },
  },
  checks: [
    (policy, context) => {
      eachGrant(policy, context, (statement) => {
        if (statement.effect !== "Allow" || !sends(statement)) return;
        const from = valuesOf(statement, ["StringEquals", "StringEqualsIgnoreCase"], "ses:FromAddress");
        if (from?.length !== 1 || from.some((value) => value.includes("*") || isFilledByRequest(value)))
          context.refuse(
            `${statement.path}.Condition.ses:FromAddress`,
            from,
            "the one address that mail comes from, by StringEquals",
          );
        if (context.environment === "production") return;
        const to = valuesOf(statement, ["ForAllValues:StringLike", "ForAllValues:StringEquals"], "ses:Recipients");
        const real = (to ?? []).filter((pattern) => admitsAnybody(pattern, context.texts("publicDomains")));
        if (to === undefined || to.length === 0 || real.length > 0)
          context.refuse(
            `${statement.path}.Condition.ses:Recipients`,
            to === undefined ? undefined : real,
            "patterns of listed test addresses, by ForAllValues:StringLike, since the stack is not production",
          );
      });
    },
  ],
};

function sends({ actions, notActions }: Statement): boolean {
  if (notActions.length > 0) return true;
  return actions.some((pattern) => SENDING.some((action) => matches(pattern.toLowerCase(), action.toLowerCase())));
}

function valuesOf({ conditions }: Statement, operators: readonly string[], key: string): readonly string[] | undefined {
  return conditions.find((one) => operators.includes(one.operator) && one.key.toLowerCase() === key.toLowerCase())
    ?.values;
}

/** Whether a pattern admits addresses that nobody has listed: of any domain, or of one where anybody has a mailbox. */
function admitsAnybody(pattern: string, publicDomains: readonly string[]): boolean {
  const at = pattern.lastIndexOf("@");
  const domain = pattern.slice(at + 1).toLowerCase();
  if (at < 0 || !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain)) return true;
  return /[*?]/.test(pattern) && publicDomains.includes(domain);
}

export const sesRules: readonly Rule[] = [sesTls, sesReputationWired, sesIdentityAuth, sesGuardedRecipients];

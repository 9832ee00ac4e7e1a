import { arn, DESTINATION, document, everybody, grant, MAIL, READ, SET, T, type RuleCase } from "./fixtures";

export const sesCases: Readonly<Record<string, RuleCase>> = {
  "ses-tls": {
    good: { "sesv2/configurationSet:ConfigurationSet s": SET },
    bad: { optional: { "sesv2/configurationSet:ConfigurationSet s > deliveryOptions.tlsPolicy": "OPTIONAL" } },
  },
  "ses-reputation-wired": {
    good: {
      "sns/topic:Topic t": { arn: T },
      "sesv2/configurationSet:ConfigurationSet s": SET,
      "sesv2/configurationSetEventDestination:ConfigurationSetEventDestination d": DESTINATION,
    },
    bad: {
      "no complaints": {
        "sesv2/configurationSet:ConfigurationSet s > suppressionOptions.suppressedReasons": ["BOUNCE"],
      },
      "no reputation": { "sesv2/configurationSet:ConfigurationSet s > reputationOptions": undefined },
      "no events": { "sesv2/configurationSetEventDestination:ConfigurationSetEventDestination d": undefined },
      "events off": {
        "sesv2/configurationSetEventDestination:ConfigurationSetEventDestination d > eventDestination.enabled": false,
      },
      "events elsewhere": {
        "sesv2/configurationSetEventDestination:ConfigurationSetEventDestination d > eventDestination.snsDestination.topicArn":
          arn("sns", "x"),
      },
      "no rejects": {
        "sesv2/configurationSetEventDestination:ConfigurationSetEventDestination d > eventDestination.matchingEventTypes":
          ["SEND", "BOUNCE", "COMPLAINT", "DELIVERY"],
      },
      "another set": {
        "sesv2/configurationSetEventDestination:ConfigurationSetEventDestination d > configurationSetName": "x",
      },
    },
  },
  "ses-identity-auth": {
    good: {
      "sesv2/emailIdentity:EmailIdentity a": { emailIdentity: "qa@game.example", configurationSetName: "s" },

      "sesv2/configurationSet:ConfigurationSet s": SET,
      "sesv2/emailIdentity:EmailIdentity i": {
        emailIdentity: "game.example",
        configurationSetName: "s",
        dkimSigningAttributes: { nextSigningKeyLength: "RSA_2048_BIT" },
      },
      "sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes m": {
        emailIdentity: "game.example",
        mailFromDomain: "mail.game.example",
      },
    },
    bad: {
      "MAIL FROM of another identity": {
        "sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes m > emailIdentity": "x.example",
      },
      "MAIL FROM without a domain": {
        "sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes m > mailFromDomain": "",
      },
      "an identity by the older API": { "ses/domainIdentity:DomainIdentity d": { domain: "game.example" } },
      "an address by the older API": { "ses/emailIdentity:EmailIdentity e": { email: "qa@game.example" } },
      "a configuration set by the older API": { "ses/configurationSet:ConfigurationSet c": { name: "s" } },
      "a public policy by the older API": {
        "ses/identityPolicy:IdentityPolicy p": { policy: document(everybody("ses:SendEmail", "*")) },
      },

      "no set": { "sesv2/emailIdentity:EmailIdentity i > configurationSetName": undefined },
      "a set elsewhere": { "sesv2/emailIdentity:EmailIdentity i > configurationSetName": "x" },
      "a short key": {
        "sesv2/emailIdentity:EmailIdentity i > dkimSigningAttributes.nextSigningKeyLength": "RSA_1024_BIT",
      },
      "no MAIL FROM": { "sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes m": undefined },
      "a public policy": {
        "sesv2/emailIdentityPolicy:EmailIdentityPolicy p": { policy: document(everybody("ses:SendEmail", "*")) },
      },
    },
  },
  "ses-guarded-recipients": {
    environment: "other",
    good: { "iam/rolePolicy:RolePolicy p": grant(MAIL, READ) },
    bad: Object.fromEntries(
      Object.entries({
        "any recipient": { ...MAIL, Condition: { StringEquals: MAIL.Condition.StringEquals } },
        "every address": {
          ...MAIL,
          Condition: { ...MAIL.Condition, "ForAllValues:StringLike": { "ses:Recipients": ["*"] } },
        },
        "a pattern of domains": {
          ...MAIL,
          Condition: { ...MAIL.Condition, "ForAllValues:StringLike": { "ses:Recipients": ["*@*.com"] } },
        },
        "everybody's mailboxes": {
          ...MAIL,
          Condition: { ...MAIL.Condition, "ForAllValues:StringLike": { "ses:Recipients": ["*@gmail.com"] } },
        },
        "one of many": {
          ...MAIL,
          Condition: {
            ...MAIL.Condition,
            "ForAllValues:StringLike": undefined,
            "ForAnyValue:StringLike": { "ses:Recipients": ["*@players.test"] },
          },
        },
        "any sender": { ...MAIL, Condition: { "ForAllValues:StringLike": MAIL.Condition["ForAllValues:StringLike"] } },
        "two senders": {
          ...MAIL,
          Condition: { ...MAIL.Condition, StringEquals: { "ses:FromAddress": ["a@example.com", "b@example.com"] } },
        },
        "a sender that need not be there": {
          ...MAIL,
          Condition: {
            ...MAIL.Condition,
            StringEquals: undefined,
            "ForAllValues:StringEquals": { "ses:FromAddress": "a@example.com" },
          },
        },
        "through a wildcard": { Effect: "Allow", Action: "ses:Send*", Resource: "*" },
        "through NotAction": { Effect: "Allow", NotAction: "iam:*", Resource: "*" },
      }).map(([label, statement]) => [label, { "iam/rolePolicy:RolePolicy p": grant(statement) }]),
    ),
  },
};

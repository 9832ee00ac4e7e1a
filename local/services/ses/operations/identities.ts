import { xmlMap } from "../../../http/xml";
import type { AnyOperation, Json } from "../../../service";
import type { SesEngine } from "../engine";
import type { Identity } from "../identities";
import { pageOf, type PageInput } from "../page";

/** Identities in both APIs: create, read, list, delete. */
export function identityOperations(engine: SesEngine): Readonly<Record<string, AnyOperation>> {
  const { identities } = engine;
  const any = (action: string) => () => [{ action, resource: "*" }];
  const one =
    (action: string) =>
    ({ EmailIdentity }: { EmailIdentity: string }) => [{ action, resource: identities.arnOf(EmailIdentity) }];
  const ensure = (name: string): Identity => identities.all.get(name.toLowerCase()) ?? identities.create(name);
  return {
    VerifyEmailIdentity: {
      authorize: any("ses:VerifyEmailIdentity"),
      answer: ({ EmailAddress }: { EmailAddress: string }) => {
        ensure(EmailAddress);
        return {};
      },
    },
    VerifyDomainIdentity: {
      authorize: any("ses:VerifyDomainIdentity"),
      answer: ({ Domain }: { Domain: string }) => ({ VerificationToken: ensure(Domain).dkimTokens[0] }),
    },
    ListIdentities: {
      authorize: any("ses:ListIdentities"),
      answer: ({
        IdentityType,
        MaxItems,
        NextToken,
      }: {
        IdentityType?: string;
        MaxItems?: string;
        NextToken?: string;
      }) => {
        const wanted =
          IdentityType === "EmailAddress" ? "EMAIL_ADDRESS" : IdentityType === "Domain" ? "DOMAIN" : undefined;
        const found = [...identities.all.values()].filter(({ type }) => wanted === undefined || type === wanted);
        const { items, next } = pageOf(found, { NextToken, PageSize: MaxItems });
        return { Identities: items.map(({ name }) => name), ...next };
      },
    },
    GetIdentityVerificationAttributes: {
      authorize: any("ses:GetIdentityVerificationAttributes"),
      answer: ({ Identities = [] }: { Identities?: readonly string[] }) => ({
        VerificationAttributes: xmlMap(
          Object.fromEntries(
            Identities.flatMap((name) => {
              const identity = identities.all.get(name.toLowerCase());
              return identity ? [[name, { VerificationStatus: identity.verified ? "Success" : "Pending" }]] : [];
            }),
          ),
        ),
      }),
    },
    CreateEmailIdentity: {
      authorize: one("ses:CreateEmailIdentity"),
      answer: ({ EmailIdentity, ConfigurationSetName }: { EmailIdentity: string; ConfigurationSetName?: string }) => {
        const identity = identities.create(EmailIdentity);
        if (ConfigurationSetName !== undefined) identity.configurationSet = engine.sets.get(ConfigurationSetName).name;
        return {
          IdentityType: identity.type,
          VerifiedForSendingStatus: identity.verified,
          DkimAttributes: dkim(identity),
        };
      },
    },
    GetEmailIdentity: {
      authorize: one("ses:GetEmailIdentity"),
      answer: ({ EmailIdentity }: { EmailIdentity: string }) => {
        const identity = identities.get(EmailIdentity);
        return {
          IdentityType: identity.type,
          FeedbackForwardingStatus: identity.feedbackForwarding,
          VerifiedForSendingStatus: identity.verified,
          VerificationStatus: identity.verified ? "SUCCESS" : "PENDING",
          DkimAttributes: dkim(identity),
          Policies: Object.fromEntries([...identity.policies].map(([name, policy]) => [name, JSON.stringify(policy)])),
          Tags: [],
          ...(identity.configurationSet === undefined ? {} : { ConfigurationSetName: identity.configurationSet }),
          ...(identity.mailFrom === undefined
            ? {}
            : {
                MailFromAttributes: {
                  MailFromDomain: identity.mailFrom.domain,
                  // Its records come into the zone together with those that verify the identity.
                  MailFromDomainStatus: identity.verified ? "SUCCESS" : "PENDING",
                  BehaviorOnMxFailure: identity.mailFrom.behaviorOnMxFailure,
                },
              }),
        };
      },
    },
    ListEmailIdentities: {
      authorize: any("ses:ListEmailIdentities"),
      answer: (asked: PageInput) => {
        const { items, next } = pageOf([...identities.all.values()], asked);
        const EmailIdentities = items.map((identity) => ({
          IdentityType: identity.type,
          IdentityName: identity.name,
          SendingEnabled: identity.verified,
          VerificationStatus: identity.verified ? "SUCCESS" : "PENDING",
        }));
        return { EmailIdentities, ...next };
      },
    },
    DeleteEmailIdentity: {
      authorize: one("ses:DeleteEmailIdentity"),
      answer: ({ EmailIdentity }: { EmailIdentity: string }) => {
        identities.delete(EmailIdentity);
        return {};
      },
    },
  };
}

function dkim(identity: Identity): Json {
  return {
    SigningEnabled: identity.type === "DOMAIN",
    Status: identity.type === "DOMAIN" ? (identity.verified ? "SUCCESS" : "PENDING") : "NOT_STARTED",
    Tokens: identity.dkimTokens,
    SigningAttributesOrigin: "AWS_SES",
    CurrentSigningKeyLength: "RSA_2048_BIT",
  };
}

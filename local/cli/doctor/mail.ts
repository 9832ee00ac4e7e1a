import { GetAccountCommand, GetConfigurationSetCommand, GetEmailIdentityCommand } from "@aws-sdk/client-sesv2";
import { cannotSee, isProduction, ofStack, ok, toDo, type Check, type Deployed } from "./check";

const SECTION = "E-mail";

/** The sender's identity and its records in the DNS. */
export const mailChecks: readonly Check[] = [
  {
    section: SECTION,
    title: "identity",
    look: ofStack(async (patient) => {
      const found = await identityOf(patient);
      if (!found) return undefined;
      const { name, isDomain, identity } = found;
      if (identity.VerifiedForSendingStatus) return ok(`${name} is verified`);
      return toDo(
        `${name} waits for verification`,
        isDomain
          ? "Put the DKIM records below into the domain's zone; SES looks for up to 72 hours."
          : `Follow the link in the mail that AWS sent to ${name}.`,
      );
    }),
  },
  {
    section: SECTION,
    title: "DKIM",
    look: ofStack(async (patient) => {
      const found = await identityOf(patient);
      if (!found) return undefined;
      const { name, isDomain, identity } = found;
      if (!isDomain) {
        const fix = "Give the sender a `domain`, which is then verified and signed for.";
        return toDo(`${name} is an address: its mail is not signed for its domain`, fix, isProduction(patient));
      }
      const { Status, Tokens = [] } = identity.DkimAttributes ?? {};
      const records = Tokens.map((token) => [`${token}._domainkey.${name}`, `${token}.dkim.amazonses.com`] as const);
      if (Status === "SUCCESS") return ok(`signed for ${name}`);
      const missing: string[] = [];
      for (const [from, to] of records) {
        const present = await patient.world.lookUp("CNAME", from);
        if (!present.some((target) => target.replace(/\.$/, "") === to)) missing.push(`${from} CNAME ${to}`);
      }
      return missing.length === 0
        ? cannotSee(
            `the records are there, SES says ${Status ?? "nothing"}`,
            "Wait: SES looks again for up to 72 hours.",
          )
        : toDo(`SES says ${Status ?? "nothing"}; ${missing.length} records are missing`, missing.join("; "));
    }),
  },
  {
    section: SECTION,
    title: "MAIL FROM",
    look: ofStack(async (patient) => {
      const found = await identityOf(patient);
      const domain = found?.identity.MailFromAttributes?.MailFromDomain;
      if (!found || domain === undefined) return undefined;
      if (found.identity.MailFromAttributes?.MailFromDomainStatus === "SUCCESS") return ok(domain);
      const exchanger = `feedback-smtp.${patient.aws.connection.region}.amazonses.com`;
      const mx = await patient.world.lookUp("MX", domain);
      const spf = await patient.world.lookUp("TXT", domain);
      const missing = [
        ...(mx.some((record) => record.includes(exchanger)) ? [] : [`${domain} MX 10 ${exchanger}`]),
        ...(spf.some((record) => record.includes("include:amazonses.com"))
          ? []
          : [`${domain} TXT "v=spf1 include:amazonses.com ~all"`]),
      ];
      return missing.length === 0
        ? cannotSee(`the records of ${domain} are there, SES has not seen them yet`, "Wait up to 72 hours.")
        : toDo(`${domain} lacks records`, missing.join("; "), false);
    }),
  },
  {
    section: SECTION,
    title: "DMARC",
    look: ofStack(async (patient) => {
      const found = await identityOf(patient);
      if (!found || patient.local) return undefined;
      const domain = found.name.slice(found.name.indexOf("@") + 1);
      const records = await patient.world.lookUp("TXT", `_dmarc.${domain}`);
      const policy = records.find((record) => record.startsWith("v=DMARC1"));
      return policy === undefined
        ? toDo(
            `_dmarc.${domain} has no record`,
            `_dmarc.${domain} TXT "v=DMARC1; p=none; rua=mailto:dmarc@${domain}"`,
            isProduction(patient),
          )
        : ok(policy);
    }),
  },
  {
    section: SECTION,
    title: "suppression",
    look: ofStack(async ({ aws, operations: { emails } }) => {
      if (!emails) return undefined;
      const ses = aws.get("ses");
      const [set, account] = await Promise.all([
        ses.send(new GetConfigurationSetCommand({ ConfigurationSetName: emails.configurationSet })),
        ses.send(new GetAccountCommand({})),
      ]);
      const ofSet = set.SuppressionOptions?.SuppressedReasons ?? [];
      const reasons: readonly string[] =
        ofSet.length > 0 ? ofSet : (account.SuppressionAttributes?.SuppressedReasons ?? []);
      const missing = ["BOUNCE", "COMPLAINT"].filter((reason) => !reasons.includes(reason));
      return missing.length === 0
        ? ok("SES stops mail to addresses that bounced or complained")
        : toDo(
            `SES does not suppress after ${missing.join(" and ")}`,
            `aws sesv2 put-configuration-set-suppression-options --configuration-set-name ${emails.configurationSet} --suppressed-reasons BOUNCE COMPLAINT`,
          );
    }),
  },
  {
    section: SECTION,
    title: "configuration set",
    look: ofStack(async ({ aws, operations: { emails } }) => {
      if (!emails) return undefined;
      const { SendingOptions } = await aws
        .get("ses")
        .send(new GetConfigurationSetCommand({ ConfigurationSetName: emails.configurationSet }));
      return SendingOptions?.SendingEnabled === false
        ? toDo(
            `sending is off for ${emails.configurationSet}`,
            `aws sesv2 put-configuration-set-sending-options --configuration-set-name ${emails.configurationSet} --sending-enabled`,
          )
        : ok(emails.configurationSet);
    }),
  },
];

async function identityOf({ aws, operations: { emails } }: Deployed) {
  if (!emails) return undefined;
  const identity = await aws.get("ses").send(new GetEmailIdentityCommand({ EmailIdentity: emails.identity }));
  return { name: emails.identity, isDomain: !emails.identity.includes("@"), identity };
}

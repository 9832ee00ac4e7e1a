import {
  dkimRecords,
  dmarcRecord,
  mailFromRecords,
  type DnsRecord,
} from "../../../components/email-dispatcher/dns-records";
import { GetAccountCommand, GetConfigurationSetCommand, GetEmailIdentityCommand } from "@aws-sdk/client-sesv2";
import { plural } from "../plural";
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
        const fix = `Run: pulumi config set senderDomain ${domainOf(name)}, then pulumi up (in a program of your own: \`sender: { domain }\`).`;
        return toDo(`${name} is an address: its mail is not signed for its domain`, fix, isProduction(patient));
      }
      const { Status, Tokens = [], SigningHostedZone: zone } = identity.DkimAttributes ?? {};
      if (Status === "SUCCESS") return ok(`signed for ${name}`);
      const missing = await notPublished(patient, dkimRecords(name, Tokens, patient.aws.connection.region, zone));
      return missing.length === 0
        ? cannotSee(
            `the records are there, SES says ${Status ?? "nothing"}`,
            "Wait: SES looks again for up to 72 hours.",
          )
        : toDo(
            `SES says ${Status ?? "nothing"}; ${plural(missing.length, "record is", "records are")} missing`,
            listed(missing),
          );
    }),
  },
  {
    section: SECTION,
    title: "MAIL FROM",
    look: ofStack(async (patient) => {
      const found = await identityOf(patient);
      if (!found?.isDomain) return undefined;
      const { MailFromDomain: domain, MailFromDomainStatus: status } = found.identity.MailFromAttributes ?? {};
      if (domain === undefined)
        return toDo(
          `${found.name} has none: SPF is not aligned with the sender`,
          "pulumi refresh, then pulumi up",
          false,
        );
      if (status === "SUCCESS") return ok(domain);
      const missing = await notPublished(patient, mailFromRecords(domain, patient.aws.connection.region));
      if (missing.length > 0) return toDo(`${domain} lacks records`, listed(missing), false);
      const exchangers = await patient.world.lookUp("MX", domain);
      return exchangers.length > 1
        ? toDo(`${domain} has ${exchangers.length} MX records, SES takes one`, "Remove the others.", false)
        : cannotSee(`the records of ${domain} are there, SES has not seen them yet`, "Wait up to 72 hours.");
    }),
  },
  {
    section: SECTION,
    title: "DMARC",
    look: ofStack(async (patient) => {
      const found = await identityOf(patient);
      if (!found || patient.local) return undefined;
      const domain = domainOf(found.name);
      // A domain without a policy has that of the organization above it. https://www.rfc-editor.org/rfc/rfc7489#section-6.6.3
      for (let place = domain; place.includes("."); place = place.slice(place.indexOf(".") + 1)) {
        const records = await patient.world.lookUp("TXT", `_dmarc.${place}`);
        const policy = records.find((record) => record.startsWith("v=DMARC1"));
        if (policy !== undefined) return ok(place === domain ? policy : `${policy} (of ${place})`);
      }
      const record = dmarcRecord(domain);
      return toDo(`${record.name} has no record`, listed([record]), isProduction(patient));
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

/** Which of these records are not in the DNS. */
async function notPublished({ world }: Deployed, records: readonly DnsRecord[]): Promise<DnsRecord[]> {
  const missing: DnsRecord[] = [];
  for (const record of records) {
    const present = await world.lookUp(record.type, record.name);
    if (!present.some((value) => keeps(record, value))) missing.push(record);
  }
  return missing;
}

/** Whether what is published does what the record is for: names end with a dot or not, SPF may admit others too. */
function keeps({ purpose, value }: DnsRecord, published: string): boolean {
  if (purpose === "SPF") return /^v=spf1 (?:.* )?[+]?include:amazonses\.com(?: |$)/i.test(published);
  const name = (text: string): string => text.replace(/^\d+ /, "").replace(/\.$/, "").toLowerCase();
  return name(published) === name(value);
}

/** Records as a person puts them into a zone. */
function listed(records: readonly DnsRecord[]): string {
  return records
    .map(({ type, name, value }) => `${name} ${type} ${type === "TXT" ? JSON.stringify(value) : value}`)
    .join("; ");
}

function domainOf(identity: string): string {
  return identity.slice(identity.indexOf("@") + 1);
}

async function identityOf({ aws, operations: { emails } }: Deployed) {
  if (!emails) return undefined;
  const identity = await aws.get("ses").send(new GetEmailIdentityCommand({ EmailIdentity: emails.identity }));
  return { name: emails.identity, isDomain: !emails.identity.includes("@"), identity };
}

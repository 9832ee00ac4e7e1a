/** A record that the owner of a domain publishes in its zone. */
export interface DnsRecord {
  readonly purpose: "DKIM" | "MAIL FROM" | "SPF" | "DMARC";
  readonly type: "CNAME" | "MX" | "TXT";
  readonly name: string;
  /** As DNS programs show it; a TXT record's text without quotation marks. */
  readonly value: string;
}

/** Regions whose DKIM keys are in a zone of their own. https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_dkim_domains */
const OWN_ZONE = [
  "af-south-1",
  "ap-northeast-3",
  "ap-south-2",
  "ap-southeast-3",
  "ap-southeast-5",
  "ca-west-1",
  "eu-central-2",
  "eu-south-1",
  "il-central-1",
  "me-central-1",
  "us-gov-east-1",
];

/** Where SES keeps the keys of Easy DKIM. */
export function dkimZone(region: string): string {
  return OWN_ZONE.includes(region) ? `dkim.${region}.amazonses.com` : "dkim.amazonses.com";
}

/**
 * The CNAME records of Easy DKIM: SES verifies the domain by them, and signs its mail.
 * @param zone where SES keeps the keys. @default that of the Region
 */
export function dkimRecords(
  domain: string,
  tokens: readonly string[],
  region: string,
  zone = dkimZone(region),
): DnsRecord[] {
  return tokens.map((token) => ({
    purpose: "DKIM",
    type: "CNAME",
    name: `${token}._domainkey.${domain}`,
    value: `${token}.${zone}`,
  }));
}

/**
 * The records of a custom MAIL FROM domain, exactly one MX among them: SES takes bounces there, and SPF is aligned.
 * https://docs.aws.amazon.com/ses/latest/dg/mail-from.html
 */
export function mailFromRecords(mailFrom: string, region: string): DnsRecord[] {
  return [
    { purpose: "MAIL FROM", type: "MX", name: mailFrom, value: `10 feedback-smtp.${region}.amazonses.com` },
    { purpose: "SPF", type: "TXT", name: mailFrom, value: "v=spf1 include:amazonses.com ~all" },
  ];
}

/** A DMARC record to begin with: reports, and refuses nothing. */
export function dmarcRecord(domain: string): DnsRecord {
  const value = `v=DMARC1; p=none; rua=mailto:dmarc@${domain}`;
  return { purpose: "DMARC", type: "TXT", name: `_dmarc.${domain}`, value };
}

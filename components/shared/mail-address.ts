/** Longest address that RFC 5321 admits in a path. */
const MAX_LENGTH = 254;

/** What `isAddress` asks for, for error messages. */
export const ADDRESS_RULE =
  "one bare ASCII e-mail address: at most 64 characters before the @, a domain of two labels or more, at most 254 in all";

/**
 * Whether an address can be mailed: one `local@domain`, dot-atoms, a domain of labels, ASCII. Quoted local parts and
 * address literals are refused, as is everything that could end a header line.
 */
export function isAddress(value: string): boolean {
  if (value.length > MAX_LENGTH) return false;
  const at = value.lastIndexOf("@");
  const local = value.slice(0, at);
  const domain = value.slice(at + 1);
  return (
    at > 0 &&
    local.length <= 64 &&
    /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/.test(local) &&
    DOMAIN.test(domain)
  );
}

const DOMAIN = /^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** Whether this domain can be verified for a sender: the one of the address or one above it, in lower case. */
export function isSenderDomain(domain: string, sender: string): boolean {
  return isDomain(domain) && `.${domainOf(sender)}`.endsWith(`.${domain}`);
}

/**
 * Whether SES takes this for the MAIL FROM domain of a sender: below the verified domain, and no domain that mail is from.
 * https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_PutEmailIdentityMailFromAttributes.html
 */
export function isMailFrom(mailFrom: string, domain: string | undefined, sender: string): boolean {
  return domain !== undefined && isDomain(mailFrom) && mailFrom.endsWith(`.${domain}`) && mailFrom !== domainOf(sender);
}

function isDomain(value: string): boolean {
  return value.length <= 253 && value === value.toLowerCase() && DOMAIN.test(value);
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1);
}

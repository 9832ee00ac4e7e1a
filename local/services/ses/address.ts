import { addressParser } from "postal-mime";

export interface Mailbox {
  /** The bare address, domain in lower case. */
  readonly address: string;
  readonly name: string;
  /** The bare address, letter by letter as it was given. */
  readonly written: string;
  readonly local: string;
  readonly domain: string;
}

/** Why an address was refused, in SES's words. */
export class AddressError extends Error {}

/** Reads one or more addresses (`Name <a@b>`, comma-separated). @throws AddressError in SES's words. */
export function parseAddresses(text: string): readonly Mailbox[] {
  // A line break in an address would begin a header of the sender's choosing.
  if (/[\r\n\0]/.test(text)) throw new AddressError("Local address contains control or whitespace");
  return addressParser(text)
    .flatMap((entry) => ("group" in entry && entry.group ? entry.group : [entry]))
    .map((entry) => mailbox(entry.address, entry.name));
}

function mailbox(address: string, name: string): Mailbox {
  const at = address.lastIndexOf("@");
  if (at < 0 || at === address.length - 1) throw new AddressError("Missing final '@domain'");
  const local = address.slice(0, at);
  const domain = address.slice(at + 1).toLowerCase();
  if (local === "") throw new AddressError("Missing local name");
  if (/[\s\x00-\x1f\x7f]/.test(local)) throw new AddressError("Local address contains control or whitespace");
  if (/[^\x20-\x7e]/.test(local)) throw new AddressError("Local address contains non-ASCII characters");
  if (/[^\x20-\x7e]/.test(domain)) throw new AddressError("Domain contains non-ASCII characters");
  if (!/^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/.test(domain)) {
    throw new AddressError("Domain contains illegal character");
  }
  return { address: `${local}@${domain}`, written: address, name, local, domain };
}

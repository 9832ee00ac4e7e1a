import { ArgumentError } from "../shared/errors";
import { isAddress } from "./address";

/** Who mails are from. */
export interface SenderArgs {
  readonly address: string;
  /** Shown beside the address. @default none */
  readonly name?: string;
  /** The domain to verify, of which `address` must be. @default the address alone is verified */
  readonly domain?: string;
  /** Domain of the envelope's sender. @default mail.<domain> */
  readonly mailFrom?: string;
}

interface Checked {
  readonly sender: SenderArgs;
  readonly production?: boolean;
  readonly recipients?: readonly string[];
  readonly maxSendRate?: number;
  readonly maximumConcurrency?: number;
  readonly unsubscribeUrl?: string;
}

/** @throws ArgumentError at the first argument that no deployment can work with. */
export function checkArgs(component: string, args: Checked): void {
  const { sender, recipients, maxSendRate, maximumConcurrency, unsubscribeUrl } = args;
  function refuse(argument: string, got: unknown, expected: string, fix: string): never {
    throw new ArgumentError({ component, argument, got, expected, fix });
  }
  if (!isAddress(sender.address)) {
    refuse("sender.address", sender.address, "an e-mail address", "Give the address that mails are from.");
  }

  if (sender.name !== undefined && /[\u0000-\u001f\u007f]/.test(sender.name)) {
    refuse("sender.name", sender.name, "text on one line", "Remove the line breaks.");
  }
  if (sender.domain !== undefined && !`@${sender.address}`.endsWith(`@${sender.domain}`)) {
    refuse("sender.domain", sender.domain, `the domain of ${sender.address}`, "Give the part behind the @.");
  }
  if (sender.mailFrom !== undefined && !sender.mailFrom.endsWith(`.${sender.domain ?? ""}`)) {
    refuse("sender.mailFrom", sender.mailFrom, "a subdomain of sender.domain", "Give one such as mail.<domain>.");
  }
  if (args.production && recipients !== undefined) {
    refuse("recipients", recipients, "nothing in production", "Leave it out, or do not set production.");
  }
  if (!args.production && (recipients === undefined || recipients.length === 0)) {
    const fix = "Only a production stack reaches real players: name test addresses, or set production: true.";
    refuse("recipients", recipients, 'patterns of test addresses such as ["*@players.test"]', fix);
  }
  for (const pattern of recipients ?? []) {
    if (!/^[^@\s]+@[^@\s*]+\.[^@\s*]+$/.test(pattern)) {
      const fix = "Name the domain in full; * may stand only before the @.";
      refuse("recipients", pattern, "a pattern such as *@players.test", fix);
    }
  }
  if (maxSendRate !== undefined && !(maxSendRate > 0 && maxSendRate <= 100_000)) {
    refuse("maxSendRate", maxSendRate, "mails per second above 0", "Leave it out to use SES's own quota.");
  }
  if (maximumConcurrency !== undefined && !(Number.isInteger(maximumConcurrency) && maximumConcurrency >= 2)) {
    refuse("maximumConcurrency", maximumConcurrency, "a whole number from 2 to 1000", "SQS mappings run at least 2.");
  }
  if (unsubscribeUrl !== undefined && !/^https:\/\/[^\s<>"]+$/.test(unsubscribeUrl)) {
    const fix = "RFC 8058 asks for https; put {player} and {message} where they belong.";
    refuse("unsubscribeUrl", unsubscribeUrl, "an https address", fix);
  }
}

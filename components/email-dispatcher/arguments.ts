import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { MessageStore } from "../message-store/message-store";
import {
  aBoolean,
  anything,
  aText,
  listOf,
  monitoringArgs,
  required,
  transformsOf,
  withArn,
} from "../shared/arguments";
import { ArgumentError, requireInteger } from "../shared/errors";
import { isAddress, isMailFrom, isSenderDomain } from "../shared/mail-address";
import type { MonitoringArgs } from "../shared/monitoring";
import type { Transform } from "../shared/transform";
import { canonicalAddress } from "./address";

/** Who mails are from. */
export interface SenderArgs {
  /** The address that mails are from. */
  readonly address: string;
  /** Shown beside the address. @default none */
  readonly name?: string;
  /**
   * The address's domain, or one above it, to be verified beside the address: mail is signed for it by Easy DKIM. One stack of
   * an account and Region can verify a domain. @default the address alone is verified
   */
  readonly domain?: string;
  /** Domain of the envelope's sender, below `domain`; nothing else sends or receives mail there. @default mail.<domain> */
  readonly mailFrom?: string;
}

/** Arguments of an `EmailDispatcher`. */
export interface EmailDispatcherArgs {
  /** Whose messages it sends. */
  messages: MessageStore;
  /** Customer key of queues, topic and logs. @default that of the store */
  key?: { readonly arn: pulumi.Output<string> };
  /** Who mails are from. With a domain, it is verified too, signed for, and gets a MAIL FROM of its own. */
  sender: SenderArgs;
  /** True for the one environment that mails real players. @default false */
  production?: boolean;
  /** Patterns of the only addresses that may be reached, such as `*@players.test`; required unless `production`. */
  recipients?: readonly string[];
  /** Mails per second, if lower than SES's own quota. @default SES's quota */
  maxSendRate?: number;
  /** Seconds that a mail with an unclear answer waits for SES's event before the next try; 120 to 900. @default 600 */
  holdSeconds?: number;
  /** Send functions at once, 2 to 1,000; the rate holds whatever their number. @default 2 */
  maximumConcurrency?: number;
  /** https address of one-click unsubscribe with `{player}` and `{message}`; without it, mail that needs consent fails. */
  unsubscribeUrl?: string;
  /** Protects the identities from deletion and replacement: the DKIM keys in its domain's zone would be void. @default true */
  protect?: boolean;
  /** Which alarms there are, and whom they notify. @default all alarms, notifying nobody */
  monitoring?: MonitoringArgs;
  /** Changes the arguments of a child. */
  transform?: {
    configurationSet?: Transform<aws.sesv2.ConfigurationSetArgs>;
    identity?: Transform<aws.sesv2.EmailIdentityArgs>;
    domainIdentity?: Transform<aws.sesv2.EmailIdentityArgs>;
  };
}

const checkShape = required(
  {
    messages: withTopics,
    key: withArn,
    sender: required({ address: anything, name: aText, domain: aText, mailFrom: aText }, ["address"]),
    production: aBoolean,
    recipients: listOf(aText),
    maxSendRate: anything,
    holdSeconds: anything,
    maximumConcurrency: anything,
    unsubscribeUrl: anything,
    protect: aBoolean,
    monitoring: monitoringArgs,
    transform: transformsOf("configurationSet", "identity", "domainIdentity"),
  },
  ["messages", "sender"],
);

function withTopics(component: string, argument: string, got: unknown): void {
  if (typeof got === "object" && got !== null && "topics" in got && "addChannel" in got) return;
  const fix = "Make one, and give it here.";
  throw new ArgumentError({ component, argument, got, expected: "a MessageStore", fix });
}

/** Characters of an unsubscribe address: with player and message in their place it still fits a line of a header. */
const MAX_UNSUBSCRIBE_URL = 500;

/** @throws ArgumentError at the first argument that no deployment can work with. */
export function checkArgs(component: string, args: EmailDispatcherArgs): void {
  checkShape(component, "", args);
  const { sender, recipients, maxSendRate, maximumConcurrency, unsubscribeUrl } = args;
  function refuse(argument: string, got: unknown, expected: string, fix: string): never {
    throw new ArgumentError({ component, argument, got, expected, fix });
  }
  if (typeof sender.address !== "string" || !isAddress(sender.address)) {
    refuse("sender.address", sender.address, "an e-mail address", "Give the address that mails are from.");
  }
  if (sender.address !== canonicalAddress(sender.address)) {
    const fix = "Write the domain in lower case: the sending role's condition regards case.";
    refuse("sender.address", sender.address, canonicalAddress(sender.address), fix);
  }

  if (sender.name !== undefined && /[\u0000-\u001f\u007f]/.test(sender.name)) {
    refuse("sender.name", sender.name, "text on one line", "Remove the line breaks.");
  }
  if (sender.domain !== undefined && !isSenderDomain(sender.domain, sender.address)) {
    const expected = `the domain of ${sender.address}, or one above it, in lower case`;
    refuse("sender.domain", sender.domain, expected, "Give the part behind the @.");
  }
  const { domain, mailFrom = domain === undefined ? undefined : `mail.${domain}` } = sender;
  if (mailFrom !== undefined && !isMailFrom(mailFrom, domain, sender.address)) {
    const expected = "a subdomain of sender.domain, in lower case, where nothing else sends or receives mail";
    refuse("sender.mailFrom", mailFrom, expected, "Give one such as bounce.<domain>.");
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
  if (maxSendRate !== undefined && !(typeof maxSendRate === "number" && maxSendRate > 0 && maxSendRate <= 100_000)) {
    refuse("maxSendRate", maxSendRate, "mails per second above 0", "Leave it out to use SES's own quota.");
  }
  if (maximumConcurrency !== undefined) {
    requireInteger(component, "maximumConcurrency", maximumConcurrency, 2, 1_000, "SQS mappings run at least 2.");
  }
  if (unsubscribeUrl !== undefined && !isUnsubscribeUrl(unsubscribeUrl)) {
    const expected = `an https address of at most ${MAX_UNSUBSCRIBE_URL} characters with {player} or {message}`;
    const fix = "RFC 8058 asks for https, and for an address that says by itself who unsubscribes.";
    refuse("unsubscribeUrl", unsubscribeUrl, expected, fix);
  }
}

/** https://www.rfc-editor.org/rfc/rfc8058#section-3.1 */
function isUnsubscribeUrl(url: unknown): boolean {
  if (typeof url !== "string" || url.length > MAX_UNSUBSCRIBE_URL || !/^https:\/\/[!-~]+$/.test(url)) return false;
  return /\{(player|message)\}/.test(url) && !/[<>"]/.test(url) && URL.canParse(url.replace(/[{}]/g, ""));
}

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { applyTransform } from "../shared/transform";
import type { EmailDispatcherArgs, SenderArgs } from "./arguments";
import { dkimRecords, dmarcRecord, mailFromRecords, type DnsRecord } from "./dns-records";

/** What the send function knows of the sender. */
export function senderOf({ sender }: EmailDispatcherArgs) {
  return { address: sender.address, ...(sender.name === undefined ? {} : { name: sender.name }) };
}

/** TLS, reputation and suppression of everything that this dispatcher sends. */
export function createConfigurationSet(parent: pulumi.Resource, name: string, args: EmailDispatcherArgs) {
  const options: pulumi.CustomResourceOptions = { parent };
  const logical = `${name}-configuration-set`;
  const setArgs: aws.sesv2.ConfigurationSetArgs = {
    configurationSetName: `${pulumi.getProject()}-${pulumi.getStack()}-${name}`.slice(0, 64),
    deliveryOptions: { tlsPolicy: "REQUIRE" },
    reputationOptions: { reputationMetricsEnabled: true },
    sendingOptions: { sendingEnabled: true },
    suppressionOptions: { suppressedReasons: ["BOUNCE", "COMPLAINT"] },
  };
  return new aws.sesv2.ConfigurationSet(
    logical,
    applyTransform(args.transform?.configurationSet, setArgs, options, logical),
    options,
  );
}

/** The sender's address. It stays when its domain is verified too: mail goes on while SES looks for the domain's records. */
export function createIdentity(
  parent: pulumi.Resource,
  name: string,
  args: EmailDispatcherArgs,
  configurationSet: aws.sesv2.ConfigurationSet,
): aws.sesv2.EmailIdentity {
  const options: pulumi.CustomResourceOptions = { parent, protect: args.protect ?? true };
  const logical = `${name}-identity`;
  const identityArgs: aws.sesv2.EmailIdentityArgs = {
    emailIdentity: args.sender.address,
    configurationSetName: configurationSet.configurationSetName,
  };
  return new aws.sesv2.EmailIdentity(
    logical,
    applyTransform(args.transform?.identity, identityArgs, options, logical),
    options,
  );
}

/** The sender's domain, signed for by Easy DKIM, with a MAIL FROM of its own; undefined where none is to be verified. */
export function createDomainIdentity(
  parent: pulumi.Resource,
  name: string,
  args: EmailDispatcherArgs,
  configurationSet: aws.sesv2.ConfigurationSet,
): aws.sesv2.EmailIdentity | undefined {
  const { domain } = args.sender;
  if (domain === undefined) return undefined;
  const options: pulumi.CustomResourceOptions = { parent, protect: args.protect ?? true };
  const logical = `${name}-domain-identity`;
  const identityArgs: aws.sesv2.EmailIdentityArgs = {
    emailIdentity: domain,
    configurationSetName: configurationSet.configurationSetName,
    dkimSigningAttributes: { nextSigningKeyLength: "RSA_2048_BIT" },
  };
  const identity = new aws.sesv2.EmailIdentity(
    logical,
    applyTransform(args.transform?.domainIdentity, identityArgs, options, logical),
    options,
  );
  new aws.sesv2.EmailIdentityMailFromAttributes(
    `${name}-mail-from`,
    {
      emailIdentity: identity.emailIdentity,
      mailFromDomain: mailFromOf(args.sender, domain),
      // A record that is lost must not stop mail: it goes out with SES's own MAIL FROM until the record is back.
      behaviorOnMxFailure: "USE_DEFAULT_VALUE",
    },
    { parent },
  );
  return identity;
}

/** What the owner of the sender's domain publishes; nothing where the address alone is verified. */
export function dnsRecordsOf(
  parent: pulumi.Resource,
  { sender }: EmailDispatcherArgs,
  identity: aws.sesv2.EmailIdentity | undefined,
): pulumi.Output<DnsRecord[]> {
  const { domain } = sender;
  if (domain === undefined || !identity) return pulumi.output([]);
  const { region } = aws.getRegionOutput({}, { parent });
  const signing: pulumi.Output<{ readonly tokens?: readonly string[] } | undefined> = identity.dkimSigningAttributes;
  return pulumi
    .all([signing, region])
    .apply(([attributes, name]) => [
      ...dkimRecords(domain, attributes?.tokens ?? [], name),
      ...mailFromRecords(mailFromOf(sender, domain), name),
      dmarcRecord(domain),
    ]);
}

function mailFromOf({ mailFrom }: SenderArgs, domain: string): string {
  return mailFrom ?? `mail.${domain}`;
}

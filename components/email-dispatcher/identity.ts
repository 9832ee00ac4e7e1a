import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { applyTransform } from "../shared/transform";
import type { EmailDispatcherArgs } from "./arguments";

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

/** The verified domain (with DKIM and a MAIL FROM of its own) or address. */
export function createIdentity(
  parent: pulumi.Resource,
  name: string,
  args: EmailDispatcherArgs,
  configurationSet: aws.sesv2.ConfigurationSet,
): aws.sesv2.EmailIdentity {
  const { address, domain, mailFrom } = args.sender;
  const options: pulumi.CustomResourceOptions = { parent, protect: args.protect ?? true };
  const logical = `${name}-identity`;
  const identityArgs: aws.sesv2.EmailIdentityArgs = {
    emailIdentity: domain ?? address,
    configurationSetName: configurationSet.configurationSetName,
    ...(domain === undefined ? {} : { dkimSigningAttributes: { nextSigningKeyLength: "RSA_2048_BIT" } }),
  };
  const identity = new aws.sesv2.EmailIdentity(
    logical,
    applyTransform(args.transform?.identity, identityArgs, options, logical),
    options,
  );
  if (domain !== undefined) {
    new aws.sesv2.EmailIdentityMailFromAttributes(
      `${name}-mail-from`,
      {
        emailIdentity: identity.emailIdentity,
        mailFromDomain: mailFrom ?? `mail.${domain}`,
        behaviorOnMxFailure: "USE_DEFAULT_VALUE",
      },
      { parent },
    );
  }
  return identity;
}

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../shared/iam";
import { canonicalAddress } from "./address";
import type { Parts } from "./functions";

/** https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html */
const SIMULATOR = "simulator.amazonses.com";

/**
 * The right to send: with these identities (SES asks for the one that covers the sender best) and configuration set, from this address, and outside production only to the
 * allowed recipients, whatever the code does.
 */
export function mailStatements(
  { identities, configurationSet }: Pick<Parts, "identities" | "configurationSet">,
  from: string,
  allowed: readonly string[] | undefined,
  parent: pulumi.Resource,
): Statement[] {
  const recipients = allowed?.map(canonicalAddress);
  const { accountId } = aws.getCallerIdentityOutput({}, { parent });
  const { region } = aws.getRegionOutput({}, { parent });
  // In SES's sandbox the right is checked on the recipient's identity too, which is the address or its domain.
  const names = (recipients ?? []).flatMap((pattern) => {
    const domain = pattern.slice(pattern.indexOf("@") + 1);
    // Nobody can verify the simulator's domain, so that no identity is behind it.
    return domain === SIMULATOR ? [pattern] : [pattern, domain];
  });
  const sandbox = [...new Set(names)].map((n) => pulumi.interpolate`arn:aws:ses:${region}:${accountId}:identity/${n}`);
  return [
    {
      Sid: "SendMail",
      Action: "ses:SendRawEmail",
      Resource: [...identities.map(({ arn }) => arn), configurationSet.arn, ...sandbox],
      Condition: {
        StringEquals: { "ses:FromAddress": from },
        ...(recipients === undefined ? {} : { "ForAllValues:StringLike": { "ses:Recipients": recipients } }),
      },
    },
    // GetSendQuota has no resource type: only "*" admits it.
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonses.html
    { Sid: "SendQuota", Action: "ses:GetSendQuota", Resource: "*" },
  ];
}

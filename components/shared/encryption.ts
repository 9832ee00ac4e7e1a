import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { aBoolean, aTransform, objectOf, wholeNumber } from "./arguments";
import { policyDocument, type ResourceStatement } from "./iam";
import { keepNames } from "./kept-names";
import { applyTransform, type Transform } from "./transform";

/** Arguments of an `EncryptionKey`. */
export interface EncryptionKeyArgs {
  /** Days until a deleted key is gone for good, 7 to 30. @default 30 */
  deletionWindowInDays?: number;
  /** Keep the key when the stack is destroyed. @default false */
  retainOnDelete?: boolean;
  /** Changes the arguments of the key. */
  transform?: Transform<aws.kms.KeyArgs>;
}

const checkArgs = objectOf({
  deletionWindowInDays: wholeNumber(7, 30),
  retainOnDelete: aBoolean,
  transform: aTransform,
});

/** Services that use the key on their own, each admitted for what it does and nothing else. */
function serviceStatements(accountId: string, region: string): ResourceStatement[] {
  const ofThisAccount = { StringEquals: { "aws:SourceAccount": accountId } };
  const publish = ["kms:Decrypt", "kms:GenerateDataKey*"];
  return [
    {
      Sid: "LogGroups",
      Principal: { Service: `logs.${region}.amazonaws.com` },
      Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
      Resource: "*",
      Condition: {
        ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${region}:${accountId}:log-group:*` },
      },
    },
    {
      Sid: "AlarmsToTopic",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: publish,
      Resource: "*",
      Condition: ofThisAccount,
    },
    {
      Sid: "MailEventsToTopic",
      Principal: { Service: "ses.amazonaws.com" },
      Action: publish,
      Resource: "*",
      Condition: ofThisAccount,
    },
    {
      Sid: "TopicsToQueues",
      Principal: { Service: "sns.amazonaws.com" },
      Action: publish,
      Resource: "*",
      Condition: ofThisAccount,
    },
    // EventBridge supplies neither aws:SourceArn nor aws:SourceAccount to KMS: a condition drops its events in silence.
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption.html
    { Sid: "EventsToQueues", Principal: { Service: "events.amazonaws.com" }, Action: publish, Resource: "*" },
  ];
}

/**
 * The customer-managed key that everything of a stack is encrypted with: tables, queues, topics, logs, results.
 * Its policy admits the account (which then grants by IAM) and exactly the AWS services that must use it.
 *
 * @example
 * const key = new EncryptionKey("messaging");
 */
export class EncryptionKey extends pulumi.ComponentResource {
  /** The key itself. */
  readonly key: aws.kms.Key;
  /** The key's ARN: what components ask for. */
  readonly arn: pulumi.Output<string>;
  /** `alias/<project>-<stack>-<name>`. */
  readonly alias: aws.kms.Alias;

  constructor(name: string, args: EncryptionKeyArgs = {}, options?: pulumi.ComponentResourceOptions) {
    super("games-messaging:shared:EncryptionKey", name, {}, keepNames(name, options));
    checkArgs(name, "", args);
    const caller = aws.getCallerIdentityOutput({}, { parent: this });
    const region = aws.getRegionOutput({}, { parent: this });
    const policy = policyDocument(
      pulumi.all([caller.accountId, region.region]).apply(([accountId, regionName]): ResourceStatement[] => [
        // Without this statement nobody could change the policy again; it delegates to IAM and grants nothing by itself.
        // https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
        { Sid: "AccountByIam", Principal: { AWS: `arn:aws:iam::${accountId}:root` }, Action: "kms:*", Resource: "*" },
        ...serviceStatements(accountId, regionName),
      ]),
    );
    const keyOptions: pulumi.CustomResourceOptions = { parent: this, retainOnDelete: args.retainOnDelete ?? false };
    this.key = new aws.kms.Key(
      `${name}-key`,
      applyTransform(
        args.transform,
        {
          description: `Messaging of ${pulumi.getProject()}/${pulumi.getStack()}`,
          enableKeyRotation: true,
          deletionWindowInDays: args.deletionWindowInDays ?? 30,
          policy,
        },
        keyOptions,
        `${name}-key`,
      ),
      keyOptions,
    );
    this.alias = new aws.kms.Alias(
      `${name}-alias`,
      { name: `alias/${pulumi.getProject()}-${pulumi.getStack()}-${name}`, targetKeyId: this.key.keyId },
      { parent: this },
    );
    this.arn = this.key.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { applyTransform } from "../shared/transform";
import type { RealtimeGatewayArgs, Settings } from "./arguments";

/** The gateway's tables. */
export interface Tables {
  readonly players: aws.dynamodb.Table;
  readonly presence: aws.dynamodb.Table;
}

/** Players: what is known about them, replicated to the analytics copy. Presence: what changes all the time, never replicated. */
export function createTables(
  parent: pulumi.Resource,
  name: string,
  key: { readonly arn: pulumi.Input<string> },
  settings: Settings,
  transform: RealtimeGatewayArgs["transform"] = {},
): Tables {
  const options: pulumi.CustomResourceOptions = {
    parent,
    protect: settings.protect,
    retainOnDelete: settings.protect,
  };
  const common = {
    billingMode: "PAY_PER_REQUEST",
    hashKey: "pk",
    rangeKey: "sk",
    attributes: [
      { name: "pk", type: "S" },
      { name: "sk", type: "S" },
    ],
    serverSideEncryption: { enabled: true, kmsKeyArn: key.arn },
    // Zero-ETL exports by it: https://docs.aws.amazon.com/glue/latest/dg/zero-etl-sources.html
    pointInTimeRecovery: { enabled: true },
    deletionProtectionEnabled: settings.protect,
  };
  const make = (suffix: "players" | "presence", args: aws.dynamodb.TableArgs): aws.dynamodb.Table => {
    const own = { ...options };
    return new aws.dynamodb.Table(
      `${name}-${suffix}`,
      applyTransform(transform[suffix], args, own, `${name}-${suffix}`),
      own,
    );
  };
  return {
    players: make("players", { ...common }),
    presence: make("presence", {
      ...common,
      ttl: { enabled: true, attributeName: "expiresAt" },
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
    }),
  };
}

import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { applyTransform, type Transform } from "../shared/transform";
import { DUE_INDEX } from "./keys";

/** The Messages table: stream, recovery, customer key, retention by TTL, the sparse index of what waits for its time. */
export function createTable(
  parent: pulumi.Resource,
  name: string,
  keyArn: pulumi.Output<string>,
  args: { readonly protect?: boolean; readonly transform?: { readonly table?: Transform<aws.dynamodb.TableArgs> } },
): aws.dynamodb.Table {
  const isProtected = args.protect ?? true;
  const options: pulumi.CustomResourceOptions = { parent, protect: isProtected, retainOnDelete: isProtected };
  const tableArgs: aws.dynamodb.TableArgs = {
    billingMode: "PAY_PER_REQUEST",
    hashKey: "pk",
    rangeKey: "sk",
    attributes: [
      { name: "pk", type: "S" },
      { name: "sk", type: "S" },
      { name: "dueBucket", type: "S" },
      { name: "dueAt", type: "N" },
    ],
    globalSecondaryIndexes: [{ name: DUE_INDEX, hashKey: "dueBucket", rangeKey: "dueAt", projectionType: "KEYS_ONLY" }],
    streamEnabled: true,
    streamViewType: "NEW_AND_OLD_IMAGES",
    ttl: { attributeName: "expiresAt", enabled: true },
    pointInTimeRecovery: { enabled: true },
    serverSideEncryption: { enabled: true, kmsKeyArn: keyArn },
    deletionProtectionEnabled: isProtected,
  };
  const table = `${name}-table`;
  return new aws.dynamodb.Table(table, applyTransform(args.transform?.table, tableArgs, options, table), options);
}

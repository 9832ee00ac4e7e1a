import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { applyTransform, type Transform } from "../shared/transform";

/** The table of runs: one item each, gone by TTL; recovery, customer key. */
export function createRuns(
  parent: pulumi.Resource,
  name: string,
  key: { readonly arn: pulumi.Output<string> },
  protect: boolean,
  transform: Transform<aws.dynamodb.TableArgs> | undefined,
): aws.dynamodb.Table {
  const options: pulumi.CustomResourceOptions = { parent, retainOnDelete: protect };
  const tableArgs: aws.dynamodb.TableArgs = {
    billingMode: "PAY_PER_REQUEST",
    hashKey: "pk",
    attributes: [{ name: "pk", type: "S" }],
    ttl: { attributeName: "expiresAt", enabled: true },
    pointInTimeRecovery: { enabled: true },
    serverSideEncryption: { enabled: true, kmsKeyArn: key.arn },
    deletionProtectionEnabled: protect,
  };
  const table = `${name}-runs`;
  return new aws.dynamodb.Table(table, applyTransform(transform, tableArgs, options, table), options);
}

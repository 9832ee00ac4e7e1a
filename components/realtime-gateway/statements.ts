import * as pulumi from "@pulumi/pulumi";
import { TABLE_KEY_ACTIONS, type Statement } from "../shared/iam";
import { STAGE } from "./limits";

/** What a function does with a table, by API action. */
export interface TableAccess {
  readonly players?: readonly string[];
  readonly presence?: readonly string[];
}

const READS = ["GetItem", "BatchGetItem", "Query"];

/** Exactly these actions on exactly these tables, and what DynamoDB does with their key in the caller's name. */
export function tableStatements(
  arns: { readonly players: pulumi.Input<string>; readonly presence: pulumi.Input<string> },
  keyArn: pulumi.Input<string>,
  access: TableAccess,
): Statement[] {
  const statements: Statement[] = [];
  const all = [...(access.players ?? []), ...(access.presence ?? [])];
  if (access.players) statements.push(table("Players", access.players, arns.players));
  if (access.presence) statements.push(table("Presence", access.presence, arns.presence));
  const writes = all.some((action) => !READS.includes(action));
  statements.push({ Sid: "TableKey", Action: TABLE_KEY_ACTIONS[writes ? "write" : "read"], Resource: keyArn });
  return statements;
}

function table(sid: string, actions: readonly string[], arn: pulumi.Input<string>): Statement {
  return { Sid: `${sid}Table`, Action: actions.map((action) => `dynamodb:${action}`), Resource: arn };
}

/** Posts to connections of the API's stage, and nothing else of it. */
export function postStatement(executionArn: pulumi.Input<string>): Statement {
  return {
    Sid: "PostToConnections",
    Action: "execute-api:ManageConnections",
    Resource: pulumi.interpolate`${executionArn}/${STAGE}/POST/@connections/*`,
  };
}

/** Publishing to a topic under a customer's key. */
export function publishStatements(topicArn: pulumi.Input<string>, keyArn: pulumi.Input<string>): Statement[] {
  return [
    { Sid: "PublishEvents", Action: "sns:Publish", Resource: topicArn },
    { Sid: "TopicKey", Action: ["kms:GenerateDataKey", "kms:Decrypt"], Resource: keyArn },
  ];
}

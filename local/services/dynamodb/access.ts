import type { Cloud } from "../../cloud";
import type { AccessRequest } from "../../service";
import { tableNameOf, type Database } from "./engine/database";
import { tokensOf } from "./expressions/lexer";
import type { ExpressionInput } from "./expressions/compile";
import type { AttributeValue, Item } from "./values";

/** What every operation works on. */
export interface Dependencies {
  readonly cloud: Cloud;
  readonly database: Database;
}

export interface TableAccess {
  /** e.g. `dynamodb:PutItem`. */
  readonly action: string;
  readonly table: string;
  readonly index?: string | undefined;
  /** Whether items are read or written, for which a table under a customer's key needs rights on that key. */
  readonly items?: "read" | "write";
  readonly leadingKeys?: readonly Item[];
  readonly input?: ExpressionInput & {
    readonly Item?: Item;
    readonly AttributesToGet?: readonly string[];
    readonly Select?: string;
    readonly ReturnValues?: string;
    readonly ReturnConsumedCapacity?: string;
  };
}

/** DynamoDB acts on the key in the caller's name: encryption.usagenotes.html, "Authorizing use of your customer managed key". */
const keyActions = {
  read: ["kms:Decrypt"],
  write: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"],
} as const;

/** The rights that an access to a table needs; none if the name is not one, which the operation then refuses. */
export function tableAccess({ cloud, database }: Dependencies, access: TableAccess): readonly AccessRequest[] {
  if (typeof access.table !== "string" || access.table === "") return [];
  const tableArn = tableArnOf(cloud, access.table);
  const context = contextOf(database, access);
  const request: AccessRequest = {
    action: access.action,
    resource: access.index == null ? tableArn : `${tableArn}/index/${access.index}`,
    ...(access.index == null ? {} : { policyOf: tableArn }),
    ...(context ? { context } : {}),
  };
  return access.items ? [request, ...keyAccess({ cloud, database }, access.table, access.items)] : [request];
}

/** The rights on a table's key, if that is a customer's own. */
export function keyAccess(
  { cloud, database }: Dependencies,
  table: string,
  kind: keyof typeof keyActions,
): readonly AccessRequest[] {
  const definition = database.find(table)?.definition;
  if (!definition?.customerKey) return [];
  const context = {
    "kms:ViaService": `dynamodb.${cloud.region}.amazonaws.com`,
    "kms:CallerAccount": cloud.accountId,
    "kms:EncryptionContext:aws:dynamodb:tableName": definition.name,
    "kms:EncryptionContext:aws:dynamodb:subscriberId": cloud.accountId,
  };
  return keyActions[kind].map((action) => ({ action, resource: definition.keyArn!, context }));
}

function tableArnOf(cloud: Cloud, nameOrArn: string): string {
  return nameOrArn.startsWith("arn:") ? nameOrArn : cloud.arn("dynamodb", `table/${tableNameOf(nameOrArn)}`);
}

function contextOf(database: Database, access: TableAccess): AccessRequest["context"] {
  const hash = access.leadingKeys && database.find(access.table)?.keys.hash;
  const leading = hash ? access.leadingKeys.flatMap((key) => textOf(key?.[hash.name])) : [];
  const { input } = access;
  if (leading.length === 0 && !input) return undefined;
  return {
    ...(leading.length > 0 ? { "dynamodb:LeadingKeys": [...new Set(leading)] } : {}),
    ...(input ? { "dynamodb:Attributes": attributesOf(input, access.leadingKeys ?? []) } : {}),
    ...(input?.Select ? { "dynamodb:Select": input.Select } : {}),
    ...(input?.ReturnValues ? { "dynamodb:ReturnValues": input.ReturnValues } : {}),
    ...(input?.ReturnConsumedCapacity ? { "dynamodb:ReturnConsumedCapacity": input.ReturnConsumedCapacity } : {}),
  };
}

function textOf(value: AttributeValue | undefined): readonly string[] {
  const text = value?.S ?? value?.N ?? value?.B;
  return text === undefined ? [] : [text];
}

/** Names of the top-level attributes that a request touches. */
function attributesOf(input: NonNullable<TableAccess["input"]>, keys: readonly Item[]): readonly string[] {
  const names = new Set([...keys.flatMap((key) => Object.keys(key ?? {})), ...Object.keys(input.Item ?? {})]);
  for (const name of input.AttributesToGet ?? []) names.add(name);
  const placeholders = input.ExpressionAttributeNames ?? {};
  for (const text of [
    input.UpdateExpression,
    input.ConditionExpression,
    input.KeyConditionExpression,
    input.FilterExpression,
    input.ProjectionExpression,
  ]) {
    if (typeof text !== "string") continue;
    for (const head of headsIn(text)) names.add(head.startsWith("#") ? (placeholders[head] ?? head) : head);
  }
  return [...names];
}

const keywords = new Set(["AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD", "DELETE"]);
const heads = new Map<string, readonly string[]>();

function headsIn(text: string): readonly string[] {
  const known = heads.get(text);
  if (known) return known;
  const tokens = tokensOf(text);
  const found = tokens.flatMap((token, i) => {
    const isName = token.kind === "nameRef" || (token.kind === "name" && !keywords.has(token.text.toUpperCase()));
    return isName && tokens[i - 1]?.text !== "." && tokens[i + 1]?.text !== "(" ? [token.text] : [];
  });
  if (heads.size >= 2000) heads.clear();
  heads.set(text, found);
  return found;
}

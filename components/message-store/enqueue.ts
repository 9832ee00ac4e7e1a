import * as dynamodb from "@aws-sdk/client-dynamodb";
import type { Captured } from "../shared/callback";
import { isConditionFailure } from "../shared/condition";
import { inParallel } from "../shared/parallel";
import { newItem } from "./item";
import type { Enqueued } from "./message";
import { byName, type AnyMessage, type Enqueue, type MessageOf, type TemplateReference } from "./template-reference";
import { messageProblem } from "./validate";

/** Writes of one `enqueueMany` under way at once; the SDK keeps 50 connections. */
const PARALLEL_WRITES = 40;

/** What a client of the store captures. */
export interface EnqueueSettings {
  readonly table: Captured<string>;
  readonly types: readonly string[];
  readonly retentionDays: number;
  /** Shards of the index of what is dated ahead. @default 1 */
  readonly dueShards?: number;
}

/** Answer for one of many. */
export type EnqueueResult = Enqueued | { readonly error: { readonly field: string; readonly message: string } };

/** What a closure uses to enqueue messages; made by `store.client()`, hoisted to a const outside the closure. */
export interface MessageClient {
  /**
   * Writes a message; with a deduplication key, once. `template` is a name, or what `emails.template` returned: then
   * `data` has the type of the template's schema, and is held against it here.
   * @throws MessageError (with `field`) when the message is wrong.
   */
  readonly enqueue: Enqueue;
  /** Writes many messages, answering for each in its place; a wrong one does not stop the others. */
  readonly enqueueMany: (messages: readonly AnyMessage[]) => Promise<EnqueueResult[]>;
  /**
   * The message as a member of `TransactItems`, so that it is written together with the state that it tells of (outbox).
   * The transaction is cancelled if the same deduplication key has made the message before.
   * @throws MessageError (with `field`) when the message is wrong.
   */
  readonly transactItem: <const Template extends string | TemplateReference<object>>(
    message: MessageOf<Template>,
  ) => { readonly id: string; readonly item: dynamodb.TransactWriteItem };
}

/** The client's functions; the connection is made with the first message. */
export function messageClient({ table, types, retentionDays, dueShards }: EnqueueSettings): MessageClient {
  const connection: { client?: dynamodb.DynamoDBClient } = {};

  function put(given: AnyMessage) {
    const now = Math.floor(Date.now() / 1000);
    const { message, problem } = byName(given);
    const wrong = messageProblem(message, types, now) ?? problem;
    if (wrong) throw messageError(wrong);
    const { id, item } = newItem(message, now, retentionDays, dueShards);
    return { id, Put: { TableName: table.get(), Item: item, ConditionExpression: "attribute_not_exists(pk)" } };
  }

  async function enqueue(message: AnyMessage): Promise<Enqueued> {
    const { id, Put } = put(message);
    connection.client ??= new dynamodb.DynamoDBClient({ maxAttempts: 5 });
    try {
      const failure = message.origin === undefined ? {} : { ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const };
      await connection.client.send(new dynamodb.PutItemCommand({ ...Put, ...failure }));
      return { id, created: true };
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
      const origin = (error as dynamodb.ConditionalCheckFailedException).Item?.["origin"]?.S;
      return { id, created: false, ...(origin === undefined ? {} : { origin }) };
    }
  }

  async function enqueueOne(message: AnyMessage): Promise<EnqueueResult> {
    try {
      return await enqueue(message);
    } catch (error) {
      if (!isMessageError(error)) throw error;
      return { error: { field: error.field, message: error.message } };
    }
  }

  return {
    // The types are for those who call; what comes is checked all the same.
    enqueue: enqueue as unknown as Enqueue,
    // Single conditional puts, not transactions: idempotent all the same, and half the write units of TransactWriteItems,
    // which would also fail as a whole for one message that exists. BatchWriteItem takes no conditions.
    enqueueMany: (messages) => inParallel(messages, PARALLEL_WRITES, enqueueOne),
    transactItem: (message) => {
      const { id, Put } = put(message as unknown as AnyMessage);
      return { id, item: { Put } };
    },
  };
}

function messageError(problem: { field: string; message: string }): Error {
  return Object.assign(new Error(problem.message), { name: "MessageError", field: problem.field });
}

function isMessageError(error: unknown): error is Error & { field: string } {
  return (error as { name?: unknown } | null)?.name === "MessageError";
}

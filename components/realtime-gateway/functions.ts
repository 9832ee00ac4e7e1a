import type { LambdaFunction } from "../shared/callback";
import { queueMapping, streamMapping, streamStatements } from "../shared/event-source";
import { checkHandler } from "./check";
import { emitHandler } from "./event";
import { NOTICE_FILTERS } from "./filters";
import { notifyHandler } from "./notify";
import { createFunction, DROP, tableRights, type Parts } from "./parts";
import { gatewayRedriveHandler } from "./redrive";
import { serveProfileHandler } from "./serve-profile";
import { postStatement, publishStatements } from "./statements";

/** The stream's reader. */
export function createNotifyFunction(parts: Parts): LambdaFunction {
  const { parent, name, tables: owned, key, topic, failures, settings } = parts;
  const streamArn = owned.presence.streamArn;
  const fn = createFunction(
    parts,
    "notify",
    "Tells friends what a player did.",
    notifyHandler({
      players: owned.players.name,
      presence: owned.presence.name,
      checks: parts.checks.url,
      endpoint: parts.endpoint,
      topic: topic.arn,
      subscribed: parts.subscribed,
      graceSeconds: settings.graceSeconds,
    }),
    [
      ...streamStatements({ streamArn, keyArn: key.arn, failureQueueArn: failures.arn }),
      ...tableRights(parts, { players: ["BatchGetItem"], presence: DROP }),
      ...parts.checks.sendStatements(),
      ...publishStatements(topic.arn, key.arn),
      postStatement(parts.executionArn),
    ],
    { memorySize: 512, timeout: 30 },
  );
  streamMapping(
    `${name}-notices`,
    { streamArn, fn, failureQueueArn: failures.arn, filters: NOTICE_FILTERS, maximumRetryAttempts: 8 },
    parent,
  );
  return fn;
}

/** The delayed check of presence. */
export function createCheckFunction(parts: Parts): LambdaFunction {
  const fn = createFunction(
    parts,
    "check",
    "Makes certain that players without a connection are offline.",
    checkHandler({
      presence: parts.tables.presence.name,
      checks: parts.checks.url,
      graceSeconds: parts.settings.graceSeconds,
    }),
    [...tableRights(parts, { presence: DROP }), ...parts.checks.sendStatements(), ...parts.checks.consumeStatements()],
    { timeout: 30 },
  );
  queueMapping(`${parts.name}-checks`, { queue: parts.checks, fn, maximumConcurrency: 10 }, parts.parent);
  return fn;
}

/** The functions through which game servers enter. */
export function createServerFunctions(parts: Parts): {
  readonly profile: LambdaFunction;
  readonly event: LambdaFunction;
} {
  const extra = { onFailure: parts.failures.arn };
  return {
    profile: createFunction(
      parts,
      "serve-profile",
      "Reads and writes profiles for game servers.",
      serveProfileHandler({ players: parts.tables.players.name, attributes: { ...parts.settings.attributes } }),
      tableRights(parts, { players: ["GetItem", "UpdateItem"] }),
      extra,
    ),
    event: createFunction(
      parts,
      "serve-event",
      "Takes player events from game servers.",
      emitHandler({ presence: parts.tables.presence.name }),
      tableRights(parts, { presence: ["PutItem"] }),
      extra,
    ),
  };
}

/** The function with which an operator does again what was given up. */
export function createRedriveFunction(
  parts: Parts,
  fed: { readonly notify: LambdaFunction; readonly servers: readonly LambdaFunction[] },
): LambdaFunction {
  const { failures, key, tables: owned } = parts;
  return createFunction(
    parts,
    "redrive",
    "Does again what was given up: notices, events and profiles of game servers.",
    gatewayRedriveHandler({ failuresUrl: failures.url, notify: fed.notify.name }),
    [
      { Sid: "ReadGivenUp", Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage"], Resource: failures.arn },
      {
        Sid: "ReadBatch",
        Action: ["dynamodb:GetShardIterator", "dynamodb:GetRecords"],
        Resource: owned.presence.streamArn,
      },
      { Sid: "GivenUpKey", Action: "kms:Decrypt", Resource: key.arn },
      {
        Sid: "DoAgain",
        Action: "lambda:InvokeFunction",
        Resource: [fed.notify, ...fed.servers].map(({ arn }) => arn),
      },
    ],
    { timeout: 300 },
  );
}

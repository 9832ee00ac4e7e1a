import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { LambdaFunction, type AnyLambdaFunctionArgs } from "../shared/callback";
import { queueMapping, streamMapping, streamStatements } from "../shared/event-source";
import type { DeadLetteredQueue } from "../shared/queue";
import type { Settings } from "./args";
import { authorizeHandler } from "./authorize";
import { checkHandler } from "./check";
import { connectHandler } from "./connect";
import { defaultHandler } from "./default";
import { disconnectHandler } from "./disconnect";
import { emitHandler, eventHandler } from "./event";
import { NOTICE_FILTERS } from "./filters";
import { friendsHandler } from "./friends";
import { helloHandler } from "./hello";
import { notifyHandler } from "./notify";
import { pingHandler } from "./ping";
import { profileHandler } from "./profile";
import { FRIEND_ACTIONS, GAME_ACTIONS, PREFERENCE_ACTIONS, PROFILE_ACTIONS } from "./protocol";
import { gatewayRedriveHandler } from "./redrive";
import { serveProfileHandler } from "./serve-profile";
import { postStatement, publishStatements, tableStatements, type TableAccess } from "./statements";
import type { Tables } from "./tables";

/** What the gateway's functions work on. */
export interface Parts {
  readonly name: string;
  readonly parent: pulumi.Resource;
  readonly key: { readonly arn: pulumi.Output<string> };
  readonly settings: Settings;
  readonly tables: Tables;
  readonly checks: DeadLetteredQueue;
  readonly failures: aws.sqs.Queue;
  readonly topic: aws.sns.Topic;
  readonly executionArn: pulumi.Output<string>;
  readonly endpoint: pulumi.Output<string>;
  /** Names of the events that somebody reacts to, with commas between; known when the program has been declared. */
  readonly subscribed: pulumi.Output<string>;
}

/** Functions behind routes, with the keys of those. */
export interface RouteFunction {
  readonly suffix: string;
  readonly fn: LambdaFunction;
  readonly keys: readonly string[];
}

type Extra = Partial<Pick<AnyLambdaFunctionArgs, "memorySize" | "timeout" | "onFailure">>;

function make(
  parts: Parts,
  suffix: string,
  description: string,
  handler: AnyLambdaFunctionArgs["handler"],
  statements: AnyLambdaFunctionArgs["statements"] = [],
  extra: Extra = {},
): LambdaFunction {
  const { name, parent, key, settings } = parts;
  return new LambdaFunction(
    `${name}-${suffix}`,
    { handler, description, key, statements, logRetentionDays: settings.logRetentionDays, ...extra },
    { parent },
  );
}

function tables(parts: Parts, access: TableAccess) {
  const arns = { players: parts.tables.players.arn, presence: parts.tables.presence.arn };
  return tableStatements(arns, parts.key.arn, access);
}

const DROP = ["UpdateItem", "Query", "BatchGetItem", "BatchWriteItem"];

export function createAuthorizeFunction(parts: Parts): LambdaFunction {
  const { auth } = parts.settings;
  return make(parts, "authorize", "Admits players by the tokens of their issuer.", authorizeHandler(auth));
}

/** The functions of the gateway's own routes. */
export function createRouteFunctions(parts: Parts): RouteFunction[] {
  const players = parts.tables.players.name;
  const presence = parts.tables.presence.name;
  const checks = parts.checks.url;
  const { graceSeconds } = parts.settings;
  const route = (suffix: string, keys: readonly string[], fn: LambdaFunction): RouteFunction => ({ suffix, fn, keys });
  return [
    route("connect", ["$connect"], make(parts, "connect", "Opens connections.", connectHandler())),
    route(
      "disconnect",
      ["$disconnect"],
      make(parts, "disconnect", "Drops connections.", disconnectHandler({ presence, checks, graceSeconds }), [
        ...tables(parts, { presence: DROP }),
        ...parts.checks.sendStatements(),
      ]),
    ),
    route("default", ["$default"], make(parts, "default", "Answers what no route takes.", defaultHandler())),
    route(
      "hello",
      ["hello"],
      make(
        parts,
        "hello",
        "Registers connections.",
        helloHandler({ players, presence, checks }),
        [...tables(parts, { players: ["Query", "UpdateItem"], presence: DROP }), ...parts.checks.sendStatements()],
        { memorySize: 512 },
      ),
    ),
    route(
      "ping",
      ["ping"],
      make(
        parts,
        "ping",
        "Keeps connections registered.",
        pingHandler({ presence }),
        tables(parts, { presence: ["UpdateItem"] }),
      ),
    ),
    route(
      "friends",
      Object.keys(FRIEND_ACTIONS),
      make(
        parts,
        "friends",
        "Begins, ends, mutes and lists friendships.",
        friendsHandler({ players, presence }),
        tables(parts, {
          players: ["BatchGetItem", "Query", "PutItem", "DeleteItem", "ConditionCheckItem"],
          presence: ["GetItem", "BatchGetItem", "Query", "BatchWriteItem", "PutItem", "DeleteItem"],
        }),
      ),
    ),
    route(
      "profile",
      Object.keys({ ...PROFILE_ACTIONS, ...GAME_ACTIONS, ...PREFERENCE_ACTIONS }),
      make(
        parts,
        "profile",
        "Reads and changes what players know of themselves.",
        profileHandler({ players, presence }),
        tables(parts, { players: ["GetItem", "UpdateItem"], presence: ["GetItem"] }),
      ),
    ),
    route(
      "event",
      ["event"],
      make(
        parts,
        "event",
        "Takes player events from clients.",
        eventHandler({ presence }),
        tables(parts, { presence: ["GetItem", "PutItem"] }),
      ),
    ),
  ];
}

/** The stream's reader. */
export function createNotifyFunction(parts: Parts): LambdaFunction {
  const { parent, name, tables: owned, key, topic, failures, settings } = parts;
  const streamArn = owned.presence.streamArn;
  const fn = make(
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
      ...tables(parts, { players: ["BatchGetItem"], presence: DROP }),
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
  const fn = make(
    parts,
    "check",
    "Makes certain that players without a connection are offline.",
    checkHandler({
      presence: parts.tables.presence.name,
      checks: parts.checks.url,
      graceSeconds: parts.settings.graceSeconds,
    }),
    [...tables(parts, { presence: DROP }), ...parts.checks.sendStatements(), ...parts.checks.consumeStatements()],
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
    profile: make(
      parts,
      "serve-profile",
      "Reads and writes profiles for game servers.",
      serveProfileHandler({ players: parts.tables.players.name, attributes: { ...parts.settings.attributes } }),
      tables(parts, { players: ["GetItem", "UpdateItem"] }),
      extra,
    ),
    event: make(
      parts,
      "serve-event",
      "Takes player events from game servers.",
      emitHandler({ presence: parts.tables.presence.name }),
      tables(parts, { presence: ["PutItem"] }),
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
  return make(
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

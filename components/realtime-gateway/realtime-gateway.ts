import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { givenUpAlarm, reactionAlarms } from "../shared/alarms";
import { aHandler, checkedName } from "../shared/arguments";
import { withGrants, type LambdaFunction } from "../shared/callback";
import { EncryptionKey } from "../shared/encryption";
import { ArgumentError } from "../shared/errors";
import type { Statement } from "../shared/iam";
import { keepNames } from "../shared/kept-names";
import { LateList } from "../shared/late";
import { createAlarms, type MonitoringArgs, type Widget } from "../shared/monitoring";
import { setWayBack } from "../shared/operated";
import type { AttributesWith, NoAttributes, PlayerAttributes, PlayerDirectory } from "../shared/player-directory";
import { DeadLetteredQueue, failureQueue } from "../shared/queue";
import type { Schema } from "../shared/schema";
import type { TypeOf } from "../shared/schema-type";
import { alarmsOf, widgetsOf, type Watched } from "./alarms";
import {
  createAccountLogging,
  createApi,
  createAuthorizer,
  createRoutes,
  createStage,
  type DeclaredRoute,
} from "./api";
import { settingsOf, type RealtimeGatewayArgs } from "./arguments";
import { createCheckFunction, createNotifyFunction, createRedriveFunction, createServerFunctions } from "./functions";
import { checkGameRoute, createGameRouteFunction, type GameRoute } from "./game-route";
import { PROTOCOL, STAGE } from "./limits";
import { tableRights, type Parts } from "./parts";
import { createPlayerEventTopic, createReaction, createUndelivered } from "./player-events";
import { pusherOf, type Pusher } from "./push";
import type { PlayerEventHandler } from "./react";
import type { RouteContext } from "./route";
import { createAuthorizeFunction, createRouteFunctions } from "./route-functions";
import { postStatement } from "./statements";
import { createTables } from "./tables";

export type { AuthArgs, RealtimeGatewayArgs } from "./arguments";

/**
 * Players connect over a WebSocket and hear at once what their friends do.
 *
 * @example // complete: tables, presence, friends, profiles, events, notices, alarms
 * const gateway = new RealtimeGateway("gateway", { auth: { issuer: "https://id.example.com", audience: "game" } });
 *
 * @example // a route and a reaction of the studio's own
 * gateway.route(
 *   "guild.join",
 *   { type: "object", properties: { guild: { type: "string" } }, required: ["guild"] } as const,
 *   async (context, body) => ({ joined: body.guild, by: context.playerId }),
 * );
 * gateway.onPlayerEvent("level-up", async (event) => console.log(event.player, event.data["level"]));
 *
 * @example // to a player who is there, from a handler of any function
 * const pusher = gateway.pusher();
 * messages.onStatus("delivered", async (message) => void (await pusher.push(message.player, { mail: message.id })));
 */
export class RealtimeGateway<const Own extends PlayerAttributes = NoAttributes> extends pulumi.ComponentResource {
  /** Profiles, friends, preferences; replicated to the analytics copy. */
  readonly players: aws.dynamodb.Table;
  /** Connections, watch entries, player events; never replicated. */
  readonly presence: aws.dynamodb.Table;
  /** `wss://…`, what clients connect to. */
  readonly url: pulumi.Output<string>;
  /** The subprotocol that clients offer beside `bearer.<token>`. */
  readonly protocol = PROTOCOL;
  /** Where other components find players. */
  readonly directory: PlayerDirectory<AttributesWith<Own>>;
  /** Through which game servers read and write profiles. */
  readonly profileFunction: LambdaFunction;
  /** Through which game servers emit player events. */
  readonly eventFunction: LambdaFunction;
  /** `https://…`, where posts to connections go. */
  readonly endpoint: pulumi.Output<string>;
  /** Whose tokens players connect with. */
  readonly issuer: string;
  /** For operators: does again what was given up. */
  readonly redriveFunction: LambdaFunction;

  private readonly parts: Parts;
  private readonly api: aws.apigatewayv2.Api;
  private readonly routes: LateList<DeclaredRoute>;
  private readonly events: LateList<string>;
  private readonly watched: Watched;
  private readonly monitoring: MonitoringArgs | undefined;
  private undelivered: aws.sqs.Queue | undefined;

  constructor(name: string, args: RealtimeGatewayArgs<Own>, options?: pulumi.ComponentResourceOptions) {
    super("games-messaging:realtime-gateway:RealtimeGateway", checkedName(name), {}, keepNames(name, options));
    const settings = settingsOf(name, args);
    this.monitoring = args.monitoring;
    this.issuer = settings.auth.issuer;
    this.routes = new LateList("route", name);
    this.events = new LateList("reaction to a player event", name);
    // Kept as long as the tables are: without their key nobody can read them.
    const key = args.key ?? new EncryptionKey(`${name}-key`, { retainOnDelete: settings.protect }, { parent: this });
    const tables = createTables(this, name, key, settings, args.transform);
    const queueTimeouts = { visibilityTimeoutSeconds: 180, maxReceiveCount: 5 };
    const checks = new DeadLetteredQueue(`${name}-checks`, { key, ...queueTimeouts }, { parent: this });
    const failures = failureQueue(`${name}-failures`, key, this);
    this.api = createApi(this, name, args.transform);
    const region = aws.getRegionOutput({}, { parent: this }).region;
    // Not of the stage's own URL: stage, deployment, routes and functions would wait for each other.
    this.endpoint = pulumi.interpolate`https://${this.api.id}.execute-api.${region}.amazonaws.com/${STAGE}`;

    const parts: Parts = {
      name,
      parent: this,
      key,
      settings,
      tables,
      checks,
      failures,
      topic: createPlayerEventTopic(this, name, key),
      executionArn: this.api.executionArn,
      endpoint: this.endpoint,
      subscribed: pulumi.output(this.events.all.then((all) => [...new Set(all)].sort().join(",") || "-")),
    };
    this.parts = parts;
    const authorize = createAuthorizeFunction(parts);
    const authorizer = createAuthorizer(this, name, this.api, authorize);
    const functions: Record<string, pulumi.Output<string>> = { authorize: authorize.name };
    for (const { suffix, fn, keys } of createRouteFunctions(parts)) {
      functions[suffix] = fn.name;
      this.addRoutes(suffix, fn, keys, suffix === "connect" ? authorizer : undefined);
    }
    const notify = createNotifyFunction(parts);
    functions["notify"] = notify.name;
    functions["check"] = createCheckFunction(parts).name;
    const servers = createServerFunctions(parts);
    this.redriveFunction = createRedriveFunction(parts, { notify, servers: [servers.profile, servers.event] });
    setWayBack(failures, { kind: "redrive", functionArn: this.redriveFunction.arn, payload: {} });
    functions["serve-profile"] = servers.profile.name;
    functions["serve-event"] = servers.event.name;
    functions["redrive"] = this.redriveFunction.name;
    const stage = createStage(this, name, {
      api: this.api,
      authorizer,
      routes: this.routes,
      key,
      settings,
      account: args.manageAccountLogging ? createAccountLogging(this, name) : undefined,
      transform: args.transform,
    });

    this.watched = {
      apiId: this.api.id,
      notify: notify.name,
      checks: { queue: checks.queue.name, deadLetters: checks.deadLetters.name },
      failures: failures.name,
      reactions: {},
      functions,
    };
    createAlarms(this, name, alarmsOf(this.watched), args.monitoring);

    this.players = tables.players;
    this.presence = tables.presence;
    this.url = stage.invokeUrl;
    this.profileFunction = servers.profile;
    this.eventFunction = servers.event;
    this.directory = {
      tableName: tables.players.name,
      tableArn: tables.players.arn,
      keyArn: key.arn,
      attributes: settings.attributes,
    };
    this.registerOutputs({ url: this.url, protocol: this.protocol });
  }

  /**
   * Adds a route: frames with this action, whose body keeps `schema`, run `handler`; what it returns is the reply.
   * A connection that has not said `hello` is answered `not-registered`, and the handler does not see its frame.
   * An error of `protocolError` becomes an error frame, any other one the code `internal`.
   *
   * @param action e.g. `guild.join`.
   * @param schema of the body, the part of JSON Schema that `Schema` describes; give it `as const` elsewhere than inline.
   * @throws ArgumentError for an action that is taken or a schema that is not understood.
   */
  route<const S extends Schema>(
    action: string,
    schema: S,
    handler: (context: RouteContext, body: TypeOf<S>) => Promise<unknown>,
  ): LambdaFunction {
    // The schema is held against the body before the handler sees it.
    const route: GameRoute = { action, schema, handler: handler as GameRoute["handler"] };
    checkGameRoute(this.parts.name, route);
    const suffix = `route-${action.replaceAll(".", "-")}`;
    const fn = createGameRouteFunction(this.parts, suffix, route);
    this.addRoutes(suffix, fn, [action]);
    return fn;
  }

  /**
   * Runs `react` for each player event of this name, e.g. `achievement`, `online`, `offline` or the studio's own. Each
   * reaction has a queue, dead letters, a function and a role of its own, and may see one event more than once.
   */
  onPlayerEvent(event: string, react: PlayerEventHandler): LambdaFunction {
    const { name, topic } = this.parts;
    if (typeof event !== "string" || !/^[a-z][a-z0-9.-]{0,63}$/.test(event)) {
      const expected = "a lower-case letter, then lower-case letters, digits, dots or dashes, at most 64";
      const fix = "Name the event as the clients do.";
      throw new ArgumentError({ component: name, argument: "onPlayerEvent", got: event, expected, fix });
    }
    aHandler(name, `onPlayerEvent "${event}"`, react);
    const before = this.events.soFar.filter((other) => other === event).length;
    this.events.add(event);
    this.undelivered ??= this.createUndelivered(topic);
    const suffix = `on-${event.replaceAll(".", "-")}${before === 0 ? "" : `-${before + 1}`}`;
    const { fn, queue } = createReaction(this.parts, suffix, { event, react, undelivered: this.undelivered });
    const names = { queue: queue.queue.name, deadLetters: queue.deadLetters.name };
    createAlarms(this, name, reactionAlarms(suffix, names, fn.name), this.monitoring);
    this.watched.reactions[suffix] = names.deadLetters;
    return fn;
  }

  /** A client that sends to a player's live connections. Whatever function captures it gets exactly its rights. */
  pusher(): Pusher {
    const { parts } = this;
    const client = pusherOf({ presence: parts.tables.presence.name, endpoint: parts.endpoint });
    return withGrants(client, (): Statement[] => [
      ...tableRights(parts, { presence: ["GetItem", "UpdateItem"] }),
      postStatement(parts.executionArn),
    ]);
  }

  /** The gateway's part of a dashboard. */
  widgets(): Widget[] {
    return widgetsOf(this.watched);
  }

  private createUndelivered(topic: aws.sns.Topic): aws.sqs.Queue {
    const { name, key } = this.parts;
    const queue = createUndelivered(this, name, key, topic);
    const alarm = givenUpAlarm("undelivered", queue.name, "SNS could not deliver player events to a reaction.");
    createAlarms(this, name, [alarm], this.monitoring);
    this.watched.reactions["undelivered"] = queue.name;
    return queue;
  }

  private addRoutes(
    suffix: string,
    fn: LambdaFunction,
    keys: readonly string[],
    authorizer?: aws.apigatewayv2.Authorizer,
  ): void {
    const name = `${this.parts.name}-${suffix}`;
    for (const route of createRoutes(this, name, this.api, fn, keys, authorizer)) this.routes.add(route);
  }
}

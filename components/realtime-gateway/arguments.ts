import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import {
  aBoolean,
  anything,
  aRetention,
  aText,
  listOf,
  monitoringArgs,
  recordOf,
  required,
  transformsOf,
  withArn,
} from "../shared/arguments";
import { refuse, requireInteger } from "../shared/errors";
import type { MonitoringArgs } from "../shared/monitoring";
import {
  PROFILE_ATTRIBUTES,
  type AttributesWith,
  type AttributeType,
  type PlayerAttributes,
} from "../shared/player-directory";
import type { Transform } from "../shared/transform";

/** Whose tokens open a connection. */
export interface AuthArgs {
  /** The `iss` of the tokens: an https URL, or a loopback one on a developer's machine. */
  issuer: string;
  /** The `aud` that tokens must carry. */
  audience: string;
  /** Address of the key set. @default found by OpenID Connect discovery at the issuer */
  jwksUri?: string;
  /** Signature algorithms that are accepted; only asymmetric ones. @default RS256, ES256, EdDSA */
  algorithms?: string[];
  /** Seconds by which clocks may differ, 0 to 300. @default 30 */
  clockSkewSeconds?: number;
  /** Origins of browsers that may connect, e.g. `https://play.example.com`. @default any; native clients send none */
  allowedOrigins?: string[];
}

/** Arguments of a `RealtimeGateway`. */
export interface RealtimeGatewayArgs<Own extends PlayerAttributes = PlayerAttributes> {
  /** Customer key of tables, queues, topics and logs. @default a key of its own */
  key?: { readonly arn: pulumi.Output<string> };
  /** Whose tokens open a connection. */
  auth: AuthArgs;
  /**
   * The studio's own attributes of a profile, beside those that every profile has: each `string`, `number`, `boolean` or
   * `epochSeconds`. Segments can ask for them.
   * @default none
   */
  playerAttributes?: Own;
  /** Seconds for which a player without a connection is still online, 1 to 600. @default 15 */
  gracePeriodSeconds?: number;
  /** Frames of all connections together. @default 1,000 at once, 2,000 a second */
  throttling?: { burst: number; perSecond: number };
  /**
   * Whether this stack sets the role by which API Gateway writes logs. It exists once per account and Region, without
   * it no stage with logs comes up ("CloudWatch Logs role ARN must be set in account settings to enable logging"), and
   * it stays when the stack is destroyed, because every other API of the account uses it. Exactly one stack says true.
   * @default false
   */
  manageAccountLogging?: boolean;
  /** Days that logs are kept, a value that CloudWatch knows. @default 400 */
  logRetentionDays?: number;
  /** Tables are protected from deletion, and kept when the stack is destroyed. @default true */
  protect?: boolean;
  /** Which alarms there are, and whom they notify. @default all alarms, notifying nobody */
  monitoring?: MonitoringArgs;
  /** Changes the arguments of a child. */
  transform?: {
    players?: Transform<aws.dynamodb.TableArgs>;
    presence?: Transform<aws.dynamodb.TableArgs>;
    api?: Transform<aws.apigatewayv2.ApiArgs>;
    stage?: Transform<aws.apigatewayv2.StageArgs>;
  };
}

/** Arguments with their defaults, held against what can work. */
export interface Settings<Own extends PlayerAttributes = PlayerAttributes> {
  readonly auth: {
    readonly issuer: string;
    readonly audience: string;
    readonly jwksUri?: string;
    readonly algorithms: readonly string[];
    readonly clockSkewSeconds: number;
    readonly allowedOrigins?: readonly string[];
  };
  readonly attributes: AttributesWith<Own>;
  readonly graceSeconds: number;
  readonly throttling: { readonly burst: number; readonly perSecond: number };
  readonly logRetentionDays: number;
  readonly protect: boolean;
}

const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"] as const;
const TYPES: readonly AttributeType[] = ["string", "number", "boolean", "epochSeconds"];

const checkShape = required(
  {
    key: withArn,
    auth: required(
      {
        issuer: aText,
        audience: anything,
        jwksUri: aText,
        algorithms: listOf(anything),
        clockSkewSeconds: anything,
        allowedOrigins: listOf(aText),
      },
      ["issuer", "audience"],
    ),
    playerAttributes: recordOf(anything),
    gracePeriodSeconds: anything,
    throttling: required({ burst: anything, perSecond: anything }, ["burst", "perSecond"]),
    manageAccountLogging: aBoolean,
    logRetentionDays: aRetention,
    protect: aBoolean,
    monitoring: monitoringArgs,
    transform: transformsOf("players", "presence", "api", "stage"),
  },
  ["auth"],
);

/** @throws ArgumentError for values that no deployment can work with. */
export function settingsOf<Own extends PlayerAttributes>(name: string, args: RealtimeGatewayArgs<Own>): Settings<Own> {
  checkShape(name, "", args);
  const { auth } = args;
  requireUrl(name, "auth.issuer", auth.issuer);
  if (auth.jwksUri !== undefined) requireUrl(name, "auth.jwksUri", auth.jwksUri);
  if (typeof auth.audience !== "string" || auth.audience.trim() === "") {
    refuse(name, "auth.audience", auth.audience, "the aud that tokens carry", "Give the client id of the game.");
  }
  const algorithms = auth.algorithms ?? ["RS256", "ES256", "EdDSA"];
  const unknown = algorithms.find((algorithm) => !(ALGORITHMS as readonly string[]).includes(algorithm));
  if (unknown !== undefined || algorithms.length === 0) {
    refuse(name, "auth.algorithms", unknown ?? [], ALGORITHMS.join(", "), "A shared secret or none proves nothing.");
  }
  for (const [i, origin] of (auth.allowedOrigins ?? []).entries()) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      refuse(name, `auth.allowedOrigins[${i}]`, origin, "scheme, host and port alone", "Leave out path and slash.");
    }
  }
  return {
    auth: {
      issuer: auth.issuer,
      audience: auth.audience,
      ...(auth.jwksUri === undefined ? {} : { jwksUri: auth.jwksUri }),
      algorithms,
      clockSkewSeconds: requireInteger(name, "auth.clockSkewSeconds", auth.clockSkewSeconds ?? 30, 0, 300),
      ...(auth.allowedOrigins === undefined ? {} : { allowedOrigins: [...auth.allowedOrigins] }),
    },
    attributes: { ...PROFILE_ATTRIBUTES, ...playerAttributes(name, args.playerAttributes ?? ({} as Own)) },
    graceSeconds: requireInteger(name, "gracePeriodSeconds", args.gracePeriodSeconds ?? 15, 1, 600),
    throttling: {
      burst: requireInteger(name, "throttling.burst", args.throttling?.burst ?? 1_000, 1, 5_000),
      perSecond: requireInteger(name, "throttling.perSecond", args.throttling?.perSecond ?? 2_000, 1, 10_000),
    },
    logRetentionDays: args.logRetentionDays ?? 400,
    protect: args.protect ?? true,
  };
}

function playerAttributes<Own extends PlayerAttributes>(name: string, attributes: Own): Own {
  for (const [attribute, type] of Object.entries(attributes)) {
    const argument = `playerAttributes.${attribute}`;
    if (Object.hasOwn(PROFILE_ATTRIBUTES, attribute) || attribute === "pk" || attribute === "sk") {
      refuse(name, argument, attribute, "a name that no profile has yet", "Every profile has it: leave it out.");
    }
    // Glue folds names to lower case and allows letters, digits and _ in columns.
    if (!/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(attribute)) {
      refuse(
        name,
        argument,
        attribute,
        "a letter, then letters, digits or _, at most 64",
        "It becomes a column's name.",
      );
    }
    if (!TYPES.includes(type)) refuse(name, argument, type, TYPES.join(", "), "Only scalars are replicated.");
  }
  return { ...attributes };
}

function requireUrl(name: string, argument: string, value: string): void {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const loopback = url?.protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url?.protocol === "https:" || loopback) return;
  refuse(name, argument, value, "an https URL", "Keys that come over plain http could be anyone's.");
}

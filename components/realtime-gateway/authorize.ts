import * as jose from "jose";
import type { HandlerFactory } from "../shared/callback";
import { isPlayerId } from "../shared/player-keys";
import { PROTOCOL, TOKEN_PREFIX } from "./limits";

/** Which tokens open a connection. Plain data: it becomes part of the function. */
export interface AuthorizeConfig {
  readonly issuer: string;
  readonly audience: string;
  /** Address of the key set; found by OpenID discovery if it is not given. */
  readonly jwksUri?: string;
  readonly algorithms: readonly string[];
  readonly clockSkewSeconds: number;
  /** Origins of browsers; a client without an `Origin` is no browser and passes. */
  readonly allowedOrigins?: readonly string[];
}

/** What API Gateway hands to the authorizer of `$connect`. */
export interface AuthorizeEvent {
  readonly methodArn: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** The policy that admits or refuses, with what later frames learn in `requestContext.authorizer`. */
export interface AuthorizeResult {
  readonly principalId: string;
  readonly policyDocument: {
    readonly Version: string;
    readonly Statement: readonly { readonly Action: string; readonly Effect: string; readonly Resource: string }[];
  };
  readonly context?: Readonly<Record<string, string | number>>;
}

/** Milliseconds: for an answer of the issuer, between two fetches for an unknown key, until keys are fetched anew. */
const KEY_TIMEOUT = 4_000;
const KEY_COOLDOWN = 30_000;
const KEY_MAX_AGE = 600_000;

/**
 * The authorizer of `$connect`: a token of any OIDC issuer, travelling as a subprotocol. Whatever is wrong with it is
 * 401; a right token of a player that may not connect (origin, id) is 403; keys that cannot be had are 500, so that a
 * client tries again. Nothing of the request is logged.
 */
export function authorizeHandler(config: AuthorizeConfig): HandlerFactory<AuthorizeEvent, AuthorizeResult> {
  return () => {
    let keys: ReturnType<typeof jose.createRemoteJWKSet> | undefined;
    const keySet = async () =>
      (keys ??= jose.createRemoteJWKSet(new URL(config.jwksUri ?? (await discover(config.issuer))), {
        timeoutDuration: KEY_TIMEOUT,
        cooldownDuration: KEY_COOLDOWN,
        cacheMaxAge: KEY_MAX_AGE,
      }));
    return async (event) => {
      const token = tokenOf(header(event, "sec-websocket-protocol"));
      // API Gateway turns exactly this message into 401.
      // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
      if (token === undefined) throw new Error("Unauthorized");
      const claims = await claimsOf(token, await keySet(), config);
      if (!claims) throw new Error("Unauthorized");
      const origin = header(event, "origin");
      const foreign = origin !== undefined && config.allowedOrigins?.includes(origin) === false;
      if (foreign || !isPlayerId(claims.sub)) return result("nobody", "Deny", event.methodArn);
      return {
        ...result(claims.sub, "Allow", event.methodArn),
        context: { playerId: claims.sub, tokenExpiresAt: claims.exp ?? 0 },
      };
    };
  };
}

/** The token among the offered subprotocols; undefined if ours is not among them, or not exactly one token is. */
function tokenOf(offered: string | undefined): string | undefined {
  const protocols = (offered ?? "").split(",").map((protocol) => protocol.trim());
  const tokens = protocols.filter((protocol) => protocol.startsWith(TOKEN_PREFIX));
  return protocols.includes(PROTOCOL) && tokens.length === 1 ? tokens[0]?.slice(TOKEN_PREFIX.length) : undefined;
}

/** Clients write header names as they like. */
function header({ headers = {} }: AuthorizeEvent, name: string): string | undefined {
  return Object.entries(headers).find(([given]) => given.toLowerCase() === name)?.[1];
}

type Keys = ReturnType<typeof jose.createRemoteJWKSet>;

/** The claims of a valid token; undefined if it is not. Rejects when the issuer's keys cannot be had. */
async function claimsOf(token: string, keys: Keys, config: AuthorizeConfig): Promise<jose.JWTPayload | undefined> {
  try {
    const { payload } = await jose.jwtVerify(token, keys, {
      issuer: config.issuer,
      audience: config.audience,
      algorithms: [...config.algorithms],
      clockTolerance: config.clockSkewSeconds,
      requiredClaims: ["exp", "sub"],
    });
    return payload;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    // Of an issuer that does not answer, or not with keys, the token is not to blame.
    const unreachable = code === "ERR_JWKS_TIMEOUT" || code === "ERR_JWKS_INVALID" || code === "ERR_JOSE_GENERIC";
    if (unreachable || !code.startsWith("ERR_J")) throw new Error("the issuer's keys could not be fetched");
    return undefined;
  }
}

/** OpenID Connect discovery. https://openid.net/specs/openid-connect-discovery-1_0.html */
async function discover(issuer: string): Promise<string> {
  const address = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const answer = await fetch(address, { signal: AbortSignal.timeout(KEY_TIMEOUT), redirect: "error" });
  const { jwks_uri } = (await answer.json()) as { jwks_uri?: unknown };
  if (!answer.ok || typeof jwks_uri !== "string") throw new Error("the issuer's configuration names no keys");
  return jwks_uri;
}

function result(principalId: string, effect: "Allow" | "Deny", resource: string): AuthorizeResult {
  return {
    principalId,
    policyDocument: {
      Version: "2012-10-17",
      Statement: [{ Action: "execute-api:Invoke", Effect: effect, Resource: resource }],
    },
  };
}

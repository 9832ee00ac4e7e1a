import * as jose from "jose";
import { PROTOCOL, TOKEN_PREFIX } from "./limits";

/** Which tokens are believed. */
export interface TokenConfig {
  readonly issuer: string;
  readonly audience: string;
  /** Address of the key set; found by OpenID discovery if it is not given. */
  readonly jwksUri?: string;
  readonly algorithms: readonly string[];
  readonly clockSkewSeconds: number;
}

/** The issuer's key set, fetched when a token asks for it. */
export type IssuerKeys = ReturnType<typeof jose.createRemoteJWKSet>;

/** Milliseconds: for an answer of the issuer, between two fetches for an unknown key, until keys are fetched anew. */
const KEY_TIMEOUT = 4_000;
const KEY_COOLDOWN = 30_000;
const KEY_MAX_AGE = 600_000;

/** The issuer's keys; where they are is found out once. */
export function issuerKeys(config: TokenConfig): () => Promise<IssuerKeys> {
  let keys: IssuerKeys | undefined;
  return async () =>
    (keys ??= jose.createRemoteJWKSet(new URL(config.jwksUri ?? (await discover(config.issuer))), {
      timeoutDuration: KEY_TIMEOUT,
      cooldownDuration: KEY_COOLDOWN,
      cacheMaxAge: KEY_MAX_AGE,
    }));
}

/** The token among the offered subprotocols; undefined if ours is not among them, or not exactly one token is. */
export function tokenOf(offered: string | undefined): string | undefined {
  const protocols = (offered ?? "").split(",").map((protocol) => protocol.trim());
  const tokens = protocols.filter((protocol) => protocol.startsWith(TOKEN_PREFIX));
  return protocols.includes(PROTOCOL) && tokens.length === 1 ? tokens[0]?.slice(TOKEN_PREFIX.length) : undefined;
}

/** The claims of a valid token; undefined if it is not. Rejects when the issuer's keys cannot be had. */
export async function claimsOf(
  token: string,
  keys: IssuerKeys,
  config: TokenConfig,
): Promise<jose.JWTPayload | undefined> {
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

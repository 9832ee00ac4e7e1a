import { exportJWK, generateKeyPair, SignJWT, type JWK, type KeyLike } from "jose";

/** Where the issuer lives below the endpoint of the local cloud. */
export const ISSUER_PATH = "/_local/issuer";

/** The audience of tokens for the local stack. */
export const AUDIENCE = "games-messaging-local";

/** An OIDC issuer on this machine: discovery document, JWKS and tokens for sample players. */
export class LocalIssuer {
  private constructor(
    private readonly privateKey: KeyLike,
    private readonly publicKey: JWK,
    private readonly now: () => number,
  ) {}

  /** @param now milliseconds since the epoch, on the cloud's clock. */
  static async create(now: () => number): Promise<LocalIssuer> {
    const { privateKey, publicKey } = await generateKeyPair("ES256");
    return new LocalIssuer(
      privateKey,
      { ...(await exportJWK(publicKey)), kid: "local-1", alg: "ES256", use: "sig" },
      now,
    );
  }

  discovery(endpoint: string): object {
    const issuer = `${endpoint}${ISSUER_PATH}`;
    return {
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      id_token_signing_alg_values_supported: ["ES256"],
      response_types_supported: ["id_token"],
      subject_types_supported: ["public"],
    };
  }

  jwks(): { readonly keys: readonly JWK[] } {
    return { keys: [this.publicKey] };
  }

  /**
   * A token that the local stack's gateway accepts.
   * @param lifetimeSeconds @default 12 hours
   * @param claims in place of the usual ones, e.g. `{ aud: "another" }` for a token that must be refused; undefined leaves one out.
   */
  token(
    endpoint: string,
    player: string,
    lifetimeSeconds = 43_200,
    claims: Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    const now = Math.floor(this.now() / 1000);
    const usual = {
      iss: `${endpoint}${ISSUER_PATH}`,
      aud: AUDIENCE,
      sub: player,
      iat: now,
      exp: now + lifetimeSeconds,
    };
    return new SignJWT({ ...usual, ...claims })
      .setProtectedHeader({ alg: "ES256", kid: "local-1" })
      .sign(this.privateKey);
  }
}

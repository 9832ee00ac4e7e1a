import type { HandlerFactory } from "../shared/callback";
import { isPlayerId } from "../shared/player-keys";
import { claimsOf, issuerKeys, tokenOf, type TokenConfig } from "./token";

/** Which clients may open a connection. Plain data: it becomes part of the function. */
export interface AuthorizeConfig extends TokenConfig {
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

/**
 * The authorizer of `$connect`: a token of any OIDC issuer, travelling as a subprotocol. Whatever is wrong with it is
 * 401; a right token of a player that may not connect (origin, id) is 403; keys that cannot be had are 500, so that a
 * client tries again. Nothing of the request is logged.
 */
export function authorizeHandler(config: AuthorizeConfig): HandlerFactory<AuthorizeEvent, AuthorizeResult> {
  return () => {
    const keySet = issuerKeys(config);
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

/** Clients write header names as they like. */
function header({ headers = {} }: AuthorizeEvent, name: string): string | undefined {
  return Object.entries(headers).find(([given]) => given.toLowerCase() === name)?.[1];
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

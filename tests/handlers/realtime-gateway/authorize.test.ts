import { expect } from "chai";
import * as jose from "jose";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  authorizeHandler,
  type AuthorizeConfig,
  type AuthorizeResult,
} from "../../../components/realtime-gateway/authorize";
import { quietly } from "../shared/quietly";

const ARN = "arn:aws:execute-api:us-east-1:123456789012:api/live/$connect";

describe("authorizer", () => {
  let server: Server;
  let issuer: string;
  let own: jose.GenerateKeyPairResult;
  let foreign: jose.GenerateKeyPairResult;
  let fetched = 0;

  before(async () => {
    own = await jose.generateKeyPair("ES256");
    foreign = await jose.generateKeyPair("ES256");
    const keys = { keys: [{ ...(await jose.exportJWK(own.publicKey)), kid: "one", alg: "ES256", use: "sig" }] };
    server = createServer((request, response) => {
      if (request.url === "/keys") fetched++;
      const body = request.url === "/keys" ? keys : { issuer, jwks_uri: `${issuer}/keys` };
      response.setHeader("content-type", "application/json").end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(() => server.close());

  function authorizer(config: Partial<AuthorizeConfig> = {}) {
    const handler = authorizeHandler({
      issuer,
      audience: "game",
      jwksUri: `${issuer}/keys`,
      algorithms: ["ES256"],
      clockSkewSeconds: 30,
      ...config,
    })();
    return (headers: Record<string, string>) => handler({ methodArn: ARN, headers }, {} as never);
  }

  async function token(claims: jose.JWTPayload = {}, key = own.privateKey, header: object = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return new jose.SignJWT({ iss: issuer, aud: "game", sub: "auth0|anna", exp: now + 600, ...claims })
      .setProtectedHeader({ alg: "ES256", kid: "one", ...header })
      .sign(key);
  }

  const offer = (jwt: string) => ({ "Sec-WebSocket-Protocol": `games-messaging.v1, bearer.${jwt}` });

  async function outcome(work: Promise<AuthorizeResult>): Promise<string> {
    try {
      return (await work).policyDocument.Statement[0]?.Effect ?? "none";
    } catch (error) {
      return (error as Error).message;
    }
  }

  it("admits a player and tells later frames who he is", async () => {
    const exp = Math.floor(Date.now() / 1000) + 600;
    const result = await authorizer()(offer(await token({ exp })));
    expect(result).to.deep.equal({
      principalId: "auth0|anna",
      policyDocument: {
        Version: "2012-10-17",
        Statement: [{ Action: "execute-api:Invoke", Effect: "Allow", Resource: ARN }],
      },
      context: { playerId: "auth0|anna", tokenExpiresAt: exp },
    });
  });

  it("reads the header whatever the case of its name", async () => {
    const jwt = await token();
    expect(await outcome(authorizer()({ "sec-websocket-protocol": `bearer.${jwt},games-messaging.v1` }))).to.equal(
      "Allow",
    );
  });

  it("finds the keys by discovery", async () => {
    const config = { issuer, audience: "game", algorithms: ["ES256"], clockSkewSeconds: 0 };
    const handler = authorizeHandler(config)();
    const result = await handler({ methodArn: ARN, headers: offer(await token()) }, {} as never);
    expect(result.principalId).to.equal("auth0|anna");
  });

  const now = () => Math.floor(Date.now() / 1000);
  const refused: Readonly<Record<string, () => Promise<Record<string, string>>>> = {
    "no header": async () => ({}),
    "no token": async () => ({ "Sec-WebSocket-Protocol": "games-messaging.v1" }),
    "no protocol of ours": async () => ({ "Sec-WebSocket-Protocol": `bearer.${await token()}` }),
    "two tokens": async () => ({ "Sec-WebSocket-Protocol": `games-messaging.v1, bearer.a, bearer.${await token()}` }),
    "what is no token": async () => offer("abc"),
    "an expired token": async () => offer(await token({ exp: now() - 31 })),
    "a token of the future": async () => offer(await token({ nbf: now() + 40 })),
    "a token without expiry": async () =>
      offer(
        await new jose.SignJWT({ iss: issuer, aud: "game", sub: "a" })
          .setProtectedHeader({ alg: "ES256", kid: "one" })
          .sign(own.privateKey),
      ),
    "a token without a subject": async () =>
      offer(
        await new jose.SignJWT({ iss: issuer, aud: "game", exp: now() + 60 })
          .setProtectedHeader({ alg: "ES256", kid: "one" })
          .sign(own.privateKey),
      ),
    "another issuer": async () => offer(await token({ iss: "https://elsewhere.example" })),
    "another audience": async () => offer(await token({ aud: "shop" })),
    "a foreign key": async () => offer(await token({}, foreign.privateKey)),
    "an unknown key": async () => offer(await token({}, foreign.privateKey, { kid: "two" })),
    "no signature": async () => {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
      return offer(`${part({ alg: "none" })}.${part({ iss: issuer, aud: "game", sub: "a", exp: now() + 60 })}.`);
    },
    "a shared secret": async () => {
      const secret = new TextEncoder().encode(JSON.stringify(await jose.exportJWK(own.publicKey)));
      const claims = { iss: issuer, aud: "game", sub: "a", exp: now() + 60 };
      return offer(await new jose.SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: "one" }).sign(secret));
    },
    "a signature that was changed": async () => offer(`${(await token()).slice(0, -8)}AAAAAAAA`),
  };
  for (const [what, headers] of Object.entries(refused)) {
    it(`answers 401 to ${what}`, async () => {
      expect(await outcome(authorizer()(await headers()))).to.equal("Unauthorized");
    });
  }

  it("allows clocks to differ by the skew and no more", async () => {
    expect(await outcome(authorizer()(offer(await token({ exp: now() - 25 }))))).to.equal("Allow");
    expect(await outcome(authorizer()(offer(await token({ nbf: now() + 25 }))))).to.equal("Allow");
    expect(await outcome(authorizer({ clockSkewSeconds: 0 })(offer(await token({ exp: now() - 2 }))))).to.equal(
      "Unauthorized",
    );
  });

  it("answers 403 to a foreign origin, and passes clients without one", async () => {
    const authorize = authorizer({ allowedOrigins: ["https://play.example.com"] });
    const headers = offer(await token());
    expect(await outcome(authorize({ ...headers, Origin: "https://evil.example" }))).to.equal("Deny");
    expect(await outcome(authorize({ ...headers, Origin: "https://play.example.com" }))).to.equal("Allow");
    expect(await outcome(authorize(headers))).to.equal("Allow");
  });

  it("answers 403 to a subject that cannot be a player id", async () => {
    const harmful = [
      "x".repeat(81),
      "a\r\nb",
      "a\u0000",
      "a\u007f",
      "a\u0085",
      "a\u2028",
      "\u202ea",
      "a\u2067",
      "a\u200f",
    ];
    for (const sub of harmful) {
      expect(await outcome(authorizer()(offer(await token({ sub })))), JSON.stringify(sub)).to.equal("Deny");
    }
  });

  it("admits the subjects of issuers as they are", async () => {
    for (const sub of [
      "auth0|5f7c8ec7c33c6c004bbafe82",
      "google-oauth2|1",
      "ada+game@players.test",
      "Žofie 楽しい 👩‍🚀",
      "#a%/b",
    ]) {
      const answer = await authorizer()(offer(await token({ sub })));
      expect([answer.principalId, answer.context?.["playerId"]]).to.deep.equal([sub, sub]);
    }
  });

  it("fetches keys once for many tokens, unknown ones included", async () => {
    const authorize = authorizer();
    fetched = 0;
    await authorize(offer(await token()));
    for (let i = 0; i < 5; i++) await outcome(authorize(offer(await token({}, foreign.privateKey, { kid: `k${i}` }))));
    expect(fetched).to.equal(1);
  });

  it("blames no token when the issuer does not answer", async () => {
    const authorize = authorizer({ jwksUri: "http://127.0.0.1:1/keys" });
    expect(await outcome(authorize(offer(await token())))).to.equal("the issuer's keys could not be fetched");
  });

  it("logs nothing", async () => {
    const [, lines] = await quietly(async () => {
      await outcome(authorizer()(offer(await token())));
      await outcome(authorizer()(offer(await token({}, foreign.privateKey))));
    });
    expect(lines).to.deep.equal([]);
  });
});

import { expect } from "chai";
import * as jose from "jose";
import { constants, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { authorizeHandler } from "../../../components/realtime-gateway/authorize";

/** Published examples of signed objects: public key and compact form. */
const VECTORS: Readonly<Record<string, { readonly key: jose.JWK; readonly token: string }>> = {
  "RFC 8037, A.4 (EdDSA)": {
    key: { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" },
    token: [
      "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.",
      "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    ].join(""),
  },
  "RFC 7520, 4.1 (RS256)": {
    key: {
      kty: "RSA",
      n: [
        "n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2w",
        "qVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bT",
        "wJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5",
        "iaiQkqgc5gHdrNP5zw",
      ].join(""),
      e: "AQAB",
    },
    token: [
      "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.",
      "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwg",
      "YW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9m",
      "ZiB0by4.MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84w",
      "nB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is",
      "9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84o",
      "goree7vjbU5y18kDquDg",
    ].join(""),
  },
  "RFC 7520, 4.3 (ES512)": {
    key: {
      kty: "EC",
      crv: "P-521",
      x: "AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5RkTKqjqvjyekWF-7ytDyRXYgCF5cj0Kt",
      y: "AdymlHvOiLxXkEhayXQnNCvDX4h9htZaCJN34kfmC6pV5OhQHiraVySsUdaQkAgDPrwQrJmbnX9cwlGfP-HqHZR1",
    },
    token: [
      "eyJhbGciOiJFUzUxMiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.",
      "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwg",
      "YW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9m",
      "ZiB0by4.AE_R_YZCChjn4791jSQCrdPZCNYqHXCTZH0-JZGYNlaAjP2kqaluUIIUnC9qvbu9Plon7KRTzoNEuT4Va2cmL1eJAQy3mtPBu_u_sD",
      "DyYjnAMDxXPn7XrT0lw-kvAD890jl8e2puQens_IEKBpHABlsbEPX6sFY8OcGDqoRuBomu9xQ2",
    ].join(""),
  },
};

const ec = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };

/** Signers that share no code with the library: Node's own, one per algorithm a gateway may be told to accept. */
const SIGNERS: Readonly<
  Record<string, { publicKey: KeyObject; privateKey: KeyObject; digest: string | null; options?: object }>
> = {
  RS256: { ...rsa, digest: "sha256" },
  RS512: { ...rsa, digest: "sha512" },
  PS256: { ...rsa, digest: "sha256", options: pss },
  ES256: { ...ec("P-256"), digest: "sha256", options: { dsaEncoding: "ieee-p1363" } },
  ES384: { ...ec("P-384"), digest: "sha384", options: { dsaEncoding: "ieee-p1363" } },
  ES512: { ...ec("P-521"), digest: "sha512", options: { dsaEncoding: "ieee-p1363" } },
  EdDSA: { ...generateKeyPairSync("ed25519"), digest: null },
};

describe("tokens of others", () => {
  for (const [name, { key, token }] of Object.entries(VECTORS)) {
    it(`verifies the example of ${name}, and no changed one`, async () => {
      const imported = await jose.importJWK(key, jose.decodeProtectedHeader(token).alg);
      expect((await jose.compactVerify(token, imported)).payload.length).to.be.greaterThan(20);
      const [header, payload, signature] = token.split(".") as [string, string, string];
      const changed = `${payload.startsWith("A") ? "B" : "A"}${payload.slice(1)}`;
      const outcome = await jose.compactVerify(`${header}.${changed}.${signature}`, imported).catch((e: unknown) => e);
      expect(outcome).to.be.instanceOf(jose.errors.JWSSignatureVerificationFailed);
    });
  }

  let server: Server;
  let issuer: string;

  before(async () => {
    const keys = Object.entries(SIGNERS).map(([alg, { publicKey }]) => ({
      ...publicKey.export({ format: "jwk" }),
      kid: alg,
    }));
    server = createServer((_request, response) =>
      response.setHeader("content-type", "application/json").end(JSON.stringify({ keys })),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(() => server.close());

  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

  function token(alg: string, header: object = {}): string {
    const { privateKey, digest, options } = SIGNERS[alg]!;
    const claims = { iss: issuer, aud: "game", sub: "anna", exp: Math.floor(Date.now() / 1000) + 60 };
    const input = `${part({ alg, kid: alg, ...header })}.${part(claims)}`;
    return `${input}.${sign(digest, Buffer.from(input), { key: privateKey, ...options }).toString("base64url")}`;
  }

  async function verdict(jwt: string, algorithms: readonly string[]): Promise<string> {
    const config = { issuer, audience: "game", jwksUri: `${issuer}/keys`, algorithms, clockSkewSeconds: 0 };
    const headers = { "sec-websocket-protocol": `games-messaging.v1, bearer.${jwt}` };
    const answer = authorizeHandler(config)()({ methodArn: "arn", headers }, {} as never);
    return answer.then(
      ({ policyDocument }) => policyDocument.Statement[0]!.Effect,
      (error: unknown) => (error as Error).message,
    );
  }

  for (const alg of Object.keys(SIGNERS)) {
    it(`admits ${alg} signed by another library, only where it is listed`, async () => {
      expect(await verdict(token(alg), [alg])).to.equal("Allow");
      const others = Object.keys(SIGNERS).filter((other) => other !== alg);
      expect(await verdict(token(alg), others)).to.equal("Unauthorized");
    });
  }

  const all = Object.keys(SIGNERS);
  const forged: Readonly<Record<string, () => string>> = {
    "a key of another type": () => token("ES256", { kid: "RS256" }),
    "an algorithm that its key is not for": () => token("RS256", { alg: "ES256", kid: "ES256" }),
    "a critical extension nobody knows": () => token("ES256", { crit: ["x"], x: 1 }),
    "a key that it brings along": () => {
      const own = ec("P-256");
      const input = token("ES256", { jwk: own.publicKey.export({ format: "jwk" }) })
        .split(".", 2)
        .join(".");
      const signature = sign("sha256", Buffer.from(input), { key: own.privateKey, dsaEncoding: "ieee-p1363" });
      return `${input}.${signature.toString("base64url")}`;
    },
    "a signature in DER": () => {
      const input = token("ES256").split(".", 2).join(".");
      return `${input}.${sign("sha256", Buffer.from(input), SIGNERS.ES256!.privateKey).toString("base64url")}`;
    },
    "an empty ECDSA signature (r = s = 0)": () =>
      `${token("ES256").split(".", 2).join(".")}.${Buffer.alloc(64).toString("base64url")}`,
    "five parts": () => `${token("ES256")}.a.b`,
  };
  for (const [what, make] of Object.entries(forged)) {
    it(`refuses ${what}`, async () => {
      expect(await verdict(make(), all)).to.equal("Unauthorized");
    });
  }
});

import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from "@aws-sdk/client-cloudwatch-logs";
import { expect } from "chai";
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from "jose";
import { createHmac, randomBytes } from "node:crypto";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import { VirtualClock } from "../../local/clock";
import { AUDIENCE, ISSUER_PATH } from "../../local/issuer";
import { operatorCredentials } from "../../local/services/iam";
import { TestStack } from "../helpers/local-stack";
import { until } from "../helpers/until";

/** Seconds by which the gateway lets clocks differ. */
const SKEW = 30;

describe("Connecting", () => {
  let stack: TestStack;
  /** Every token that any test here has sent. */
  const tokens: string[] = [];

  before(async function () {
    this.timeout(120_000);
    stack = await TestStack.start({ clock: new VirtualClock() });
    await stack.schedules(false);
  });
  after(() => stack.close());
  afterEach(() => stack.closeClients());

  const now = (): number => Math.floor(stack.cloud.clock.now() / 1000);
  const keep = (token: string): string => {
    tokens.push(token);
    return token;
  };
  const claimed = async (claims: Readonly<Record<string, unknown>>): Promise<string> =>
    keep(await stack.token("ada", 600, claims));
  const usual = (): JWTPayload => ({
    iss: `${stack.cloud.endpoint}${ISSUER_PATH}`,
    aud: AUDIENCE,
    sub: "ada",
    exp: now() + 600,
  });

  /** The HTTP answer to a handshake with exactly these headers. */
  function handshake(headers: Record<string, string>): Promise<IncomingMessage> {
    const url = new URL(stack.stack.output("url"));
    return new Promise((resolve, reject) => {
      const request = httpRequest({
        host: url.hostname,
        port: url.port,
        path: url.pathname,
        headers: {
          Connection: "Upgrade",
          Upgrade: "websocket",
          "Sec-WebSocket-Version": "13",
          "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
          ...headers,
        },
      });
      request.on("upgrade", (response, socket) => {
        socket.destroy();
        resolve(response);
      });
      request.on("response", (response) => {
        response.resume();
        resolve(response);
      });
      request.on("error", reject);
      request.end();
    });
  }

  const offering = (...protocols: readonly string[]): Promise<IncomingMessage> =>
    handshake({ "Sec-WebSocket-Protocol": protocols.join(", ") });

  describe("with a token that", () => {
    const refused: readonly (readonly [string, number, () => Promise<IncomingMessage> | Promise<string> | string])[] = [
      [
        "is signed with another key of the same name",
        401,
        async () => {
          const { privateKey } = await generateKeyPair("ES256");
          return new SignJWT(usual()).setProtectedHeader({ alg: "ES256", kid: "local-1" }).sign(privateKey);
        },
      ],
      [
        "was changed after it was signed",
        401,
        async () => {
          const [head, , signature] = (await claimed({})).split(".");
          const body = Buffer.from(JSON.stringify({ ...usual(), sub: "grace" })).toString("base64url");
          return `${head}.${body}.${signature}`;
        },
      ],
      ["is signed by nobody (alg none)", 401, () => new UnsecuredJWT(usual()).encode()],
      [
        "is signed with the public key as a shared secret (HS256)",
        401,
        async () => {
          const { keys } = (await (await fetch(`${usual().iss}/.well-known/jwks.json`)).json()) as { keys: object[] };
          const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
          const signed = `${encode({ alg: "HS256", kid: "local-1" })}.${encode(usual())}`;
          return `${signed}.${createHmac("sha256", JSON.stringify(keys[0])).update(signed).digest("base64url")}`;
        },
      ],
      [
        "names a key that it brings along",
        401,
        async () => {
          const { privateKey, publicKey } = await generateKeyPair("ES256");
          const jwk = await exportJWK(publicKey);
          return new SignJWT(usual()).setProtectedHeader({ alg: "ES256", jwk }).sign(privateKey);
        },
      ],
      ["expired longer ago than clocks may differ", 401, () => claimed({ exp: now() - SKEW })],
      ["is not valid before longer than clocks may differ", 401, () => claimed({ nbf: now() + SKEW + 1 })],
      ["comes from another issuer", 401, () => claimed({ iss: "https://issuer.example" })],
      ["is for another audience", 401, () => claimed({ aud: "another-game" })],
      ["never expires", 401, () => claimed({ exp: undefined })],
      ["names no player", 401, () => claimed({ sub: undefined })],
      ["names a player with an id too long", 403, () => claimed({ sub: "x".repeat(81) })],
      ["names a player with a line end in his id", 403, () => claimed({ sub: "ada\r\nX-Admin: 1" })],
      ["names a player whose id turns text around", 403, () => claimed({ sub: "ada\u202etset" })],
      ["names a player with an empty id", 403, () => claimed({ sub: "" })],
      ["is no token", 401, () => "rubbish"],
      ["is empty", 401, () => ""],
      ["comes twice", 401, async () => offering(stack.stack.output("protocol"), ...(await twice()))],
      ["comes without the protocol", 401, async () => offering(`bearer.${await claimed({})}`)],
      ["comes with another protocol", 401, async () => offering("chat", `bearer.${await claimed({})}`)],
      ["is missing", 401, () => offering(stack.stack.output("protocol"))],
      ["is missing with all subprotocols", 401, () => handshake({})],
      ["comes in a header of its own", 401, async () => handshake({ Authorization: `Bearer ${await claimed({})}` })],
    ];
    const twice = async (): Promise<string[]> => {
      const token = await claimed({});
      return [`bearer.${token}`, `bearer.${token}`];
    };

    for (const [what, status, make] of refused) {
      it(`${what} is answered ${status}, and nothing has happened`, async () => {
        const before = await state();
        const seq = stack.cloud.trace.last;
        const made = await make();
        const response =
          typeof made === "string" ? await offering(stack.stack.output("protocol"), `bearer.${keep(made)}`) : made;
        expect(response.statusCode).to.equal(status);
        await stack.clock.settle();
        const ran = stack.happened(seq, ({ kind }) => kind === "invoke").map(({ name }) => name);
        expect(ran.filter((name) => !name.includes("-authorize"))).to.deep.equal([]);
        expect(stack.calls(seq)).to.deep.equal({});
        expect(await state()).to.deep.equal(before);
        expect(stack.gateway.connections.size).to.equal(0);
      });
    }

    for (const [what, claims] of [
      ["expired a moment less ago than clocks may differ", () => ({ exp: now() - SKEW + 1 })],
      ["becomes valid within the difference of clocks", () => ({ nbf: now() + SKEW })],
      ["is for several audiences, ours among them", () => ({ aud: ["another-game", AUDIENCE] })],
    ] as const) {
      it(`${what} is accepted`, async () => {
        const response = await offering(stack.stack.output("protocol"), `bearer.${await claimed(claims())}`);
        expect(response.statusCode).to.equal(101);
        await until(() => stack.gateway.connections.size === 0, "the connection to end");
      });
    }
  });

  const state = async (): Promise<unknown> => ({
    presence: await stack.items("presenceTable"),
    players: await stack.items("playersTable"),
  });

  it("selects exactly the protocol, of a browser's list and of a native client's", async () => {
    const token = keep(await stack.token("browser"));
    const protocol = stack.stack.output("protocol");
    expect(protocol).to.equal("games-messaging.v1");
    for (const list of [
      [protocol, `bearer.${token}`],
      [`bearer.${token}`, protocol],
    ]) {
      const response = await handshake({
        "Sec-WebSocket-Protocol": list.join(", "),
        Origin: "https://play.example.com",
        "User-Agent": "Mozilla/5.0",
      });
      expect(response.statusCode).to.equal(101);
      expect(response.headers["sec-websocket-protocol"]).to.equal(protocol);
      expect(JSON.stringify(response.rawHeaders)).not.to.contain("bearer");
      const native = new WebSocket(stack.stack.output("url"), list);
      await new Promise((resolve, reject) => native.once("open", resolve).once("error", reject));
      expect(native.protocol).to.equal(protocol);
      native.terminate();
    }
    await until(() => stack.gateway.connections.size === 0, "the connections to end");
  });

  it("is answered 500 while the issuer's keys cannot be had, and works when they can", async () => {
    const { issuer } = stack.stack;
    const jwks = issuer.jwks.bind(issuer);
    const token = keep(await stack.token("patient"));
    const attempt = (): Promise<IncomingMessage> => offering(stack.stack.output("protocol"), `bearer.${token}`);
    // What the gateway remembers of the keys is out of date by then.
    await stack.clock.advance(11 * 60_000);
    Object.assign(issuer, {
      jwks: () => {
        throw new Error("out of order");
      },
    });
    try {
      expect((await attempt()).statusCode).to.equal(500);
    } finally {
      Object.assign(issuer, { jwks });
    }
    expect((await attempt()).statusCode).to.equal(101);
    await until(() => stack.gateway.connections.size === 0, "the connection to end");
  });

  it("stores nothing until the first frame", async () => {
    const before = await state();
    const client = await stack.connect("quiet", { hello: false, token: keep(await stack.token("quiet")) });
    await stack.pass(60_000, client);
    expect(await state()).to.deep.equal(before);
  });

  it("makes of a second device a second connection, not a second player", async () => {
    const grace = await stack.connect("grace", { token: keep(await stack.token("grace")) });
    const token = keep(await stack.token("twofold"));
    const phone = await stack.connect("twofold", { token });
    await stack.befriend(phone, "twofold", grace, "grace");
    await stack.pass(60_000, grace, phone);
    const heard = grace.notices.length;

    const desk = await stack.connect("twofold", { token });
    await stack.pass(60_000, grace, phone, desk);

    expect(grace.notices.slice(heard)).to.deep.equal([]);
    const items = (await stack.items("presenceTable")).filter(({ pk }) => pk?.S === "PLAYER#twofold");
    const [presence, ...more] = items.filter(({ sk }) => sk?.S === "PRESENCE");
    expect(more).to.deep.equal([]);
    expect(presence?.["connections"]?.SS).to.have.length(2);
    expect(presence?.["version"]?.N).to.equal("1");
    const profiles = (await stack.items("playersTable")).filter(
      ({ pk, sk }) => pk?.S === "PLAYER#twofold" && sk?.S === "PROFILE",
    );
    expect(profiles).to.have.length(1);
    expect((await grace.request("friends.list"))["friends"]).to.deep.equal([
      { player: "twofold", state: "accepted", muted: false, status: "online", version: 1 },
    ]);
  });

  // Of its own, so that it comes after all others and searches what they left.
  describe("with whatever token", () => {
    it("leaves no part of a token in any log, trace or table", async () => {
      const logs = new CloudWatchLogsClient({
        endpoint: stack.cloud.endpoint,
        region: stack.cloud.region,
        credentials: operatorCredentials(stack.cloud),
      });
      const text: Record<string, string> = {
        trace: JSON.stringify(stack.cloud.trace.since()),
        tables: JSON.stringify(await state()),
      };
      for await (const { logGroups = [] } of paginateDescribeLogGroups({ client: logs }, {})) {
        for (const { logGroupName = "" } of logGroups) {
          const lines: string[] = [];
          for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, { logGroupName })) {
            for (const { message = "" } of events) lines.push(message);
          }
          text[logGroupName] = lines.join("\n");
        }
      }
      // The search is worth something only where something was written.
      const written = Object.keys(text).filter((name) => text[name] !== "");
      for (const part of ["authorize", "connect", "hello", "access-logs"]) {
        expect(
          written.some((name) => name.includes(part)),
          part,
        ).to.equal(true);
      }
      expect(tokens.length).to.be.greaterThan(15);
      const parts = tokens
        .flatMap((token) => token.split("."))
        .flatMap((part) => [part.slice(0, 24), part.slice(-24)])
        .filter((part) => part.length > 8);
      for (const [where, what] of Object.entries(text)) {
        const found = ["bearer.", "eyJ", ...parts].filter((part) => what.includes(part));
        expect(found, where).to.deep.equal([]);
      }
    });
  });
});

import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { EmailDispatcher } from "../../components/email-dispatcher/email-dispatcher";
import { MessageStore } from "../../components/message-store/message-store";
import { RealtimeGateway } from "../../components/realtime-gateway/realtime-gateway";
import { SegmentPipeline } from "../../components/segment-pipeline/segment-pipeline";
import { LambdaFunction } from "../../components/shared/callback";
import { Dashboard } from "../../components/shared/dashboard";
import { EncryptionKey } from "../../components/shared/encryption";
import { ArgumentError } from "../../components/shared/errors";
import { DeadLetteredQueue } from "../../components/shared/queue";
import { record } from "./declared";

/** Values of every kind, most of which are wrong for any argument. */
const VALUES: readonly unknown[] = [
  null,
  true,
  NaN,
  Infinity,
  -1,
  0.5,
  1e9,
  "",
  " ",
  "what",
  "https://x",
  [],
  [null],
  ["what"],
  {},
  { unknown: 1 },
  () => 1,
  Symbol("s"),
  10n,
];

type Accepts = (value: unknown) => boolean;
const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const nothing: Accepts = () => false;
const isBoolean: Accepts = (value) => typeof value === "boolean";
const isText: Accepts = (value) => typeof value === "string" && value.trim() !== "";
const isFunction: Accepts = (value) => typeof value === "function";
/** An object in which nothing need be. */
const isEmptyObject: Accepts = (value) => isObject(value) && Object.keys(value).length === 0;
const isEmptyList: Accepts = (value) => Array.isArray(value) && value.length === 0;
const isTransform: Accepts = (value) => isFunction(value) || isObject(value);

/** Arguments of a component by path, with what of `VALUES` each of them takes. */
type Paths = Readonly<Record<string, Accepts>>;

const GATEWAY: Paths = {
  key: nothing,
  auth: nothing,
  "auth.issuer": (value) => value === "https://x",
  "auth.audience": isText,
  "auth.jwksUri": (value) => value === "https://x",
  "auth.algorithms": nothing,
  "auth.clockSkewSeconds": nothing,
  "auth.allowedOrigins": isEmptyList,
  playerAttributes: isEmptyObject,
  "playerAttributes.level": nothing,
  gracePeriodSeconds: nothing,
  throttling: nothing,
  "throttling.burst": nothing,
  "throttling.perSecond": nothing,
  manageAccountLogging: isBoolean,
  logRetentionDays: nothing,
  protect: isBoolean,
  monitoring: isEmptyObject,
  "monitoring.alarms": nothing,
  "monitoring.alarmTopicArn": isText,
  transform: isEmptyObject,
  "transform.players": isTransform,
  "transform.presence": isTransform,
  "transform.api": isTransform,
  "transform.stage": isTransform,
  unknown: nothing,
  "auth.unknown": nothing,
};

const STORE: Paths = {
  key: nothing,
  directory: nothing,
  types: isEmptyObject,
  "types.season": nothing,
  "types.season.consent": nothing,
  "types.season.priority": nothing,
  retentionDays: nothing,
  dueShards: nothing,
  monitoring: isEmptyObject,
  "monitoring.alarms": nothing,
  protect: isBoolean,
  transform: isEmptyObject,
  "transform.table": isTransform,
  "transform.topic": isTransform,
  unknown: nothing,
};

const DISPATCHER: Paths = {
  messages: nothing,
  key: nothing,
  sender: nothing,
  "sender.address": nothing,
  "sender.name": isText,
  "sender.domain": nothing,
  "sender.mailFrom": nothing,
  production: (value) => value === false,
  recipients: nothing,
  maxSendRate: (value) => value === 0.5,
  holdSeconds: nothing,
  maximumConcurrency: nothing,
  unsubscribeUrl: nothing,
  protect: isBoolean,
  monitoring: isEmptyObject,
  "monitoring.alarmTopicArn": isText,
  transform: isEmptyObject,
  "transform.configurationSet": isTransform,
  "transform.identity": isTransform,
  "transform.domainIdentity": isTransform,
  unknown: nothing,
};

const PIPELINE: Paths = {
  directory: nothing,
  "directory.attributes": isEmptyObject,
  "directory.unknown": nothing,
  messages: nothing,
  key: nothing,
  manageCatalogPolicy: isBoolean,
  refreshMinutes: nothing,
  maxDataAgeSeconds: nothing,
  maxScannedBytes: (value) => value === 1e9,
  enqueueConcurrency: nothing,
  protect: isBoolean,
  monitoring: isEmptyObject,
  "monitoring.alarms": nothing,
  transform: isEmptyObject,
  "transform.runs": isTransform,
  unknown: nothing,
};

const KEY: Paths = {
  deletionWindowInDays: nothing,
  retainOnDelete: isBoolean,
  transform: isTransform,
  unknown: nothing,
};

const QUEUE: Paths = {
  key: nothing,
  visibilityTimeoutSeconds: nothing,
  maxReceiveCount: nothing,
  messageRetentionSeconds: nothing,
  senders: isEmptyList,
  deadLetterSenders: isEmptyList,
  transform: isEmptyObject,
  "transform.queue": isTransform,
  "transform.deadLetters": isTransform,
  unknown: nothing,
};

const DASHBOARD: Paths = { sections: isEmptyList, unknown: nothing };

const FUNCTION: Paths = {
  handler: isFunction,
  description: isText,
  key: nothing,
  statements: (value) => Array.isArray(value) && !value.includes(null),
  environment: isEmptyObject,
  "environment.NAME": isText,
  memorySize: nothing,
  timeout: nothing,
  onFailure: isText,
  maximumRetryAttempts: nothing,
  maximumEventAge: nothing,
  reservedConcurrency: nothing,
  logRetentionDays: nothing,
  transform: isEmptyObject,
  "transform.function": isTransform,
  "transform.role": isTransform,
  "transform.logGroup": isTransform,
  unknown: nothing,
};

/** What the reference, which is made from the code, says that a component takes. */
function documented(component: string): string[] {
  const reference = readFileSync(resolve(__dirname, "../../docs/reference/components.md"), "utf8");
  const section = new RegExp(`^### ${component}Args$([^]*?)^##`, "m").exec(reference)?.[1] ?? "";
  return [...section.matchAll(/^\| `(\w+)\??`/gm)].map(([, name]) => name!);
}

/** `args` with `value` at `path`. */
function withValue(args: object, path: string, value: unknown): object {
  const [head = "", ...rest] = path.split(".");
  const inner = (args as Record<string, object>)[head] ?? {};
  return { ...args, [head]: rest.length === 0 ? value : withValue(inner, rest.join("."), value) };
}

/** Components whose children's names, some of them of limited length, begin with theirs. */
const STUDIOS_OWN = new Set(["RealtimeGateway", "MessageStore", "EmailDispatcher", "SegmentPipeline"]);

describe("Arguments of components", function () {
  this.timeout(60_000);
  let messages: MessageStore;
  let gateway: RealtimeGateway;
  let emails: EmailDispatcher;
  let count = 0;
  const auth = { issuer: "https://id.example.com", audience: "game" };
  const sender = { address: "hello@game.example" };
  const recipients = ["*@players.test"];

  before(async () => {
    await record([]);
    const key = new EncryptionKey("key");
    gateway = new RealtimeGateway("gateway", { auth, key });
    messages = new MessageStore("messages", { key });
    emails = new EmailDispatcher("emails", { messages, sender, recipients });
    await pulumi.runtime.disconnect();
  });

  function expectRefusal(path: string, work: () => unknown): void {
    try {
      work();
    } catch (error) {
      const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      expect(error, text).to.be.instanceOf(ArgumentError);
      expect(text).to.match(/^ArgumentError: .+ for ".+": got .+; expected .+\. .+\.$/s);
      expect((error as ArgumentError).argument.startsWith(path), `${path}: ${text}`).to.equal(true);
      return;
    }
    expect.fail(`${path} was accepted`);
  }

  const components: readonly [string, Paths, () => object, (name: string, args: never) => unknown][] = [
    ["RealtimeGateway", GATEWAY, () => ({ auth }), (name, args) => new RealtimeGateway(name, args)],
    ["MessageStore", STORE, () => ({}), (name, args) => new MessageStore(name, args)],
    [
      "EmailDispatcher",
      DISPATCHER,
      () => ({ messages, sender, recipients }),
      (name, args) => new EmailDispatcher(name, args),
    ],
    [
      "SegmentPipeline",
      PIPELINE,
      () => ({ directory: gateway.directory, messages }),
      (name, args) => new SegmentPipeline(name, args),
    ],
    ["EncryptionKey", KEY, () => ({}), (name, args) => new EncryptionKey(name, args)],
    [
      "DeadLetteredQueue",
      QUEUE,
      () => ({ key: { arn: "arn" }, visibilityTimeoutSeconds: 60 }),
      (name, args) => new DeadLetteredQueue(name, args),
    ],
    ["Dashboard", DASHBOARD, () => ({ sections: [] }), (name, args) => new Dashboard(name, args)],
    [
      "LambdaFunction",
      FUNCTION,
      () => ({ handler: () => async () => 1, description: "Counts.", key: { arn: "arn" } }),
      (name, args) => new LambdaFunction(name, args),
    ],
  ];
  for (const [component, paths, base, make] of components) {
    it(`of ${component} are all tried here`, () => {
      const tried = Object.keys(paths).map((path) => path.split(".")[0]!);
      expect([...new Set(tried)].filter((name) => name !== "unknown")).to.have.members(documented(component));
    });

    for (const [path, accepts] of Object.entries(paths)) {
      it(`of ${component}: ${path} is refused in the house form when it is wrong`, () => {
        const season = path.startsWith("types.season.") ? { types: { season: { consent: "none", priority: 1 } } } : {};
        const throttling = path.startsWith("throttling.") ? { throttling: { burst: 1, perSecond: 1 } } : {};
        for (const value of VALUES.filter((one) => !accepts(one))) {
          const args = withValue({ ...base(), ...season, ...throttling }, path, value);
          const within = component === "EmailDispatcher" && path === "production" ? "" : path;
          expectRefusal(within, () => make(`c${++count}`, args as never));
        }
      });
    }

    it(`of ${component}: what is no object is refused${STUDIOS_OWN.has(component) ? ", and a name that is none" : ""}`, () => {
      for (const args of [null, "x", 1, []]) expectRefusal("arguments", () => make(`c${++count}`, args as never));
      if (!STUDIOS_OWN.has(component)) return;
      for (const name of ["", "a.b", "9", "x".repeat(41)]) {
        expectRefusal("name", () => make(name, base() as never));
      }
    });
  }

  it("of methods are refused in the house form when they are wrong", () => {
    const texts = [null, undefined, 1, "", "No Good", {}, []];
    const functions = [null, undefined, 1, "x", {}];
    const handler = async (): Promise<void> => undefined;
    for (const wrong of texts) {
      expectRefusal("route", () => gateway.route(wrong as never, { type: "object" }, handler));
      expectRefusal("onPlayerEvent", () => gateway.onPlayerEvent(wrong as never, handler));
      expectRefusal("onStatus", () => messages.onStatus(wrong as never, handler));
      expectRefusal("template", () => emails.template(wrong as never, { locales: {} }));
    }
    for (const wrong of functions) {
      expectRefusal("route", () => gateway.route("a.b", { type: "object" }, wrong as never));
      expectRefusal("onPlayerEvent", () => gateway.onPlayerEvent("a", wrong as never));
      expectRefusal("onStatus", () => messages.onStatus("sent", wrong as never));
    }
    const schemas = [
      null,
      [],
      "x",
      {},
      { type: "text" },
      { type: "object", properties: null },
      { type: "object", properties: { a: null } },
      { type: "object", required: "a" },
      { type: "object", additionalProperties: 1 },
      { type: "array", items: null },
      { type: "string", maxLength: "5" },
      { type: "string", pattern: 5 },
      { type: "number", minimum: NaN },
      { type: "string", enum: "a" },
      { type: "string", oneOf: [] },
    ];
    const locales = { en: { subject: "x", html: "<p>x</p>" } };
    for (const schema of schemas) {
      expectRefusal("route", () => gateway.route("a.b", schema as never, handler));
      expectRefusal("template", () => emails.template("t", { schema: schema as never, locales }));
    }
    for (const args of [
      null,
      {},
      { locales: null },
      { locales: {} },
      { locales: { en: null } },
      { locales: { en: { subject: "x" } } },
      { locales: { en: { subject: "", html: "x" } } },
      { locales: { en: { subject: "{{", html: "x" } } },
      { locales: { en: { subject: "x", html: 1 } } },
      { locales: { en: { subject: "x", html: "x", text: [] } } },
      { locales: { en: { subject: "x", html: "x", body: "x" } } },
      { locales: { "not a tag": { subject: "x", html: "x" } } },
      { locales, fallback: "de" },
      { locales, fallback: 1 },
      { locales, unknown: 1 },
    ]) {
      expectRefusal("t", () => emails.template("t", args as never));
    }
  });
});

import * as Handlebars from "handlebars";
import { convert } from "html-to-text";
import { resolve } from "node:path";
import { checkDefinition } from "../../components/segment-pipeline/check-definition";
import { PROFILE_ATTRIBUTES } from "../../components/shared/player-directory";
import * as templates from "../../templates";

/** What a studio would write by hand for one function: an import of its handler's module, and its constants. */
export interface HandMade {
  /** The end of the function's name. */
  readonly name: string;
  /** TypeScript text of the entry. */
  readonly text: string;
}

const COMPONENTS = resolve(__dirname, "../../components");

/** The settings of the program's stack that end up as constants in functions. */
export interface Constants {
  readonly issuer: string;
  readonly audience: string;
  readonly sender: { readonly address: string; readonly name?: string };
  readonly recipients: readonly string[];
}

/** A hand-made entry for each function of the program, outputs read from the variables of the real function. */
export function handMade(constants: Constants): HandMade[] {
  const entry = (name: string, file: string, factory: string, settings: string, more = ""): HandMade => ({
    name,
    text: `import { ${factory} as factory } from ${JSON.stringify(`${COMPONENTS}/${file}`)};
${more}const env = (name: string) => ({ get: () => process.env[name]! });
export const handler = factory(${settings})();
`,
  });
  const gateway = (suffix: string, file: string, factory: string, settings: string) =>
    entry(`gateway-${suffix}`, `realtime-gateway/${file}`, factory, settings);
  const store = (suffix: string, file: string, factory: string, settings: string, more?: string) =>
    entry(`messages-${suffix}`, `message-store/${file}`, factory, settings, more);
  const mail = (suffix: string, file: string, factory: string, settings: string) =>
    entry(`emails-${suffix}-function`, `email-dispatcher/${file}`, factory, settings);
  const segment = (suffix: string, file: string, factory: string, settings: string, more?: string) =>
    entry(`segments-${suffix}`, `segment-pipeline/${file}`, factory, settings, more);

  const players = `players: env("CONFIG_PLAYERS")`;
  const presence = `presence: env("CONFIG_PRESENCE")`;
  const checks = `checks: env("CONFIG_CHECKS")`;
  const grace = "graceSeconds: 15";
  const auth = {
    issuer: constants.issuer,
    audience: constants.audience,
    algorithms: ["RS256", "ES256", "EdDSA"],
    clockSkewSeconds: 30,
  };
  const attributes = {
    ...PROFILE_ATTRIBUTES,
    level: "number",
    country: "string",
    spentCents: "number",
    premium: "boolean",
  } as const;
  const types = `["transactional", "social", "marketing"]`;
  const client = `import { messageClient } from ${JSON.stringify(`${COMPONENTS}/message-store/enqueue`)};
const { enqueue, enqueueMany } = messageClient({ table: { get: () => process.env["TABLE"]! }, types: ${types}, retentionDays: 400 });
`;
  const mailTable = `table: env("SETTINGS_TABLE")`;
  const mailQueue = `queueUrl: env("SETTINGS_QUEUE_URL")`;
  const reconcile = `reconcileUrl: env("SETTINGS_RECONCILE_URL")`;
  const letters = `deadLettersUrl: env("SETTINGS_DEAD_LETTERS_URL")`;
  const definitions = JSON.stringify([
    checkDefinition(
      "segments",
      "active-30-days",
      {
        where: { attribute: "lastActiveAt", within: { days: 30 } },
        message: { type: "social", template: "season-news", data: { season: "Season 7" } },
      },
      {
        attributes,
        maxDataAgeSeconds: 172_800,
        maxScannedBytes: 100_000_000_000,
        messageTypes: ["transactional", "social", "marketing"],
      },
    ),
  ]);
  const react = `async (event) => {
  await enqueue({
    player: event.player,
    type: "transactional",
    template: "achievement",
    data: { achievement: typeof event.data["name"] === "string" ? event.data["name"] : "a secret" },
    deduplicationKey: \`achievement-\${event.id}\`,
  });
}`;
  return [
    gateway("authorize", "authorize", "authorizeHandler", JSON.stringify(auth)),
    gateway("connect", "connect", "connectHandler", ""),
    gateway("disconnect", "disconnect", "disconnectHandler", `{ ${presence}, ${checks}, ${grace} }`),
    gateway("default", "default", "defaultHandler", ""),
    gateway("hello", "hello", "helloHandler", `{ ${players}, ${presence}, ${checks} }`),
    gateway("ping", "ping", "pingHandler", `{ ${presence} }`),
    gateway("friends", "friends", "friendsHandler", `{ ${players}, ${presence} }`),
    gateway("profile", "profile", "profileHandler", `{ ${players}, presence: env("PRESENCE") }`),
    gateway("event", "event", "eventHandler", `{ ${presence} }`),
    gateway(
      "notify",
      "notify",
      "notifyHandler",
      `{ ${players}, ${presence}, ${checks}, endpoint: env("CONFIG_ENDPOINT"), topic: env("CONFIG_TOPIC"), subscribed: env("CONFIG_SUBSCRIBED"), ${grace} }`,
    ),
    gateway("check", "check", "checkHandler", `{ ${presence}, ${checks}, ${grace} }`),
    gateway(
      "serve-profile",
      "serve-profile",
      "serveProfileHandler",
      `{ ${players}, attributes: ${JSON.stringify(attributes)} }`,
    ),
    gateway(
      "redrive",
      "redrive",
      "gatewayRedriveHandler",
      `{ failuresUrl: env("CONFIG_FAILURES_URL"), notify: env("CONFIG_NOTIFY") }`,
    ),
    gateway("serve-event", "event", "emitHandler", `{ ${presence} }`),
    entry("gateway-on-achievement-react", "realtime-gateway/react", "reactHandler", react, client),
    store(
      "prepare",
      "prepare",
      "prepareHandler",
      `{ table: env("SETTINGS_TABLE"), directory: env("SETTINGS_DIRECTORY"), types: DEFAULT_TYPES,
  topics: { transactional: env("SETTINGS_TOPICS_TRANSACTIONAL"), social: env("SETTINGS_TOPICS_SOCIAL"), marketing: env("SETTINGS_TOPICS_MARKETING") },
  statusTopic: env("SETTINGS_STATUS_TOPIC"), subscribed: [], parked: env("SETTINGS_PARKED"),
  channels: { email: emailAdapter({ templates, types: DEFAULT_TYPES, recipients: ${JSON.stringify(constants.recipients)}, unsubscribeUrl: undefined }) } }`,
      `import { DEFAULT_TYPES } from ${JSON.stringify(`${COMPONENTS}/message-store/message`)};
import { emailAdapter } from ${JSON.stringify(`${COMPONENTS}/email-dispatcher/adapter`)};
const templates = ${precompiled()};
`,
    ),
    store("sweep", "sweep", "sweepHandler", `{ table: env("TABLE") }`),
    store(
      "enqueue",
      "enqueue-function",
      "enqueueHandler",
      `{ table: env("SETTINGS_TABLE"), types: ${types}, retentionDays: 400 }`,
    ),
    store(
      "redrive",
      "redrive",
      "storeRedriveHandler",
      `{ table: env("SETTINGS_TABLE"), failuresUrl: env("SETTINGS_FAILURES_URL") }`,
    ),
    store("unknown-channel-function", "unknown-channel", "unknownChannelHandler", `{ table: env("TABLE") }`),
    mail(
      "send",
      "send",
      "sendHandler",
      `{ ${mailTable}, ${mailQueue}, ${reconcile}, ${letters}, configurationSet: env("SETTINGS_CONFIGURATION_SET"), dispatcher: "emails", sender: ${JSON.stringify(constants.sender)}, recipients: ${JSON.stringify(constants.recipients)}, maxSendRate: undefined, holdSeconds: 300 }`,
    ),
    mail(
      "reconcile",
      "reconcile",
      "reconcileHandler",
      `{ ${mailTable}, ${mailQueue}, ${reconcile}, holdSeconds: 300 }`,
    ),
    mail(
      "dead-letter",
      "dead-letters",
      "deadLetterHandler",
      `{ ${mailTable}, ${reconcile}, ${letters}, holdSeconds: 300 }`,
    ),
    mail("event", "events", "eventHandler", `{ ${mailTable} }`),
    mail("redrive", "redrive", "redriveHandler", `{ ${mailTable}, ${letters} }`),
    segment(
      "start",
      "start",
      "startHandler",
      `{ runs: env("RUNS"), queueUrl: env("QUEUE_URL"), segments: ["active-30-days"] }`,
    ),
    segment(
      "advance",
      "advance",
      "advanceHandler",
      `{ runs: env("SETTINGS_RUNS"), runQueueUrl: env("SETTINGS_RUN_QUEUE_URL"), partQueueUrl: env("SETTINGS_PART_QUEUE_URL"), workgroup: env("SETTINGS_WORKGROUP"), database: env("SETTINGS_DATABASE"), table: env("SETTINGS_TABLE"), definitions: ${definitions} }`,
    ),
    segment(
      "enqueue",
      "enqueue",
      "enqueueHandler",
      `{ runs: env("SETTINGS_RUNS"), partQueueUrl: env("SETTINGS_PART_QUEUE_URL"), definitions: ${definitions}, enqueueMany }`,
      client,
    ),
  ];
}

/** The program's templates as Handlebars' own command line would compile them. */
function precompiled(): string {
  const named = { welcome: templates.welcome, achievement: templates.achievement, "season-news": templates.seasonNews };
  const compile = (source: string, noEscape: boolean) =>
    String(Handlebars.precompile(source, { strict: true, noEscape, knownHelpersOnly: true, preventIndent: true }));
  const entries = Object.entries(named).map(([name, template]) => {
    const locales = Object.entries(template.locales).map(
      ([tag, { subject, html, ...rest }]) =>
        `${JSON.stringify(tag)}: { subject: ${compile(subject, true)}, html: ${compile(html, false)}, text: ${compile(
          ("text" in rest ? rest.text : undefined) ?? convert(html, { wordwrap: false }),
          true,
        )} }`,
    );
    const fallback = ("fallback" in template ? template.fallback : undefined) ?? "en";
    const schema = "schema" in template ? JSON.stringify(template.schema) : "undefined";
    return `${JSON.stringify(name)}: { name: ${JSON.stringify(name)}, fallback: ${JSON.stringify(fallback)}, locales: { ${locales.join(", ")} }, schema: ${schema} }`;
  });
  return `{ ${entries.join(", ")} }`;
}

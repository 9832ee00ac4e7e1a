import * as pulumi from "@pulumi/pulumi";
import { isMailFrom, isSenderDomain } from "./components/shared/mail-address";

/** The stack's settings, read once. `Pulumi.yaml` says what each means. */
export interface Settings {
  readonly environment: "production" | "development" | "local";
  readonly issuer: string;
  readonly audience: string;
  /** Of `sender`, an address or `Name <address>`, and what is verified beside it by `senderDomain` and `mailFromDomain`. */
  readonly sender: {
    readonly address: string;
    readonly name?: string;
    readonly domain?: string;
    readonly mailFrom?: string;
  };
  readonly recipients: readonly string[];
  /** Where readers of marketing mail unsubscribe; without one such mail is not sent. */
  readonly unsubscribeUrl?: string;
  readonly alarms: "all" | "essential" | "none";
  /** ARN of the SNS topic that alarms notify. @default nobody is told */
  readonly alarmTopicArn?: string;
  readonly protect: boolean;
  /** Days that a message and its history are kept. */
  readonly messageRetentionDays: number;
  /** Minutes between two refreshes of the analytics copy. */
  readonly refreshMinutes: number;
  /** When the segment is mailed, an expression of EventBridge Scheduler. @default only when somebody starts it */
  readonly segmentSchedule?: string;
  /** Whether this stack owns what an account has once: API Gateway's logging role, the Glue catalog's policy. */
  readonly manageAccount: boolean;
}

const ENVIRONMENTS = ["production", "development", "local"] as const;
const PATTERNS = '["*@players.test"]';
const ALARMS = ["all", "essential", "none"] as const;
const NAMES: Readonly<Record<keyof Settings | "senderDomain" | "mailFromDomain", true>> = {
  environment: true,
  issuer: true,
  audience: true,
  sender: true,
  senderDomain: true,
  mailFromDomain: true,
  recipients: true,
  unsubscribeUrl: true,
  alarms: true,
  alarmTopicArn: true,
  protect: true,
  messageRetentionDays: true,
  refreshMinutes: true,
  segmentSchedule: true,
  manageAccount: true,
};

/**
 * Reads and checks every setting.
 * @throws one error that names each missing, unknown, wrong or contradicting setting, the value received, what is
 * allowed and the command that mends it.
 */
export function readSettings(config = new pulumi.Config()): Settings {
  const problems: string[] = [];
  const problem = (key: string, got: unknown, expected: string, fix: string): void => {
    problems.push(`${key}: got ${JSON.stringify(got) ?? "nothing"}; expected ${expected}. Run: pulumi config ${fix}`);
  };
  const wrong = (key: string, got: unknown, expected: string, value = "<value>"): void =>
    problem(key, got === "" ? undefined : got, expected, `set ${key} ${value}`);
  const text = (key: string, expected: string, fits: (value: string) => boolean): string => {
    const value = config.get(key);
    if (value === undefined || !fits(value)) wrong(key, value, expected);
    return value ?? "";
  };
  const choice = <T extends string>(key: string, allowed: readonly T[], fallback: T): T => {
    const value: string = config.get(key) ?? fallback;
    if (!(allowed as readonly string[]).includes(value)) wrong(key, value, `one of ${allowed.join(", ")}`);
    return value as T;
  };
  const optional = (key: string, expected: string, fits: (value: string) => boolean): string | undefined => {
    const value = config.get(key) ?? "";
    if (value !== "" && !fits(value)) wrong(key, value, expected);
    return value === "" ? undefined : value;
  };
  const integer = (key: string, least: number, most: number, fallback: number): number => {
    const value = Number(config.get(key) ?? fallback);
    if (!Number.isInteger(value) || value < least || value > most)
      wrong(key, config.get(key), `a whole number from ${least} to ${most}`);
    return value;
  };

  for (const key of unknownSettings(config.name))
    problem(key, config.get(key), `one of ${Object.keys(NAMES).join(", ")}`, `rm ${key}`);
  const environment = choice("environment", ENVIRONMENTS, "development");
  const issuer = text("issuer", "an https address, e.g. https://example.eu.auth0.com/", isIssuer);
  const audience = text("audience", "some text", (value) => value.length > 0);
  const sender = text("sender", "an address, or a name and an address: My Game <hello@example.com>", (value) =>
    SENDER.test(value),
  );
  const { address, name } = parseSender(sender);
  const fitsSender = (value: string): boolean => !SENDER.test(sender) || isSenderDomain(value, address);
  const domain = optional(
    "senderDomain",
    "the domain of sender's address, or one above it, in lower case, e.g. example.com",
    fitsSender,
  );
  const ofDomain = domain === undefined ? "" : `mail.${domain}`;
  const mailFrom = config.get("mailFromDomain") || ofDomain;
  if (domain === undefined && mailFrom !== "")
    problem("mailFromDomain", mailFrom, "none without a senderDomain", "rm mailFromDomain");
  if (domain !== undefined && fitsSender(domain) && !isMailFrom(mailFrom, domain, address))
    wrong("mailFromDomain", mailFrom, `a subdomain of ${domain} where nothing else has mail, e.g. bounce.${domain}`);
  const recipients = addressPatterns(config, wrong);
  if (environment !== "production" && recipients?.length === 0)
    wrong(
      "recipients",
      recipients,
      `at least one pattern, since only production may mail everybody (e.g. ${PATTERNS})`,
      `'${PATTERNS}'`,
    );
  if (environment === "production" && (recipients?.length ?? 0) > 0)
    problem("recipients", recipients, "none, since production mails everybody", "rm recipients");
  const unsubscribeUrl = optional(
    "unsubscribeUrl",
    "an https address with {player} or {message}, e.g. https://example.com/unsubscribe?player={player}",
    (value) => /^https:\/\/\S*\{(player|message)\}/.test(value),
  );
  const alarms = choice("alarms", ALARMS, environment === "production" ? "all" : "essential");
  const alarmTopicArn = optional("alarmTopicArn", "the ARN of an SNS topic", (value) =>
    /^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/.test(value),
  );
  const protect = choice("protect", ["true", "false"], "true") === "true";
  const manageAccount = choice("manageAccount", ["true", "false"], "false") === "true";
  const messageRetentionDays = integer("messageRetentionDays", 1, 3_650, 400);
  const refreshMinutes = integer("refreshMinutes", 15, 8_640, 60);
  const segmentSchedule = optional(
    "segmentSchedule",
    "rate(...), cron(...) or at(...), e.g. cron(0 16 ? * FRI *)",
    (value) => /^(rate|cron|at)\(.+\)$/.test(value),
  );
  if (environment !== "local" && regionOf() === undefined)
    problem("aws:region", undefined, "the Region to deploy to, e.g. eu-central-1", "set aws:region <region>");
  if (problems.length > 0)
    throw new pulumi.RunError(`The settings of stack "${pulumi.getStack()}" need mending:\n  ${problems.join("\n  ")}`);
  return {
    environment,
    issuer,
    audience,
    sender: {
      address,
      ...(name === undefined ? {} : { name }),
      ...(domain === undefined ? {} : { domain, mailFrom }),
    },
    recipients: recipients ?? [],
    ...(unsubscribeUrl === undefined ? {} : { unsubscribeUrl }),
    alarms,
    ...(alarmTopicArn === undefined ? {} : { alarmTopicArn }),
    protect,
    messageRetentionDays,
    refreshMinutes,
    ...(segmentSchedule === undefined ? {} : { segmentSchedule }),
    manageAccount,
  };
}

/** Settings of this project that no program reads: misspelled, or of another version. */
function unknownSettings(project: string): string[] {
  const prefix = `${project}:`;
  return Object.keys(pulumi.runtime.allConfig())
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((name) => !(name in NAMES));
}

/** Tokens must not be checked with keys that came over an open line; this machine has none. */
function isIssuer(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === "https:" || (protocol === "http:" && (hostname === "127.0.0.1" || hostname === "localhost"));
}

function regionOf(): string | undefined {
  return new pulumi.Config("aws").get("region") ?? process.env["AWS_REGION"] ?? process.env["AWS_DEFAULT_REGION"];
}

const SENDER = /^(?:([^<>\r\n]+?)\s*<([^<>\s@]+@[^<>\s@]+)>|[^<>\s@]+@[^<>\s@]+)$/;

function parseSender(text: string): { readonly address: string; readonly name?: string } {
  const [, name, address] = SENDER.exec(text) ?? [];
  return name === undefined || address === undefined ? { address: text } : { name, address };
}

function addressPatterns(
  config: pulumi.Config,
  wrong: (key: string, got: unknown, expected: string, value: string) => void,
): readonly string[] | undefined {
  let value: unknown;
  try {
    value = config.getObject("recipients") ?? [];
  } catch {
    value = config.get("recipients");
  }
  if (Array.isArray(value) && value.every((item): item is string => typeof item === "string" && item.includes("@")))
    return value;
  wrong("recipients", value, `a list of address patterns, e.g. ${PATTERNS}`, `'${PATTERNS}'`);
  return undefined;
}

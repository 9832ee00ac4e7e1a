import * as pulumi from "@pulumi/pulumi";

/** The stack's settings, read once. `Pulumi.yaml` says what each means. */
export interface Settings {
  readonly environment: "production" | "development" | "local";
  readonly issuer: string;
  readonly audience: string;
  /** `address` or `Name <address>`. */
  readonly sender: { readonly address: string; readonly name?: string };
  readonly recipients: readonly string[];
  readonly alarms: "all" | "essential" | "none";
  readonly protect: boolean;
  /** Whether this stack owns what an account has once: API Gateway's logging role, the Glue catalog's policy. */
  readonly manageAccount: boolean;
}

const ENVIRONMENTS = ["production", "development", "local"] as const;
const ALARMS = ["all", "essential", "none"] as const;

/**
 * Reads and checks every setting.
 * @throws one error that names each missing or wrong setting, the value received, what is allowed and the command that mends it.
 */
export function readSettings(config = new pulumi.Config()): Settings {
  const problems: string[] = [];
  const wrong = (key: string, got: unknown, expected: string): void => {
    problems.push(
      `${key}: got ${JSON.stringify(got) ?? "nothing"}; expected ${expected}. Run: pulumi config set ${key} <value>`,
    );
  };
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
  const environment = choice("environment", ENVIRONMENTS, "development");
  const issuer = text("issuer", "an http(s) address", (value) => URL.canParse(value));
  const audience = text("audience", "some text", (value) => value.length > 0);
  const sender = text("sender", "an address, or a name and an address: My Game <hello@example.com>", (value) =>
    SENDER.test(value),
  );
  const recipients = addressPatterns(config, wrong);
  if (environment !== "production" && recipients.length === 0) {
    wrong(
      "recipients",
      recipients,
      'at least one pattern, since only production may mail everybody (e.g. ["*@players.test"])',
    );
  }
  const alarms = choice("alarms", ALARMS, environment === "production" ? "all" : "essential");
  const protect = choice("protect", ["true", "false"], "true") === "true";
  const manageAccount = choice("manageAccount", ["true", "false"], "false") === "true";
  if (problems.length > 0)
    throw new Error(`The settings of stack "${pulumi.getStack()}" need mending:\n  ${problems.join("\n  ")}`);
  return { environment, issuer, audience, sender: parseSender(sender), recipients, alarms, protect, manageAccount };
}

const SENDER = /^(?:([^<>\r\n]+?)\s*<([^<>\s@]+@[^<>\s@]+)>|[^<>\s@]+@[^<>\s@]+)$/;

function parseSender(text: string): Settings["sender"] {
  const [, name, address] = SENDER.exec(text) ?? [];
  return name === undefined || address === undefined ? { address: text } : { name, address };
}

function addressPatterns(
  config: pulumi.Config,
  wrong: (key: string, got: unknown, expected: string) => void,
): readonly string[] {
  let value: unknown;
  try {
    value = config.getObject("recipients") ?? [];
  } catch {
    value = config.get("recipients");
  }
  if (Array.isArray(value) && value.every((item): item is string => typeof item === "string" && item.includes("@")))
    return value;
  wrong("recipients", value, 'a list of address patterns, e.g. ["*@players.test"]');
  return [];
}

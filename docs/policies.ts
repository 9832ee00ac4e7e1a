import { EXCEPTIONS } from "../policies/exceptions";
import { DECIDED_AT_UP, EXCEPTIONS_CURRENT } from "../policies/framework/pack";
import type { ConfigProperty, Rule } from "../policies/framework/rule";
import { NOT_APPLICABLE } from "../policies/not-applicable";
import { RULES, THEMES } from "../policies/rules";

/** The reference of the policy pack, rule by rule. */
export function policiesPage(): string {
  return [
    "# Policies",
    "",
    "Written by `npm run docs` from `policies/`; edit the rules there, not this page.",
    "",
    `The pack has ${RULES.length} rules. A reviewer's CI runs them with \`pulumi preview --policy-pack policies\`; another program uses the same folder, or the package \`games-messaging-policies\` with its \`library\` for a pack of its own:`,
    "",
    "```ts",
    'import { PolicyPack } from "@pulumi/policy";',
    'import { policies } from "games-messaging-policies/library";',
    "",
    'new PolicyPack("my-game", {',
    '  policies: policies({ exceptions: [{ rule: "s3-logged", resource: "aws:s3/bucket:Bucket logs", reason: "It takes the access logs.", expires: "2027-06-30" }] }),',
    "});",
    "```",
    "",
    "A violation tells where, what was received, what is allowed, and how to mend it. Levels hold for a stack whose setting `environment` is `production`, and for every other; a stack that has no such setting is held to production's. `--policy-pack-config file.json` makes a rule mandatory, advisory, remediating or disabled and changes its settings, with a file for each environment if you like:",
    "",
    "```json",
    '{ "s3-logged": "disabled", "logs-encrypted-retained": { "enforcementLevel": "advisory", "days": 90 } }',
    "```",
    "",
    `What a preview cannot know is decided again at \`pulumi up\`; the advisory policy \`${DECIDED_AT_UP}\` lists it, a line for each rule and property.`,
    "",
    "## Exceptions",
    "",
    `\`policies/exceptions.ts\` lists what is accepted for a while. An exception that is expired, unused or without a reason violates \`${EXCEPTIONS_CURRENT}\`.`,
    "",
    table(
      ["rule", "resource", "until", "reason"],
      EXCEPTIONS.map(({ rule, resource, expires, reason }) => [code(rule), code(resource), expires, reason]),
    ),
    "",
    "## Controls of others that have no rule here",
    "",
    table(
      ["name", "controls", "reason"],
      NOT_APPLICABLE.map(({ name, outside, reason }) => [name, outside.join(", "), reason]),
    ),
    "",
    "Names of controls: AWS Security Hub (FSBP, SH), CIS AWS Foundations 6.0, checkov (CKV), cdk-nag (NAG), the AWS Guard registry (GRD), prowler (PRW), Pulumi's compliance policies (PCP) and awsguard. A star marks a rule that none of them has.",
    "",
    ...Object.entries(THEMES).flatMap(([theme, rules]) => [`## ${theme}`, "", ...rules.flatMap(section)]),
  ].join("\n");
}

function section(rule: Rule): string[] {
  const { name, what, why, fix, outside, contradicts, example, level = "mandatory", config, remediate } = rule;
  const levels =
    typeof level === "string" ? level : `${level.production} in production, ${level.other} in every other stack`;
  return [
    `### ${name}${outside.length === 0 ? " ★" : ""}`,
    "",
    what,
    "",
    `- Why: ${why}`,
    `- Mend: ${fix}`,
    `- Level: ${levels}${remediate ? "; mends by itself at level `remediate`" : ""}.`,
    ...(outside.length === 0 ? [] : [`- Answers to: ${outside.join(", ")}.`]),
    ...(contradicts === undefined ? [] : [`- Contradicts: ${contradicts}`]),
    ...Object.entries(config ?? {}).map(setting),
    "",
    "```ts",
    example,
    "```",
    "",
  ];
}

function setting([name, { description, type, default: fallback }]: [string, ConfigProperty]): string {
  return `- Setting \`${name}\` (${type}): ${description} Default: ${code(JSON.stringify(fallback))}.`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}

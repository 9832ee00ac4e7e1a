import { isKey, isKeyArn, KEY_ARN, KEY_NAME } from "../framework/keys";
import { isRecord, recordOf, type Data } from "../framework/resource";
import type { Stack } from "../framework/stack";
import type { Rule } from "../framework/rule";
import { isFailureTarget } from "./targets";

const BUS = "aws:cloudwatch/eventBus:EventBus";
const BUS_POLICY = "aws:cloudwatch/eventBusPolicy:EventBusPolicy";
const RULE = "aws:cloudwatch/eventRule:EventRule";
const TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const SCHEDULE = "aws:scheduler/schedule:Schedule";
const STATE_MACHINE = "aws:sfn/stateMachine:StateMachine";

export const eventsBusPolicy: Rule = {
  name: "events-bus-policy",
  what: "A bus of one's own has a policy, and is encrypted with a customer key.",
  why: "Without one nothing tells who may put events there.",
  fix: "Add an EventBusPolicy that names the accounts or services, and kmsKeyIdentifier to the bus.",
  outside: ["FSBP EventBridge.3", "NAG EVB1", "PRW eventbridge_bus_exposed", "PRW eventbridge_bus_cross_service"],
  example: 'new aws.cloudwatch.EventBusPolicy("policy", { eventBusName: bus.name, policy })',
  types: [BUS],
  checks: [
    (bus, { refuse }) => {
      if (!isKey(bus.at("kmsKeyIdentifier"))) refuse("kmsKeyIdentifier", bus.at("kmsKeyIdentifier"), KEY_NAME);
    },
  ],
  stackChecks: [
    (bus, { stack, refuse }) => {
      if (!stack.ofType(BUS_POLICY).some((policy) => stack.target(policy, "eventBusName", BUS) === bus))
        refuse("policy", undefined, "an EventBusPolicy for it");
    },
  ],
};

export const eventsDlqRetry: Rule = {
  name: "events-dlq-retry",
  what: "Every target of a rule or schedule retries for a bounded time and then tells a dead-letter queue of this stack; a schedule is encrypted with a customer key.",
  why: "An event that cannot be delivered is dropped after a day, in silence.",
  fix: "Set deadLetterConfig.arn and retryPolicy; for a schedule also kmsKeyArn.",
  outside: ["NAG Serverless-EventBusDLQ", "CKV_AWS_297"],
  example:
    "deadLetterConfig: { arn: deadLetters.arn }, retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 20 }",
  types: [TARGET, SCHEDULE],
  checks: [
    (target, { refuse }) => {
      const path = `${prefixOf(target.type)}deadLetterConfig.arn`;
      if (!target.has(path)) refuse(path, undefined, "the ARN of a queue");
    },
    (target, { refuse }) => {
      const path = `${prefixOf(target.type)}retryPolicy`;
      const age = target.number(`${path}.maximumEventAgeInSeconds`);
      if (age === undefined || age < 60 || age > 86_400)
        refuse(`${path}.maximumEventAgeInSeconds`, age, "60 to 86400 seconds");
      const attempts = target.number(`${path}.maximumRetryAttempts`);
      if (attempts === undefined || attempts < 1 || attempts > 185)
        refuse(`${path}.maximumRetryAttempts`, attempts, "1 to 185");
    },
    (schedule, { refuse }) => {
      if (schedule.type !== SCHEDULE) return;
      if (!isKeyArn(schedule.at("kmsKeyArn"))) refuse("kmsKeyArn", schedule.at("kmsKeyArn"), KEY_ARN);
    },
  ],
  stackChecks: [
    (target, { stack, refuse }) => {
      const prefix = prefixOf(target.type);
      if (
        target.has(`${prefix}deadLetterConfig.arn`) &&
        !isFailureTarget(stack, target, `${prefix}deadLetterConfig.arn`)
      )
        refuse(`${prefix}deadLetterConfig.arn`, target.at(`${prefix}deadLetterConfig.arn`), "a queue of this stack");
      const arn = target.text(`${prefix}arn`);
      if (arn !== undefined && stack.named(arn).length === 0) refuse(`${prefix}arn`, arn, "something of this stack");
    },
    (target, { stack, refuse }) => {
      if (target.type === TARGET && !stack.target(target, "rule", RULE))
        refuse("rule", target.at("rule"), "a rule of this stack");
    },
  ],
};

export const eventsPatternNarrow: Rule = {
  name: "events-pattern-narrow",
  what: "A rule for events of an AWS service names the source, the kind of event and something of this stack.",
  why: "Every stack of the account hears the same default bus: a rule that names nothing of its own works on the neighbours' events.",
  fix: "Name source, detail-type, and the stack's own resource in detail or resources.",
  outside: [],
  example:
    'eventPattern: pulumi.jsonStringify({ source: ["aws.athena"], "detail-type": ["Athena Query State Change"], detail: { workgroupName: [workgroup.name] } })',
  types: [RULE],
  checks: [
    (rule, { refuse }) => {
      if (!rule.has("eventPattern")) {
        if (!rule.has("scheduleExpression")) refuse("eventPattern", undefined, "a pattern, or a scheduleExpression");
        return;
      }
      const pattern = recordOf(rule.at("eventPattern"));
      for (const part of ["source", "detail-type"]) {
        const values: Data = pattern[part];
        if (
          !Array.isArray(values) ||
          values.length === 0 ||
          values.some((one: Data) => typeof one !== "string" || one === "")
        )
          refuse(
            `eventPattern.${part}`,
            values,
            "at least one value, each a whole text: a filter lets in what nobody has named",
          );
      }
    },
    (rule, { refuse }) => {
      if (rule.at("state") === "DISABLED") refuse("state", "DISABLED", "ENABLED");
      if (rule.has("isEnabled") && !rule.flag("isEnabled")) refuse("isEnabled", rule.at("isEnabled"), "true");
    },
  ],
  stackChecks: [
    (rule, { stack, refuse }) => {
      if (!rule.has("eventPattern")) return;
      const pattern = recordOf(rule.at("eventPattern"));
      const isOfAws = JSON.stringify(pattern["source"] ?? "").includes("aws.");
      const { detail, resources, $or } = pattern;
      if (isOfAws && !namesOwn({ detail, resources, $or }, stack))
        refuse("eventPattern", pattern, "a pattern whose detail or resources name something of this stack");
    },
  ],
};

export const sfnLoggedEncrypted: Rule = {
  name: "sfn-logged-encrypted",
  what: "A state machine logs every step without its data, is traced, and is encrypted with a customer key.",
  why: "A workflow that stopped half-way cannot be explained otherwise; with its data the log would hold what players wrote.",
  fix: 'Set loggingConfiguration { level: "ALL", includeExecutionData: false }, tracingConfiguration.enabled and encryptionConfiguration.',
  outside: [
    "FSBP StepFunctions.1",
    "CKV_AWS_284",
    "CKV_AWS_285",
    "NAG SF1",
    "NAG SF2",
    "PRW stepfunctions_statemachine_logging_enabled",
  ],
  example:
    'loggingConfiguration: { level: "ALL", includeExecutionData: false, logDestination }, tracingConfiguration: { enabled: true }, encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: key.arn }',
  types: [STATE_MACHINE],
  checks: [
    (machine, { refuse }) => {
      if (machine.at("loggingConfiguration.level") !== "ALL")
        refuse("loggingConfiguration.level", machine.at("loggingConfiguration.level"), "ALL");
      if (machine.flag("loggingConfiguration.includeExecutionData"))
        refuse("loggingConfiguration.includeExecutionData", true, "false");
    },
    (machine, { refuse }) => {
      if (!machine.flag("tracingConfiguration.enabled"))
        refuse("tracingConfiguration.enabled", machine.at("tracingConfiguration.enabled"), "true");
    },
    (machine, { refuse }) => {
      const type = machine.at("encryptionConfiguration.type");
      if (type !== "CUSTOMER_MANAGED_KMS_KEY") refuse("encryptionConfiguration.type", type, "CUSTOMER_MANAGED_KMS_KEY");
      else if (!isKey(machine.at("encryptionConfiguration.kmsKeyId")))
        refuse("encryptionConfiguration.kmsKeyId", machine.at("encryptionConfiguration.kmsKeyId"), KEY_NAME);
    },
    (machine, { refuse }) => {
      if (!machine.has("loggingConfiguration.logDestination"))
        refuse("loggingConfiguration.logDestination", undefined, "a log group's ARN with :* at its end");
    },
  ],
};

function prefixOf(type: string): string {
  return type === SCHEDULE ? "target." : "";
}

/** Whether a part of a pattern asks for something of the stack, in each of its alternatives. */
function namesOwn(part: Data, stack: Stack): boolean {
  if (typeof part === "string") return stack.named(part).length > 0;
  if (Array.isArray(part)) return part.some((one) => namesOwn(one, stack));
  if (!isRecord(part)) return false;
  return Object.entries(part).some(([key, inner]) => {
    if (key === "$or" && Array.isArray(inner)) return inner.every((one) => namesOwn(one, stack));
    return key !== "anything-but" && namesOwn(inner, stack);
  });
}

export const eventsRules: readonly Rule[] = [eventsBusPolicy, eventsDlqRetry, eventsPatternNarrow, sfnLoggedEncrypted];

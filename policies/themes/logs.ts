import { isKeyArn, KEY_ARN } from "../framework/keys";
import type { Rule } from "../framework/rule";
import { isRead } from "./sqs";

const FUNCTION = "aws:lambda/function:Function";
const STAGE = "aws:apigatewayv2/stage:Stage";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const QUEUE = "aws:sqs/queue:Queue";

export const logsEncryptedRetained: Rule = {
  name: "logs-encrypted-retained",
  what: "Every log group is encrypted with a customer key and kept for a year or more, not for ever.",
  why: "Logs tell what happened when somebody asks months later; what is never deleted costs and falls under data protection for ever.",
  fix: "Set kmsKeyId and retentionInDays (400).",
  outside: [
    "CKV_AWS_66",
    "CKV_AWS_158",
    "CKV_AWS_338",
    "NAG CloudWatchLogGroupEncrypted",
    "NAG CloudWatchLogGroupRetentionPeriod",
    "GRD CLOUDWATCH_LOG_GROUP_ENCRYPTED",
    "GRD CW_LOGGROUP_RETENTION_PERIOD_CHECK",
    "SH CloudWatch.16",
    "PRW cloudwatch_log_group_kms_encryption_enabled",
  ],
  example: "kmsKeyId: key.arn, retentionInDays: 400",
  types: [LOG_GROUP],
  config: {
    days: { type: "integer", description: "Fewest days.", default: 365, minimum: 1 },
    most: { type: "integer", description: "Most days.", default: 3653, minimum: 1 },
  },
  checks: [
    (group, { refuse }) => {
      if (!isKeyArn(group.at("kmsKeyId"))) refuse("kmsKeyId", group.at("kmsKeyId"), KEY_ARN);
    },
    (group, { refuse, number }) => {
      const days = group.number("retentionInDays");
      if (days === undefined || days < number("days") || days > number("most"))
        refuse("retentionInDays", days, `${number("days")} to ${number("most")} days`);
    },
  ],
};

export const logsGroupPerFunction: Rule = {
  name: "logs-group-per-function",
  what: "Every function logs to a group of its own that the stack has made, and every stage of a WebSocket API its execution.",
  why: "Lambda and API Gateway make one otherwise, without key and without end; a group that functions share tells nobody apart.",
  fix: "Make the LogGroup first and name it in loggingConfig.logGroup; for a stage name it /aws/apigateway/<API id>/<stage>.",
  outside: ["CKV_AWS_158", "SH CloudWatch.16"],
  example: 'loggingConfig: { logFormat: "JSON", logGroup: logGroup.name }',
  types: [FUNCTION, STAGE],
  stackChecks: [
    (stage, { stack, refuse }) => {
      if (stage.type !== STAGE || !/^(ERROR|INFO)$/.test(stage.text("defaultRouteSettings.loggingLevel") ?? "")) return;
      const group = `/aws/apigateway/${stage.text("apiId") ?? ""}/${stage.text("name") ?? ""}`;
      if (!stack.ofType(LOG_GROUP).some((one) => one.text("name") === group))
        refuse(
          "defaultRouteSettings.loggingLevel",
          stage.at("defaultRouteSettings.loggingLevel"),
          `the log group ${group} in this stack`,
        );
    },
    (fn, { stack, refuse }) => {
      if (fn.type !== FUNCTION) return;
      const group = fn.has("loggingConfig.logGroup")
        ? stack.target(fn, "loggingConfig.logGroup", LOG_GROUP)
        : undefined;
      if (!group) {
        refuse("loggingConfig.logGroup", fn.at("loggingConfig.logGroup"), "the name of a log group of this stack");
        return;
      }
      const sharing = stack
        .ofType(FUNCTION)
        .filter(
          (other) =>
            other !== fn &&
            other.has("loggingConfig.logGroup") &&
            stack.target(other, "loggingConfig.logGroup", LOG_GROUP) === group,
        );
      if (sharing.length > 0)
        refuse(
          "loggingConfig.logGroup",
          fn.at("loggingConfig.logGroup"),
          `a log group that ${sharing.map(({ name }) => `"${name}"`).join(", ")} does not use`,
        );
    },
  ],
};

export const alarmsOnDeadLetters: Rule = {
  name: "alarms-on-dead-letters",
  what: "In production every queue that no function reads, where failures lie, has an alarm that rings at the first message.",
  why: "A dead letter is a message that a player did not get; nobody looks into a queue unasked.",
  fix: "Add a MetricAlarm on ApproximateNumberOfMessagesVisible of the queue, threshold 0, GreaterThanThreshold.",
  outside: [],
  example:
    'new aws.cloudwatch.MetricAlarm("dlq", { namespace: "AWS/SQS", metricName: "ApproximateNumberOfMessagesVisible", dimensions: { QueueName: deadLetters.name }, statistic: "Maximum", comparisonOperator: "GreaterThanThreshold", threshold: 0, evaluationPeriods: 1, period: 300 })',
  level: { production: "mandatory", other: "disabled" },
  types: [QUEUE],
  config: {
    period: { type: "integer", description: "Longest period of the alarm, seconds.", default: 300, minimum: 10 },
  },
  stackChecks: [
    (queue, { stack, refuse, number }) => {
      if (isRead(stack, queue)) return;
      const alarms = stack
        .ofType(ALARM)
        .filter((alarm) => alarm.at("dimensions.QueueName") === (queue.text("name") ?? queue.text("id")));
      const rings = alarms.some(
        (alarm) =>
          alarm.at("namespace") === "AWS/SQS" &&
          alarm.at("metricName") === "ApproximateNumberOfMessagesVisible" &&
          alarm.at("comparisonOperator") === "GreaterThanThreshold" &&
          alarm.number("threshold") === 0 &&
          alarm.at("actionsEnabled") !== false &&
          alarm.number("evaluationPeriods") === 1 &&
          (alarm.number("period") ?? Infinity) <= number("period") &&
          /^(Maximum|Sum|Average)$/.test(alarm.text("statistic") ?? ""),
      );
      if (!rings)
        refuse(
          "alarm",
          alarms.map(({ name }) => name),
          `an alarm that rings at the first message within ${number("period")} s`,
        );
    },
  ],
};

export const logsRules: readonly Rule[] = [logsEncryptedRetained, logsGroupPerFunction, alarmsOnDeadLetters];

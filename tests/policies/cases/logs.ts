import { ALARM, DEAD, FUNCTION, KEY, STAGE, type RuleCase } from "./fixtures";

export const logsCases: Readonly<Record<string, RuleCase>> = {
  "logs-encrypted-retained": {
    good: { "cloudwatch/logGroup:LogGroup g": { kmsKeyId: KEY, retentionInDays: 400 } },
    bad: {
      "AWS's key": { "cloudwatch/logGroup:LogGroup g > kmsKeyId": KEY.replace("key/mine", "alias/aws/logs") },
      "for ever by 0": { "cloudwatch/logGroup:LogGroup g > retentionInDays": 0 },

      "no key": { "cloudwatch/logGroup:LogGroup g > kmsKeyId": undefined },
      "a month": { "cloudwatch/logGroup:LogGroup g > retentionInDays": 30 },
      "for ever": { "cloudwatch/logGroup:LogGroup g > retentionInDays": undefined },
    },
  },
  "logs-group-per-function": {
    good: {
      "lambda/function:Function f": FUNCTION,
      "cloudwatch/logGroup:LogGroup g": { name: "/f" },
      "apigatewayv2/stage:Stage s": { ...STAGE, name: "live" },
      "cloudwatch/logGroup:LogGroup e": { name: "/aws/apigateway/a/live" },
    },
    bad: {
      "another name for a stage's": { "cloudwatch/logGroup:LogGroup e > name": "/aws/apigateway/b/live" },
      "another name for a function's": { "cloudwatch/logGroup:LogGroup g > name": "/x" },

      "none for a stage": { "cloudwatch/logGroup:LogGroup e": undefined },
      "one for another stage": { "apigatewayv2/stage:Stage s > name": "test" },
      none: { "lambda/function:Function f > loggingConfig": undefined },
      elsewhere: { "lambda/function:Function f > loggingConfig.logGroup": "/x" },
      shared: { "lambda/function:Function g": { ...FUNCTION, name: "g" } },
    },
  },
  "alarms-on-dead-letters": {
    good: { "sqs/queue:Queue d": DEAD, "cloudwatch/metricAlarm:MetricAlarm a": ALARM },
    bad: {
      none: { "cloudwatch/metricAlarm:MetricAlarm a": undefined },
      ...Object.fromEntries(
        Object.entries({
          threshold: 5,
          comparisonOperator: "LessThanThreshold",
          metricName: "NumberOfMessagesSent",
          namespace: "X",
          actionsEnabled: false,
          evaluationPeriods: 5,
          period: 3_600,
          statistic: "Minimum",
          "dimensions.QueueName": "x",
        }).map(([path, value]) => [path, { [`cloudwatch/metricAlarm:MetricAlarm a > ${path}`]: value }]),
      ),
    },
  },
};

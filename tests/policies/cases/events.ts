import { arn, D, DEAD, FN, FUNCTION, KEY, type RuleCase } from "./fixtures";

export const eventsCases: Readonly<Record<string, RuleCase>> = {
  "events-bus-policy": {
    good: {
      "cloudwatch/eventBus:EventBus b": { name: "b", kmsKeyIdentifier: KEY },
      "cloudwatch/eventBusPolicy:EventBusPolicy p": { eventBusName: "b" },
    },
    bad: {
      "of another bus": { "cloudwatch/eventBusPolicy:EventBusPolicy p > eventBusName": "x" },
      "AWS's key": { "cloudwatch/eventBus:EventBus b > kmsKeyIdentifier": "alias/aws/events" },

      none: { "cloudwatch/eventBusPolicy:EventBusPolicy p": undefined },
      "no key": { "cloudwatch/eventBus:EventBus b > kmsKeyIdentifier": undefined },
    },
  },
  "events-dlq-retry": {
    good: {
      "sqs/queue:Queue d": DEAD,
      "lambda/function:Function f": FUNCTION,
      "cloudwatch/eventRule:EventRule r": { name: "r" },
      "cloudwatch/eventTarget:EventTarget t": {
        rule: "r",
        arn: FN,
        deadLetterConfig: { arn: D },
        retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 1 },
      },
      "scheduler/schedule:Schedule s": {
        kmsKeyArn: KEY,
        target: {
          arn: FN,
          deadLetterConfig: { arn: D },
          retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 1 },
        },
      },
    },
    bad: {
      "a schedule without age": {
        "scheduler/schedule:Schedule s > target.retryPolicy.maximumEventAgeInSeconds": undefined,
      },
      "a schedule without retry": { "scheduler/schedule:Schedule s > target.retryPolicy.maximumRetryAttempts": 0 },
      "a schedule for something else": { "scheduler/schedule:Schedule s > target.arn": arn("lambda", "function:x") },
      "dead letters of a schedule elsewhere": {
        "scheduler/schedule:Schedule s > target.deadLetterConfig.arn": arn("sqs", "x"),
      },

      none: { "cloudwatch/eventTarget:EventTarget t > deadLetterConfig": undefined },
      elsewhere: { "cloudwatch/eventTarget:EventTarget t > deadLetterConfig.arn": arn("sqs", "x") },
      "no age": { "cloudwatch/eventTarget:EventTarget t > retryPolicy.maximumEventAgeInSeconds": undefined },
      "no retry": { "cloudwatch/eventTarget:EventTarget t > retryPolicy.maximumRetryAttempts": 0 },
      "a target elsewhere": { "cloudwatch/eventTarget:EventTarget t > arn": arn("lambda", "function:x") },
      "a rule elsewhere": { "cloudwatch/eventTarget:EventTarget t > rule": "x" },
      "a schedule without key": { "scheduler/schedule:Schedule s > kmsKeyArn": undefined },
      "a schedule without dead letters": { "scheduler/schedule:Schedule s > target.deadLetterConfig": undefined },
    },
  },
  "events-pattern-narrow": {
    good: {
      "athena/workgroup:Workgroup w": { name: "w" },
      "cloudwatch/eventRule:EventRule r": {
        eventPattern: JSON.stringify({
          source: ["aws.athena"],
          "detail-type": ["x"],
          detail: { workgroupName: ["w"] },
        }),
      },
      "cloudwatch/eventRule:EventRule s": { scheduleExpression: "rate(1 minute)" },
    },
    bad: {
      "switched off by a flag": { "cloudwatch/eventRule:EventRule s > isEnabled": false },
      neither: { "cloudwatch/eventRule:EventRule s > scheduleExpression": undefined },
      "a source by its beginning": {
        "cloudwatch/eventRule:EventRule r > eventPattern": JSON.stringify({
          source: [{ prefix: "aw" }],
          "detail-type": ["x"],
          detail: { workgroupName: ["w"] },
        }),
      },
      "any kind of event": {
        "cloudwatch/eventRule:EventRule r > eventPattern": JSON.stringify({
          source: ["aws.athena"],
          "detail-type": [{ exists: true }],
          detail: { workgroupName: ["w"] },
        }),
      },

      "no source": {
        "cloudwatch/eventRule:EventRule r > eventPattern": JSON.stringify({
          "detail-type": ["x"],
          detail: { workgroupName: ["w"] },
        }),
      },
      "the neighbours' events": {
        "cloudwatch/eventRule:EventRule r > eventPattern": JSON.stringify({
          source: ["aws.athena"],
          "detail-type": ["x"],
        }),
      },
      nothing: { "cloudwatch/eventRule:EventRule r > eventPattern": undefined },
      "switched off": { "cloudwatch/eventRule:EventRule s > state": "DISABLED" },
    },
  },
  "sfn-logged-encrypted": {
    good: {
      "sfn/stateMachine:StateMachine m": {
        loggingConfiguration: { level: "ALL", includeExecutionData: false, logDestination: "x" },
        tracingConfiguration: { enabled: true },
        encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: KEY },
      },
    },
    bad: {
      "AWS's key by its alias": {
        "sfn/stateMachine:StateMachine m > encryptionConfiguration.kmsKeyId": "alias/aws/states",
      },

      "errors only": { "sfn/stateMachine:StateMachine m > loggingConfiguration.level": "ERROR" },
      "with data": { "sfn/stateMachine:StateMachine m > loggingConfiguration.includeExecutionData": true },
      "no log": { "sfn/stateMachine:StateMachine m > loggingConfiguration.logDestination": undefined },
      "no traces": { "sfn/stateMachine:StateMachine m > tracingConfiguration": undefined },
      "AWS's key": { "sfn/stateMachine:StateMachine m > encryptionConfiguration.type": "AWS_OWNED_KEY" },
      "no key": { "sfn/stateMachine:StateMachine m > encryptionConfiguration.kmsKeyId": undefined },
    },
  },
};

import type { Rule } from "./framework/rule";
import { apiGatewayRules } from "./themes/api-gateway";
import { noWayAround, resourcesJudged } from "./themes/coverage";
import { dynamodbRules } from "./themes/dynamodb";
import { eventSourceRules } from "./themes/event-sources";
import { eventsRules } from "./themes/events";
import { glueAthenaRules } from "./themes/glue-athena";
import { iamRules } from "./themes/iam";
import { kmsRules } from "./themes/kms";
import { lambdaRules } from "./themes/lambda";
import { logsRules } from "./themes/logs";
import { otherServiceRules } from "./themes/other-services";
import { referenceRules } from "./themes/references";
import { resourcePolicyRules } from "./themes/resource-policies";
import { s3Rules } from "./themes/s3";
import { sesRules } from "./themes/ses";
import { snsRules } from "./themes/sns";
import { sqsRules } from "./themes/sqs";

const JUDGING: Readonly<Record<string, readonly Rule[]>> = {
  "API Gateway": apiGatewayRules,
  Lambda: lambdaRules,
  "Event sources": eventSourceRules,
  DynamoDB: dynamodbRules,
  SNS: snsRules,
  SQS: sqsRules,
  S3: s3Rules,
  "Glue and Athena": glueAthenaRules,
  "EventBridge, Scheduler, Step Functions": eventsRules,
  KMS: kmsRules,
  IAM: iamRules,
  "Logs and alarms": logsRules,
  SES: sesRules,
  "Other services": otherServiceRules,
  "Resource policies and references": [...resourcePolicyRules, ...referenceRules],
};

/** Every rule, by theme. */
export const THEMES: Readonly<Record<string, readonly Rule[]>> = {
  ...JUDGING,
  "What no rule sees": [noWayAround, resourcesJudged(Object.values(JUDGING).flat())],
};

export const RULES: readonly Rule[] = Object.values(THEMES).flat();

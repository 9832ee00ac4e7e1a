import { apiGatewayCases } from "./api-gateway";
import { dynamodbCases } from "./dynamodb";
import { eventSourcesCases } from "./event-sources";
import { eventsCases } from "./events";
import { glueAthenaCases } from "./glue-athena";
import { iamCases } from "./iam";
import { kmsCases } from "./kms";
import { lambdaCases } from "./lambda";
import { lambdaAccessCases } from "./lambda-access";
import { logsCases } from "./logs";
import { otherServicesCases } from "./other-services";
import { s3Cases } from "./s3";
import { sesCases } from "./ses";
import { snsCases } from "./sns";
import { sqsCases } from "./sqs";
import type { RuleCase } from "./fixtures";

export type { Edit, Resources } from "./fixtures";

/** A case that complies and cases that do not, for every rule; a file for each theme. */
export const CASES: Readonly<Record<string, RuleCase>> = {
  ...apiGatewayCases,
  ...lambdaCases,
  ...lambdaAccessCases,
  ...eventSourcesCases,
  ...dynamodbCases,
  ...snsCases,
  ...sqsCases,
  ...s3Cases,
  ...glueAthenaCases,
  ...eventsCases,
  ...kmsCases,
  ...iamCases,
  ...logsCases,
  ...sesCases,
  ...otherServicesCases,
};

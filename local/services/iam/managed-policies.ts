import type { PolicyDocument } from "./policy-document";

const allow = (actions: readonly string[], resource: string | readonly string[] = "*"): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: actions, Resource: resource }],
});

const logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];

/** The AWS managed policies that the local cloud knows, by the end of their ARN; documents as in the AWS Managed Policy Reference. */
const managedPolicies: Readonly<Record<string, PolicyDocument>> = {
  "service-role/AWSLambdaBasicExecutionRole": allow(logs),
  "service-role/AWSLambdaSQSQueueExecutionRole": allow([
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    ...logs,
  ]),
  "service-role/AWSLambdaDynamoDBExecutionRole": allow([
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
    ...logs,
  ]),
  "service-role/AWSLambdaKinesisExecutionRole": allow([
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
    "kinesis:ListStreams",
    "kinesis:SubscribeToShard",
    ...logs,
  ]),
  "service-role/AmazonAPIGatewayPushToCloudWatchLogs": allow([
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
    "logs:GetLogEvents",
    "logs:FilterLogEvents",
  ]),
  AWSXRayDaemonWriteAccess: allow([
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:GetSamplingStatisticSummaries",
  ]),
};

/** The document of an AWS managed policy; undefined if the ARN is not of AWS or not known here. */
export function managedPolicy(arn: string): PolicyDocument | undefined {
  const prefix = "arn:aws:iam::aws:policy/";
  return arn.startsWith(prefix) ? managedPolicies[arn.slice(prefix.length)] : undefined;
}

/** A control of others that has no rule here, and why. */
export interface NotApplicable {
  readonly name: string;
  readonly outside: readonly string[];
  readonly reason: string;
}

export const NOT_APPLICABLE: readonly NotApplicable[] = [
  {
    name: "waf-not-applicable",
    outside: ["FSBP APIGateway.4", "CKV2_AWS_29"],
    reason:
      "AWS WAF protects REST APIs and CloudFront, not WebSocket APIs. The stage's throttling and the bucket of each container bound what a client can do; a CloudFront distribution with a web ACL can stand in front.",
  },
  {
    name: "lambda-in-vpc",
    outside: ["CKV_AWS_117", "NAG LambdaInsideVPC", "GRD LAMBDA_INSIDE_VPC", "SH Lambda.3"],
    reason:
      "The functions reach AWS's own endpoints and nothing in a VPC. In a VPC each start is slower, and the way to SES, Athena and the connections costs NAT or endpoints.",
  },
  {
    name: "kinesis-aws-managed-key",
    outside: ["NAG KDS3"],
    reason:
      "It asks for the AWS-managed key where CKV_AWS_185 asks for a customer key; kinesis-cmk follows the latter.",
  },
  {
    name: "lambda-code-signed by default",
    outside: ["CKV_AWS_272"],
    reason:
      "AWS Signer signs an archive in S3 before it is deployed; Pulumi uploads the archive it has just made. The rule exists and is disabled: turn it on in a program that signs.",
  },
  {
    name: "ddb-in-backup-plan by default",
    outside: ["SH DynamoDB.4", "NAG DynamoDBInBackupPlan", "GRD DYNAMODB_IN_BACKUP_PLAN"],
    reason:
      "Recovery to a point in time covers the last 35 days. The rule exists and is disabled: turn it on where backups must outlive the account.",
  },
];

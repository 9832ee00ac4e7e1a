import { ACCOUNT } from "../graph";
import { arn, BUCKET, FN, FUNCTION, ROLE, type RuleCase } from "./fixtures";

export const lambdaAccessCases: Readonly<Record<string, RuleCase>> = {
  "lambda-permission-narrow": {
    good: {
      "s3/bucket:Bucket c": BUCKET,
      "lambda/permission:Permission c": {
        action: "lambda:InvokeFunction",
        function: "f",
        principal: "s3.amazonaws.com",
        sourceArn: BUCKET.arn,
        sourceAccount: ACCOUNT,
      },
      "lambda/permission:Permission d": {
        action: "lambda:InvokeFunction",
        function: `${FN}:live`,
        principal: ACCOUNT,
      },

      "lambda/function:Function f": FUNCTION,
      "apigatewayv2/api:Api a": { id: "abc" },
      "lambda/permission:Permission p": {
        action: "lambda:InvokeFunction",
        function: "f",
        principal: "apigateway.amazonaws.com",
        sourceArn: arn("execute-api", "abc/live/$connect"),
      },
    },
    bad: {
      "a bucket's account left out": { "lambda/permission:Permission c > sourceAccount": undefined },

      "every action": { "lambda/permission:Permission p > action": "lambda:*" },
      everybody: { "lambda/permission:Permission p > principal": "*" },
      "another service": { "lambda/permission:Permission p > principal": "sns.amazonaws.com" },
      "no source": { "lambda/permission:Permission p > sourceArn": undefined },
      "any source": { "lambda/permission:Permission p > sourceArn": arn("execute-api", "*/live/$connect") },
      "any account": { "lambda/permission:Permission p > sourceArn": "arn:aws:execute-api:us-east-1:*:abc/live" },
      "another API": { "lambda/permission:Permission p > sourceArn": arn("execute-api", "xyz/live/$connect") },
      "another function": { "lambda/permission:Permission p > function": "x" },
      "a bucket of anybody": {
        "s3/bucket:Bucket b": BUCKET,
        "lambda/permission:Permission b": {
          action: "lambda:InvokeFunction",
          function: "f",
          principal: "s3.amazonaws.com",
          sourceArn: BUCKET.arn,
        },
      },
      "an open URL": {
        "lambda/permission:Permission u": {
          action: "lambda:InvokeFunctionUrl",
          function: "f",
          principal: ACCOUNT,
          functionUrlAuthType: "NONE",
        },
      },
    },
  },
  "lambda-url-authorized": {
    good: {
      "lambda/functionUrl:FunctionUrl u": {
        authorizationType: "AWS_IAM",
        cors: { allowOrigins: ["https://game.example"] },
      },
    },
    bad: {
      "every origin of a scheme": { "lambda/functionUrl:FunctionUrl u > cors.allowOrigins": ["https://*"] },

      open: { "lambda/functionUrl:FunctionUrl u > authorizationType": "NONE" },
      "every origin": { "lambda/functionUrl:FunctionUrl u > cors.allowOrigins": ["*"] },
    },
  },
  "lambda-own-role": {
    good: { "lambda/function:Function f": FUNCTION, "iam/role:Role f": ROLE },
    bad: {
      "a role elsewhere": { "lambda/function:Function f > role": arn("iam", "role/x") },
      "a shared role": { "lambda/function:Function g": { ...FUNCTION, name: "g", arn: `${FN}g` } },
    },
  },
  "lambda-no-default-callback-role": {
    good: { "iam/rolePolicyAttachment:RolePolicyAttachment a": { policyArn: `arn:aws:iam::${ACCOUNT}:policy/mine` } },
    bad: {
      "in a list": {
        "iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive x": {
          policyArns: ["arn:aws:iam::aws:policy/IAMFullAccess"],
        },
      },
      "in a permission set": {
        "ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment x": {
          managedPolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
        },
      },

      "full access": {
        "iam/rolePolicyAttachment:RolePolicyAttachment a > policyArn": "arn:aws:iam::aws:policy/AWSLambda_FullAccess",
      },
      "in the role": { "iam/role:Role r": { managedPolicyArns: ["arn:aws:iam::aws:policy/PowerUserAccess"] } },
    },
  },
};

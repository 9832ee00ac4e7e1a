import { FN, arn, D, DEAD, FED, FUNCTION, STREAM, type RuleCase } from "./fixtures";

export const lambdaCases: Readonly<Record<string, RuleCase>> = {
  "lambda-supported-runtime": {
    good: {
      "lambda/function:Function i": { packageType: "Image", imageUri: "x" },
      "lambda/function:Function f": FUNCTION,
    },
    bad: {
      "an old one": { "lambda/function:Function f > runtime": "nodejs16.x" },
      none: { "lambda/function:Function f > runtime": undefined },
    },
  },
  "lambda-xray": {
    good: { "lambda/function:Function f": FUNCTION },
    bad: {
      "passed through": { "lambda/function:Function f > tracingConfig.mode": "PassThrough" },
      none: { "lambda/function:Function f > tracingConfig": undefined },
    },
  },
  "lambda-bounded-concurrency": {
    good: {
      "lambda/eventSourceMapping:EventSourceMapping q": FED,
      "lambda/eventSourceMapping:EventSourceMapping s": { ...STREAM, parallelizationFactor: 2 },
    },
    bad: {
      "no bound": { "lambda/eventSourceMapping:EventSourceMapping q > scalingConfig": undefined },
      "1": { "lambda/eventSourceMapping:EventSourceMapping q > scalingConfig.maximumConcurrency": 1 },
      "1000": { "lambda/eventSourceMapping:EventSourceMapping q > scalingConfig.maximumConcurrency": 1_000 },
      "a factor of 20": { "lambda/eventSourceMapping:EventSourceMapping s > parallelizationFactor": 20 },
    },
  },
  "lambda-async-failure-target": {
    good: {
      "lambda/function:Function g": { name: "g", deadLetterConfig: { targetArn: D } },
      "lambda/permission:Permission g": { function: "g", principal: "sns.amazonaws.com" },

      "lambda/function:Function f": FUNCTION,
      "sqs/queue:Queue d": DEAD,
      "lambda/permission:Permission p": { function: "f", principal: "events.amazonaws.com" },
      "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig c": {
        functionName: "f",
        maximumEventAgeInSeconds: 60,
        maximumRetryAttempts: 0,
        destinationConfig: { onFailure: { destination: D } },
      },
    },
    bad: {
      "a function that a bucket invokes": {
        "lambda/function:Function h": { name: "h" },
        "lambda/permission:Permission h": { function: "h", principal: "s3.amazonaws.com" },
      },

      "a schedule": {
        "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig c": undefined,
        "lambda/permission:Permission p": undefined,
        "scheduler/schedule:Schedule s": { target: { arn: FN } },
      },
      "a function that loses its own target": { "lambda/function:Function g > deadLetterConfig": undefined },

      "no configuration": { "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig c": undefined },
      "no target": { "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig c > destinationConfig": undefined },
      "a target elsewhere": {
        "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig c > destinationConfig.onFailure.destination": arn(
          "sqs",
          "x",
        ),
      },
      "no age": {
        "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig c > maximumEventAgeInSeconds": undefined,
      },
      "no retries said": {
        "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig c > maximumRetryAttempts": undefined,
      },
      "another function": { "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig c > functionName": "x" },
    },
  },
  "lambda-env-encrypted-no-secrets": {
    good: {
      "lambda/function:Function g": {
        ...FUNCTION,
        environment: {
          variables: {
            TOKEN_ISSUER: "https://example.eu.auth0.com/",
            API_KEY_SECONDS: "300",
            DB_PASSWORD: arn("secretsmanager", "secret:db"),
            SECRET: "/game/db/password",
            NOTHING_PASSWORD: "",
          },
        },
      },
      "lambda/function:Function f": FUNCTION,
    },
    bad: {
      "a short password": { "lambda/function:Function f > environment.variables": { DB_PASSWORD: "hunter2" } },
      "a password in an address": {
        "lambda/function:Function f > environment.variables": { DB: "postgres://game:letmein@db/players" },
      },
      "AWS's key by its ARN": { "lambda/function:Function f > kmsKeyArn": arn("kms", "alias/aws/lambda") },

      "no key": { "lambda/function:Function f > kmsKeyArn": undefined },
      "an alias of AWS": { "lambda/function:Function f > kmsKeyArn": "alias/aws/lambda" },
      "a password": { "lambda/function:Function f > environment.variables": { DB_PASSWORD: "correct horse battery" } },
      "an access key": { "lambda/function:Function f > environment.variables": { X: "AKIAIOSFODNN7EXAMPLE" } },
    },
  },
  "lambda-no-recursion": {
    good: { "lambda/functionRecursionConfig:FunctionRecursionConfig c": { recursiveLoop: "Terminate" } },
    bad: { allowed: { "lambda/functionRecursionConfig:FunctionRecursionConfig c > recursiveLoop": "Allow" } },
  },
  "lambda-code-signed": {
    good: {
      "lambda/function:Function f": { ...FUNCTION, codeSigningConfigArn: arn("lambda", "code-signing-config:c") },
    },
    bad: { unsigned: { "lambda/function:Function f > codeSigningConfigArn": undefined } },
  },
};

import { expect } from "chai";
import { AwsError } from "../../../local/aws-error";
import type { Json } from "../../../local/service";
import { encodeError } from "../../../local/services/lambda/wire";
import { outcome, rig, type Rig } from "./harness";

const arn = "arn:aws:lambda:us-east-1:123456789012:function";
const echo = "exports.handler = async (event) => event;";

/** Answers and errors of the API as real AWS was recorded to give them. */
describe("Lambda's API as recorded", () => {
  let r: Rig;
  before(async () => {
    r = rig();
    await r.fn("fn", echo);
    await r.fn("full", echo, {
      environment: { variables: { AB: "1" } },
      loggingConfig: { logFormat: "JSON", logGroup: "/full" },
      tags: { team: "a" },
      reservedConcurrentExecutions: 3,
    });
  });
  after(() => r.close());

  const call = (operation: string, input: Json): Promise<Json> =>
    r.cloud.call("lambda", operation, input, r.cloud.operator);
  const missing = (message: string): readonly unknown[] => ["ResourceNotFoundException", 404, message];
  const invalid = (message: string): readonly unknown[] => ["InvalidParameterValueException", 400, message];
  const mismatch = invalid("The derived qualifier from the function name does not match the specified qualifier.");
  const onlyFunctions = invalid(
    "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.",
  );
  const elsewhere = missing("Functions from 'eu-west-1' are not reachable in this region ('us-east-1')");
  const otherRegion = "arn:aws:lambda:eu-west-1:123456789012:function:fn";

  const bytes = (hex: string): string => Buffer.from(hex, "hex").toString("base64");
  const noJson = (why: string, column: number): readonly unknown[] => [
    "InvalidRequestContentException",
    400,
    `Could not parse request body into json: Could not parse payload into json: ${why}\n at [Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: 1, column: ${column}]`,
  ];

  const refusals: readonly [string, Json, readonly unknown[]][] = [
    ["GetFunction", { FunctionName: "none" }, missing(`Function not found: ${arn}:none`)],
    ["GetFunction", { FunctionName: "none", Qualifier: "$LATEST" }, missing(`Function not found: ${arn}:none:$LATEST`)],
    ["GetFunction", { FunctionName: "fn", Qualifier: "1221" }, missing(`Function not found: ${arn}:fn:1221`)],
    ["GetFunction", { FunctionName: `${arn}:none:1`, Qualifier: "$LATEST" }, mismatch],
    ["GetFunction", { FunctionName: otherRegion }, elsewhere],
    ["GetFunctionConfiguration", { FunctionName: "fn:1221" }, missing(`Function not found: ${arn}:fn:1221`)],
    ["GetFunctionConfiguration", { FunctionName: otherRegion }, elsewhere],
    ["GetFunctionConcurrency", { FunctionName: "none" }, missing(`Function not found: ${arn}:none`)],
    ["GetFunctionConcurrency", { FunctionName: otherRegion }, elsewhere],
    [
      "PutFunctionConcurrency",
      { FunctionName: "none", ReservedConcurrentExecutions: -1 },
      missing(`Function not found: ${arn}:none:$LATEST`),
    ],
    ["PutFunctionConcurrency", { FunctionName: `${arn}:fn:$LATEST`, ReservedConcurrentExecutions: 1 }, onlyFunctions],
    ["GetPolicy", { FunctionName: "none" }, missing(`Function not found: ${arn}:none`)],
    ["GetPolicy", { FunctionName: "fn" }, missing("The resource you requested does not exist.")],
    ["GetFunctionUrlConfig", { FunctionName: "none" }, missing("The resource you requested does not exist.")],
    [
      "GetFunctionEventInvokeConfig",
      { FunctionName: "fn" },
      missing(`The function ${arn}:fn:$LATEST doesn't have an EventInvokeConfig`),
    ],
    [
      "GetFunctionEventInvokeConfig",
      { FunctionName: "none", Qualifier: "1221" },
      missing(`The function ${arn}:none:1221 doesn't have an EventInvokeConfig`),
    ],
    ["GetFunctionEventInvokeConfig", { FunctionName: otherRegion }, elsewhere],
    ["ListFunctionEventInvokeConfigs", { FunctionName: "none" }, missing("The function doesn't exist.")],
    [
      "ListFunctions",
      { FunctionVersion: "invalid" },
      [
        "ValidationException",
        400,
        "1 validation error detected: Value 'invalid' at 'functionVersion' failed to satisfy constraint: Member must satisfy enum value set: [ALL]",
      ],
    ],
    ["Invoke", { FunctionName: "none" }, missing(`Function not found: ${arn}:none:$LATEST`)],
    ["Invoke", { FunctionName: otherRegion }, elsewhere],
    [
      "Invoke",
      { FunctionName: "fn", Payload: bytes("99eb2c6a07a17a5968") },
      noJson(
        "Unexpected character ((CTRL-CHAR, code 153)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
        1,
      ),
    ],
    [
      "Invoke",
      { FunctionName: "fn", Payload: bytes("6e87729ee9b5d749ee9b6d74") },
      noJson("Invalid UTF-8 start byte 0x87", 3),
    ],
    [
      "Invoke",
      { FunctionName: "fn", Payload: bytes("22fa22") },
      [
        "InvalidRequestContentException",
        400,
        "Could not parse request body into json: Could not parse payload into json: Invalid UTF-8",
      ],
    ],
    [
      "UpdateFunctionConfiguration",
      { FunctionName: "fn", Role: "r1" },
      [
        "ValidationException",
        400,
        "1 validation error detected: Value 'r1' at 'role' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+",
      ],
    ],
    [
      "UpdateFunctionConfiguration",
      { FunctionName: "fn", RevisionId: "wrong" },
      [
        "PreconditionFailedException",
        412,
        "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
      ],
    ],
    [
      "UpdateFunctionCode",
      { FunctionName: "fn", ZipFile: Buffer.from("no zip").toString("base64") },
      invalid("Could not unzip uploaded file. Please check your file, then try to upload again."),
    ],
    ["ListTags", { Resource: `${arn}:none` }, missing(`Function not found: ${arn}:none`)],
    [
      "TagResource",
      { Resource: `${arn}:fn:1`, Tags: { a: "1" } },
      invalid("Tags on function aliases and versions are not supported. Please specify a function ARN."),
    ],
    [
      "TagResource",
      { Resource: `${arn}:fn`, Tags: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, "v"])) },
      invalid("Number of tags exceeds resource tag limit."),
    ],
    ...["GetEventSourceMapping", "UpdateEventSourceMapping"].map((operation): [string, Json, readonly unknown[]] => [
      operation,
      { UUID: "none" },
      missing("The resource you requested does not exist."),
    ]),
  ];

  it("refuses in AWS's words and order", async () => {
    for (const [operation, input, expected] of refusals) {
      const label = `${operation} ${JSON.stringify(input).slice(0, 80)}`;
      expect(await outcome(call(operation, input)), label).to.deep.equal(expected);
    }
  });

  it("refuses functions that AWS refuses at their deployment", async () => {
    const unable =
      "Lambda was unable to configure your environment variables because the environment variables you have provided";
    const variables = (given: Json): Json => ({ environment: { variables: given } });
    const large = { SMALL_VAR: "ok", LARGE_VAR: "x".repeat(4_096 - 33) };
    const longest = "x".repeat(65);
    const cases: readonly [Json, readonly unknown[]][] = [
      [
        variables({ AWS_REGION: "us-east-1", OK: "1" }),
        invalid(
          `${unable} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: AWS_REGION`,
        ),
      ],
      [variables(large), ["accepted"]],
      [
        variables({ ...large, SMALL_VAR: "long" }),
        invalid(
          `${unable} exceeded the 4KB limit. String measured: ${JSON.stringify({ ...large, SMALL_VAR: "long" })}`,
        ),
      ],
      [
        variables({ "a-b": "1" }),
        [
          "ValidationException",
          400,
          "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+, Member must not be null]",
        ],
      ],
      [
        { name: longest },
        [
          "ValidationException",
          400,
          `1 validation error detected: Value '${longest}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64`,
        ],
      ],
      [
        { timeout: 901 },
        [
          "ValidationException",
          400,
          "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900",
        ],
      ],
    ];
    for (const [inputs, expected] of cases)
      expect(await outcome(r.fn("another", echo, inputs)), JSON.stringify(inputs).slice(0, 80)).to.deep.equal(expected);
  });

  it("writes an error with its type, its reason, and the spelling of its shape", () => {
    const body = (error: AwsError): unknown => {
      const { status, headers, body: text } = encodeError(error, "id");
      return [status, headers["x-amzn-errortype"], JSON.parse(text as string)];
    };
    const throttled = new AwsError("TooManyRequestsException", "Rate Exceeded.", 429, {
      Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
      Type: "User",
    });
    expect(body(throttled)).to.deep.equal([
      429,
      "TooManyRequestsException",
      { Reason: "ReservedFunctionConcurrentInvocationLimitExceeded", Type: "User", message: "Rate Exceeded." },
    ]);
    const cases: readonly [string, number, Json][] = [
      ["ResourceNotFoundException", 404, { Type: "User", Message: "m" }],
      ["InvalidParameterValueException", 400, { Type: "User", message: "m" }],
      ["ResourceConflictException", 409, { Type: "User", message: "m" }],
      ["ValidationException", 400, { message: "m" }],
      ["AccessDeniedException", 403, { Message: "m" }],
      ["ServiceException", 500, { Type: "Service", Message: "m" }],
    ];
    for (const [code, status, shape] of cases)
      expect(body(new AwsError(code, "m", status))).to.deep.equal([status, code, shape]);
  });

  it("describes a function with its state, its runtime's version and nothing that was not declared", async () => {
    const { Configuration, Code, Concurrency, Tags } = (await call("GetFunction", { FunctionName: "fn" })) as Record<
      string,
      Json | undefined
    >;
    expect([Concurrency, Tags]).to.deep.equal([undefined, undefined]);
    expect(Code).to.include({ RepositoryType: "S3" });
    expect(Object.keys(Configuration!).sort()).to.deep.equal(
      [
        ["Architectures", "CodeSha256", "CodeSize", "Description", "EphemeralStorage", "FunctionArn", "FunctionName"],
        ["Handler", "LastModified", "LastUpdateStatus", "LoggingConfig", "MemorySize", "PackageType", "RevisionId"],
        ["Role", "Runtime", "RuntimeVersionConfig", "SnapStart", "State", "Timeout", "TracingConfig", "Version"],
      ].flat(),
    );
    expect(Configuration).to.deep.include({
      FunctionArn: `${arn}:fn`,
      State: "Active",
      LastUpdateStatus: "Successful",
      SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
      LoggingConfig: { LogFormat: "Text", LogGroup: "/aws/lambda/fn" },
      TracingConfig: { Mode: "PassThrough" },
      Version: "$LATEST",
    });
    expect(Configuration!["RevisionId"]).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const full = (await call("GetFunction", { FunctionName: "full" })) as Record<string, Json>;
    expect(full).to.deep.include({ Tags: { team: "a" }, Concurrency: { ReservedConcurrentExecutions: 3 } });
    expect(full["Configuration"]).to.deep.include({
      Environment: { Variables: { AB: "1" } },
      LoggingConfig: {
        LogFormat: "JSON",
        ApplicationLogLevel: "INFO",
        SystemLogLevel: "INFO",
        LogGroup: "/full",
      },
    });
  });

  it("names the version in the ARN where the request does, and in lists of versions", async () => {
    const latest = { FunctionArn: `${arn}:fn:$LATEST`, Version: "$LATEST" };
    const one = await call("GetFunctionConfiguration", { FunctionName: "fn", Qualifier: "$LATEST" });
    expect(one).to.include(latest);
    const { Functions } = await call("ListFunctions", { FunctionVersion: "ALL" });
    expect((Functions as Json[])[0]).to.include(latest);
    const { Versions } = await call("ListVersionsByFunction", { FunctionName: "fn" });
    expect((Versions as Json[])[0]).to.include(latest);
    const [listed] = (await call("ListFunctions", {}))["Functions"] as Json[];
    expect(listed).to.include({ FunctionArn: `${arn}:fn` });
    expect(listed).to.not.have.any.keys("State", "LastUpdateStatus", "RuntimeVersionConfig");
  });

  it("tells of a change that is under way, and changes the revision", async () => {
    const before = await call("GetFunctionConfiguration", { FunctionName: "full" });
    const changed = await call("UpdateFunctionConfiguration", {
      FunctionName: "full",
      RevisionId: before["RevisionId"],
      Description: "new",
      TracingConfig: { Mode: "Active" },
      DeadLetterConfig: { TargetArn: "arn:aws:sqs:us-east-1:123456789012:dead" },
    });
    expect(changed).to.deep.include({
      Description: "new",
      TracingConfig: { Mode: "Active" },
      DeadLetterConfig: { TargetArn: "arn:aws:sqs:us-east-1:123456789012:dead" },
      State: "Active",
      LastUpdateStatus: "InProgress",
      LastUpdateStatusReason: "The function is being created.",
      LastUpdateStatusReasonCode: "Creating",
    });
    expect(changed["RevisionId"]).to.not.equal(before["RevisionId"]);
    const without = await call("UpdateFunctionConfiguration", { FunctionName: "full", DeadLetterConfig: {} });
    expect(without).to.not.have.property("DeadLetterConfig");
    const after = await call("GetFunctionConfiguration", { FunctionName: "full" });
    expect(after).to.include({ LastUpdateStatus: "Successful" });
  });

  it("shows an event invoke configuration with what was declared only", async () => {
    const declared = { functionName: "fn", destinationConfig: { onFailure: { destination: `${arn}:full` } } };
    await r.declare("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", "config", declared);
    const { LastModified, ...config } = await call("GetFunctionEventInvokeConfig", { FunctionName: "fn" });
    expect(LastModified).to.equal(r.clock.now() / 1000);
    expect(config).to.deep.equal({
      FunctionArn: `${arn}:fn:$LATEST`,
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnSuccess: {}, OnFailure: { Destination: `${arn}:full` } },
    });
    const itself = { functionName: "fn", destinationConfig: { onSuccess: { destination: `${arn}:fn` } } };
    expect(
      await outcome(r.declare("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", "own", itself)),
    ).to.deep.equal(invalid("You can't specify the function as a destination for itself."));
    expect(await call("ListFunctionEventInvokeConfigs", { FunctionName: "full" })).to.deep.equal({
      FunctionEventInvokeConfigs: [],
    });
  });

  it("keeps tags, adds to them, overwrites and takes away", async () => {
    const Resource = `${arn}:fn`;
    await call("TagResource", { Resource, Tags: { a: "1", b: "2" } });
    await call("TagResource", { Resource, Tags: { b: "3", c: "4" } });
    expect(await call("ListTags", { Resource })).to.deep.equal({ Tags: { a: "1", b: "3", c: "4" } });
    await call("UntagResource", { Resource, TagKeys: ["a", "none"] });
    await call("UntagResource", { Resource, TagKeys: ["b", "c"] });
    expect(await call("ListTags", { Resource })).to.deep.equal({ Tags: {} });
  });

  it("refuses permissions that AWS refuses, and shows the others in one policy", async () => {
    const permit = (inputs: Json): Promise<Json> =>
      r.declare("aws:lambda/permission:Permission", "permission", {
        function: "full",
        action: "lambda:InvokeFunction",
        principal: "s3.amazonaws.com",
        statementId: "s3",
        ...inputs,
      });
    await permit({ sourceArn: "arn:aws:s3:::pictures" });
    await permit({ statementId: "account", principal: "210987654321" });
    expect(await outcome(permit({}))).to.deep.equal([
      "ResourceConflictException",
      409,
      "The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing statement.",
    ]);
    expect(await outcome(permit({ statementId: "example.com" }))).to.deep.equal([
      "ValidationException",
      400,
      "1 validation error detected: Value 'example.com' at 'statementId' failed to satisfy constraint: Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)",
    ]);
    expect(await outcome(permit({ statementId: "x", principal: "invalid.nonaws.com" }))).to.deep.equal(
      invalid("The provided principal was invalid. Please check the principal and try again."),
    );
    const { Policy } = await call("GetPolicy", { FunctionName: "full" });
    const statement = { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: `${arn}:full` };
    expect(JSON.parse(Policy as string)).to.deep.equal({
      Version: "2012-10-17",
      Id: "default",
      Statement: [
        {
          Sid: "s3",
          ...statement,
          Principal: { Service: "s3.amazonaws.com" },
          Condition: { ArnLike: { "AWS:SourceArn": "arn:aws:s3:::pictures" } },
        },
        { Sid: "account", ...statement, Principal: { AWS: "arn:aws:iam::210987654321:root" } },
      ],
    });
  });
});

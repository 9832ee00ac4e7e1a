import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { LambdaFunction, type LambdaFunctionArgs, withGrants } from "../../components/shared/callback";
import { until } from "../helpers/until";

interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

describe("LambdaFunction", () => {
  const declared: Declared[] = [];
  const table = pulumi.output("players");
  const key = { arn: "arn:aws:kms:eu-west-1:111122223333:key/k" };
  const greet: LambdaFunctionArgs<{ name: string }, string> = {
    description: "Greets a player.",
    key,
    handler: () => async (event) => `Hello ${event.name} of ${table.get()}`,
  };

  beforeEach(async () => {
    declared.length = 0;
    await pulumi.runtime.setMocks(
      {
        newResource: ({ type, name, inputs }) => {
          declared.push({ type, name, inputs: inputs as Record<string, unknown> });
          return { id: `${name}-id`, state: { ...(inputs as object), arn: `arn:of:${name}` } };
        },
        call: () => ({ accountId: "111122223333" }),
      },
      "game",
      "dev",
    );
  });

  /** Declares a function; what it returns waits for the only resource of a type. */
  function declare(name: string, args: LambdaFunctionArgs<never, unknown>): (type: string) => Promise<Declared> {
    new LambdaFunction(name, args);
    return async (type) => {
      const ofType = (): Declared[] => declared.filter((resource) => resource.type === type);
      await until(() => ofType().length > 0, `a ${type}`);
      expect(ofType(), type).to.have.length(1);
      return ofType()[0] as Declared;
    };
  }

  it("declares the function with everything that the controls ask of it", async () => {
    const of = declare("greet", greet);
    const { code, ...inputs } = (await of("aws:lambda/function:Function")).inputs;
    expect(inputs).to.deep.equal({
      name: "game-dev-greet",
      description: "Greets a player.",
      role: "arn:of:greet-role",
      runtime: "nodejs22.x",
      architectures: ["arm64"],
      handler: "index.handler",
      memorySize: 256,
      timeout: 10,
      environment: { variables: { STACK: "dev", TABLE: "players" } },
      kmsKeyArn: key.arn,
      tracingConfig: { mode: "Active" },
      loggingConfig: { logFormat: "JSON", logGroup: "/aws/lambda/game-dev-greet" },
    });
    const assets = await (code as pulumi.asset.AssetArchive).assets;
    expect(Object.keys(assets)).to.deep.equal(["index.js"]);
    // By its path, not its text: the engine would keep the text in every checkpoint.
    const file = await (assets["index.js"] as pulumi.asset.FileAsset).path;
    expect(file).to.match(/^\.cache\/bundles\/[0-9a-f]{64}\.js$/);
    expect(readFileSync(file, "utf8")).to.include("Hello");
  });

  it("declares a log group of its own with key and retention", async () => {
    const of = declare("greet", { ...greet, logRetentionDays: 30 });
    expect((await of("aws:cloudwatch/logGroup:LogGroup")).inputs).to.deep.equal({
      name: "/aws/lambda/game-dev-greet",
      kmsKeyId: key.arn,
      retentionInDays: 30,
    });
  });

  it("gives its role exactly what it needs", async () => {
    const send = withGrants(
      (text: string) => text,
      () => [{ Sid: "Send", Action: "sqs:SendMessage", Resource: pulumi.output("arn:q") }],
    );
    const of = declare("greet", {
      ...greet,
      handler: () => async (event: { name: string }) => send(event.name),
      statements: [
        { Sid: "Send", Action: "sqs:SendMessage", Resource: "arn:other" },
        { Sid: "Key", Action: "kms:Decrypt", Resource: key.arn },
      ],
      onFailure: "arn:dlq",
    });
    const { policy } = (await of("aws:iam/rolePolicy:RolePolicy")).inputs;
    const { Statement } = JSON.parse(policy as string) as { Statement: unknown };
    expect(Statement).to.deep.equal([
      {
        Effect: "Allow",
        Sid: "Logs",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: "arn:of:greet-logs:*",
      },
      { Effect: "Allow", Sid: "Traces", Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], Resource: "*" },
      // The rights to use one key, of three owners, in one statement.
      { Effect: "Allow", Sid: "Key", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: key.arn },
      { Effect: "Allow", Sid: "FailureQueue", Action: "sqs:SendMessage", Resource: "arn:dlq" },
      { Effect: "Allow", Sid: "Send", Action: "sqs:SendMessage", Resource: "arn:other" },
      { Effect: "Allow", Sid: "Send2", Action: "sqs:SendMessage", Resource: "arn:q" },
    ]);
    const trust = JSON.parse((await of("aws:iam/role:Role")).inputs["assumeRolePolicy"] as string) as {
      Statement: unknown;
    };
    expect(trust.Statement).to.deep.equal([
      { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } },
    ]);
  });

  it("sends events that failed for good to the failure queue", async () => {
    const of = declare("greet", { ...greet, onFailure: "arn:dlq", maximumRetryAttempts: 1, maximumEventAge: 60 });
    expect((await of("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig")).inputs).to.deep.equal({
      functionName: "game-dev-greet",
      maximumRetryAttempts: 1,
      maximumEventAgeInSeconds: 60,
      destinationConfig: { onFailure: { destination: "arn:dlq" } },
    });
  });

  it("takes a handler that is complete only later", async () => {
    const routes: string[] = [];
    const handler = new Promise<() => () => Promise<string[]>>((resolve) =>
      setImmediate(() => resolve(() => async () => routes)),
    );
    const fn = new LambdaFunction("router", { ...greet, handler });
    routes.push("late");
    expect((await fn.packaged).code).to.include("late");
  });

  it("shortens a long name without making it that of another", async () => {
    const long = "a-component-with-a-very-long-name-and-a-suffix-that-tells-it-apart";
    await new Promise((resolve) =>
      pulumi.all([1, 2].map((i) => new LambdaFunction(`${long}-${i}`, greet).arn)).apply(resolve),
    );
    const names = declared
      .filter((r) => r.type === "aws:lambda/function:Function")
      .map((r) => r.inputs["name"] as string);
    expect(new Set(names).size).to.equal(2);
    expect(names.every((name) => name.length === 64 && name.startsWith("game-dev-a-component"))).to.equal(true);
  });

  it("lets a transform change each child", async () => {
    const of = declare("greet", {
      ...greet,
      transform: {
        function: { memorySize: 1_024 },
        role: (args) => void (args.path = "/game/"),
        logGroup: { retentionInDays: 7 },
      },
    });
    expect((await of("aws:lambda/function:Function")).inputs["memorySize"]).to.equal(1_024);
    expect((await of("aws:iam/role:Role")).inputs["path"]).to.equal("/game/");
    expect((await of("aws:cloudwatch/logGroup:LogGroup")).inputs["retentionInDays"]).to.equal(7);
  });

  it("refuses arguments that Lambda does not take", () => {
    expect(() => new LambdaFunction("greet", { ...greet, timeout: 901 })).to.throw(
      'timeout for "greet": got 901; expected a whole number from 1 to 900.',
    );
    expect(() => new LambdaFunction("greet", { ...greet, description: "x".repeat(257) })).to.throw(
      /^description for "greet": got .*; expected at most 256 characters\. Shorten it\.$/,
    );
  });
});

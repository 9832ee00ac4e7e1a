import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Operations } from "../../../../components/operations/operations";
import { doctorCommand } from "../../../../local/cli/doctor";
import type { Finding, World } from "../../../../local/cli/doctor/check";
import { runningChecks } from "../../../../local/cli/doctor/running";
import { CliError } from "../../../../local/cli/errors";
import type { ApiGatewayService } from "../../../../local/services/apigateway";
import type { GlueService } from "../../../../local/services/glue";
import type { LambdaService } from "../../../../local/services/lambda";
import { sesEngine } from "../../../../local/services/ses";
import type { Keys, OperatorStack } from "./operator-stack";

interface Report {
  readonly exitCode: number;
  readonly findings: readonly Finding[];
}

/** Each verdict of each check, on a stack that is in order and then is broken piece by piece. */
export function examines(stack: () => OperatorStack): void {
  /** Names of the DNS that exist. */
  let records: Record<string, string[]>;
  let world: World;
  let operations: Operations;
  let keys: Keys;

  before(() => {
    operations = stack().stack.stack.evaluation.outputs["operations"] as Operations;
    keys = stack().operator;
    records = {};
    world = {
      nodeVersion: "22.1.0",
      lookUp: (type, name) => Promise.resolve(records[`${type} ${name}`] ?? []),
      fetch: (url) => fetch(url),
      run: (program, ...args) =>
        program === "aws"
          ? Promise.resolve("aws-cli/2.31.0")
          : Promise.resolve(args[0] === "whoami" ? "ada" : "v3.200.0"),
    };
    settings({ "games-messaging:issuer": "https://id.game.test/", "games-messaging:sender": "hello@game.test" });
  });

  function settings(values: Readonly<Record<string, string>>): void {
    const all = Object.entries(values).map(([name, value]) => [name, { value, secret: false }]);
    writeFileSync(join(stack().folder, "config.json"), JSON.stringify(Object.fromEntries(all)));
  }

  async function examine(changed: Partial<World> = {}, as: Keys = keys, name = "dev"): Promise<Report> {
    const run = (args: readonly string[]): Promise<number> => doctorCommand(args, { ...world, ...changed });
    const { output } = await stack().away(run, as, "--json", "--stack", name);
    return JSON.parse(output) as Report;
  }

  const find = ({ findings }: Report, title: string): Finding => {
    const found = findings.find((finding) => finding.title === title);
    if (!found) throw new Error(`No finding "${title}" among ${findings.map((one) => one.title).join(", ")}.`);
    return found;
  };

  /** Lets the commands see other outputs than the stack's for a while. */
  async function withOperations<T>(changed: Partial<Operations>, work: () => Promise<T>): Promise<T> {
    const { outputs } = stack().stack.stack.evaluation;
    const write = (value: unknown): void => writeFileSync(join(stack().folder, "outputs.json"), JSON.stringify(value));
    write({ ...outputs, operations: { ...operations, ...changed } });
    try {
      return await work();
    } finally {
      write(outputs);
    }
  }

  it("finds a stack in order, but for what the local cloud has no need of", async () => {
    const { exitCode, findings } = await examine();
    const others = findings
      .filter(({ verdict }) => verdict !== "ok")
      .map(({ title, verdict, must }) => [title, verdict, must]);
    expect(others).to.deep.equal([
      ["DKIM", "to do", false],
      ["DMARC", "to do", false],
      ["alarms reach somebody", "to do", false],
    ]);
    expect(exitCode).to.equal(0);
    expect(findings.map(({ section }) => section)).to.include.members([
      "This machine",
      "Settings",
      "Account",
      "E-mail",
      "Data",
      "Running",
    ]);
  });

  it("prints it for people, each with its fix", async () => {
    const { code, output } = await stack().here((args) => doctorCommand(args, world));
    expect(code, output).to.equal(0);
    expect(output).to.match(/^ {2}ok {10}SES: out of the sandbox: production access is on$/m);
    expect(output).to.match(
      /^ {2}to do {7}alarms reach somebody: alarms notify nobody\n {14}could: Run: pulumi config set alarmTopicArn /m,
    );
    expect(output.split("\n").at(-1)).to.match(/^\d+ ok, 2 to do, 0 cannot be seen$/);
  });

  it("misses programs, logins and own settings", async () => {
    settings({
      "games-messaging:issuer": "https://issuer.example.com/",
      "games-messaging:sender": "hello@dev.example.com",
    });
    const none = (): Promise<string> => Promise.reject(new CliError("not here"));
    const report = await examine({ nodeVersion: "18.1.0", run: none });
    settings({ "games-messaging:issuer": "https://id.game.test/" });
    for (const title of ["Node.js", "Pulumi CLI", "Pulumi login", "AWS CLI", "placeholders"])
      expect(find(report, title).verdict, title).to.equal("to do");
    expect(find(report, "AWS CLI").must).to.equal(false);
    expect(find(report, "placeholders").fix).to.include("pulumi config set sender <yours> --stack dev");
    expect(report.exitCode).to.equal(1);
    expect(find(await examine({ run: () => Promise.resolve("v2.0.0") }), "Pulumi CLI").verdict).to.equal("to do");
  });

  it("names whatever is broken, each with its fix", async () => {
    const { cloud } = stack().stack;
    const call = (service: string, operation: string, input: object) =>
      cloud.call<Record<string, unknown>>(service, operation, { ...input }, cloud.operator);
    const backups = (on: boolean) =>
      call("dynamodb", "UpdateContinuousBackups", {
        TableName: operations.gateway?.players,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: on },
      });
    const ses = sesEngine(cloud);
    const set = ses.sets.get(operations.emails?.configurationSet ?? "");
    const { engine } = cloud.services.get("lambda") as LambdaService;
    const { gateway } = cloud.services.get("apigateway") as ApiGatewayService;
    const { catalog, integrations } = cloud.services.get("glue") as GlueService;
    const [integration] = integrations.byArn.values();
    const before = {
      role: gateway.loggingRole,
      policy: cloud.resourcePolicies.get(catalog.arn)!,
      status: integration!.status,
    };
    const { TopicArn } = await call("sns", "CreateTopic", { Name: "alarms" });
    await call("sns", "Subscribe", { TopicArn, Protocol: "email", Endpoint: "ops@game.test" });
    const queue = operations.deadLetters.find(({ name }) => name === "segments-query-ended-dlq");
    await call("sqs", "SendMessage", { QueueUrl: queue?.url, MessageBody: "{}" });

    ses.account.settings.productionAccess = false;
    ses.account.suppressedReasons = [];
    set.suppressedReasons = [];
    set.sendingEnabled = false;
    engine.accountConcurrency = 10;
    gateway.loggingRole = undefined;
    cloud.resourcePolicies.delete(catalog.arn);
    integration!.status = "NEEDS_ATTENTION";
    await call("events", "DisableRule", { Name: operations.timers[0]?.name });
    await call("kms", "DisableKeyRotation", { KeyId: operations.keys[0] });
    await backups(false);
    const changed = { alarmTopics: [String(TopicArn)], segments: { ...operations.segments!, workgroup: "primary" } };
    const report = await withOperations(changed, () => examine());
    const told = report.findings.filter(({ verdict, fix }) => verdict === "to do" && fix !== undefined);
    expect(
      Object.fromEntries(told.map(({ title, detail }) => [title, detail.split(/[:;]| gateway-| messages-/)[0]])),
    ).to.deep.equal({
      DKIM: "hello@games-messaging.test is an address",
      DMARC: "_dmarc.games-messaging.test has no record",
      "SES: out of the sandbox": "in the sandbox",
      "Lambda: executions at once": "10",
      "API Gateway: logging role": "none",
      "Glue: catalog policy": "none",
      suppression: "SES does not suppress after BOUNCE and COMPLAINT",
      "configuration set": "sending is off for games-messaging-local-emails",
      "KMS key": "arn",
      "point-in-time recovery": "off for",
      "zero-ETL integration": "NEEDS_ATTENTION",
      "Athena workgroup": "primary",
      "rules and schedules": "disabled",
      "alarms reach somebody": "not confirmed",
      "dead letters": "segments-query-ended-dlq",
    });
    expect(report.exitCode).to.equal(1);

    // Once more, with what shows only when the rest is in order; the catalog's policy is another one's now.
    ses.account.settings.productionAccess = true;
    ses.account.settings.sendingEnabled = false;
    cloud.resourcePolicies.set(catalog.arn, { Version: "2012-10-17", Statement: [] });
    const other = await withOperations(
      { segments: { ...operations.segments!, sourceArn: "arn:of:nothing" }, accountId: "210987654321" },
      () => examine(),
    );
    expect(find(other, "SES: sending and quota").detail).to.equal("sending is paused for the account");
    expect(find(other, "Glue: catalog policy").detail).to.equal(
      "does not admit glue:AuthorizeInboundIntegration from arn:of:nothing",
    );
    expect(find(other, "zero-ETL integration").detail).to.match(/^there is none/);
    expect(find(other, "credentials").detail).to.match(/ is of account 123456789012, the stack of 210987654321$/);

    ses.account.settings.sendingEnabled = true;
    ses.account.suppressedReasons = ["BOUNCE", "COMPLAINT"];
    set.suppressedReasons = ["BOUNCE", "COMPLAINT"];
    set.sendingEnabled = true;
    engine.accountConcurrency = 1_000;
    gateway.loggingRole = before.role;
    cloud.resourcePolicies.set(catalog.arn, before.policy);
    integration!.status = before.status;
    await call("events", "EnableRule", { Name: operations.timers[0]?.name });
    await call("kms", "EnableKeyRotation", { KeyId: operations.keys[0] });
    await backups(true);
    await call("sqs", "PurgeQueue", { QueueUrl: queue?.url });
  });

  it("names the records of a domain that are missing, until they are there", async () => {
    const ses = sesEngine(stack().stack.cloud);
    const domain = ses.identities.create("game-of-doctors.com");
    domain.mailFrom = { domain: "mail.game-of-doctors.com", behaviorOnMxFailure: "USE_DEFAULT_VALUE" };
    await withOperations({ emails: { ...operations.emails!, identity: domain.name } }, async () => {
      const waiting = await examine();
      expect(find(waiting, "identity").detail).to.equal(`${domain.name} waits for verification`);
      expect(find(waiting, "DKIM").fix).to.match(/^\S+\._domainkey\.\S+ CNAME \S+\.dkim\.amazonses\.com; /);
      expect(find(waiting, "DMARC").fix).to.match(/^_dmarc\.\S+ TXT "v=DMARC1; p=none/);
      expect(waiting.exitCode).to.equal(1);
      for (const token of domain.dkimTokens)
        records[`CNAME ${token}._domainkey.${domain.name}`] = [`${token}.dkim.amazonses.com`];
      records[`TXT _dmarc.${domain.name}`] = ["v=DMARC1; p=reject"];
      const placed = await examine();
      expect([find(placed, "DKIM").verdict, find(placed, "DMARC").verdict]).to.deep.equal(["cannot see", "ok"]);
      ses.verify(domain.name);
      const blind = await examine({ lookUp: () => Promise.reject(new CliError("the DNS could not be asked")) });
      expect(find(blind, "DKIM").verdict).to.equal("ok");
      expect(find(blind, "DMARC")).to.include({ verdict: "cannot see", detail: "the DNS could not be asked" });
      expect(blind.exitCode).to.equal(2);
    });
  });

  it("names an issuer that cannot be reached, another one, and one without keys", async () => {
    const issuer = (value: unknown) => ({ ok: true, status: 200, json: () => Promise.resolve(value) });
    const answers: (() => ReturnType<World["fetch"]>)[] = [
      () => Promise.reject(new Error("getaddrinfo ENOTFOUND")),
      () => Promise.resolve(issuer({ issuer: "https://other.test" })),
      () => Promise.resolve(issuer({ issuer: operations.gateway?.issuer, jwks_uri: "x", keys: [] })),
    ];
    const [check] = runningChecks;
    const details: unknown[] = [];
    for (const answer of answers) {
      const patient = {
        world: { ...world, fetch: answer },
        operations,
        stack: "dev",
        local: undefined,
        settings: {},
        aws: undefined,
      };
      details.push((await check?.look(patient))?.detail.replace(/https?:\S+/g, "URL"));
    }
    expect(details).to.deep.equal([
      "URL cannot be reached: getaddrinfo ENOTFOUND",
      'URL names the issuer "URL the stack "URL',
      "x gives no keys: no player can connect",
    ]);
  });

  it("says what it cannot see, and which right it lacks", async () => {
    const viewer = await stack().role("viewer", ["sts:GetCallerIdentity", "ses:GetAccount"]);
    const report = await examine({}, viewer);
    expect(report.exitCode).to.equal(2);
    expect(find(report, "SES: out of the sandbox").verdict).to.equal("ok");
    expect(find(report, "API Gateway: logging role")).to.include({ verdict: "cannot see" });
    expect(find(report, "KMS key").detail).to.match(/^Too few rights: .*kms:DescribeKey/);
    const nobody = await examine({}, {});
    expect(find(nobody, "credentials").detail).to.match(/^There are no AWS credentials/);
  });

  it("examines a stack that has not been deployed as far as that goes", async () => {
    const run = (args: readonly string[]): Promise<number> => doctorCommand(args, world);
    const { code, output } = await stack().away(run, keys, "--json", "--stack", "empty", "--region", "us-east-1");
    const report = JSON.parse(output) as Report;
    expect(code).to.equal(1);
    expect(find(report, "outputs").detail).to.match(/^Stack "empty" has no outputs yet: /);
    expect(find(report, "API Gateway: logging role").verdict).to.equal("ok");
    expect(report.findings.map(({ section }) => section)).not.to.include("Data");
  });
}

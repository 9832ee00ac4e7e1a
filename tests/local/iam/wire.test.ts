import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListDashboardsCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetKeyPolicyCommand,
  KMSClient,
} from "@aws-sdk/client-kms";
import {
  GetIdentityVerificationAttributesCommand,
  GetSendQuotaCommand,
  ListIdentitiesCommand,
  SendEmailCommand,
  SendRawEmailCommand,
  SESClient,
  VerifyEmailIdentityCommand,
} from "@aws-sdk/client-ses";
import {
  CreateConfigurationSetCommand,
  CreateEmailIdentityCommand,
  DeleteSuppressedDestinationCommand,
  GetAccountCommand,
  GetEmailIdentityCommand,
  GetSuppressedDestinationCommand,
  ListSuppressedDestinationsCommand,
  PutSuppressedDestinationCommand,
  SendEmailCommand as SendEmailV2Command,
  SESv2Client,
} from "@aws-sdk/client-sesv2";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { expect } from "chai";
import { iamEngine } from "../../../local/services/iam";
import { sesEngine } from "../../../local/services/ses";
import { behindFront } from "./front";

const account = "123456789012";

describe("the AWS SDK, over HTTP", () => {
  let front: Awaited<ReturnType<typeof behindFront>>;
  before(async () => {
    front = await behindFront();
  });
  after(() => front.close());
  const failure = async (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => "none",
      (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
    );

  it("asks STS who it is, and takes on a role with exactly its rights", async () => {
    const { cloud, config } = front;
    const sts = new STSClient(config);
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).to.equal(`arn:aws:iam::${account}:user/operator`);
    const { store } = iamEngine(cloud);
    const trust = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: account } }],
    };
    const { arn } = store.putRole("server", trust);
    store.putInline("server", "p", {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "ses:GetSendQuota", Resource: "*" }],
    });
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: "s1", DurationSeconds: 900 }),
    );
    expect(Credentials!.Expiration).to.be.an.instanceOf(Date);
    const credentials = {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    };
    const ses = new SESClient({ ...config, credentials });
    expect((await ses.send(new GetSendQuotaCommand({}))).MaxSendRate).to.equal(14);
    expect(await failure(ses.send(new ListIdentitiesCommand({})))).to.match(
      /^AccessDenied(Exception)?: User: arn:aws:sts::123456789012:assumed-role\/server\/s1 is not authorized to perform: ses:ListIdentities because no identity-based policy allows the ses:ListIdentities action$/,
    );
    const wrong = new STSClient({ ...config, credentials: { ...config.credentials, secretAccessKey: "x".repeat(40) } });
    expect(await failure(wrong.send(new GetCallerIdentityCommand({})))).to.match(
      /^(SignatureDoesNotMatch|InvalidSignatureException)/,
    );
  });

  it("refuses what names no operation, one that there is not, or no key, by AWS's own codes", async () => {
    const kms = new KMSClient(front.config);
    expect(await failure(kms.send(new DescribeKeyCommand({ KeyId: undefined })))).to.match(
      /^ValidationException: .*'keyId'/,
    );
    const sts = new STSClient(front.config);
    for (const [Action, code] of [
      ["", "MissingAction"],
      ["__proto__", "InvalidAction"],
      ["constructor", "InvalidAction"],
      ["Nonsense", "InvalidAction"],
    ] as const) {
      sts.middlewareStack.add(
        (next) => (args) => {
          (args.request as { body: string }).body = `Action=${Action}&Version=2011-06-15`;
          return next(args);
        },
        { step: "serialize", priority: "low", name: "action", override: true },
      );
      expect(await failure(sts.send(new GetCallerIdentityCommand({}))), Action).to.match(new RegExp(`^${code}: `));
    }
    const broken = await fetch(`${front.config.endpoint}/%zz`);
    expect([broken.status, ((await broken.json()) as { message: string }).message]).to.deep.equal([
      400,
      "Couldn't parse the specified URI.",
    ]);
    kms.destroy();
    sts.destroy();
  });

  it("uses KMS", async () => {
    const kms = new KMSClient(front.config);
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: "d" }));
    const KeyId = KeyMetadata!.KeyId!;
    expect(KeyMetadata!.CreationDate).to.be.an.instanceOf(Date);
    const { CiphertextBlob } = await kms.send(
      new EncryptCommand({ KeyId, Plaintext: Buffer.from("hi"), EncryptionContext: { a: "b" } }),
    );
    const { Plaintext } = await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: { a: "b" } }));
    expect(Buffer.from(Plaintext!).toString()).to.equal("hi");
    expect((await kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256" }))).Plaintext).to.have.length(32);
    expect(JSON.parse((await kms.send(new GetKeyPolicyCommand({ KeyId }))).Policy!)).to.have.property("Statement");
    expect(await failure(kms.send(new DescribeKeyCommand({ KeyId: "alias/none" })))).to.equal(
      `NotFoundException: Alias arn:aws:kms:us-east-1:${account}:alias/none is not found.`,
    );
  });

  it("writes and reads logs", async () => {
    const logs = new CloudWatchLogsClient(front.config);
    const at = { logGroupName: "/g", logStreamName: "s" };
    await logs.send(new CreateLogGroupCommand({ logGroupName: "/g" }));
    await logs.send(new CreateLogStreamCommand(at));
    const timestamp = front.cloud.clock.now();
    await logs.send(
      new PutLogEventsCommand({
        ...at,
        logEvents: [
          { timestamp, message: "one" },
          { timestamp, message: "two" },
        ],
      }),
    );
    expect((await logs.send(new GetLogEventsCommand(at))).events!.map(({ message }) => message)).to.deep.equal([
      "one",
      "two",
    ]);
    expect(
      (await logs.send(new FilterLogEventsCommand({ logGroupName: "/g", filterPattern: "two" }))).events!.map(
        ({ message }) => message,
      ),
    ).to.deep.equal(["two"]);
    expect((await logs.send(new DescribeLogGroupsCommand({}))).logGroups![0]!.arn).to.equal(
      `arn:aws:logs:us-east-1:${account}:log-group:/g:*`,
    );
    expect(await failure(logs.send(new CreateLogGroupCommand({ logGroupName: "/g" })))).to.equal(
      "ResourceAlreadyExistsException: The specified log group already exists",
    );
  });

  it("puts and reads metrics, alarms and dashboards", async () => {
    const cloudwatch = new CloudWatchClient(front.config);
    const now = front.cloud.clock.now();
    const metric = { Namespace: "Game", MetricName: "Players", Dimensions: [{ Name: "Zone", Value: "eu" }] };
    await cloudwatch.send(
      new PutMetricDataCommand({
        Namespace: "Game",
        MetricData: [{ MetricName: "Players", Dimensions: metric.Dimensions, Value: 7, Timestamp: new Date(now) }],
      }),
    );
    const range = { StartTime: new Date(now - 60_000), EndTime: new Date(now + 60_000) };
    const { Datapoints } = await cloudwatch.send(
      new GetMetricStatisticsCommand({ ...metric, ...range, Period: 60, Statistics: ["Sum"] }),
    );
    expect(Datapoints!.map(({ Sum, Timestamp }) => [Sum, Timestamp!.getTime() % 60_000])).to.deep.equal([[7, 0]]);
    const queries = [
      { Id: "double", Expression: "players * 2" },
      { Id: "players", MetricStat: { Metric: metric, Period: 60, Stat: "Sum" }, ReturnData: false },
    ];
    const { MetricDataResults } = await cloudwatch.send(
      new GetMetricDataCommand({ ...range, MetricDataQueries: queries }),
    );
    expect(MetricDataResults!.map(({ Id, Values }) => [Id, Values])).to.deep.equal([["double", [14]]]);
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName: "a",
        ...metric,
        Statistic: "Sum",
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 5,
        ComparisonOperator: "GreaterThanThreshold",
      }),
    );
    expect(
      (await cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms![0]!.StateUpdatedTimestamp,
    ).to.be.an.instanceOf(Date);
    await cloudwatch.send(new PutDashboardCommand({ DashboardName: "d", DashboardBody: '{"widgets":[]}' }));
    expect(
      (await cloudwatch.send(new ListDashboardsCommand({}))).DashboardEntries!.map(
        ({ DashboardName }) => DashboardName,
      ),
    ).to.deep.equal(["d"]);
  });

  it("sends mail through both APIs of SES", async () => {
    const { cloud, config } = front;
    const ses = new SESClient(config);
    const v2 = new SESv2Client(config);
    await ses.send(new VerifyEmailIdentityCommand({ EmailAddress: "a@studio.test" }));
    await ses.send(new VerifyEmailIdentityCommand({ EmailAddress: "pending@studio.com" }));
    const { VerificationAttributes } = await ses.send(
      new GetIdentityVerificationAttributesCommand({ Identities: ["a@studio.test", "pending@studio.com"] }),
    );
    expect(VerificationAttributes).to.deep.equal({
      "a@studio.test": { VerificationStatus: "Success" },
      "pending@studio.com": { VerificationStatus: "Pending" },
    });
    await v2.send(new CreateConfigurationSetCommand({ ConfigurationSetName: "c" }));
    const to = { ToAddresses: ["ann@players.test"] };
    const raw = Buffer.from("From: a@studio.test\r\nTo: ann@players.test\r\nSubject: raw\r\n\r\nx");
    const { MessageId } = await ses.send(
      new SendRawEmailCommand({
        RawMessage: { Data: raw },
        ConfigurationSetName: "c",
        Tags: [{ Name: "id", Value: "1" }],
      }),
    );
    expect(sesEngine(cloud).inbox()[0]).to.deep.include({ id: MessageId, subject: "raw" });
    expect(sesEngine(cloud).inbox()[0]!.tags["id"]).to.deep.equal(["1"]);
    await ses.send(
      new SendEmailCommand({
        Source: "a@studio.test",
        Destination: to,
        Message: { Subject: { Data: "v1" }, Body: { Text: { Data: "t" } } },
      }),
    );
    await v2.send(
      new SendEmailV2Command({
        FromEmailAddress: "a@studio.test",
        Destination: to,
        Content: { Simple: { Subject: { Data: "v2" }, Body: { Text: { Data: "t" } } } },
      }),
    );
    await v2.send(new SendEmailV2Command({ Content: { Raw: { Data: raw } } }));
    expect(
      sesEngine(cloud)
        .inbox()
        .map(({ subject }) => subject),
    ).to.deep.equal(["raw", "v2", "v1", "raw"]);
    expect(
      await failure(ses.send(new SendRawEmailCommand({ RawMessage: { Data: raw }, ConfigurationSetName: "none" }))),
    ).to.equal("ConfigurationSetDoesNotExistException: Configuration set <none> does not exist.");
    expect(
      await failure(
        ses.send(
          new SendEmailCommand({
            Source: "x@studio.com",
            Destination: to,
            Message: { Subject: { Data: "" }, Body: { Text: { Data: "Hello" } } },
          }),
        ),
      ),
    ).to.match(/^MessageRejected: Email address is not verified/);
    expect(await failure(v2.send(new CreateEmailIdentityCommand({ EmailIdentity: "a@studio.test" })))).to.equal(
      "AlreadyExistsException: Email identity a@studio.test already exist.",
    );
    expect(
      (await v2.send(new GetEmailIdentityCommand({ EmailIdentity: "a@studio.test" }))).VerifiedForSendingStatus,
    ).to.equal(true);
    expect((await v2.send(new GetAccountCommand({}))).SendQuota!.SentLast24Hours).to.equal(4);
  });

  it("keeps SES's suppression list", async () => {
    const v2 = new SESv2Client(front.config);
    const EmailAddress = "gone+1@players.test";
    await v2.send(new PutSuppressedDestinationCommand({ EmailAddress, Reason: "BOUNCE" }));
    const { SuppressedDestination } = await v2.send(new GetSuppressedDestinationCommand({ EmailAddress }));
    expect([SuppressedDestination!.Reason, SuppressedDestination!.LastUpdateTime instanceof Date]).to.deep.equal([
      "BOUNCE",
      true,
    ]);
    const listed = await v2.send(new ListSuppressedDestinationsCommand({ Reasons: ["BOUNCE", "COMPLAINT"] }));
    expect(listed.SuppressedDestinationSummaries!.map((one) => one.EmailAddress)).to.deep.equal([EmailAddress]);
    expect(
      (await v2.send(new ListSuppressedDestinationsCommand({ Reasons: ["COMPLAINT"], PageSize: 5 })))
        .SuppressedDestinationSummaries,
    ).to.deep.equal([]);
    await v2.send(new DeleteSuppressedDestinationCommand({ EmailAddress }));
    expect(await failure(v2.send(new GetSuppressedDestinationCommand({ EmailAddress })))).to.match(
      /^NotFoundException: /,
    );
  });
});

import { expect } from "chai";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import type { Principal } from "../../../local/principal";
import type { Json } from "../../../local/service";
import { iamEngine, iamService } from "../../../local/services/iam";
import { sqsService } from "../../../local/services/sqs";
import { stsService } from "../../../local/services/sts";
import { statusRefusalOf } from "../../helpers/refusal";

describe("STS answers as AWS was seen to", () => {
  const cloud = new Cloud({ clock: new VirtualClock(), folder: "/nowhere" });
  for (const make of [iamService, stsService, sqsService]) cloud.register(make(cloud));
  const RoleArn = `arn:aws:iam::${cloud.accountId}:role/worker`;
  before(() => {
    const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: "*" } };
    iamEngine(cloud).store.putRole(
      "worker",
      { Version: "2012-10-17", Statement: [trust] },
      { maxSessionDuration: 43_200 },
    );
    const use = { Effect: "Allow", Action: "sqs:*", Resource: "*" };
    iamEngine(cloud).store.putInline("worker", "use", { Version: "2012-10-17", Statement: [use] });
  });

  const assume = (input: Json, by: Principal = cloud.operator): Promise<Json> =>
    cloud.call("sts", "AssumeRole", { RoleArn, RoleSessionName: "Session1", ...input }, by);
  const refused = (input: Json, by?: Principal): Promise<string> => statusRefusalOf(assume(input, by));
  const failed = "failed to satisfy constraint: Member must";

  for (const arn of [
    "nothing-valid-in-here",
    "arn::b:::something/test-role",
    "arn:a::::something/test-role",
    "arn:a:::something/test-role",
    "arn:a:a::aaaaaaaaaa:",
  ]) {
    it(`to the ARN ${arn}`, async () => {
      expect(await refused({ RoleArn: arn })).to.equal(`400 ValidationError: ${arn} is invalid`);
    });
  }

  it("to names of sessions, before it looks at the ARN's form", async () => {
    expect(await refused({ RoleArn: "arn:a:b:::something/test-role", RoleSessionName: "Session1:2" })).to.equal(
      `400 ValidationError: 1 validation error detected: Value 'Session1:2' at 'roleSessionName' ${failed} satisfy regular expression pattern: [\\w+=,.@-]*`,
    );
    const long = "s".repeat(65);
    expect(await refused({ RoleSessionName: long })).to.equal(
      `400 ValidationError: 1 validation error detected: Value '${long}' at 'roleSessionName' ${failed} have length less than or equal to 64`,
    );
  });

  it("to several faults at once", async () => {
    expect(await refused({ RoleArn: undefined, DurationSeconds: "899" })).to.equal(
      `400 ValidationError: 2 validation errors detected: Value null at 'roleArn' ${failed} not be null; ` +
        `Value '899' at 'durationSeconds' ${failed} have value greater than or equal to 900`,
    );
  });

  it("to a role, whose sessions are named by its id and take others on for an hour at most", async () => {
    const { AssumedRoleUser, Credentials } = (await assume({ DurationSeconds: "7200" })) as Record<string, Json>;
    const { principal } = cloud.ports.iam.lookUp(Credentials!["AccessKeyId"] as string)!;
    expect(AssumedRoleUser).to.deep.equal({
      AssumedRoleId: `${iamEngine(cloud).store.role("worker").id}:Session1`,
      Arn: `arn:aws:sts::${cloud.accountId}:assumed-role/worker/Session1`,
    });
    expect(await cloud.call("sts", "GetCallerIdentity", {}, principal)).to.deep.equal({
      Account: cloud.accountId,
      Arn: AssumedRoleUser!["Arn"],
      UserId: AssumedRoleUser!["AssumedRoleId"],
    });
    await cloud.call("sqs", "CreateQueue", { QueueName: "work" }, cloud.operator);
    for (const by of [principal, cloud.operator])
      await cloud.call("sqs", "SendMessage", { QueueUrl: "work", MessageBody: "a" }, by);
    const { Messages } = await cloud.call(
      "sqs",
      "ReceiveMessage",
      { QueueUrl: "work", MaxNumberOfMessages: 10, MessageSystemAttributeNames: ["SenderId"] },
      cloud.operator,
    );
    expect(Messages).to.have.nested.property("[0].Attributes.SenderId", AssumedRoleUser!["AssumedRoleId"]);
    expect(Messages).to.have.nested.property("[1].Attributes.SenderId", "AIDAOPERATOR");
    expect(await refused({ DurationSeconds: "3601" }, principal)).to.equal(
      "400 ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    );
  });

  it("never by widening a session that was to be narrower", async () => {
    const PolicyArns = [{ arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }];
    expect(await refused({ PolicyArns })).to.match(/^400 ValidationError: Session policies are not played/);
  });
});

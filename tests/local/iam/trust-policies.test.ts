import { expect } from "chai";
import type { VirtualClock } from "../../../local/clock";
import type { Cloud } from "../../../local/cloud";
import type { Principal } from "../../../local/principal";
import type { Json } from "../../../local/service";
import { iamEngine, operatorCredentials } from "../../../local/services/iam";
import { refusalOf } from "../../helpers/refusal";
import { account, allow, policy, roleArn, session, WorkerWorld } from "./worker";

describe("IAM", () => {
  let cloud: Cloud;
  let clock: VirtualClock;
  let grant: WorkerWorld["grant"];
  beforeEach(() => {
    const world = new WorkerWorld();
    ({ cloud, clock } = world);
    grant = world.grant.bind(world);
  });

  describe("trust policies and STS", () => {
    const assume = (principal: Principal, more: Json = {}): Promise<Json> =>
      cloud.call("sts", "AssumeRole", { RoleArn: roleArn, RoleSessionName: "game", ...more }, principal);

    it("admit the named service only", () => {
      expect(cloud.ports.iam.trusts(roleArn, { type: "service", service: "lambda.amazonaws.com" })).to.equal(true);
      expect(cloud.ports.iam.trusts(roleArn, { type: "service", service: "scheduler.amazonaws.com" })).to.equal(false);
      expect(cloud.ports.iam.trusts(`${roleArn}-none`, { type: "service", service: "lambda.amazonaws.com" })).to.equal(
        false,
      );
    });

    it("ask for the external id, and end the session in time", async () => {
      const trusting = policy({
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Condition: { StringEquals: { "sts:ExternalId": "studio" } },
      });
      iamEngine(cloud).store.putRole("worker", trusting);
      expect(await refusalOf(assume(cloud.operator, { RoleSessionName: "a b" }))).to.match(
        /^ValidationError: 1 validation error detected: Value 'a b' at 'roleSessionName'/,
      );
      expect(await refusalOf(assume(cloud.operator))).to.equal(
        `AccessDeniedException: User: arn:aws:iam::${account}:user/operator is not authorized to perform: sts:AssumeRole on resource: ${roleArn} because no resource-based policy allows the sts:AssumeRole action`,
      );
      const answer = await assume(cloud.operator, { ExternalId: "studio", DurationSeconds: "900" });
      const { AccessKeyId, Expiration } = answer["Credentials"] as { AccessKeyId: string; Expiration: string };
      expect(Expiration).to.equal("2026-01-01T00:15:00.000Z");
      expect(cloud.ports.iam.lookUp(AccessKeyId)?.principal).to.deep.equal({
        type: "role",
        roleArn,
        arn: `arn:aws:sts::${account}:assumed-role/worker/game`,
      });
      await clock.advance(900_000);
      expect(cloud.ports.iam.lookUp(AccessKeyId)).to.equal(undefined);
      expect(await refusalOf(assume(cloud.operator, { ExternalId: "studio", DurationSeconds: "7200" }))).to.equal(
        "ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
      );
    });

    it("need an identity policy of a role when the trust names the account", () => {
      iamEngine(cloud).store.putRole(
        "target",
        policy({ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: account } }),
      );
      const target = `arn:aws:iam::${account}:role/target`;
      expect(cloud.ports.iam.trusts(target, session)).to.equal(false);
      grant(allow("sts:AssumeRole", target));
      expect(cloud.ports.iam.trusts(target, session)).to.equal(true);
    });

    it("name the caller", async () => {
      expect(await cloud.call("sts", "GetCallerIdentity", {}, cloud.operator)).to.deep.equal({
        Account: account,
        Arn: `arn:aws:iam::${account}:user/operator`,
        UserId: "AIDAOPERATOR",
      });
    });

    it("issue, find and revoke keys", () => {
      const issued = cloud.ports.iam.issue(roleArn, "env-1", "env-1");
      const found = cloud.ports.iam.lookUp(issued.accessKeyId);
      expect(found?.secretAccessKey).to.equal(issued.secretAccessKey);
      expect(found?.sessionToken).to.equal(issued.sessionToken);
      cloud.ports.iam.revoke(issued.accessKeyId);
      expect(cloud.ports.iam.lookUp(issued.accessKeyId)).to.equal(undefined);
      const { accessKeyId, secretAccessKey } = operatorCredentials(cloud);
      expect(accessKeyId).to.match(/^AKIA[A-Z2-7]{16}$/);
      cloud.ports.iam.revoke(accessKeyId);
      expect(cloud.ports.iam.lookUp(accessKeyId)?.secretAccessKey).to.equal(secretAccessKey);
    });
  });
});

import { expect } from "chai";
import type { Cloud } from "../../../local/cloud";
import type { Principal } from "../../../local/principal";
import type { Json } from "../../../local/service";
import { account, allow, deny, key, policy, queue, roleArn, session, WorkerWorld } from "./worker";

describe("IAM", () => {
  let cloud: Cloud;
  let grant: WorkerWorld["grant"];
  let ask: WorkerWorld["ask"];
  beforeEach(() => {
    const world = new WorkerWorld();
    cloud = world.cloud;
    grant = world.grant.bind(world);
    ask = world.ask.bind(world);
  });

  describe("resource policies", () => {
    const sns: Principal = {
      type: "service",
      service: "sns.amazonaws.com",
      sourceArn: `arn:aws:sns:us-east-1:${account}:t`,
    };
    const put = (...statements: Json[]): unknown => cloud.resourcePolicies.set(queue, policy(...statements));

    it("are the only way in for a service", () => {
      expect(ask("sqs:SendMessage", queue, sns)).to.equal(
        "because no resource-based policy allows the sqs:SendMessage action",
      );
      put(
        allow("sqs:SendMessage", queue, {
          Principal: { Service: "sns.amazonaws.com" },
          Condition: { ArnEquals: { "aws:SourceArn": `arn:aws:sns:us-east-1:${account}:t` } },
        }),
      );
      expect(ask("sqs:SendMessage", queue, sns)).to.equal("allowed");
      expect(ask("sqs:SendMessage", queue, { ...sns, sourceArn: `arn:aws:sns:us-east-1:${account}:u` })).to.equal(
        "because no resource-based policy allows the sqs:SendMessage action",
      );
    });

    it("allow a role of the same account by its ARN, without an identity policy", () => {
      put(allow("sqs:SendMessage", queue, { Principal: { AWS: roleArn } }));
      expect(ask("sqs:SendMessage", queue)).to.equal("allowed");
    });

    it("leave the decision to identity policies when they name the account", () => {
      put(allow("sqs:SendMessage", queue, { Principal: { AWS: `arn:aws:iam::${account}:root` } }));
      expect(ask("sqs:SendMessage", queue)).to.equal(
        "because no identity-based policy allows the sqs:SendMessage action",
      );
    });

    it("deny before anything allows", () => {
      grant(allow("sqs:*", "*"));
      put(deny("sqs:*", queue, { Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } }));
      expect(ask("sqs:SendMessage", queue)).to.equal("allowed");
      put(deny("sqs:SendMessage", queue, { Principal: { AWS: account } }));
      expect(ask("sqs:SendMessage", queue)).to.equal("with an explicit deny in a resource-based policy");
    });

    it("spare NotPrincipal from a deny", () => {
      grant(allow("sqs:*", "*"));
      put(deny("sqs:*", queue, { NotPrincipal: { AWS: roleArn } }));
      expect(ask("sqs:SendMessage", queue)).to.equal("allowed");
      put(deny("sqs:*", queue, { NotPrincipal: { AWS: `${roleArn}2` } }));
      expect(ask("sqs:SendMessage", queue)).to.equal("with an explicit deny in a resource-based policy");
    });

    it("apply where the request says so", () => {
      const bucket = "arn:aws:s3:::b";
      cloud.resourcePolicies.set(bucket, policy(allow("s3:GetObject", `${bucket}/*`, { Principal: { AWS: roleArn } })));
      expect(
        cloud.ports.iam.evaluate(session, { action: "s3:GetObject", resource: `${bucket}/k`, policyOf: bucket })
          .allowed,
      ).to.equal(true);
    });

    it("are noticed when a statement is added in place", () => {
      const document = policy(allow("sqs:GetQueueUrl", queue, { Principal: { AWS: roleArn } }));
      cloud.resourcePolicies.set(queue, document);
      expect(ask("sqs:SendMessage", queue, sns)).to.not.equal("allowed");
      (document["Statement"] as Json[]).push(
        allow("sqs:SendMessage", queue, { Principal: { Service: "sns.amazonaws.com" } }),
      );
      expect(ask("sqs:SendMessage", queue, sns)).to.equal("allowed");
    });
  });

  describe("key policies", () => {
    const root = allow("kms:*", "*", { Principal: { AWS: `arn:aws:iam::${account}:root` } });

    it("must admit the account before an identity policy counts", () => {
      grant(allow("kms:Decrypt", key));
      cloud.resourcePolicies.set(key, policy(allow("kms:*", "*", { Principal: { AWS: `${roleArn}-other` } })));
      expect(ask("kms:Decrypt", key)).to.equal("because no resource-based policy allows the kms:Decrypt action");
      cloud.resourcePolicies.set(key, policy(root));
      expect(ask("kms:Decrypt", key)).to.equal("allowed");
      expect(ask("kms:Encrypt", key)).to.equal("because no identity-based policy allows the kms:Encrypt action");
    });

    it("see through which service a key is used", () => {
      cloud.resourcePolicies.set(key, policy(root));
      grant(
        allow("kms:Decrypt", key, {
          Condition: {
            StringEquals: { "kms:ViaService": "sqs.us-east-1.amazonaws.com", "aws:CalledVia": "sqs.amazonaws.com" },
          },
        }),
      );
      expect(ask("kms:Decrypt", key, session, { "kms:ViaService": "sqs.us-east-1.amazonaws.com" })).to.equal("allowed");
      expect(ask("kms:Decrypt", key)).to.equal("because no identity-based policy allows the kms:Decrypt action");
    });

    it("hide the source from EventBridge, as AWS does", () => {
      const by = (service: string): Principal => ({
        type: "service",
        service,
        sourceArn: `arn:aws:events:us-east-1:${account}:rule/r`,
      });
      const condition = { Condition: { StringEquals: { "aws:SourceAccount": account } } };
      cloud.resourcePolicies.set(
        key,
        policy(
          root,
          allow("kms:Decrypt", "*", {
            Principal: { Service: ["events.amazonaws.com", "cloudwatch.amazonaws.com"] },
            ...condition,
          }),
        ),
      );
      expect(ask("kms:Decrypt", key, by("cloudwatch.amazonaws.com"))).to.equal("allowed");
      expect(ask("kms:Decrypt", key, by("events.amazonaws.com"))).to.equal(
        "because no resource-based policy allows the kms:Decrypt action",
      );
    });

    it("do not exist for an unknown key", () => {
      grant(allow("kms:*", "*"));
      expect(ask("kms:Decrypt", key)).to.match(/^because the resource does not exist in this Region/);
    });
  });
});

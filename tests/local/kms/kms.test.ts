import { expect } from "chai";
import fc from "fast-check";
import { VirtualClock } from "../../../local/clock";
import type { Cloud } from "../../../local/cloud";
import type { Principal } from "../../../local/principal";
import type { Json } from "../../../local/service";
import { iamEngine } from "../../../local/services/iam";
import { keyArnOf, keyStore, kmsService } from "../../../local/services/kms";
import { kmsCloud } from "./kms-cloud";

const account = "123456789012";
const rootStatement = {
  Sid: "Root",
  Effect: "Allow",
  Principal: { AWS: `arn:aws:iam::${account}:root` },
  Action: "kms:*",
  Resource: "*",
};

describe("KMS", () => {
  let cloud: Cloud;
  let clock: VirtualClock;
  beforeEach(() => {
    clock = new VirtualClock();
    cloud = kmsCloud(clock);
  });
  const call = <O = Json>(operation: string, input: Json, who: Principal = cloud.operator): Promise<O> =>
    cloud.call<O>("kms", operation, input, who);
  const failure = async (work: Promise<unknown>): Promise<{ code: string; message: string }> =>
    work.then(
      () => ({ code: "none", message: "" }),
      (error: unknown) => {
        const { code, message } = error as { code: string; message: string };
        return { code, message };
      },
    );
  const newKey = (policy: Json[] = [rootStatement]): string =>
    keyStore(cloud).create({ policy: { Version: "2012-10-17", Statement: policy } }, cloud.operator).id;
  const role = (statements: Json[]): Principal => {
    const { store } = iamEngine(cloud);
    const trust = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
    };
    const made = store.putRole("worker", trust);
    if (statements.length > 0) store.putInline("worker", "p", { Version: "2012-10-17", Statement: statements });
    return { type: "role", roleArn: made.arn, arn: `arn:aws:sts::${account}:assumed-role/worker/s` };
  };

  it("decrypts what it encrypted, in the same context only", async () => {
    const KeyId = newKey();
    const sealed = await call("Encrypt", {
      KeyId,
      Plaintext: Buffer.from("secret").toString("base64"),
      EncryptionContext: { tenant: "a" },
    });
    const opened = await call<{ Plaintext: string; KeyId: string }>("Decrypt", {
      CiphertextBlob: sealed["CiphertextBlob"],
      EncryptionContext: { tenant: "a" },
    });
    expect(Buffer.from(opened.Plaintext, "base64").toString()).to.equal("secret");
    expect(opened.KeyId).to.equal(`arn:aws:kms:us-east-1:${account}:key/${KeyId}`);
    expect((await failure(call("Decrypt", { CiphertextBlob: sealed["CiphertextBlob"] }))).code).to.equal(
      "InvalidCiphertextException",
    );
    expect((await failure(call("Decrypt", { CiphertextBlob: "AAAA" }))).code).to.equal("InvalidCiphertextException");
  });

  it("brings back any bytes in any context", async () => {
    const KeyId = newKey();
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(bytes, fc.dictionary(fc.string({ minLength: 1 }), fc.string()), async (data, context) => {
        const EncryptionContext = { ...context };
        const Plaintext = Buffer.from(data).toString("base64");
        const { CiphertextBlob } = await call("Encrypt", { KeyId, Plaintext, EncryptionContext });
        return (await call("Decrypt", { CiphertextBlob, EncryptionContext }))["Plaintext"] === Plaintext;
      }),
      { numRuns: 50 },
    );
  });

  it("makes data keys that Decrypt opens, and re-encrypts under another key", async () => {
    const [first, second] = [newKey(), newKey()];
    const made = await call("GenerateDataKey", { KeyId: first, KeySpec: "AES_256" });
    expect(Buffer.from(String(made["Plaintext"]), "base64")).to.have.length(32);
    expect((await call("Decrypt", { CiphertextBlob: made["CiphertextBlob"] }))["Plaintext"]).to.equal(
      made["Plaintext"],
    );
    const moved = await call("ReEncrypt", { CiphertextBlob: made["CiphertextBlob"], DestinationKeyId: second });
    expect(moved["KeyId"]).to.equal(keyArnOf(cloud, second));
    expect((await call("Decrypt", { CiphertextBlob: moved["CiphertextBlob"] }))["Plaintext"]).to.equal(
      made["Plaintext"],
    );
  });

  it("needs key policy and identity policy together", async () => {
    const KeyId = newKey();
    const arn = keyArnOf(cloud, KeyId)!;
    const worker = role([
      {
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: arn,
        Condition: { StringEquals: { "kms:EncryptionContext:tenant": "a" } },
      },
    ]);
    const seal = async (tenant: string): Promise<unknown> =>
      (await call("Encrypt", { KeyId, Plaintext: "QQ==", EncryptionContext: { tenant } }))["CiphertextBlob"];
    const opened = await call(
      "Decrypt",
      { CiphertextBlob: await seal("a"), EncryptionContext: { tenant: "a" } },
      worker,
    );
    expect(opened["Plaintext"]).to.equal("QQ==");
    expect(
      await failure(call("Decrypt", { CiphertextBlob: await seal("b"), EncryptionContext: { tenant: "b" } }, worker)),
    ).to.deep.equal({
      code: "AccessDeniedException",
      message: `User: arn:aws:sts::${account}:assumed-role/worker/s is not authorized to perform: kms:Decrypt on resource: ${arn} because no identity-based policy allows the kms:Decrypt action`,
    });
  });

  it("refuses a policy that would lock its author out, unless told to", () => {
    role([]);
    const only = {
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${account}:role/worker` },
      Action: "kms:*",
      Resource: "*",
    };
    expect(() => newKey([only]))
      .to.throw("The new key policy will not allow you to update the key policy in the future.")
      .that.includes({ code: "MalformedPolicyDocumentException" });
    const bypassed = keyStore(cloud).create(
      { policy: { Version: "2012-10-17", Statement: [only] }, bypassLockoutCheck: true },
      cloud.operator,
    );
    expect(cloud.resourcePolicies.has(bypassed.arn)).to.equal(true);
  });

  it("refuses principals that do not exist", () => {
    const ghost = {
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${account}:role/ghost` },
      Action: "kms:Decrypt",
      Resource: "*",
    };
    expect(() => newKey([rootStatement, ghost])).to.throw(
      "Policy contains a statement with one or more invalid principals.",
    );
  });

  it("follows aliases, disabling and deletion", async () => {
    const KeyId = newKey();
    await call("CreateAlias", { AliasName: "alias/game", TargetKeyId: KeyId });
    expect(keyArnOf(cloud, `arn:aws:kms:us-east-1:${account}:alias/game`)).to.equal(
      `arn:aws:kms:us-east-1:${account}:key/${KeyId}`,
    );
    await call("DisableKey", { KeyId: "alias/game" });
    expect(await failure(call("Encrypt", { KeyId, Plaintext: "QQ==" }))).to.deep.equal({
      code: "DisabledException",
      message: `${keyArnOf(cloud, KeyId)} is disabled.`,
    });
    for (const PendingWindowInDays of [6, 31])
      expect((await failure(call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays }))).code).to.equal(
        "ValidationException",
      );
    await call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
    expect((await failure(call("Encrypt", { KeyId, Plaintext: "QQ==" }))).code).to.equal("KMSInvalidStateException");
    await clock.advance(7 * 86_400_000);
    expect((await failure(call("DescribeKey", { KeyId }))).code).to.equal("NotFoundException");
  });

  it("lets AWS managed keys be used through their service only", () => {
    const arn = keyArnOf(cloud, "alias/aws/sqs")!;
    const worker = role([]);
    const via = { "kms:ViaService": "sqs.us-east-1.amazonaws.com" };
    const { iam } = cloud.ports;
    expect(iam.evaluate(worker, { action: "kms:Decrypt", resource: arn, context: via }).allowed).to.equal(true);
    expect(iam.evaluate(worker, { action: "kms:Decrypt", resource: arn }).allowed).to.equal(false);
    const sns: Principal = {
      type: "service",
      service: "sns.amazonaws.com",
      sourceArn: `arn:aws:sns:us-east-1:${account}:t`,
    };
    expect(iam.evaluate(sns, { action: "kms:Decrypt", resource: arn, context: via }).allowed).to.equal(false);
  });

  it("plays Key, Alias and KeyPolicy", async () => {
    const types = kmsService(cloud).resourceTypes;
    const context = { cloud, name: "k", type: "", urn: "u", physicalName: () => "k-1234567" };
    const key = await types["aws:kms/key:Key"]!.create({ description: "d", enableKeyRotation: true }, context);
    expect(key.state).to.include({
      keyId: key.id,
      arn: `arn:aws:kms:us-east-1:${account}:key/${key.id}`,
      enableKeyRotation: true,
      rotationPeriodInDays: 365,
    });
    const alias = await types["aws:kms/alias:Alias"]!.create({ name: "alias/k", targetKeyId: key.id }, context);
    expect(alias.state).to.deep.equal({
      id: "alias/k",
      name: "alias/k",
      arn: `arn:aws:kms:us-east-1:${account}:alias/k`,
      targetKeyId: key.id,
      targetKeyArn: key.state["arn"],
    });
    await types["aws:kms/keyPolicy:KeyPolicy"]!.create(
      { keyId: key.id, policy: { Version: "2012-10-17", Statement: [rootStatement] } },
      context,
    );
    const got = await call<{ Policy: string }>("GetKeyPolicy", { KeyId: key.id });
    expect(JSON.parse(got.Policy)).to.deep.equal({ Version: "2012-10-17", Statement: [rootStatement] });
  });
});

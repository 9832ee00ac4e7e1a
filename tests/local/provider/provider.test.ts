import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { assemble } from "../../../local/assemble";
import { Cloud } from "../../../local/cloud";
import { VirtualClock } from "../../../local/clock";
import { Account, type Wanted } from "../../../local/provider/account";
import { Provider } from "../../../local/provider/provider";
import { REPLACES } from "../../../local/provider/rules/replacement";
import { UNKNOWN } from "../../../local/provider/values";
import type { Json } from "../../../local/service";
import { iamEngine } from "../../../local/services/iam";

const QUEUE = "aws:sqs/queue:Queue";
const TABLE = "aws:dynamodb/table:Table";
const BUCKET = "aws:s3/bucket:Bucket";
const ROLE = "aws:iam/role:Role";
const FUNCTION = "aws:lambda/function:Function";

const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
});

describe("The provider of a local account", () => {
  const folder = mkdtempSync(join(tmpdir(), "games-messaging-provider-"));
  const clock = new VirtualClock();
  const cloud = new Cloud({ clock, folder });
  assemble(cloud);
  const account = new Account(cloud);
  const provider = new Provider(account);
  after(async () => {
    await cloud.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const wanted = (type: string, name: string, inputs: Json): Wanted => ({
    type,
    name,
    urn: `urn:pulumi:dev::game::${type}::${name}`,
    inputs,
    folder,
  });
  const check = (type: string, name: string, inputs: Json, before?: Json) =>
    provider.check({ type, name, inputs, before, seed: Buffer.from(name) });
  /** Makes a resource, letting the time pass that AWS needs. */
  const make = async (type: string, name: string, inputs: Json) => {
    const making = provider.create(wanted(type, name, inputs));
    await clock.advance(1_000);
    return making;
  };
  const refusal = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    return "";
  };

  it("knows of every type that the local cloud plays which changes replace it", () => {
    const played = [...cloud.services.values()].flatMap((service) => Object.keys(service.resourceTypes));
    const outOfUse = /V2$/; // names of other versions of the provider
    expect(played.filter((type) => !(type in REPLACES) && !outOfUse.test(type))).to.deep.equal([]);
  });

  describe("names", () => {
    it("what the program does not name, and keeps that name", () => {
      const { inputs } = check(QUEUE, "mail", {});
      expect(inputs["name"]).to.match(/^mail-[0-9a-f]{7}$/);
      const later = provider.check({ type: QUEUE, name: "mail", inputs: {}, before: inputs, seed: Buffer.from("2") });
      expect(later.inputs).to.deep.equal(inputs);
    });

    it("a FIFO queue with its suffix, a bucket in lower case", () => {
      expect(check(QUEUE, "mail", { fifoQueue: true }).inputs["name"]).to.match(/^mail-[0-9a-f]{7}\.fifo$/);
      expect(check(BUCKET, "Copy", {}).inputs["bucket"]).to.match(/^copy-[0-9a-f]{7}$/);
    });

    it("nothing that would be too long", () => {
      expect(check(ROLE, "r".repeat(57), {}).failures).to.deep.equal([
        { property: "name", reason: `name '${"r".repeat(57)}' plus 7 random chars is longer than maximum length 64` },
      ]);
      expect(check(ROLE, "r".repeat(56), {}).failures).to.deep.equal([]);
    });
  });

  describe("plans", () => {
    it("a replacement where AWS cannot change what exists, first the old one where the name is the program's", () => {
      expect(provider.diff(TABLE, { name: "a", hashKey: "pk" }, { name: "a", hashKey: "id" })).to.deep.equal({
        changed: ["hashKey"],
        replaces: ["hashKey"],
        deleteFirst: true,
      });
      const generated = { __defaults: ["name"], name: "a-1234567" };
      expect(provider.diff(QUEUE, { ...generated }, { ...generated, fifoQueue: true })).to.deep.equal({
        changed: ["fifoQueue"],
        replaces: ["fifoQueue"],
        deleteFirst: false,
      });
    });

    it("nothing for an archive of the same content in another place", () => {
      const archive = (path: string, hash: string): Json => ({
        code: { "4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7", hash, path },
      });
      expect(provider.diff(FUNCTION, archive("a", "1"), archive("b", "1")).changed).to.deep.equal([]);
      expect(provider.diff(FUNCTION, archive("a", "1"), archive("a", "2")).changed).to.deep.equal(["code"]);
    });

    it("an integration anew when its refresh interval changes, in place when its description does", () => {
      const state = (desired: Json): Json => ({
        typeName: "AWS::Glue::Integration",
        desiredState: JSON.stringify(desired),
      });
      const { diff } = provider;
      const type = "aws:cloudcontrol/resource:Resource";
      const one = state({ IntegrationConfig: { RefreshInterval: "60" } });
      expect(
        diff.call(provider, type, one, state({ IntegrationConfig: { RefreshInterval: "15" } })).replaces,
      ).to.have.length(1);
      expect(
        diff.call(provider, type, one, state({ IntegrationConfig: { RefreshInterval: "60" }, Description: "x" }))
          .replaces,
      ).to.deep.equal([]);
    });

    it("no value that only AWS can know", () => {
      expect(provider.planCreate({ name: "a", kmsMasterKeyId: UNKNOWN })).to.deep.equal({
        name: "a",
        kmsMasterKeyId: UNKNOWN,
      });
      const state = { arn: "arn", codeSha256: "old", lastModified: "then", timeout: 3 };
      expect(provider.planUpdate(FUNCTION, state, { timeout: 3, code: "a" }, { timeout: 3, code: "b" })).to.deep.equal({
        arn: "arn",
        code: "b",
        codeSha256: UNKNOWN,
        sourceCodeHash: UNKNOWN,
        sourceCodeSize: UNKNOWN,
        lastModified: UNKNOWN,
        timeout: 3,
      });
    });
  });

  describe("refuses", () => {
    it("an update that still has something unknown", async () => {
      expect(await refusal(provider.create(wanted(QUEUE, "q", { kmsMasterKeyId: UNKNOWN })))).to.equal(
        'aws:sqs/queue:Queue "q": got an unknown value in an update; expected known ones.',
      );
    });

    it("what AWS has already, in its words", async () => {
      const role = { name: "player", assumeRolePolicy: TRUST };
      await make(ROLE, "player", role);
      expect(await refusal(provider.create(wanted(ROLE, "another", role)))).to.equal(
        "Role with name player already exists.",
      );
    });

    it("to delete a table with deletion protection, and a bucket that holds something", async () => {
      const table = await make(TABLE, "players", {
        name: "players",
        hashKey: "pk",
        attributes: [{ name: "pk", type: "S" }],
        billingMode: "PAY_PER_REQUEST",
        deletionProtectionEnabled: true,
      });
      expect(await refusal(provider.delete(table.id, wanted(TABLE, "players", {}), table.state))).to.include(
        "protected against deletion",
      );
      const bucket = await make(BUCKET, "copy", { bucket: "copy-1" });
      await cloud.ports.objects.put("copy-1", "a", "b");
      expect(await refusal(provider.delete(bucket.id, wanted(BUCKET, "copy", {}), bucket.state))).to.equal(
        "The bucket you tried to delete is not empty",
      );
      await cloud.ports.objects.remove("copy-1", "a");
      await provider.delete(bucket.id, wanted(BUCKET, "copy", {}), bucket.state);
      expect(provider.read(BUCKET, bucket.id, bucket.state)).to.equal(undefined);
    });
  });

  it("sees what somebody deleted by AWS's own APIs", async () => {
    const role = await make(ROLE, "lost", { name: "lost", assumeRolePolicy: TRUST });
    expect(provider.read(ROLE, "lost", role.state)?.id).to.equal("lost");
    iamEngine(cloud).store.deleteRole("lost");
    expect(provider.read(ROLE, "lost", role.state)).to.equal(undefined);
  });

  it("takes time where AWS does: a table is there only when it is active", async () => {
    let ready = false;
    const making = provider
      .create(
        wanted(TABLE, "slow", {
          name: "slow",
          hashKey: "pk",
          attributes: [{ name: "pk", type: "S" }],
          billingMode: "PAY_PER_REQUEST",
        }),
      )
      .then(() => (ready = true));
    await clock.advance(100);
    expect(ready).to.equal(false);
    await clock.advance(200);
    await making;
  });
});

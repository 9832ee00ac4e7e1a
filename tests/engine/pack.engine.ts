import { expect } from "chai";
import { keyStore } from "../../local/services/kms";
import type { Checkout } from "./helpers/checkout";
import { World } from "./helpers/world";

describe("The policy pack under the real engine", () => {
  let world: World;
  let checkout: Checkout;
  const PACK = ["--policy-pack", "policies"];

  before(async () => {
    world = await World.start();
    checkout = world.checkout();
    await world.init(checkout, "dev");
    await world.init(checkout, "prod");
  });
  after(() => world.close());

  it("finds nothing to mend in prod", async () => {
    const without = await world.preview(checkout, "prod");
    const { text, seconds } = await world.preview(checkout, "prod", { words: PACK });
    expect(text).not.to.match(/\[mandatory\]/);
    world.note(`prod: ${without.seconds.toFixed(0)} s without the pack, ${seconds.toFixed(0)} s with it`);
  });

  it("ends the preview where a bucket is left open", async () => {
    const before = checkout.read("index.ts");
    checkout.write(
      "index.ts",
      `${before}\nimport * as aws from "@pulumi/aws";\nnew aws.s3.Bucket("open", { forceDestroy: true });\n`,
    );
    const { code, text } = await world.preview(checkout, "dev", { words: PACK, code: "any" });
    checkout.write("index.ts", before);
    expect(code, text).not.to.equal(0);
    expect(text).to.match(/\[mandatory\]/);
    expect(text).to.include("open");
  });

  it("says in one sentence that it cannot be loaded", async () => {
    const before = checkout.read("policies/index.ts");
    checkout.write("policies/index.ts", `${before}\nexport const broken = {;\n`);
    const { code, text } = await world.preview(checkout, "dev", { words: PACK, code: "any" });
    checkout.write("policies/index.ts", before);
    expect(code, text).not.to.equal(0);
    expect(text).to.match(/policy pack in .*policies cannot be loaded: .*index\.ts/);
  });

  for (const [what, config, told] of [
    ["a level that there is not", { all: "sometimes" }, /sometimes/],
    ["a value out of its schema's range", { "kms-closed-policy": { days: 3 } }, /days.*(7|minimum|greater)/s],
    ["a value of another type", { "kms-closed-policy": { days: "ten" } }, /days.*(integer|type)/is],
    ["a file that is not JSON", "{ all: ", /invalid|JSON/i],
  ] as const)
    it(`refuses a configuration with ${what}, and makes nothing`, async () => {
      checkout.write("pack-config.json", typeof config === "string" ? config : JSON.stringify(config));
      const before = world.stateText("dev");
      const { code, text } = await world.preview(checkout, "dev", {
        words: [...PACK, "--policy-pack-config", "pack-config.json"],
        code: "any",
      });
      expect(code, text).not.to.equal(0);
      expect(text).to.match(told);
      world.note(`${what}: ${sentence(text)}`);
      expect(world.stateText("dev")).to.equal(before);
    });

  describe("at an update", () => {
    /** The whole program, and this after it. */
    const withMore = async (more: string, work: () => Promise<void>): Promise<void> => {
      const before = checkout.read("index.ts");
      checkout.write("index.ts", `${before}\nimport * as aws from "@pulumi/aws";\n${more}\n`);
      await work().finally(() => checkout.write("index.ts", before));
    };
    const held = (): string[] => world.host.account.resources.map(({ urn }) => urn).sort();

    it("lets the whole of dev come up", async () => {
      const { changes, seconds } = await world.up(checkout, "dev", { words: PACK });
      expect(Object.keys(changes)).to.deep.equal(["create"]);
      world.note(`up of ${changes["create"] ?? 0} resources with the pack: ${seconds.toFixed(0)} s`);
    });

    it("refuses what violates a rule before it is made, and what depends on it is not made either", () =>
      withMore(
        `const plain = new aws.kms.Key("plain", { enableKeyRotation: false, deletionWindowInDays: 30 });
         new aws.kms.Alias("plain-alias", { name: "alias/plain", targetKeyId: plain.keyId });`,
        async () => {
          const before = held();
          // Without the preview, which would have refused it already.
          const { code, text } = await world.up(checkout, "dev", { words: PACK, code: "any" });
          expect(code, text).not.to.equal(0);
          expect(text).to.match(/\[mandatory\]\s+kms-rotation .*plain/);
          expect(held()).to.deep.equal(before);
          expect(
            world
              .deployed("dev")
              .map(({ urn }) => urn)
              .sort(),
          ).to.deep.equal(before);
        },
      ));

    it("decides what a preview cannot know", () =>
      withMore(
        `const first = new aws.kms.Key("first", { enableKeyRotation: true, deletionWindowInDays: 30, policy: key.key.policy });
         const open = (arn: string) => JSON.stringify({ Version: "2012-10-17", Statement: [
           { Sid: "Account", Effect: "Allow", Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "kms:*", Resource: "*" },
           { Sid: "All", Effect: "Allow", Principal: "*", Action: "kms:Decrypt", Resource: "*", Condition: { StringNotEquals: { "kms:ViaService": arn } } },
         ] });
         new aws.kms.Key("late", { enableKeyRotation: true, deletionWindowInDays: 30, policy: first.arn.apply(open) });`,
        async () => {
          const preview = await world.preview(checkout, "dev", { words: PACK });
          expect(preview.text).to.match(/kms-closed-policy is decided at up: policy is not known yet of late/);
          const { code, text } = await world.up(checkout, "dev", { words: PACK, code: "any" });
          expect(code, text).not.to.equal(0);
          expect(text).to.match(/\[mandatory\]\s+kms-closed-policy .*late/);
          const names = world.deployed("dev").map(({ urn }) => urn.replace(/^.*::/, ""));
          expect(names).to.include("first").and.not.to.include("late");
        },
      ));

    it("mends what a rule may mend, where its level says so, before it is made", () =>
      withMore(`new aws.kms.Key("mended", { deletionWindowInDays: 30, policy: key.key.policy });`, async () => {
        checkout.write("pack-config.json", JSON.stringify({ "kms-rotation": "remediate" }));
        const { text } = await world.up(checkout, "dev", {
          words: [...PACK, "--policy-pack-config", "pack-config.json"],
        });
        expect(text).to.match(/\[remediate\]\s+kms-rotation/);
        const made = world.deployed("dev").find(({ urn }) => urn.endsWith("::mended"));
        expect(made?.inputs?.["enableKeyRotation"]).to.equal(true);
        expect(keyStore(world.host.cloud).keys.get(made?.id ?? "")?.rotation).to.equal(true);
      }));
  });
});

/** The first line of what the engine calls an error. */
const sentence = (text: string): string => /error: .*/.exec(text)?.[0] ?? text;

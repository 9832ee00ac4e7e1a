import { expect } from "chai";
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

  for (const stack of ["dev", "prod"])
    it(`finds nothing to mend in ${stack}`, async () => {
      const without = await world.preview(checkout, stack);
      const { text, seconds } = await world.preview(checkout, stack, { words: PACK });
      expect(text).not.to.match(/\[mandatory\]/);
      world.note(`${stack}: ${without.seconds.toFixed(0)} s without the pack, ${seconds.toFixed(0)} s with it`);
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

  it("refuses a configuration that its schema does not have", async () => {
    checkout.write("pack-config.json", JSON.stringify({ all: "sometimes" }));
    const { code, text } = await world.preview(checkout, "dev", {
      words: [...PACK, "--policy-pack-config", "pack-config.json"],
      code: "any",
    });
    expect(code, text).not.to.equal(0);
    expect(text).to.match(/sometimes|enforcement level/);
  });
});

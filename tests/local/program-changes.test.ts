import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import type { Cloud } from "../../local/cloud";
import { Program } from "../../local/program";
import type { Json, ResourceType } from "../../local/service";

/** A resource of a type that the test plays itself. */
class Fn extends pulumi.CustomResource {
  constructor(code: pulumi.asset.AssetArchive) {
    super("aws:lambda/function:Function", "fn", { code });
  }
}

describe("Program, evaluated again", () => {
  /** Evaluates a program with one archive three times, each with a text of its own; what was made of it. */
  async function evaluate(...texts: readonly string[]): Promise<{ calls: string[]; changed: number[] }> {
    const calls: string[] = [];
    const record = (verb: string) => (): { id: string; state: Json } => {
      calls.push(verb);
      return { id: "function", state: {} };
    };
    const update = record("update");
    const type: ResourceType = { create: record("create"), update: () => update() };
    const services = new Map([["lambda", { resourceTypes: { "aws:lambda/function:Function": type } }]]);
    let turn = 0;
    const program = new Program({ services } as unknown as Cloud, {
      project: "game",
      stack: "local",
      config: {},
      load: () => {
        const code = new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset(texts[turn++] ?? "") });
        new Fn(code);
        return {};
      },
    });
    const changed: number[] = [];
    for (const _ of texts) changed.push((await program.evaluate()).changed.length);
    return { calls, changed };
  }

  it("updates a function whose archive holds another text", async () => {
    expect(await evaluate("one", "two", "two")).to.deep.equal({ calls: ["create", "update"], changed: [0, 1, 0] });
  });

  it("leaves a function whose archive holds the same text", async () => {
    expect(await evaluate("one", "one")).to.deep.equal({ calls: ["create"], changed: [0, 0] });
  });
});

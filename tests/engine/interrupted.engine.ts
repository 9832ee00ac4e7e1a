import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { AwsError } from "../../local/aws-error";
import { seededRandom } from "../../local/random";
import type { Checkout } from "./helpers/checkout";
import { left } from "./helpers/left";
import { World } from "./helpers/world";

const SEED = 4;
/** Of the resources of AWS in dev, about one in twenty-five; `ENGINE_POINTS=all` takes every one. */
const POINTS = 12;

/** How an update ends before its time. */
const ENDS = ["refused", "interrupted", "provider dies"] as const;

describe("An update that ends before its time", () => {
  let world: World;
  let checkout: Checkout;

  before(async () => {
    world = await World.start();
    checkout = world.checkout();
    await world.init(checkout, "dev");
  });
  after(() => world.close());

  /** `up` that ends in this way when the account is asked to make its `point`-th resource; how many it had then. */
  async function upUntil(point: number, end: (typeof ENDS)[number]): Promise<string> {
    const { account } = world.host;
    const running = world.start(checkout, ["up", "--yes", "--skip-preview", "--suppress-progress", "--stack", "dev"]);
    let reached = "";
    account.intervene = async ({ operation, name, type }) => {
      if (operation !== "create" || reached !== "" || account.resources.length < point) return undefined;
      reached = `${type} "${name}"`;
      if (end === "interrupted") process.kill(running.pid, "SIGINT");
      if (end === "provider dies") {
        process.kill(Number(readFileSync(join(world.folder, "bin/pulumi-resource-aws.pid"), "utf8")), "SIGKILL");
        // It died before it had asked AWS for anything.
        throw new Error("The provider is dead.");
      }
      if (end === "refused") throw new AwsError("InternalFailure", "An internal error occurred. Try again.", 500);
      return undefined;
    };
    const { code, text } = await running.ended;
    account.intervene = undefined;
    expect(reached, text).not.to.equal("");
    expect(code, text).not.to.equal(0);
    return `${end} at ${reached}`;
  }

  it("is completed by the next, wherever it ended, and leaves nothing behind", async () => {
    const all = process.env["ENGINE_POINTS"] === "all";
    const random = seededRandom(SEED);
    // Where there are as many as this, the last points are after the end; the number of today is checked below.
    const resources = 320;
    const points = all
      ? Array.from({ length: resources }, (_, i) => i)
      : Array.from({ length: POINTS }, (_, i) => Math.floor(((i + random()) * resources) / POINTS));
    const ended: string[] = [];
    for (const [i, point] of points.entries()) {
      // In parallel with the one that failed, some more may have been made already.
      if (world.host.account.resources.length > point + 20 && !all) continue;
      ended.push(await upUntil(point, ENDS[i % ENDS.length] ?? "refused"));
    }
    world.note(`${ended.length} updates ended early: ${ended.join("; ")}`);
    expect(ended.length).to.be.at.least(all ? 100 : 10);

    const { changes } = await world.up(checkout, "dev");
    expect(changes["create"]).to.be.greaterThan(0);
    const inState = world.deployed("dev").map(({ type, id }) => `${type} ${id ?? ""}`);
    expect(inState.sort()).to.deep.equal(world.host.account.resources.map(({ type, id }) => `${type} ${id}`).sort());
    const again = await world.preview(checkout, "dev");
    expect(Object.keys(again.changes)).to.deep.equal(["same"]);
  });

  it("leaves nothing that a destroy does not find", async () => {
    await world.run(checkout, ["destroy", "--yes", "--skip-preview", "--suppress-progress", "--stack", "dev"]);
    expect(await left(world.host)).to.deep.equal([]);
  });
});

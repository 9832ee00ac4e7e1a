import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { AwsError } from "../../local/aws-error";
import type { Intervention } from "../../local/provider/account";
import { seededRandom } from "../../local/random";
import type { Checkout } from "./helpers/checkout";
import { left } from "./helpers/left";
import { World, type Run } from "./helpers/world";

const SEED = 4;
/**
 * Of the resources of AWS in dev, about one in twenty-five; `ENGINE_POINTS` is another number, `all` for every one, or a
 * part of all such as `2/4`: the parts together are all.
 */
const ASKED = process.env["ENGINE_POINTS"] ?? "12";
const [, PART, PARTS] = /^(\d+)\/(\d+)$/.exec(ASKED === "all" ? "1/1" : ASKED) ?? [];
const ALL = PART !== undefined;
const POINTS = ALL ? Infinity : Number(ASKED);
/** Whether an update is to end early at a resource, of all of them. */
const isInPart = (urn: string): boolean =>
  createHash("sha256").update(urn).digest().readUInt32BE() % Number(PARTS) === Number(PART) - 1;

/** How an update ends before its time. */
const ENDS = ["refused", "interrupted", "provider dies"] as const;
type End = (typeof ENDS)[number];

/** What the engine says of each, in one sentence that names the resource or what to do. */
const TOLD: Readonly<Record<End, RegExp>> = {
  refused: /creating \w+ \([\w-]+\): api error InternalFailure: An internal error occurred\. Try again\./,
  interrupted: /error: update cancel+ed|cancel+ing\.?[^\n]*/i,
  "provider dies": /error: .*(Unavailable|transport|connection|EOF|plugin)/i,
};

describe("An update that ends before its time", () => {
  let world: World;
  let checkout: Checkout;

  before(async () => {
    world = await World.start();
    checkout = world.checkout();
    await world.init(checkout, "dev");
  });
  after(() => world.close());

  /**
   * Runs `up`, and ends it in this way at the first resource to be made that `reaches` takes.
   * @param alone whether the others that it takes, begun at the same time, are not made either.
   */
  async function upUntil(
    end: End,
    reaches: (urn: string) => boolean,
    alone = false,
  ): Promise<{ readonly at: string | undefined; readonly run: Run }> {
    const { account } = world.host;
    // A provider that dies while AWS makes something beside it leaves that to the operator (docs/how-to): one at a time.
    const parallel = end === "provider dies" ? ["--parallel", "1"] : [];
    const words = ["up", "--yes", "--skip-preview", "--suppress-progress", "--stack", "dev", ...parallel];
    const running = world.start(checkout, words);
    let at: string | undefined;
    account.intervene = async ({ operation, urn }): ReturnType<Intervention> => {
      if (operation !== "create" || !reaches(urn)) return undefined;
      if (at !== undefined) {
        if (alone) throw failure();
        return undefined;
      }
      at = urn;
      if (end === "interrupted") process.kill(running.pid, "SIGINT");
      if (end === "provider dies") {
        process.kill(Number(readFileSync(join(world.folder, "bin/pulumi-resource-aws.pid"), "utf8")), "SIGKILL");
        // It died before it had asked AWS for anything.
        throw new Error("The provider is dead.");
      }
      if (end === "refused") throw failure();
      return undefined;
    };
    const run = await running.ended;
    account.intervene = undefined;
    return { at, run };
  }

  const failure = (): AwsError => new AwsError("InternalFailure", "An internal error occurred. Try again.", 500);
  const short = (urn: string): string => urn.replace(/^.*\$|^.*?::.*?::/g, "");

  /** Ends updates where about this many resources are there. */
  async function atSomePoints(): Promise<string[]> {
    const { account } = world.host;
    const random = seededRandom(SEED);
    const resources = 320;
    const ended: string[] = [];
    for (let i = 0; i < POINTS; i++) {
      const point = Math.floor(((i + random()) * resources) / POINTS);
      // In parallel with the one that failed, some more may have been made already.
      if (account.resources.length > point + 20) continue;
      const end = ENDS[i % ENDS.length] ?? "refused";
      const { at, run } = await upUntil(end, () => account.resources.length >= point);
      expect(at, run.text).not.to.equal(undefined);
      expect(run.code, run.text).not.to.equal(0);
      expect(run.text).to.match(TOLD[end]);
      ended.push(`${end} at ${short(at ?? "")} (${TOLD[end].exec(run.text)?.[0] ?? ""})`);
    }
    return ended;
  }

  /** Ends an update at each resource of the part once: what else of it would be made beside that waits for a later update. */
  async function atEveryPoint(): Promise<string[]> {
    const ended = new Set<string>();
    for (;;) {
      const end = ENDS[ended.size % ENDS.length] ?? "refused";
      const { at, run } = await upUntil(end, (urn) => isInPart(urn) && !ended.has(urn), true);
      if (at === undefined) {
        expect(run.code, run.text).to.equal(0);
        const made = world.deployed("dev").map(({ urn }) => urn);
        expect(made.filter((urn) => isInPart(urn) && !ended.has(urn))).to.deep.equal([]);
        expect(made.length).to.be.greaterThan(300);
        return [...ended].map(short);
      }
      expect(run.code, run.text).not.to.equal(0);
      ended.add(at);
      if (ended.size % 25 === 0) world.note(`${ended.size} updates ended early`);
    }
  }

  it("is completed by the next, wherever it ended, and leaves nothing behind", async () => {
    const ended = ALL ? await atEveryPoint() : await atSomePoints();
    world.note(`${ended.length} updates ended early: ${ended.join("; ")}`);
    if (!ALL) expect(ended.length).to.be.at.least(POINTS - 2);

    const { changes } = await world.up(checkout, "dev");
    if (!ALL) expect(changes["create"]).to.be.greaterThan(0);
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

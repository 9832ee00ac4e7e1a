import { expect } from "chai";
import { LocalStack } from "../../local/stack";
import type { LambdaService } from "../../local/services/lambda";
import { refreshIntegrations } from "../../local/services/glue";
import { sesEngine } from "../../local/services/ses";
import { until } from "../helpers/until";
import { join } from "node:path";
import type { Checkout } from "./helpers/checkout";
import { Game } from "./helpers/game";
import { left } from "./helpers/left";
import { World } from "./helpers/world";

/** Moves the program's date, as when it is run on another day. */
const ANOTHER_DAY = { NODE_OPTIONS: `--require ${join(__dirname, "helpers/another-day.cjs")}` };

describe("The stack dev under the real engine", () => {
  let world: World;
  let checkout: Checkout;
  let game: Game;

  before(async () => {
    world = await World.start();
    checkout = world.checkout();
    await world.init(checkout, "dev");
  });
  after(async () => {
    await game.close();
    await world.close();
  });

  it("previews from empty, and makes nothing", async () => {
    const { changes, text } = await world.preview(checkout, "dev");
    expect(changes["create"]).to.be.greaterThan(350);
    expect(Object.keys(changes)).to.deep.equal(["create"]);
    expect(world.host.account.resources).to.deep.equal([]);
    // No ARN and no address that only AWS can give has been made up.
    expect(text).not.to.match(/arn:aws:(dynamodb|sqs|sns|kms):us-east-1:\d+/);
  });

  it("comes up from empty, in the state and in the account alike", async () => {
    const { changes, seconds } = await world.up(checkout, "dev");
    expect(Object.keys(changes)).to.deep.equal(["create"]);
    const deployed = world.deployed("dev");
    expect(deployed.map(({ type, id }) => `${type} ${id ?? ""}`).sort()).to.deep.equal(
      world.host.account.resources.map(({ type, id }) => `${type} ${id}`).sort(),
    );
    world.note(`up of ${changes["create"] ?? 0} resources, ${deployed.length} of them of AWS: ${seconds.toFixed(0)} s`);
    game = new Game(world, "dev");
  });

  it("keeps no function's text in the state, which each checkpoint writes whole", () => {
    expect(world.stateText("dev").length).to.be.lessThan(2_500_000);
  });

  it("keeps neither a secret, nor a token, nor a place of this machine in the state", () => {
    const state = world.stateText("dev");
    expect(state).not.to.match(/eyJ[\w-]{10,}\.[\w-]+\.[\w-]+/); // a token
    expect(state).not.to.match(/AKIA[0-9A-Z]{16}|-----BEGIN|engine-tests/);
    expect(state).not.to.include(checkout.path);
  });

  it("connects players, carries their notices, and mails a message", async () => {
    const ada = await game.connect("ada");
    const grace = await game.connect("grace");
    await ada.request("friends.request", { player: "grace" });
    await grace.request("friends.accept", { player: "ada" });
    await game.invoke("eventFunction", { player: "grace", event: "level-up", data: { level: 12 } });
    const notice = await until(
      () => ada.notices.find((heard) => heard.friend === "grace" && JSON.stringify(heard).includes("level-up")),
      "the notice of a friend's event",
      60_000,
    );
    expect(JSON.stringify(notice)).to.include('"level":12');

    await game.profile("ada");
    const id = await game.message("ada", "achievement", { achievement: "Dragon Slayer" });
    await game.messageIn("ada", id, "delivered");
    const [mail] = [...sesEngine(world.host.cloud).inbox()].filter(({ tags }) => tags["messageId"]?.includes(id));
    expect(mail?.to).to.deep.equal(["ada@players.test"]);
    expect(mail?.text).to.include("Dragon Slayer");
  });

  it("mails a segment", async () => {
    const { cloud } = world.host;
    await until(async () => (await refreshIntegrations(cloud))[0]?.status === "ACTIVE", "the analytics copy", 60_000);
    const { runId } = await game.invoke<{ runId: string }>("segmentFunction", { segment: "active-30-days" });
    const mail = await until(
      () => [...sesEngine(cloud).inbox()].find(({ subject }) => subject.includes("Season 7")),
      `the mail of run ${runId}`,
      120_000,
    );
    expect(mail.to).to.deep.equal(["ada@players.test"]);
  });

  it("is the same from another checkout, packaged anew, on another day", async () => {
    const other = world.checkout({ cold: true });
    const { changes } = await world.up(other, "dev", { env: ANOTHER_DAY });
    expect(Object.keys(changes)).to.deep.equal(["same"]);
  });

  it("has the same functions, byte for byte, as `npm run local`", async () => {
    // The same settings, since what they say is in some functions' text.
    const local = await LocalStack.start({ folder: checkout.path, stack: "dev", data: join(world.folder, "local") });
    try {
      const { engine } = local.cloud.services.get("lambda") as LambdaService;
      const here = Object.fromEntries([...engine.functions].map(([name, fn]) => [name, fn.code.sha256]));
      const there = Object.fromEntries(
        world
          .deployed("dev")
          .filter(({ type }) => type === "aws:lambda/function:Function")
          .map(({ id = "", outputs }) => [id, String(outputs?.["codeSha256"])]),
      );
      expect(Object.keys(there).length).to.be.greaterThan(20);
      expect(there).to.deep.equal(here);
    } finally {
      await local.close();
    }
  });

  it("refreshes without a change", async () => {
    const { text } = await world.run(checkout, ["refresh", "--yes", "--stack", "dev", "--expect-no-changes"]);
    expect(text).to.match(/\d+ unchanged/);
  });

  it("updates exactly the function whose handler changed", async () => {
    const file = "components/realtime-gateway/ping.ts";
    const before = checkout.read(file);
    checkout.replace(file, "send hello", "say hello");
    const { changes, text } = await world.up(checkout, "dev");
    expect(changes["update"]).to.equal(1);
    expect(Object.keys(changes).sort()).to.deep.equal(["same", "update"]);
    expect(text).to.match(/aws:lambda:Function gateway-ping updated/);
    checkout.write(file, before);
  });

  it("finds what was deleted behind its back, and makes it again", async () => {
    const { cloud } = world.host;
    const alarm = world.deployed("dev").find(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm")?.id;
    await cloud.call("cloudwatch", "DeleteAlarms", { AlarmNames: [alarm] }, cloud.operator);
    const { changes } = await world.up(checkout, "dev", { words: ["--refresh"] });
    expect(changes["create"]).to.equal(1);
  });

  it("is destroyed to nothing", async () => {
    await game.close();
    await world.run(checkout, ["destroy", "--yes", "--skip-preview", "--stack", "dev"]);
    expect(world.deployed("dev")).to.deep.equal([]);
    expect(await left(world.host)).to.deep.equal([]);
  });
});

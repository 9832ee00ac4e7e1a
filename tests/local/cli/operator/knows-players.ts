import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { PutSuppressedDestinationCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { expect } from "chai";
import { playersCommand } from "../../../../local/cli/players";
import { segmentCommand } from "../../../../local/cli/segment";
import { sendCommand } from "../../../../local/cli/send";
import { suppress } from "../../../../components/email-dispatcher/suppression";
import { suppressionKey } from "../../../../components/message-store/keys";
import type { Operations } from "../../../../components/operations/operations";
import { operatorCredentials } from "../../../../local/services/iam";
import { until } from "../../../helpers/until";
import type { OperatorStack } from "./operator-stack";

interface Report {
  readonly left: number;
  readonly places: readonly { what: string; found: number; deleted: number; left: number; remains?: string }[];
}

/** Everything about one player: told, handed over, deleted; nothing of another. */
export function knowsPlayers(stack: () => OperatorStack): void {
  const id = "auth0|Zoë #1";
  const email = "auth0-Zo---1@players.test";

  before(async () => {
    const { stack: running } = stack();
    await running.profile(id, {}, { emailSocial: true });
    await running.profile("mallory");
    const all = await running.connectAll(id, "mallory", "bystander");
    const [zoe, mallory] = [all[id], all.mallory] as const;
    const grace = await running.connect("grace");
    await running.befriend(zoe, id, grace, "grace");
    await mallory.request("friends.block", { player: id });
    await zoe.request("event", { event: "join-game", data: { game: "arena-7" } });
    await stack().here(sendCommand, id, "welcome");
    await stack().here(segmentCommand, "active-30-days", "--run", "with-zoe");
    const { cloud } = running;
    const ses = new SESv2Client({
      endpoint: cloud.endpoint,
      region: cloud.region,
      credentials: operatorCredentials(cloud),
    });
    await ses.send(new PutSuppressedDestinationCommand({ EmailAddress: email.toLowerCase(), Reason: "COMPLAINT" }));
    ses.destroy();
    for (const player of [id, "grace"])
      await letter("SendMessage", { MessageBody: JSON.stringify({ envelope: { player } }) });
    await suppress(running.database, running.stack.output("messagesTable"), email, "bounce", Date.now());
  });

  after(() => letter("PurgeQueue", {}));

  function letter(operation: string, input: object): Promise<{ Messages?: { Body: string }[] }> {
    const { deadLetters } = stack().stack.stack.evaluation.outputs["operations"] as Operations;
    const QueueUrl = deadLetters.find(({ name }) => name === "emails-dead-letters")?.url;
    const { cloud } = stack().stack;
    return cloud.call("sqs", operation, { QueueUrl, ...input }, cloud.operator);
  }

  /** Every item of every table that holds this text anywhere. */
  async function itemsWith(text: string): Promise<string[]> {
    const tables = ["playersTable", "presenceTable", "messagesTable"];
    const all = await Promise.all(tables.map((table) => stack().stack.items(table)));
    return all
      .flat()
      .map((item) => JSON.stringify(item))
      .filter((item) => item.includes(text));
  }

  it("finds a player by his address", async () => {
    expect(await stack().afar(playersCommand, stack().operator, "find", email)).to.deep.equal({
      code: 0,
      output: id,
      errors: "",
    });
    const nobody = await stack().here(playersCommand, "find", "x'); DROP--@players.test");
    expect([nobody.code, nobody.output]).to.deep.equal([1, ""]);
  });

  it("shows a player at a glance", async () => {
    const { code, output } = await stack().afar(playersCommand, stack().operator, "show", id);
    expect(code).to.equal(0);
    expect(output).to.include(`player ${id}`).and.to.include(email);
    expect(output)
      .to.match(/presence +online, 1 connection$/m)
      .and.to.match(/friends +1 friend,/)
      .and.to.match(/welcome {2}delivered/);
    expect((await stack().here(playersCommand, "show", "nobody-at-all")).output).to.equal(
      "Nothing is known about player nobody-at-all.",
    );
    expect((await stack().here(playersCommand, "show", "x".repeat(81))).errors).to.match(
      /^player: got "x+"; expected the id of a player/,
    );
  });

  it("exports all of it into a file for its owner only, without telling who blocks him", async () => {
    const { code, output } = await stack().afar(playersCommand, stack().operator, "export", id, "--output", "zoe.json");
    expect(code, output).to.equal(0);
    const file = join(stack().folder, "zoe.json");
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    const document = JSON.parse(readFileSync(file, "utf8")) as {
      data: { what: string; items: Record<string, unknown>[] }[];
    };
    const items = (what: string) => document.data.find((one) => one.what.startsWith(what))?.items ?? [];
    expect(items("profile").map((item) => item["sk"])).to.have.members(["PROFILE", "PREFERENCES", "FRIEND#grace"]);
    expect(items("messages").map((item) => item["template"])).to.have.members(["welcome", "season-news"]);
    expect(items("rows of")).to.have.length(3);
    expect(items("result files")).to.have.length(1);
    expect(items("entries that forbid the addresses, in SES")).to.have.length(1);
    expect(readFileSync(file, "utf8")).not.to.include('"blocked"');
  });

  it("erases it everywhere, and nothing of others", async () => {
    const own = ["auth0_7cZo", id, suppressionKey(email).pk.S ?? ""];
    const others = (items: readonly string[]): string[] =>
      items.filter((item) => !own.some((text) => item.includes(text))).sort();
    const before = others(await itemsWith(""));
    const asked = await stack().here(playersCommand, "erase", id);
    expect([asked.code, asked.errors.split("\n").at(-1)]).to.deep.equal([
      1,
      `Erase all of this about player ${id}, for good? Nobody is there to ask: add --yes.`,
    ]);

    const { code, output } = await stack().here(playersCommand, "erase", id, "--yes", "--json");
    const report = JSON.parse(output) as Report;
    expect({ code, left: report.left }, output).to.deep.equal({ code: 0, left: 0 });
    const row = (what: string) => report.places.find((place) => place.what.startsWith(what));
    expect(row("live connections")).to.include({ found: 1, deleted: 1, left: 0 });
    expect(row("friends, requests and blocks")).to.include({ found: 2, deleted: 2, left: 0 });
    expect(row("dead letters")).to.include({ found: 1, deleted: 1, left: 0 });
    const { Messages } = await letter("ReceiveMessage", { MaxNumberOfMessages: 10 });
    expect(Messages?.map(({ Body }) => Body)).to.deep.equal(['{"envelope":{"player":"grace"}}']);
    expect(row("result files")).to.include({ found: 1, left: 0 });
    expect(row("mails in the local inbox")).to.include({ left: 0 });
    expect(row("entries that forbid the addresses, in SES")).to.include({ found: 1, deleted: 1, left: 0 });
    expect(row("rows of")).to.include({ found: 5, left: 0 });
    expect(row("point-in-time backups")?.remains).to.match(
      /^until \d{4}-\d\d-\d\d \(35 days\); erase again after a restore$/,
    );
    expect(row("logs")?.remains).to.match(/\(400 days\); traces 30 days/);

    expect(row("entries that forbid the addresses, in the stack")).to.include({ found: 1, deleted: 1, left: 0 });
    for (const text of [...own, email]) expect(await itemsWith(text), text).to.deep.equal([]);
    const after = others(await itemsWith(""));
    const lost = before.filter((item) => !after.includes(item));
    // Others' items go on living (presence, statuses of their messages); none of them is gone.
    expect(lost.filter((item) => !after.some((now) => keyOf(now) === keyOf(item)))).to.deep.equal([]);
    const grace = await stack().here(playersCommand, "show", "grace");
    expect(grace.output).to.match(/friends +1 friend,/);
  });

  it("finds nothing afterwards, and says so, on the copy too", async () => {
    const { code, output } = await stack().afar(playersCommand, stack().operator, "check", id, "--email", email);
    expect(output.split("\n").at(-1)).to.equal(`Nothing is known about player ${id}.`);
    expect(code).to.equal(0);
    expect((await stack().here(playersCommand, "erase", id, "--yes")).output).to.equal(
      `Nothing is known about player ${id}.`,
    );
  });

  it("waits for the copy's refresh when told to, and asks it then", async () => {
    const refresh = () => fetch(`${stack().stack.cloud.endpoint}/_local/zero-etl/refresh`, { method: "POST" });
    await stack().stack.profile("transient");
    await refresh();
    const ending = stack().afar(
      playersCommand,
      stack().operator,
      "erase",
      "transient",
      "--yes",
      "--json",
      "--wait",
      "1",
    );
    await until(async () => (await itemsWith("transient")).length === 0, "the items to be gone");
    await refresh();
    const { code, output } = await ending;
    const copy = (JSON.parse(output) as Report).places.find(({ what }) => what.startsWith("rows of"));
    expect([code, copy?.found, copy?.deleted, copy?.left]).to.deep.equal([0, 1, 1, 0]);
  });

  it("blots him out of a run's result, line by line, so that the rest of the run stands", () => {
    const files = stack().resultFiles();
    expect(files.some((text) => text.includes("PLAYER#grace"))).to.equal(true);
    expect(files.some((text) => text.includes("auth0_7cZo"))).to.equal(false);
    expect(files.some((text) => /^-{10,}$/m.test(text))).to.equal(true);
  });
}

function keyOf(json: string): string {
  const { pk, sk } = JSON.parse(json) as Record<string, unknown>;
  return JSON.stringify([pk, sk]);
}

import { join } from "node:path";
import { expect } from "chai";
import { VirtualClock } from "../../local/clock";
import { sesEngine } from "../../local/services/ses";
import { TestStack } from "../helpers/local-stack";
import { Messages } from "../helpers/messages";

describe("State and message in one transaction", function () {
  this.timeout(60_000);
  let stack: TestStack;
  let messages: Messages;

  before(async () => {
    stack = await TestStack.startProgram(join(__dirname, "outbox-program"), {
      clock: new VirtualClock(Date.UTC(2026, 5, 15, 12)),
    });
    messages = new Messages(stack);
    Object.assign(sesEngine(stack.cloud).behaviour, { repeatChance: 0, disorderChance: 0 });
  });
  after(() => stack.close());

  const send = (player: string, data: object): Promise<string> =>
    messages.send(player, { template: "invite", to: `${player}@players.test`, data });
  const stateOf = async (player: string): Promise<object | undefined> => {
    const Key = { pk: { S: `GUILD#${player}` }, sk: { S: "JOINED" } };
    const input = { TableName: stack.stack.output("messagesTable"), Key, ConsistentRead: true };
    return (await stack.cloud.call<{ Item?: object }>("dynamodb", "GetItem", input, stack.cloud.operator)).Item;
  };
  const subjectsTo = (player: string): string[] =>
    sesEngine(stack.cloud)
      .inbox()
      .filter(({ to }) => to.includes(`${player}@players.test`))
      .map(({ subject }) => subject)
      .reverse();

  it("follow a click, each once, though a machine has clicked before and events come twice", async () => {
    const id = await send("ada", { guild: "Dragons" });
    await messages.until("ada", id, ["delivered"]);
    const mail = messages.mails(id)[0]!;
    const engine = sesEngine(stack.cloud);
    await engine.simulate(mail.id, "click", { bot: true });
    await stack.clock.advance(10_000);
    expect((await messages.item("ada", id))["status"]?.S).to.equal("delivered");
    expect(Messages.lines(await messages.item("ada", id)).at(-1)).to.equal("clicked bot");
    expect(await stateOf("ada")).to.equal(undefined);

    await engine.simulate(mail.id, "click");
    await engine.simulate(mail.id, "click");
    await messages.until("ada", id, ["clicked"]);
    await stack.clock.advance(60_000);
    expect(await stateOf("ada")).to.deep.equal({ pk: { S: "GUILD#ada" }, sk: { S: "JOINED" } });
    expect(subjectsTo("ada")).to.deep.equal(["Join Dragons", "Thank you"]);
  });

  it("go out by the sender's domain, though nobody has clicked what SES mailed to the address", async () => {
    const { identities } = sesEngine(stack.cloud);
    const [address, domain] = [identities.get("hello@game.test"), identities.get("game.test")];
    expect(domain).to.deep.include({ type: "DOMAIN", configurationSet: address.configurationSet });
    expect(domain.mailFrom?.domain).to.equal("mail.game.test");
    address.verified = false;
    const id = await send("hedy", { guild: "Dragons" });
    await messages.until("hedy", id, ["delivered"]);
    expect(messages.mails(id).map(({ from, sourceArn }) => [from, sourceArn])).to.deep.equal([
      ["hello@game.test", domain.arn],
    ]);

    domain.verified = false;
    const refused = await send("mary", { guild: "Dragons" });
    const item = await messages.until("mary", refused, ["failed", "delivered"]);
    expect(item["status"]?.S).to.equal("failed");
    expect(JSON.stringify(Messages.reason(item))).to.include("Email address is not verified");
    address.verified = domain.verified = true;
  });

  it("are both missing when the state cannot be written", async () => {
    const key = { pk: { S: "GUILD#grace" }, sk: { S: "JOINED" } };
    const input = { TableName: stack.stack.output("messagesTable"), Item: { ...key, by: { S: "another way" } } };
    await stack.cloud.call("dynamodb", "PutItem", input, stack.cloud.operator);
    const id = await send("grace", { guild: "Dragons" });
    await messages.until("grace", id, ["delivered"]);
    await sesEngine(stack.cloud).simulate(messages.mails(id)[0]!.id, "click");
    await messages.until("grace", id, ["clicked"]);
    await stack.clock.advance(60_000);
    expect(subjectsTo("grace")).to.deep.equal(["Join Dragons"]);
  });

  it("leave a template that lacks a field failed, with template, locale and field", async () => {
    const id = await send("linus", {});
    const item = await messages.until("linus", id, ["failed", "delivered"]);
    expect(item["status"]?.S).to.equal("failed");
    expect(Messages.reason(item)).to.include({
      code: "template-error",
      template: "invite",
      locale: "en",
      field: "guild",
    });
    expect(subjectsTo("linus")).to.deep.equal([]);
  });
});

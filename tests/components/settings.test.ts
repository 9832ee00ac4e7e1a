import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { readSettings, type Settings } from "../../config";

const DEV = {
  issuer: "https://id.game.example/",
  audience: "game",
  sender: "The Game <hello@news.game.example>",
  recipients: '["*@players.test"]',
};

describe("Settings of a sender's domain", () => {
  const { AWS_REGION: region } = process.env;
  before(async () => {
    process.env["AWS_REGION"] = "us-east-1";
    await pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, "game", "dev");
  });
  after(() => {
    pulumi.runtime.setAllConfig({});
    if (region === undefined) delete process.env["AWS_REGION"];
    else process.env["AWS_REGION"] = region;
  });

  function read(settings: Readonly<Record<string, string>>): Settings {
    const all = Object.entries({ ...DEV, ...settings }).map(([name, value]) => [`game:${name}`, value]);
    pulumi.runtime.setAllConfig(Object.fromEntries(all) as Record<string, string>);
    return readSettings(new pulumi.Config("game"));
  }

  for (const [what, settings, sender] of [
    ["none, as the project declares them", { senderDomain: "", mailFromDomain: "" }, {}],
    ["of the address", { senderDomain: "news.game.example" }, { mailFrom: "mail.news.game.example" }],
    ["above that of the address", { senderDomain: "game.example" }, { mailFrom: "mail.game.example" }],
    [
      "with a MAIL FROM of another name",
      { senderDomain: "game.example", mailFromDomain: "bounce.game.example" },
      { mailFrom: "bounce.game.example" },
    ],
  ] as const)
    it(`are read: ${what}`, () => {
      const domain = settings.senderDomain === "" ? {} : { domain: settings.senderDomain };
      expect(read(settings).sender).to.deep.equal({
        address: "hello@news.game.example",
        name: "The Game",
        ...domain,
        ...sender,
      });
    });

  for (const [settings, ...told] of [
    [
      { senderDomain: "other.example" },
      'senderDomain: got "other.example"; expected the domain of sender\'s address, or one above it, in lower case, e.g. ' +
        "example.com. Run: pulumi config set senderDomain <value>",
    ],
    [{ senderDomain: "ews.game.example" }, "senderDomain: got"],
    [{ senderDomain: "Game.example" }, "senderDomain: got"],
    [{ senderDomain: "example" }, "senderDomain: got"],
    [{ sender: "nobody", senderDomain: "game.example" }, 'sender: got "nobody"'],
    [
      { mailFromDomain: "mail.game.example" },
      'mailFromDomain: got "mail.game.example"; expected none without a senderDomain. Run: pulumi config rm mailFromDomain',
    ],
    [
      { senderDomain: "game.example", mailFromDomain: "mail.other.example" },
      'mailFromDomain: got "mail.other.example"; expected a subdomain of game.example where nothing else has mail, ' +
        "e.g. bounce.game.example. Run: pulumi config set mailFromDomain <value>",
    ],
    [{ senderDomain: "game.example", mailFromDomain: "game.example" }, "mailFromDomain: got"],
    [{ sender: "hello@mail.game.example", senderDomain: "game.example" }, 'mailFromDomain: got "mail.game.example"'],
    [{ sender: "nobody", mailFromDomain: "a.b.example" }, 'sender: got "nobody"', "mailFromDomain: got"],
  ] as const)
    it(`are refused, each once, with the fix: ${JSON.stringify(settings)}`, () => {
      expect(() => read(settings))
        .to.throw(pulumi.RunError)
        .with.property("message")
        .that.satisfies((message: string) => {
          const [head, ...lines] = message.split("\n  ");
          expect(head).to.equal('The settings of stack "dev" need mending:');
          expect(lines.length, message).to.equal(told.length);
          told.forEach((line, i) => expect(lines[i]).to.include(line));
          return true;
        });
    });
});

import { expect } from "chai";
import * as fc from "fast-check";
import PostalMime from "postal-mime";
import { emailAdapter } from "../../../components/email-dispatcher/adapter";
import { isAllowed } from "../../../components/email-dispatcher/address";
import { isAddress } from "../../../components/shared/mail-address";
import { classifyError } from "../../../components/email-dispatcher/answers";
import { parseEnvelope, type Envelope } from "../../../components/email-dispatcher/envelope";
import { composeMail } from "../../../components/email-dispatcher/mime";
import { throttleDelay } from "../../../components/email-dispatcher/protocol";
import { chooseLocale, renderTemplate } from "../../../components/email-dispatcher/render";
import { compileTemplate } from "../../../components/email-dispatcher/templates";
import { preferenceName } from "../../../components/message-store/gates";
import { RANK, STATUSES } from "../../../components/message-store/status";
import { lost, sdkError } from "../shared/sdk";
import { envelope, TEMPLATES } from "./fixture";
import { mayFollow } from "./may-follow";

describe("templates", () => {
  const compile = (html: string, text?: string) =>
    compileTemplate("emails", "t", {
      locales: { en: { subject: "s", html, ...(text === undefined ? {} : { text }) } },
    });

  it("are chosen by the player's locale, its language, or the fallback", () => {
    const chosen = ["de-AT", "DE_at", "de", "fr", undefined, "", "--"].map((tag) =>
      chooseLocale(TEMPLATES.welcome, tag),
    );
    expect(chosen).to.deep.equal(["de", "de", "de", "en", "en", "en", "en"]);
  });

  it("make their text from their HTML, expressions and links included", () => {
    const t = compile(
      '<style>p{}</style><h1>Hi {{name}}</h1><p>{{#each items}}<b>{{this.n}}</b> &amp; {{/each}}<a href="{{url}}">go</a></p>',
    );
    const shown = renderTemplate(t, "en", {
      name: "A&B",
      items: [{ n: 1 }, { n: 2 }],
      url: "https://x.example/?a=1&b=2",
    });
    expect(shown).to.deep.include({
      text: "Hi A&B\n\n1 & 2 & go [https://x.example/?a=1&b=2]",
      html: '<style>p{}</style><h1>Hi A&amp;B</h1><p><b>1</b> &amp; <b>2</b> &amp; <a href="https://x.example/?a&#x3D;1&amp;b&#x3D;2">go</a></p>',
    });
  });

  it("name the field that is missing, also inside blocks, and do not reach prototypes", () => {
    expect(renderTemplate(compile("{{a.b}}"), "en", { a: {} })).to.deep.include({ locale: "en", field: "b" });
    // A condition may ask for what is not there; showing it may not.
    expect(renderTemplate(compile("a{{#if x}}y{{/if}}z"), "en", {})).to.have.property("html", "az");
    expect(renderTemplate(compile("{{#each a}}{{this.n}}{{/each}}"), "en", { a: [{}] })).to.deep.include({
      field: "n",
    });
    expect(renderTemplate(compile("a{{constructor}}z"), "en", {})).to.have.property("html", "az");
  });

  it("are refused when they do not parse, know no such helper, lack a fallback or are empty", () => {
    expect(() => compile("{{#if x}}")).to.throw(
      't.locales.en.html for "emails": got "{{#if x}}"; expected a Handlebars template.',
    );
    expect(() => compile("{{shout name}}")).to.throw("unknown helper shout");
    expect(() => compile(" ")).to.throw("expected text that is not empty");
    expect(() => compileTemplate("e", "t", { locales: { de: { subject: "s", html: "h" } } })).to.throw(
      't.fallback for "e": got "en"; expected one of de.',
    );
    expect(() => compileTemplate("e", "../t", { locales: {} })).to.throw('template for "e"');
  });
});

describe("a composed mail", () => {
  it("shows every subject, name and body as it was meant, and no header of its own making", async () => {
    const line = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 60 })
      .map((s) => s.replace(/[\p{Cc}\p{Cs}\p{Cf}\p{Zl}\p{Zp}]/gu, "x").trim() || "x");
    await fc.assert(
      fc.asyncProperty(line, line, fc.string({ unit: "grapheme", maxLength: 200 }), async (subject, name, body) => {
        const clean = body.replace(/[\p{Cc}\p{Cs}]/gu, "");
        const mail = envelope({ player: "p", id: "m" }, { subject, html: `<p>${clean}</p>`, text: clean });
        const parsed = await PostalMime.parse(await composeMail(mail, { address: "a@b.example", name }));
        expect(parsed.subject?.replace(/\s+/g, " ")).to.equal(subject.replace(/\s+/g, " "));
        expect(parsed.to).to.deep.equal([{ name: "", address: "ada@players.test" }]);
        expect(parsed.text?.replace(/\s+$/, "")).to.equal(clean.replace(/\s+$/, ""));
        expect(parsed.headers.map(({ key }) => key).sort()).to.deep.equal(
          ["content-language", "content-type", "date", "from", "message-id", "mime-version", "subject", "to"].sort(),
        );
      }),
      { numRuns: 60 },
    );
  });

  it("carries one-click unsubscribe where it is asked for", async () => {
    const mail = envelope({ player: "p", id: "m" }, { unsubscribeUrl: "https://game.example/u?p=1" });
    const parsed = await PostalMime.parse(await composeMail(mail, { address: "a@b.example" }));
    const header = (name: string) => parsed.headers.find(({ key }) => key === name)?.value;
    expect(header("list-unsubscribe")).to.equal("<https://game.example/u?p=1>");
    expect(header("list-unsubscribe-post")).to.equal("List-Unsubscribe=One-Click");
  });

  const plain = compileTemplate("emails", "t", { locales: { en: { subject: "s", html: "<p>h</p>" } } });

  it("carries the longest address of unsubscribe whole, on one line that a server takes", async () => {
    const url = `https://game.example/${"x".repeat(450)}?p={player}&m={message}`;
    for (const player of ["楽".repeat(26), "{message}", "$&$1", "a,b>c"]) {
      const types = { marketing: { consent: "opt-in", priority: 9 } } as const;
      const adapter = emailAdapter({ templates: { t: plain }, types, recipients: undefined, unsubscribeUrl: url });
      const message = { player, id: "m".repeat(32), type: "marketing", template: "t", data: {}, dispatch: 1 };
      const answer = adapter.render(message as never, { known: true, preferences: {} }, "a@b.example");
      if (!("body" in answer)) throw new Error(JSON.stringify(answer));
      const raw = await composeMail(answer.body as unknown as Envelope, { address: "a@b.example" });
      expect(
        Math.max(
          ...raw
            .toString()
            .split("\r\n")
            .map((line) => line.length),
        ),
      ).to.be.at.most(998);
      const { headers } = await PostalMime.parse(raw);
      const value = headers.find(({ key }) => key === "list-unsubscribe")?.value ?? "";
      const { searchParams, protocol } = new URL(value.slice(1, -1));
      expect([value.at(0), value.at(-1), protocol]).to.deep.equal(["<", ">", "https:"]);
      expect([searchParams.get("p"), searchParams.get("m")]).to.deep.equal([player, "m".repeat(32)]);
      expect(headers.find(({ key }) => key === "list-unsubscribe-post")?.value).to.equal("List-Unsubscribe=One-Click");
    }
  });

  it("carries no unsubscribe where no consent is needed", async () => {
    const types = { transactional: { consent: "none", priority: 1 } } as const;
    const adapter = emailAdapter({
      templates: { t: plain },
      types,
      recipients: undefined,
      unsubscribeUrl: "https://x/{player}",
    });
    const message = { player: "p", id: "m", type: "transactional", template: "t", data: {}, dispatch: 1 };
    const answer = adapter.render(message as never, { known: true, preferences: {} }, "a@b.example");
    expect("body" in answer && answer.body).to.not.have.property("unsubscribeUrl");
  });
});

describe("addresses", () => {
  it("are told from what is none", () => {
    const good = ["a@b.co", "a.b+c@sub.example.com", "o'brien@x.example", "x@1.example"];
    const bad = [
      "",
      "a",
      "@b.co",
      "a@",
      "a@b",
      "a b@c.co",
      "a@b..co",
      ".a@b.co",
      "a@-b.co",
      "a@b.co\r\nBcc: c@d.co",
      "<a@b.co>",
      "ä@b.co",
    ];
    expect(good.filter((address) => !isAddress(address))).to.deep.equal([]);
    expect(bad.filter((address) => isAddress(address))).to.deep.equal([]);
    expect(isAddress(`${"a".repeat(65)}@b.co`)).to.equal(false);
  });

  it("match patterns as a glob does", () => {
    expect(isAllowed("Ada@Players.test", ["*@players.test"])).to.equal(true);
    // As the role's condition does: the case of a domain is none, that of a name is one.
    expect(isAllowed("ada@players.test", ["ada@Players.Test"])).to.equal(true);
    expect(isAllowed("Ada@players.test", ["ada@players.test"])).to.equal(false);
    expect(isAllowed("ada@players.test.evil.example", ["*@players.test"])).to.equal(false);
    expect(isAllowed("a+x@players.test", ["a+*@players.test"])).to.equal(true);
    expect(isAllowed("a@b.co", [])).to.equal(false);
    expect(isAllowed("a@b.co", undefined)).to.equal(true);
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", "b") }),
        fc.string({ unit: fc.constantFrom("a", "b", "*") }),
        (value, pattern) => {
          expect(isAllowed(value, [pattern])).to.equal(new RegExp(`^${pattern.replace(/\*/g, ".*")}$`).test(value));
        },
      ),
    );
  });
});

describe("SES's answers", () => {
  const kinds: [unknown, string][] = [
    [sdkError("MessageRejected", "", 400), "refused"],
    [sdkError("MailFromDomainNotVerifiedException", "", 400), "refused"],
    [sdkError("AccessDenied", "", 403), "refused"],
    [sdkError("ThrottlingException", "Maximum sending rate exceeded.", 400), "throttled"],
    [sdkError("Throttling", "Daily message quota exceeded.", 400), "throttled"],
    [sdkError("TooManyRequestsException", "", 429), "throttled"],
    [sdkError("TooManyRequestsException", "", 400), "throttled"],
    [sdkError("LimitExceededException", "", 400), "throttled"],
    [sdkError("RequestLimitExceeded", "", 400), "throttled"],
    [sdkError("ThrottlingException", "", 503), "unclear"],
    [sdkError("SlowDown", "", 429), "throttled"],
    [sdkError("AccountSendingPausedException", "", 400), "throttled"],
    [sdkError("AccountSendingPaused", "", 400), "throttled"],
    [sdkError("ConfigurationSetSendingPausedException", "", 400), "throttled"],
    [sdkError("AccountSendingPausedException", "", 500), "unclear"],
    // Accepted perhaps, in words that nobody understands.
    [sdkError("SyntaxError", "Unexpected end of document", 200), "unclear"],
    [sdkError("RequestTimeout", "", 408), "unclear"],
    [sdkError("InternalFailure", "", 500), "unclear"],
    [sdkError("ServiceUnavailable", "", 503), "unclear"],
    [lost(), "unclear"],
    [new TypeError("fetch failed"), "unclear"],
    ["nothing", "unclear"],
    [undefined, "unclear"],
  ];
  for (const [error, kind] of kinds) {
    const status = (error as { $metadata?: { httpStatusCode: number } } | undefined)?.$metadata?.httpStatusCode;
    const name = (error as Error | undefined)?.name ?? String(error);
    it(`take ${name}${status === undefined ? "" : ` (${status})`} as ${kind}`, () => {
      expect(classifyError(error).kind).to.equal(kind);
    });
  }

  it("tell the daily quota from the rate", () => {
    expect(classifyError(sdkError("Throttling", "Daily message quota exceeded.", 400))).to.have.property("daily", true);
    expect(throttleDelay(0, true, 1)).to.equal(600);
    expect([0, 1, 2, 9, 99].map((n) => throttleDelay(n, false, 1))).to.deep.equal([2, 4, 8, 600, 600]);
  });
});

describe("pure parts", () => {
  it("read envelopes, also wrapped ones, and nothing else", () => {
    const whole = envelope({ player: "p", id: "m" });
    expect(parseEnvelope(JSON.stringify(whole))).to.deep.equal(whole);
    expect(parseEnvelope(JSON.stringify({ Type: "Notification", Message: JSON.stringify(whole) }))).to.deep.equal(
      whole,
    );
    fc.assert(fc.property(fc.jsonValue(), (value) => parseEnvelope(JSON.stringify(value)) === undefined));
    fc.assert(fc.property(fc.string(), (body) => parseEnvelope(body) === undefined));
  });

  it("know which preference forbids what", () => {
    expect(preferenceName("email", "marketing")).to.equal("emailMarketing");
    expect(preferenceName("in-game", "guild-news")).to.equal("inGameGuildNews");
  });

  it("let no status go back, but to queued after a proven non-send", () => {
    for (const from of STATUSES) {
      for (const to of STATUSES) {
        if (!mayFollow(from, to) || RANK[to] > RANK[from]) continue;
        expect(["queued", "held", "sending"], `${from} to ${to}`).to.include(to);
        expect(["queued", "held", "sending", "failed"], `${from} to ${to}`).to.include(from);
      }
    }
  });
});

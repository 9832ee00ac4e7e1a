import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SendRawEmailCommand, SESClient } from "@aws-sdk/client-ses";
import { expect } from "chai";
import MailComposer from "nodemailer/lib/mail-composer";
import type { Browser, Page } from "playwright-core";
import { operatorCredentials } from "../../local/services/iam";
import { TestStack } from "../helpers/local-stack";
import { launchBrowser } from "./browser";

/** The identity that the local settings declare. */
const SENDER = "hello@games-messaging.test";

describe("pages of the local cloud", () => {
  let stack: TestStack;
  let browser: Browser;
  let page: Page;
  let problems: string[];

  before(async function () {
    this.timeout(60_000);
    [stack, browser] = await Promise.all([TestStack.start(), launchBrowser()]);
    await stack.profile("ada", { name: "Ada" });
  });

  beforeEach(async () => {
    problems = [];
    page = await browser.newPage();
    page.on("pageerror", (error) => problems.push(error.message));
  });

  afterEach(async () => {
    await page.close();
    expect(problems).to.deep.equal([]);
  });

  after(async () => Promise.all([browser.close(), stack.close()]));

  const open = (path: string) => page.goto(`${stack.cloud.endpoint}${path}`);

  it("show a message in the inbox, and its mail as a reader sees it", async () => {
    const { results } = await stack.invoke<{ results: { id: string }[] }>("enqueueFunction", {
      player: "ada",
      type: "transactional",
      template: "welcome",
    });
    await stack.messageIn("ada", results[0]!.id, "delivered");
    await open("/inbox");
    await page.getByRole("link", { name: /Ada/ }).first().click();
    const frame = page.frameLocator("iframe");
    expect(await frame.locator("body").innerText()).to.include("Ada");
    expect(await page.locator("pre").innerText()).to.include("Ada");
    expect(await page.locator("body").innerText()).to.match(/List-|Message-ID|X-|Subject/);
  });

  it("write back what a button of the mail's page simulates", async () => {
    const { results } = await stack.invoke<{ results: { id: string }[] }>("enqueueFunction", {
      player: "ada",
      type: "transactional",
      template: "welcome",
      deduplicationKey: "to-be-opened",
    });
    await stack.messageIn("ada", results[0]!.id, "delivered");
    await open("/inbox");
    await page.getByRole("link", { name: /Ada/ }).first().click();
    await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "Open", exact: true }).click()]);
    await stack.messageIn("ada", results[0]!.id, "opened");
  });

  it("show a mail on white paper in the dark too, and fit a phone", async () => {
    const { results } = await stack.invoke<{ results: { id: string }[] }>("enqueueFunction", {
      player: "ada",
      type: "transactional",
      template: "welcome",
    });
    await stack.messageIn("ada", results[0]!.id, "delivered");
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize({ width: 390, height: 844 });
    const fits = () => page.evaluate("document.documentElement.scrollWidth <= innerWidth");
    await open("/");
    await page.locator("tbody tr:not([hidden])").first().waitFor();
    expect(await fits()).to.equal(true);
    await open("/inbox");
    expect(await fits()).to.equal(true);
    await page.getByRole("link", { name: /Ada/ }).first().click();
    const letter = page.frameLocator("iframe").locator("body");
    expect(await letter.evaluate("getComputedStyle(document.body).color")).to.equal("rgb(0, 0, 0)");
    expect(await fits()).to.equal(true);
  });

  it("run no script of a mail and load nothing that it names", async () => {
    // A server of its own says what was fetched: Chromium at times reports a request that the policy then stops.
    const fetched: string[] = [];
    const tracker = createServer((request, response) => {
      fetched.push(request.url!);
      response.end();
    });
    await once(tracker.listen(0, "127.0.0.1"), "listening");
    try {
      const pixel = `http://127.0.0.1:${(tracker.address() as AddressInfo).port}/pixel.gif`;
      const raw = await new MailComposer({
        from: SENDER,
        to: "eve@players.test",
        subject: "</title><script>document.title='broken'</script>",
        html: `<script>parent.document.title = "broken"</script><img src="${pixel}"><p>Harmless</p>`,
        text: "<b>not markup</b>",
      })
        .compile()
        .build();
      const ses = new SESClient({
        endpoint: stack.cloud.endpoint,
        region: stack.cloud.region,
        credentials: operatorCredentials(stack.cloud),
      });
      await ses.send(new SendRawEmailCommand({ RawMessage: { Data: raw } }));
      await open("/inbox");
      await page.getByRole("link", { name: /script/ }).click();
      expect(await page.frameLocator("iframe").locator("p").innerText()).to.equal("Harmless");
      expect((await page.locator("pre").innerText()).trim()).to.equal("<b>not markup</b>");
      expect(await page.title()).to.include("<script>");
      // The page has loaded when its frame has, and that when its images have.
      await page.waitForLoadState("load");
      expect(fetched).to.deep.equal([]);
      await page.goto(pixel);
      expect(fetched).to.include("/pixel.gif");
    } finally {
      tracker.close();
    }
  });

  it("draw the dashboard that the program declares, with what has been sent", async () => {
    const { results } = await stack.invoke<{ results: { id: string }[] }>("enqueueFunction", {
      player: "ada",
      type: "transactional",
      template: "welcome",
    });
    await stack.messageIn("ada", results[0]!.id, "delivered");
    await open("/");
    await page.getByRole("link", { name: "Dashboard" }).click();
    const sent = page.locator("section", { hasText: "E-mail: sent, delivered, opened, bounced" });
    await sent.locator("svg circle").first().waitFor();
    expect(await sent.locator(".legend").innerText()).to.match(/Send [1-9].*Delivery [1-9]/s);
    expect(await page.locator("h2").allInnerTexts()).to.include.members(["Connections and notices", "Segments"]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).to.equal(true);
  });

  it("show what happens as it happens, and filter it", async () => {
    await open("/");
    await page.getByPlaceholder("function, table, player").fill("gateway-connect");
    const client = await stack.connect("ada");
    await page.locator("tbody tr:not([hidden])").first().waitFor();
    const rows = await page.locator("tbody tr:not([hidden])").allInnerTexts();
    expect(rows.every((row) => row.includes("gateway-connect"))).to.equal(true);
    await client.close();
  });
});

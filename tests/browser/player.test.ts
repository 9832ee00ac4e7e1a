import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { TestStack } from "../helpers/local-stack";
import { launchBrowser } from "./browser";

/** What a page's own WebSocket saw, written by the page. */
interface Seen {
  readonly protocol: string;
  readonly frames: readonly { readonly action?: string; readonly notices?: readonly object[] }[];
  readonly closed: boolean;
}

describe("a player in a browser", () => {
  let stack: TestStack;
  let browser: Browser;
  let page: Page;

  before(async function () {
    this.timeout(60_000);
    [stack, browser] = await Promise.all([TestStack.start(), launchBrowser()]);
  });

  beforeEach(async () => {
    page = await browser.newPage();
    await page.goto(`${stack.cloud.endpoint}/_local/health`);
  });

  afterEach(() => page.close());
  after(async () => Promise.all([browser.close(), stack.close()]));

  /** Connects from the page with the browser's own WebSocket, and keeps what it sees in the page. */
  async function connect(token: string): Promise<void> {
    await page.evaluate(
      ({ url, protocols }) => {
        const socket = new WebSocket(url, protocols);
        const seen = { protocol: "", frames: [] as unknown[], closed: false };
        Object.assign(globalThis, { socket, seen });
        socket.onopen = () => {
          seen.protocol = socket.protocol;
          socket.send('{"action":"hello","id":"1","body":{}}');
        };
        socket.onmessage = ({ data }) => seen.frames.push(JSON.parse(data as string));
        socket.onclose = () => (seen.closed = true);
      },
      { url: stack.stack.output("url"), protocols: [stack.stack.output("protocol"), `bearer.${token}`] },
    );
  }

  const seen = () => page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen);
  const until = (condition: string) => page.waitForFunction(condition, undefined, { polling: 20 });

  it("offers the token as a subprotocol, is echoed the protocol, and hears a friend on a native client", async () => {
    const friend = await stack.connect("native");
    await connect(await stack.token("web"));
    await until("seen.frames.length > 0");
    const { protocol, frames } = await seen();
    expect(protocol).to.equal("games-messaging.v1");
    expect(frames[0]).to.deep.include({ action: "hello", id: "1" });

    await friend.request("friends.request", { player: "web" });
    await page.evaluate(
      `socket.send(${JSON.stringify('{"action":"friends.accept","id":"2","body":{"player":"native"}}')})`,
    );
    await until("seen.frames.some((frame) => frame.id === '2')");
    await friend.request("event", { event: "achievement", data: { name: "First win" } });
    await until("JSON.stringify(seen.frames).includes('First win')");
    const heard = (await seen()).frames.filter((frame) => JSON.stringify(frame).includes("First win"));
    expect(heard).to.have.length(1);
    expect(heard[0]!.notices).to.have.length(1);
    expect(heard[0]!.notices![0]).to.deep.include({
      kind: "event",
      friend: "native",
      event: "achievement",
      data: { name: "First win" },
    });
  });

  it("is closed without a frame when the token is wrong", async () => {
    await connect(`${(await stack.token("web")).slice(0, -8)}AAAAAAAA`);
    await until("seen.closed");
    expect(await seen()).to.deep.equal({ protocol: "", frames: [], closed: true });
  });
});

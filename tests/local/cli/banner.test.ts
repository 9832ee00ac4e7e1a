import { expect } from "chai";
import { banner } from "../../../local/cli/banner";
import type { Evaluation } from "../../../local/program";
import type { StackFile } from "../../../local/stack-file";

const EVALUATION: Evaluation = { resources: [], outputs: {}, unplayed: [], changed: [], added: [] };

function shown(url: string, players: readonly string[], takesTokens = true): string {
  const stack: StackFile = {
    version: 1,
    pid: 1,
    startedAt: "2026-11-21T12:00:00.000Z",
    endpoint: "http://127.0.0.1:4566",
    region: "us-east-1",
    accountId: "123456789012",
    operator: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" },
    outputs: {},
    websocket: { url, protocol: "games-messaging.v1", tokenPrefix: "bearer.", actions: ["hello"] },
    inbox: "http://127.0.0.1:4566/inbox",
    console: "http://127.0.0.1:4566/",
    players: players.map((id) => ({ id, name: id, email: `${id}@players.test`, token: "token" })),
  };
  return banner(stack, EVALUATION, 1, true, takesTokens);
}

describe("The banner", () => {
  const url = "ws://127.0.0.1:4567/live";

  it("offers the demo where two players can connect", () => {
    expect(shown(url, ["ada", "grace"])).to.include("npm run demo");
  });

  it("offers one player alone no demo", () => {
    expect(shown(url, ["ada"]))
      .to.include("npm run player -- ada")
      .and.not.to.include("npm run demo");
  });

  it("offers no player where nobody can connect, and says why", () => {
    const withoutUrl = shown("", ["ada", "grace"]);
    expect(withoutUrl).to.include("export the gateway's address as `url`").and.not.to.include("npm run");
    const elsewhere = shown(url, ["ada", "grace"], false);
    expect(elsewhere).to.include("the settings name an issuer").and.not.to.include("npm run");
  });
});

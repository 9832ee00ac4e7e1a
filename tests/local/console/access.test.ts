import { expect } from "chai";
import { consoleRoutes } from "../../../local/console/routes";
import { LocalIssuer } from "../../../local/issuer";
import type { HttpResponse } from "../../../local/service";
import { ServedCloud } from "../s3/served-cloud";

describe("The console and the local API", () => {
  const served = new ServedCloud();
  let issuer: LocalIssuer;
  before(async () => {
    issuer = await LocalIssuer.create(() => served.cloud.clock.now());
  });
  after(() => served.close());

  const ask = async (method: string, path: string, headers: Record<string, string>): Promise<number> => {
    const request = { method, path, query: "", headers, body: Buffer.from('{"rules":[]}') };
    return ((await consoleRoutes(served.cloud, issuer)(request, {} as never)) as HttpResponse).status;
  };

  for (const path of ["/", "/inbox", "/_local/health"]) {
    it(`answer ${path} to this machine's own names only`, async () => {
      for (const host of ["127.0.0.1:4566", "localhost:4566", "localhost", "[::1]:4566"])
        expect(await ask("GET", path, { host }), host).to.be.below(400);
      for (const host of ["games.example", "localhost.games.example", "127.0.0.1.games.example:4566", ""])
        expect(await ask("GET", path, { host }), host).to.equal(403);
    });
  }

  it("take orders from their own pages and from what is no page, not from another port's pages", async () => {
    const host = "localhost:4566";
    expect(await ask("POST", "/_local/faults", { host })).to.equal(200);
    expect(await ask("POST", "/_local/faults", { host, origin: "http://localhost:4566" })).to.equal(200);
    for (const origin of ["http://localhost:3000", "https://localhost:4566", "http://games.example", "null"])
      expect(await ask("POST", "/_local/faults", { host, origin }), origin).to.equal(403);
  });
});

import { expect } from "chai";
import { consoleRoutes } from "../../../local/console/routes";
import { LocalIssuer } from "../../../local/issuer";
import type { HttpResponse } from "../../../local/service";
import { ServedCloud } from "../s3/served-cloud";

describe("The fault switch of the local API", () => {
  const served = new ServedCloud();
  let issuer: LocalIssuer;
  before(async () => {
    issuer = await LocalIssuer.create(() => served.cloud.clock.now());
  });
  after(() => served.close());
  const post = async (body: unknown, headers: Record<string, string> = {}): Promise<HttpResponse> => {
    const request = {
      method: "POST",
      path: "/_local/faults",
      query: "",
      headers: { host: "127.0.0.1:4566", ...headers },
      body: Buffer.from(JSON.stringify(body)),
    };
    return (await consoleRoutes(served.cloud, issuer)(request, {} as never)) as HttpResponse;
  };

  it("takes rules that it understands", async () => {
    const rules = [{ kind: "throttle", on: "sqs:*", chance: 0.5, times: 1 }];
    expect((await post({ rules })).status).to.equal(200);
    expect((await post({ rules: [] })).status).to.equal(200);
  });

  for (const [what, rule, message] of [
    ["a member that it does not know", { kind: "throttle", on: "*:*", probability: 0.1 }, "probability"],
    ["a chance that is no number", { kind: "throttle", on: "*:*", chance: "half" }, "chance"],
    ["a chance beyond certainty", { kind: "throttle", on: "*:*", chance: 2 }, "chance"],
    ["a negative count", { kind: "throttle", on: "*:*", times: -1 }, "times"],
    ["a kind that there is not", { kind: "earthquake", on: "*:*" }, "kind"],
    ["nothing", null, "rules"],
  ] as const) {
    it(`refuses ${what}, and leaves the rules as they are`, async () => {
      const { faults } = served.cloud;
      const { status, body } = await post({ rules: [rule] });
      expect(status).to.equal(400);
      expect((JSON.parse(String(body)) as { message: string }).message).to.match(new RegExp(`^${message}: `));
      expect(served.cloud.faults).to.equal(faults);
    });
  }

  it("has a neighbour that makes tokens, and refuses a lifetime that is none", async () => {
    const ask = async (lifetimeSeconds: unknown): Promise<number> => {
      const body = Buffer.from(JSON.stringify({ player: "ada", lifetimeSeconds }));
      const request = { method: "POST", path: "/_local/tokens", query: "", headers: { host: "127.0.0.1:4566" }, body };
      return ((await consoleRoutes(served.cloud, issuer)(request, {} as never)) as HttpResponse).status;
    };
    for (const good of [undefined, 60, -60]) expect(await ask(good), String(good)).to.equal(200);
    for (const wrong of ["60", 0.5, 1e30, null]) expect(await ask(wrong), String(wrong)).to.equal(400);
  });

  it("is not for pages of other sites, nor under another name", async () => {
    const foreign: Record<string, string>[] = [
      { origin: "https://evil.test" },
      { origin: "null" },
      { host: "evil.test:4566" },
    ];
    for (const headers of foreign) expect((await post({ rules: [] }, headers)).status).to.equal(403);
  });
});

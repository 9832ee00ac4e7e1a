import { expect } from "chai";
import { LocalStack } from "../../local/stack";
import type { GlueService } from "../../local/services/glue";
import { ProgramFolder } from "../helpers/program-folder";
import { until } from "../helpers/until";

describe("A local stack on an account", function () {
  this.timeout(60_000);
  const folder = new ProgramFolder();
  after(() => folder.remove());

  async function started(account: "new" | "set up", manageAccount: boolean): Promise<string> {
    const stack = await LocalStack.start({
      folder: folder.path,
      account,
      config: { "games-messaging:manageAccount": String(manageAccount) },
    });
    const { integrations } = stack.cloud.services.get("glue") as GlueService;
    try {
      return await until(
        () => [...integrations.byArn.values()].find(({ status }) => status !== "CREATING")?.status,
        "the integration",
      );
    } finally {
      await stack.close();
    }
  }

  it("that nobody has set up stops where the logging role is missing", async () => {
    const error = await started("new", false).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Error);
    expect((error as Error).message).to.match(/CloudWatch Logs role ARN must be set/);
  });

  it("that is set up starts without owning what the account has once", async () => {
    expect(await started("set up", false)).to.equal("ACTIVE");
  });

  it("that is set up takes what the program declares itself", async () => {
    expect(await started("set up", true)).to.equal("ACTIVE");
  });
});

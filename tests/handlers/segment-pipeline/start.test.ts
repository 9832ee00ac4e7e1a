import type { Context } from "aws-lambda";
import { expect } from "chai";
import { startHandler, type StartRunEvent } from "../../../components/segment-pipeline/start";

/** Whatever is refused is refused before the first request: the table and the queue do not exist. */
const start = startHandler({
  runs: { get: () => "no-table" },
  queueUrl: { get: () => "no-queue" },
  segments: ["active"],
})();

async function refusalOf(event: unknown): Promise<string> {
  try {
    await start(event as StartRunEvent, {} as Context);
    return "not refused";
  } catch (error) {
    return (error as Error).message;
  }
}

describe("Starting a segment run", () => {
  it("refuses a misspelt run id instead of making up a new one", async () => {
    expect(await refusalOf({ segment: "active", run: "nightly" })).to.equal(
      'input: got ["run"]; expected segment and runId alone.',
    );
  });

  it("refuses an unknown segment, and no input at all", async () => {
    expect(await refusalOf({ segment: "lapsed" })).to.equal('segment: got "lapsed"; expected one of active.');
    expect(await refusalOf(null)).to.equal('segment: got ""; expected one of active.');
  });

  it("refuses a run id that keys cannot hold, showing only its beginning", async () => {
    const message = await refusalOf({ segment: "active", runId: "é".repeat(5_000) });
    expect(message).to.have.length.below(200);
    expect(message).to.match(/^runId: got "é+; expected 1 to 128 letters, digits or _\.:\+-\.$/);
  });
});

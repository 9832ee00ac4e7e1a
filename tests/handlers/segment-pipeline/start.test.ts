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

  it("refuses an unknown segment, showing only its beginning", async () => {
    expect(await refusalOf({ segment: "lapsed" })).to.equal('segment: got "lapsed"; expected one of active.');
    for (const segment of [undefined, null, 7, ["active"], { name: "active" }]) {
      const shown = JSON.stringify(segment) ?? "nothing";
      expect(await refusalOf({ segment })).to.equal(`segment: got ${shown}; expected one of active.`);
    }
    const message = await refusalOf({ segment: "x".repeat(5_000) });
    expect(message).to.match(/^segment: got "x{96}\.\.\.; expected one of active\.$/);
  });

  it("refuses what is no object", async () => {
    for (const input of [null, undefined, 7, "active", true, [], [{ segment: "active" }]]) {
      const shown = JSON.stringify(input) ?? "nothing";
      expect(await refusalOf(input)).to.equal(
        `input: got ${shown}; expected segment and, if it is to be named, runId.`,
      );
    }
  });

  it("refuses a run id that is there and no text: another run at each try would mail everybody again", async () => {
    for (const runId of [null, undefined, 7, "", " ", ["x"], {}]) {
      const shown = JSON.stringify(runId) ?? "nothing";
      expect(await refusalOf({ segment: "active", runId })).to.equal(
        `runId: got ${shown}; expected 1 to 128 letters, digits or _.:+-.`,
      );
    }
  });

  it("refuses what Lambda gave up as it refuses it from anybody else, and what only looks like it", async () => {
    const parked = { requestContext: { requestId: "r" }, requestPayload: { segment: "lapsed" } };
    expect(await refusalOf(parked)).to.equal('segment: got "lapsed"; expected one of active.');
    expect(await refusalOf({ ...parked, requestPayload: null })).to.equal(
      "input: got null; expected segment and, if it is to be named, runId.",
    );
    for (const event of [{ requestContext: {}, requestPayload: { segment: "active" } }, { requestContext: null }]) {
      const members = JSON.stringify(Object.keys(event));
      expect(await refusalOf(event)).to.equal(`input: got ${members}; expected segment and runId alone.`);
    }
  });

  it("refuses a run id that keys cannot hold, showing only its beginning", async () => {
    const message = await refusalOf({ segment: "active", runId: "é".repeat(5_000) });
    expect(message).to.have.length.below(200);
    expect(message).to.match(/^runId: got "é+\.\.\.; expected 1 to 128 letters, digits or _\.:\+-\.$/);
  });
});

import { expect } from "chai";
import * as fc from "fast-check";
import type { CheckedDefinition } from "../../../components/segment-pipeline/definition";
import { judgePreflight, judgeQuery } from "../../../components/segment-pipeline/judge";
import { columnsOfCopy } from "../../../components/segment-pipeline/queries";

const definition: CheckedDefinition = {
  name: "s",
  message: { type: "social", template: "t" },
  maxDataAgeSeconds: 60,
  maxScannedBytes: 1_000,
};

describe("An ended query", () => {
  const judge = (State: "SUCCEEDED" | "FAILED" | "CANCELLED", StateChangeReason: string, isPreflight = false) =>
    judgeQuery({ Status: { State, StateChangeReason }, Statistics: { DataScannedInBytes: 7 } }, isPreflight);

  it("that the cut-off cancelled is over budget, and one cancelled by hand is not", () => {
    expect(judge("CANCELLED", "Query cancelled! : Bytes scanned limit was exceeded")).to.deep.equal({
      ending: {
        status: "over-budget",
        reason: "over-budget",
        detail: "Query cancelled! : Bytes scanned limit was exceeded",
      },
      scannedBytes: 7,
    });
    expect(judge("CANCELLED", "").ending).to.include({ status: "over-budget" });
    expect(judge("CANCELLED", "Query cancelled by user").ending).to.deep.equal({
      status: "failed",
      reason: "query-cancelled",
      detail: "Query cancelled by user",
    });
  });

  it("that found no table means no data before the run's own query, and a failure in it", () => {
    const reason = "TABLE_NOT_FOUND: line 1:8: Table 'awsdatacatalog.game.players' does not exist";
    expect(judge("FAILED", reason, true).ending).to.include({ status: "refused", reason: "no-data" });
    expect(judge("FAILED", reason).ending).to.deep.equal({ status: "failed", reason: "query-failed", detail: reason });
  });
});

describe("The check of age and size", () => {
  const ending = (committedAt: string | undefined, totalBytes: string | undefined) =>
    judgePreflight(committedAt, totalBytes, 1_000, definition).ending;

  it("lets a run on that is young and small enough, to the second and the byte", () => {
    expect(judgePreflight("940", "1000", 1_000, definition)).to.deep.equal({ dataAsOf: 940 });
    expect(ending("939", "1000")).to.include({
      reason: "stale-data",
      detail: "the data is 61 s old; allowed are 60 s",
    });
    expect(ending("940", "1001")).to.include({
      reason: "over-budget",
      detail: "the files have 1001 bytes; allowed are 1000",
    });
  });

  it("refuses a copy without a snapshot", () => {
    for (const none of [undefined, ""]) {
      expect(ending(none, undefined)).to.include({ status: "refused", reason: "no-data" });
    }
  });

  it("never takes what is no number for young or small", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (committedAt, totalBytes) => {
        const { ending: end, dataAsOf } = judgePreflight(committedAt, totalBytes, 1_000, definition);
        if (end) return;
        expect(dataAsOf).to.be.within(940, Number.MAX_VALUE);
        expect(Number(totalBytes)).to.be.at.most(1_000);
      }),
    );
    expect(ending("yesterday", "10")).to.deep.equal({
      status: "failed",
      reason: "result-malformed",
      detail: 'the check of age and size answered ["yesterday","10"]',
    });
    expect(ending("990", "many")).to.include({ reason: "result-malformed" });
  });
});

describe("The columns of the copy", () => {
  it("follow the two figures, in lower case; without a key they are not believed", () => {
    const columns = (...names: (string | undefined)[]) => columnsOfCopy(names.map((Name) => ({ Name })));
    expect([...(columns("committed_at", "total_bytes", "PK", "sk", "level") ?? [])]).to.deep.equal([
      "pk",
      "sk",
      "level",
    ]);
    expect(columns("committed_at", "total_bytes", "sk")).to.equal(undefined);
    expect(columns()).to.equal(undefined);
  });
});

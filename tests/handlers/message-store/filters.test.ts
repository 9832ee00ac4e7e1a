import { expect } from "chai";
import type { DynamoDBRecord } from "aws-lambda";
import * as fc from "fast-check";
import { asksForPreparation, streamFilters, tellsOfStatus } from "../../../components/message-store/filters";
import { STATUSES, type MessageStatus } from "../../../components/message-store/status";

/** Lambda's rule for the patterns used here: lists of values at the leaves, all members must match. */
function matches(pattern: unknown, value: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.includes(value);
  if (value === null || typeof value !== "object") return false;
  return Object.entries(pattern as object).every(([name, p]) => matches(p, (value as Record<string, unknown>)[name]));
}

describe("the stream's filters", () => {
  it("tell of a status that is new, not of a change beside it", () => {
    const record = (before: string | undefined, eventName = "MODIFY"): DynamoDBRecord => ({
      eventName: eventName as "MODIFY",
      dynamodb: {
        ...(before === undefined ? {} : { OldImage: { status: { S: before } } }),
        NewImage: { status: { S: "delivered" } },
      },
    });
    expect(tellsOfStatus(record("sent"), ["delivered"])).to.equal(true);
    expect(tellsOfStatus(record(undefined, "INSERT"), ["delivered"])).to.equal(true);
    expect(tellsOfStatus(record("delivered"), ["delivered"])).to.equal(false);
    expect(tellsOfStatus(record("sent"), ["opened"])).to.equal(false);
    expect(tellsOfStatus(record("sent", "REMOVE"), ["delivered"])).to.equal(false);
  });

  it("let through exactly what the function acts on, but for changes that leave the status as it was", () => {
    const status = fc.option(fc.constantFrom(...STATUSES), { nil: undefined });
    const image = fc.option(
      status.map((s) =>
        s === undefined ? { pk: { S: "SUPPRESSED#1" } } : { pk: { S: "PLAYER#1" }, status: { S: s } },
      ),
      { nil: undefined },
    );
    const name = fc.constantFrom("INSERT", "MODIFY", "REMOVE");
    const subscribed = fc.uniqueArray(fc.constantFrom(...STATUSES));
    fc.assert(
      fc.property(name, image, image, subscribed, (eventName, before, after, wanted: MessageStatus[]) => {
        const record = {
          eventName,
          dynamodb: { ...(before ? { OldImage: before } : {}), ...(after ? { NewImage: after } : {}) },
        } as unknown as DynamoDBRecord;
        const through = streamFilters(wanted).some((filter) => matches(filter, record));
        const acted = asksForPreparation(record) || tellsOfStatus(record, wanted);
        if (acted) expect(through).to.equal(true);
        const same = JSON.stringify(before) === JSON.stringify(after);
        // A new item has no old image; with one, an INSERT is no record of DynamoDB's.
        if (through && !acted) expect(same || (eventName === "INSERT" && before !== undefined)).to.equal(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

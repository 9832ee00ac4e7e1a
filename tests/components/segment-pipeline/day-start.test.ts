import { expect } from "chai";
import * as fc from "fast-check";
import { dayStart } from "../../../components/segment-pipeline/day-start";
import { instants, zones } from "./filter-world";

const at = (text: string): number => Date.parse(text) / 1000;

/** The first quarter of an hour whose local date, as text, is the wanted day: found by walking, not by searching. */
function walked(now: number, daysAgo: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" });
  const wanted = new Date(Date.parse(`${format.format(now * 1000)}T00:00:00Z`) - daysAgo * 86_400_000)
    .toISOString()
    .slice(0, 10);
  let instant = Date.parse(`${wanted}T00:00:00Z`) / 1000 - 15 * 3_600;
  while (format.format(instant * 1000) < wanted) instant += 900;
  return instant;
}

describe("dayStart", () => {
  const known: readonly (readonly [now: string, daysAgo: number, timeZone: string, start: string])[] = [
    ["2026-06-15T12:00:00Z", 0, "UTC", "2026-06-15T00:00:00Z"],
    ["2026-06-15T23:30:00Z", 0, "Europe/Berlin", "2026-06-15T22:00:00Z"],
    ["2026-03-30T12:00:00Z", 1, "Europe/Berlin", "2026-03-28T23:00:00Z"],
    ["2026-03-30T12:00:00Z", 0, "Europe/Berlin", "2026-03-29T22:00:00Z"],
    ["2026-10-26T12:00:00Z", 1, "Europe/Berlin", "2026-10-24T22:00:00Z"],
    ["2026-10-26T12:00:00Z", 0, "Europe/Berlin", "2026-10-25T23:00:00Z"],
    // 2018-11-04 begins at 01:00 in São Paulo: midnight is skipped.
    ["2018-11-04T12:00:00Z", 0, "America/Sao_Paulo", "2018-11-04T03:00:00Z"],
    ["2018-02-18T12:00:00Z", 0, "America/Sao_Paulo", "2018-02-18T03:00:00Z"],
    ["2026-04-05T12:00:00Z", 0, "Australia/Lord_Howe", "2026-04-04T13:00:00Z"],
    ["2026-01-01T09:00:00Z", 0, "Pacific/Kiritimati", "2025-12-31T10:00:00Z"],
    ["2026-01-01T09:00:00Z", 0, "Pacific/Niue", "2025-12-31T11:00:00Z"],
    ["2024-03-01T00:00:00Z", 1, "UTC", "2024-02-29T00:00:00Z"],
    ["2026-01-15T00:00:00Z", 31, "Asia/Kathmandu", "2025-12-14T18:15:00Z"],
  ];
  for (const [now, daysAgo, timeZone, start] of known) {
    it(`begins the day ${daysAgo} before ${now} in ${timeZone} at ${start}`, () => {
      expect(new Date(dayStart(at(now), daysAgo, timeZone) * 1000).toISOString()).to.equal(
        new Date(start).toISOString(),
      );
    });
  }

  it("agrees with walking over the clock changes of several zones", () => {
    const now = fc
      .tuple(fc.constantFrom(...instants), fc.integer({ min: -3 * 86_400, max: 3 * 86_400 }))
      .map(([instant, offset]) => instant + offset);
    fc.assert(
      fc.property(now, fc.nat(10), fc.constantFrom(...zones), (instant, daysAgo, zone) => {
        expect(dayStart(instant, daysAgo, zone)).to.equal(walked(instant, daysAgo, zone));
      }),
      { numRuns: 300 },
    );
  });
});

import { expect } from "chai";
import * as fc from "fast-check";
import { parseSchedule, ScheduleError } from "../../../local/services/events/schedule-expression";

const MINUTE = 60_000;
const iso = (time: number | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString();
const next = (expression: string, after: string, zone?: string): string | undefined =>
  iso(parseSchedule(expression, zone).next(Date.parse(after), Date.parse(after)));

/** A field as written, and the values it means. */
interface Field {
  readonly written: string;
  readonly values: ReadonlySet<number>;
}

function field(min: number, max: number): fc.Arbitrary<Field> {
  const value = fc.integer({ min, max });
  const every = (from: number, to: number, step: number): ReadonlySet<number> => {
    const values = new Set<number>();
    for (let one = from; one <= to; one += step) values.add(one);
    return values;
  };
  return fc.oneof(
    fc.constant({ written: "*", values: every(min, max, 1) }),
    value.map((one) => ({ written: String(one), values: new Set([one]) })),
    fc.tuple(value, value).map(([one, two]) => ({ written: `${one},${two}`, values: new Set([one, two]) })),
    fc.tuple(value, value).map(([one, two]) => {
      const [from, to] = [Math.min(one, two), Math.max(one, two)];
      return { written: `${from}-${to}`, values: every(from, to, 1) };
    }),
    fc
      .tuple(value, fc.integer({ min: 1, max: 30 }))
      .map(([from, step]) => ({ written: `${from}/${step}`, values: every(from, max, step) })),
    fc.integer({ min: 1, max: 30 }).map((step) => ({ written: `*/${step}`, values: every(min, max, step) })),
  );
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  const known =
    clocks.get(zone) ?? new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  clocks.set(zone, known);
  return known;
}

/** What clocks in a zone show, in numbers that can be compared. */
function shown(
  utc: number,
  zone: string,
): {
  readonly key: string;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
} {
  const text = clockOf(zone).format(utc);
  const [date = "", time = ""] = text.split(" ");
  const [year, month, day] = date.split("-").map(Number) as [number, number, number];
  const [hour, minute] = time.split(":").map(Number) as [number, number];
  return { key: text, month, day, hour, minute, weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1 };
}

function firstMatch(
  after: number,
  days: number,
  zone: string,
  matches: (clock: ReturnType<typeof shown>) => boolean,
): number | undefined {
  const seen = new Set<string>();
  const start = Math.ceil((after - 180 * MINUTE) / MINUTE) * MINUTE;
  for (let utc = start; utc <= after + days * 1440 * MINUTE; utc += MINUTE) {
    const clock = shown(utc, zone);
    // In autumn clocks show an hour twice: only the first counts.
    if (seen.has(clock.key)) continue;
    seen.add(clock.key);
    if (utc > after && matches(clock)) return utc;
  }
  return undefined;
}

describe("schedule expressions", () => {
  it("cron finds what a minute-by-minute search finds, in zones that change their clocks", () => {
    const moments = fc.constantFrom(
      "2026-03-08T04:00:00Z",
      "2026-11-01T03:00:00Z",
      "2026-03-28T22:00:00Z",
      "2026-10-24T23:00:00Z",
      "2026-02-28T20:00:00Z",
      "2024-02-28T20:00:00Z",
    );
    const zones = fc.constantFrom("UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata");
    const byWeekday = fc.tuple(field(1, 7), fc.boolean());
    fc.assert(
      fc.property(
        moments,
        fc.integer({ min: 0, max: 300 }),
        zones,
        field(0, 59),
        field(0, 23),
        field(1, 31),
        field(1, 12),
        byWeekday,
        (moment, shift, zone, minute, hour, day, month, [weekday, useWeekday]) => {
          const after = Date.parse(moment) + shift * MINUTE;
          const days = useWeekday ? `? ${month.written} ${weekday.written}` : `${day.written} ${month.written} ?`;
          const found = parseSchedule(`cron(${minute.written} ${hour.written} ${days} *)`, zone).next(after, after);
          const expected = firstMatch(after, 1, zone, (clock) => {
            const onDay = useWeekday ? weekday.values.has(clock.weekday) : day.values.has(clock.day);
            return (
              onDay && month.values.has(clock.month) && hour.values.has(clock.hour) && minute.values.has(clock.minute)
            );
          });
          if (expected !== undefined) expect(iso(found)).to.equal(iso(expected));
          else if (found !== undefined) expect(found).to.be.greaterThan(after + 1440 * MINUTE);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("cron knows names, last days, nearest weekdays and nth weekdays", () => {
    expect(next("cron(0 10 * * ? *)", "2026-01-01T10:00:00Z")).to.equal("2026-01-02T10:00:00.000Z");
    expect(next("cron(0 18 ? * MON-FRI *)", "2026-01-02T18:00:00Z")).to.equal("2026-01-05T18:00:00.000Z");
    expect(next("cron(0 5 L * ? *)", "2028-02-01T00:00:00Z")).to.equal("2028-02-29T05:00:00.000Z");
    expect(next("cron(15 10 ? * 6L 2026-2030)", "2026-01-01T00:00:00Z")).to.equal("2026-01-30T10:15:00.000Z");
    expect(next("cron(0 9 ? * 3#2 *)", "2026-01-01T00:00:00Z")).to.equal("2026-01-13T09:00:00.000Z");
    expect(next("cron(0 9 1W * ? *)", "2026-02-01T00:00:00Z")).to.equal("2026-02-02T09:00:00.000Z");
    expect(next("cron(0 9 1W * ? *)", "2026-07-31T10:00:00Z")).to.equal("2026-08-03T09:00:00.000Z");
    expect(next("cron(0 9 ? JAN,JUL FRI *)", "2026-02-01T00:00:00Z")).to.equal("2026-07-03T09:00:00.000Z");
    expect(next("cron(0 0 30 2 ? *)", "2026-01-01T00:00:00Z")).to.equal(undefined);
    expect(next("cron(0 0 1 1 ? 2025)", "2026-01-01T00:00:00Z")).to.equal(undefined);
  });

  it("cron skips a time that clocks skip and runs once at a time that they show twice", () => {
    expect(next("cron(30 2 * * ? *)", "2026-03-07T12:00:00Z", "America/New_York")).to.equal("2026-03-09T06:30:00.000Z");
    expect(next("cron(30 1 * * ? *)", "2026-10-31T12:00:00Z", "America/New_York")).to.equal("2026-11-01T05:30:00.000Z");
    expect(next("cron(30 1 * * ? *)", "2026-11-01T05:30:00Z", "America/New_York")).to.equal("2026-11-02T06:30:00.000Z");
  });

  it("rate counts from its anchor", () => {
    const anchor = Date.parse("2026-01-01T00:00:30Z");
    const { next: following } = parseSchedule("rate(5 minutes)");
    expect(iso(following(anchor - 1, anchor))).to.equal("2026-01-01T00:00:30.000Z");
    expect(iso(following(anchor, anchor))).to.equal("2026-01-01T00:05:30.000Z");
    expect(iso(following(anchor + 299_999, anchor))).to.equal("2026-01-01T00:05:30.000Z");
    expect(iso(following(anchor + 300_000, anchor))).to.equal("2026-01-01T00:10:30.000Z");
  });

  it("at is a wall-clock time of its zone, once", () => {
    expect(next("at(2026-07-01T09:00:00)", "2026-01-01T00:00:00Z", "Europe/Berlin")).to.equal(
      "2026-07-01T07:00:00.000Z",
    );
    expect(next("at(2026-03-29T02:30:00)", "2026-01-01T00:00:00Z", "Europe/Berlin")).to.equal(
      "2026-03-29T01:30:00.000Z",
    );
    expect(next("at(2026-07-01T09:00:00)", "2026-07-01T09:00:00Z")).to.equal(undefined);
  });

  for (const expression of [
    "every day",
    "rate(0 minutes)",
    "rate(1 minutes)",
    "rate(5 minute)",
    "rate(5 seconds)",
    "cron(0 10 * * *)",
    "cron(0 10 * * * *)",
    "cron(0 10 ? * ? *)",
    "cron(60 10 * * ? *)",
    "cron(0 24 * * ? *)",
    "cron(0 10 32 * ? *)",
    "cron(0 10 ? * 3#6 *)",
    "cron(0 10 ? * FOO *)",
    "cron(0 10 ? * FRI-MON *)",
    "cron(0/0 10 * * ? *)",
    "at(2026-02-30T00:00:00)",
    "at(2026-02-03)",
  ]) {
    it(`refuses ${expression}`, () => {
      expect(() => parseSchedule(expression)).to.throw(ScheduleError);
    });
  }

  it("refuses a zone that is none", () => {
    expect(() => parseSchedule("rate(1 day)", "Mars/Olympus")).to.throw(ScheduleError);
  });
});

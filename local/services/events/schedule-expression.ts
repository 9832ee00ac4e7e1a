import { LAST_YEAR, parseCron, ScheduleError, type Cron } from "./cron";
import { isTimeZone, localTime, utcOf, utcOfSkipped } from "./time-zone";

export { ScheduleError };

/** When something is due. All times are milliseconds since the epoch. */
export interface Schedule {
  readonly kind: "rate" | "cron" | "at";
  /** The first time after `after`; undefined if there is none. `anchor` is where a rate counts from. */
  next(after: number, anchor: number): number | undefined;
}

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Reads `rate(...)`, `cron(...)` or `at(...)`.
 * A cron time that clocks skip in spring is skipped; one that they show twice in autumn comes once, the first time
 * (Scheduler user guide, "Daylight savings time").
 * @param zone IANA name; `at` and `cron` are wall-clock times there.
 * @param anyPlural whether `rate(1 minutes)` and `rate(2 minute)` are fine: to Scheduler, not to rules.
 * @throws ScheduleError
 */
export function parseSchedule(expression: string, zone = "UTC", anyPlural = false): Schedule {
  if (!isTimeZone(zone)) throw new ScheduleError(`${zone} is not a time zone`);
  const [, kind, text = ""] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];
  if (kind === "rate") return rate(text, anyPlural);
  if (kind === "at") return at(text, zone);
  if (kind !== "cron") throw new ScheduleError(`${expression} is neither rate(...) nor cron(...) nor at(...)`);
  const cron = parseCron(text);
  return { kind: "cron", next: (after) => nextCron(cron, after, zone) };
}

function rate(text: string, anyPlural: boolean): Schedule {
  const [, count, unit, plural] = /^([1-9]\d*) (minute|hour|day)(s?)$/.exec(text) ?? [];
  if (!unit) throw new ScheduleError(`rate(${text}) must be a positive number and minute(s), hour(s) or day(s)`);
  if (!anyPlural && (count === "1") !== (plural === ""))
    throw new ScheduleError(`rate(${text}) must say "${unit}" for 1 and "${unit}s" for more`);
  const period = Number(count) * UNITS[unit]!;
  return {
    kind: "rate",
    next: (after, anchor) => (after < anchor ? anchor : anchor + (Math.floor((after - anchor) / period) + 1) * period),
  };
}

function at(text: string, zone: string): Schedule {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(text);
  const [year, month, day, hour, minute, second] = (match ?? []).slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const local = match ? Date.UTC(year, month - 1, day, hour, minute, second) : NaN;
  // Date.UTC rolls over: what reads differently was no date.
  if (!match || new Date(local).toISOString().slice(0, 19) !== text)
    throw new ScheduleError(`at(${text}) must be at(yyyy-mm-ddThh:mm:ss)`);
  const due = utcOf(local, zone) ?? utcOfSkipped(local, zone);
  return { kind: "at", next: (after) => (due > after ? due : undefined) };
}

function nextCron(cron: Cron, after: number, zone: string): number | undefined {
  const start = localTime(after, zone);
  const from = new Date(start);
  const [firstYear, firstMonth, firstDay] = [from.getUTCFullYear(), from.getUTCMonth() + 1, from.getUTCDate()];
  for (let year = firstYear; year <= LAST_YEAR; year++) {
    if (!cron.years.has(year)) continue;
    for (let month = year === firstYear ? firstMonth : 1; month <= 12; month++) {
      if (!cron.months.has(month)) continue;
      for (const day of cron.days(year, month)) {
        if (year === firstYear && month === firstMonth && day < firstDay) continue;
        const found = firstOnDay(cron, Date.UTC(year, month - 1, day), after, start, zone);
        if (found !== undefined) return found;
      }
    }
  }
  return undefined;
}

function firstOnDay(cron: Cron, midnight: number, after: number, start: number, zone: string): number | undefined {
  for (const hour of cron.hours) {
    for (const minute of cron.minutes) {
      const local = midnight + hour * 3_600_000 + minute * 60_000;
      // The first showings of wall-clock times follow each other in order: what lies behind has been.
      if (local <= start) continue;
      const due = utcOf(local, zone);
      if (due !== undefined && due > after) return due;
    }
  }
  return undefined;
}

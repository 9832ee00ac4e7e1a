/**
 * AWS's cron: `minutes hours day-of-month month day-of-week year`.
 * Sources: EventBridge user guide "Setting a schedule pattern for scheduled rules"; Scheduler user guide "Schedule types".
 */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: ReadonlySet<number>;
  readonly years: ReadonlySet<number>;
  /** Days of `month` (1-12) of `year`, rising. */
  days(year: number, month: number): readonly number[];
}

export class ScheduleError extends Error {}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** AWS knows the years 1970 to 2199. */
export const LAST_YEAR = 2199;

type DayRule = (year: number, month: number) => readonly number[];

/** @param text the six fields. @throws ScheduleError */
export function parseCron(text: string): Cron {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 6) throw new ScheduleError(`expected six fields, got ${fields.length}`);
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if ((dayOfMonth === "?") === (dayOfWeek === "?")) {
    throw new ScheduleError("exactly one of day-of-month and day-of-week must be ?");
  }
  return {
    minutes: numbers(minutes, 0, 59),
    hours: numbers(hours, 0, 23),
    months: new Set(numbers(month, 1, 12, MONTHS)),
    years: new Set(numbers(year, 1970, LAST_YEAR)),
    days: dayOfWeek === "?" ? daysOfMonth(dayOfMonth) : daysOfWeek(dayOfWeek),
  };
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** 0 is Sunday. */
function weekday(year: number, month: number, day: number): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay();
}

/** Lists, ranges, steps and names of one field. */
function numbers(field: string, min: number, max: number, names: readonly string[] = []): readonly number[] {
  const number = (text: string): number => {
    const name = names.indexOf(text.toUpperCase());
    const value = name >= 0 ? name + min : Number(text);
    if (!(name >= 0 || /^\d+$/.test(text)) || value < min || value > max) {
      throw new ScheduleError(`${text} is not a value between ${min} and ${max}`);
    }
    return value;
  };
  const found = new Set<number>();
  for (const part of field.split(",")) {
    const [range = "", step, ...rest] = part.split("/");
    if (rest.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step)))
      throw new ScheduleError(`${part} is not a step`);
    const [from = "", to, ...more] = range.split("-");
    if (more.length > 0) throw new ScheduleError(`${range} is not a range`);
    const first = range === "*" ? min : number(from);
    // A start with a step runs to the end of the field; alone it is one value.
    const last = range === "*" ? max : to !== undefined ? number(to) : step !== undefined ? max : first;
    if (last < first) throw new ScheduleError(`${range} runs backwards`);
    for (let value = first; value <= last; value += Number(step ?? 1)) found.add(value);
  }
  return [...found].sort((a, b) => a - b);
}

function daysOfMonth(field: string): DayRule {
  if (field === "L") return (year, month) => [daysIn(year, month)];
  const nearest = /^(\d{1,2}|L)W$/.exec(field)?.[1];
  if (nearest !== undefined) {
    if (nearest !== "L") numbers(nearest, 1, 31);
    return (year, month) => nearestWeekday(year, month, nearest === "L" ? daysIn(year, month) : Number(nearest));
  }
  const wanted = numbers(field, 1, 31);
  return (year, month) => wanted.filter((day) => day <= daysIn(year, month));
}

/** The weekday closest to a day, within its month. */
function nearestWeekday(year: number, month: number, day: number): readonly number[] {
  const last = daysIn(year, month);
  if (day > last) return [];
  const at = weekday(year, month, day);
  if (at === 6) return [day > 1 ? day - 1 : day + 2];
  if (at === 0) return [day < last ? day + 1 : day - 2];
  return [day];
}

function daysOfWeek(field: string): DayRule {
  const where = (test: (year: number, month: number, day: number) => boolean): DayRule => {
    return (year, month) =>
      Array.from({ length: daysIn(year, month) }, (_, index) => index + 1).filter((day) => test(year, month, day));
  };
  // Alone, L is the last day of the week: Saturday.
  if (field === "L") return where((year, month, day) => weekday(year, month, day) === 6);
  const last = /^(\w+)L$/.exec(field)?.[1];
  if (last !== undefined) {
    const wanted = numbers(last, 1, 7, WEEKDAYS)[0]! - 1;
    return where((year, month, day) => weekday(year, month, day) === wanted && day > daysIn(year, month) - 7);
  }
  const nth = /^(\w+)#([1-5])$/.exec(field);
  if (nth) {
    const wanted = numbers(nth[1]!, 1, 7, WEEKDAYS)[0]! - 1;
    return where((year, month, day) => weekday(year, month, day) === wanted && Math.ceil(day / 7) === Number(nth[2]));
  }
  const wanted = new Set(numbers(field, 1, 7, WEEKDAYS));
  return where((year, month, day) => wanted.has(weekday(year, month, day) + 1));
}

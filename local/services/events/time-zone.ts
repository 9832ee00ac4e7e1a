const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(zone, format);
  }
  return format;
}

export function isTimeZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** A wall-clock time, as milliseconds since the epoch if it were UTC. */
export function localTime(utc: number, zone: string): number {
  if (zone === "UTC") return utc;
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(utc)) parts[type] = Number(value);
  const whole = Date.UTC(
    parts["year"]!,
    parts["month"]! - 1,
    parts["day"],
    parts["hour"],
    parts["minute"],
    parts["second"],
  );
  return whole + (((utc % 1000) + 1000) % 1000);
}

/**
 * The moment at which clocks of a zone show a wall-clock time: the first one if they show it twice, undefined if they never do.
 * @param local the wall-clock time as `localTime` gives it.
 */
export function utcOf(local: number, zone: string): number | undefined {
  if (zone === "UTC") return local;
  const day = 86_400_000;
  // The zone's offsets shortly before and after are the only candidates.
  const before = local - (localTime(local - day, zone) - (local - day));
  const after = local - (localTime(local + day, zone) - (local + day));
  return [Math.min(before, after), Math.max(before, after)].find((utc) => localTime(utc, zone) === local);
}

/** The moment for a time that clocks skip: as if they had not been put forward. */
export function utcOfSkipped(local: number, zone: string): number {
  const day = 86_400_000;
  return local - (localTime(local - day, zone) - (local - day));
}

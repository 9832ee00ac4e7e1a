import { evaluated, type Alarm, type AlarmState, type CompositeAlarm, type MetricAlarm } from "./alarm";
import type { Points } from "./math";

/** What an alarm saw when it was judged. */
export interface Evidence {
  /** Oldest first. */
  readonly points: Points;
  /** When each of them begins, in milliseconds since the epoch. */
  readonly starts: readonly number[];
  /** How many samples stand behind a point; undefined where that cannot be told. */
  readonly samplesAt: (start: number) => number | undefined;
  /** When the alarm looked. */
  readonly now: number;
}

interface Seen {
  readonly start: number;
  readonly value: number;
}

const RELATIONS: Readonly<Record<string, string>> = {
  GreaterThanThreshold: "greater than",
  GreaterThanOrEqualToThreshold: "greater than or equal to",
  LessThanThreshold: "less than",
  LessThanOrEqualToThreshold: "less than or equal to",
};

/** Points that count, newest first, as AWS lists them. */
function seenBy(alarm: MetricAlarm, { points, starts }: Evidence): readonly Seen[] {
  const existing = points.flatMap((value, i) => (value === undefined ? [] : [{ start: starts[i]!, value }]));
  return existing.slice(-evaluated(alarm, points).length || existing.length).reverse();
}

const plural = (count: number, one: string, more: string): string => (count === 1 ? one : more);
const decimal = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

/** `26/10/23 16:42:00`, UTC. */
function dayFirst(time: number): string {
  const iso = new Date(time).toISOString();
  return `${iso.slice(8, 10)}/${iso.slice(5, 7)}/${iso.slice(2, 4)} ${iso.slice(11, 19)}`;
}

/** AWS's sentence about why a state was entered. */
export function reasonFor(alarm: MetricAlarm, state: AlarmState, evidence: Evidence): string {
  const periods = alarm.evaluationPeriods;
  if (state === "INSUFFICIENT_DATA")
    return `Insufficient Data: ${periods} ${plural(periods, "datapoint was", "datapoints were")} unknown.`;
  const seen = seenBy(alarm, evidence);
  if (seen.length === 0) {
    const treated = alarm.treatMissing === "breaching" ? "Breaching" : "NonBreaching";
    return `Threshold Crossed: no datapoints were received for ${periods} ${plural(periods, "period", "periods")} and ${periods} missing ${plural(periods, "datapoint was", "datapoints were")} treated as [${treated}].`;
  }
  const asked = alarm.declared?.datapointsToAlarm;
  const count = asked === undefined ? "" : ` out of the last ${seen.length}`;
  const noun = plural(asked === undefined ? seen.length : 2, "datapoint", "datapoints");
  const list = seen.map(({ start, value }) => `${decimal(value)} (${dayFirst(start)})`).join(", ");
  const verb = plural(seen.length, "was", "were") + (state === "ALARM" ? "" : " not");
  return `Threshold Crossed: ${seen.length}${count} ${noun} [${list}] ${verb} ${RELATIONS[alarm.comparison]} the threshold (${decimal(alarm.threshold)})${minimum(alarm, state)}.`;
}

/** How many datapoints the change needs, told by alarms that say M out of N. */
function minimum(alarm: MetricAlarm, state: AlarmState): string {
  const asked = alarm.declared?.datapointsToAlarm;
  if (asked === undefined) return "";
  const least = state === "ALARM" ? asked : alarm.evaluationPeriods - asked + 1;
  const change = state === "ALARM" ? "OK -> ALARM" : "ALARM -> OK";
  return ` (minimum ${least} ${plural(least, "datapoint", "datapoints")} for ${change} transition)`;
}

/** The same as data, as `StateReasonData` has it. */
export function reasonDataFor(alarm: MetricAlarm, evidence: Evidence): string {
  const seen = seenBy(alarm, evidence);
  const only = alarm.queries.length === 1 ? alarm.queries[0]!.metric : undefined;
  const evaluatedDatapoints =
    seen.length === 0
      ? evidence.starts.slice(-alarm.evaluationPeriods).map((start) => ({ timestamp: stamp(start) }))
      : seen.map(({ start, value }) => ({
          timestamp: stamp(start),
          sampleCount: evidence.samplesAt(start),
          value,
        }));
  return JSON.stringify({
    version: "1.0",
    queryDate: stamp(evidence.now),
    startDate: seen.length === 0 ? undefined : stamp(seen.at(-1)!.start),
    unit: alarm.unit,
    statistic: only?.stat,
    period: alarm.period,
    recentDatapoints: seen.map(({ value }) => value).reverse(),
    threshold: alarm.threshold,
    evaluatedDatapoints,
  });
}

const movedAt = ({ stateTime, transitionTime = stateTime }: Alarm): number => transitionTime;

/**
 * Why a composite alarm changes: first because it was made, then because of the child that moved last
 * (CloudWatch user guide, "Alarm events and EventBridge").
 */
export function reasonOfComposite(
  alarm: CompositeAlarm,
  state: AlarmState,
  children: readonly Alarm[],
): { readonly reason: string; readonly data: string } {
  const last = [...children].sort((one, other) => movedAt(other) - movedAt(one))[0];
  const first = alarm.state === "INSUFFICIENT_DATA" || !last;
  const triggeringAlarms = (first ? children : [last]).map((child) => ({
    arn: child.arn,
    state: { value: child.state, timestamp: stamp(movedAt(child)) },
  }));
  const reason = first
    ? `${alarm.arn} was created and its alarm rule evaluates to ${state}`
    : `${last.arn} transitioned to ${last.state} at ${inWords(movedAt(last))}`;
  return { reason, data: JSON.stringify({ triggeringAlarms }) };
}

/** `Friday 22 July, 2022 15:57:45 UTC`. */
function inWords(time: number): string {
  const part = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat("en-US", { ...options, timeZone: "UTC" }).format(time);
  const clock = new Date(time).toISOString().slice(11, 19);
  const [weekday, month] = [part({ weekday: "long" }), part({ month: "long" })];
  return `${weekday} ${part({ day: "numeric" })} ${month}, ${part({ year: "numeric" })} ${clock} UTC`;
}

/** `2026-01-01T00:00:00.000+0000`, as CloudWatch writes times. */
export function stamp(time: number): string {
  return new Date(time).toISOString().replace("Z", "+0000");
}

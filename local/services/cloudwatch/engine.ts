import type { Cloud } from "../../cloud";
import type { Timer } from "../../clock";
import type { MetricsPort } from "../../ports";
import { evaluated, evaluationRange, judge, reasonFor, type Alarm, type AlarmState, type MetricAlarm } from "./alarm";
import { notify } from "./alarm-actions";
import { keyOf, MetricStore, type Metric, type DatumOptions } from "./metric-store";
import type { Points } from "./math";
import { evaluateQueries } from "./queries";

export interface HistoryItem {
  readonly alarm: string;
  readonly kind: Alarm["kind"];
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly type: "ConfigurationUpdate" | "StateUpdate" | "Action";
  readonly summary: string;
  readonly data: unknown;
}

/** Alarms look once a minute, as on AWS, but only while something may change. */
const look = 60_000;
const keptHistory = 5_000;

/** Metrics, alarms and dashboards on the cloud's clock. */
export class CloudWatchEngine implements MetricsPort {
  readonly store: MetricStore;
  readonly alarms = new Map<string, Alarm>();
  /** Body by name. */
  readonly dashboards = new Map<string, { readonly body: string; readonly modified: number }>();
  readonly history: HistoryItem[] = [];
  /** Alarms with an evaluation ahead. */
  private readonly due = new Set<string>();
  private timer: Timer | undefined;
  /** Metric alarms by the metrics they watch. */
  private readonly watchers = new Map<string, Set<string>>();
  /** Alarms on gauges. */
  private readonly gauges = new Set<string>();
  private gaugesDue = true;
  /** What each alarm's gauges showed when it last looked. */
  private readonly samples = new Map<string, string>();
  private readonly stop: () => void;

  constructor(readonly cloud: Cloud) {
    this.store = new MetricStore(cloud.clock);
    // A gauge tells nobody when it moves; but nothing moves it without leaving a trace.
    this.stop = cloud.trace.on((event) => {
      if (this.gaugesDue || event.service === "cloudwatch" || event.kind === "log") return;
      for (const name of this.gauges) this.touch(name);
      this.gaugesDue = true;
    });
  }

  put(
    namespace: string,
    name: string,
    dimensions: Readonly<Record<string, string>>,
    value: number,
    unit?: string,
  ): void {
    this.record({ namespace, name, dimensions }, value, unit === undefined ? {} : { unit });
  }

  /** Adds data and wakes the alarms that watch the metric. */
  record(metric: Metric, value: number, options: DatumOptions): void {
    this.store.put(metric, value, options);
    if (this.watchers.size === 0) return;
    for (const alarm of this.watchers.get(keyOf(metric)) ?? []) this.touch(alarm);
  }

  gauge(namespace: string, name: string, dimensions: Readonly<Record<string, string>>, read: () => number): void {
    const metric = { namespace, name, dimensions };
    this.store.setGauge(metric, read);
    for (const alarm of this.watchers.get(keyOf(metric)) ?? []) this.touch(alarm);
    this.refreshGaugeAlarms();
  }

  setAlarm(alarm: Alarm): void {
    const known = this.alarms.get(alarm.name);
    if (known) this.unwatch(known);
    this.alarms.set(alarm.name, alarm);
    if (alarm.kind === "metric") {
      for (const { metric } of alarm.queries) {
        if (!metric) continue;
        const key = keyOf(metric);
        let watching = this.watchers.get(key);
        if (!watching) this.watchers.set(key, (watching = new Set()));
        watching.add(alarm.name);
      }
    }
    this.refreshGaugeAlarms();
    this.remember(alarm, "ConfigurationUpdate", `Alarm "${alarm.name}" ${known ? "updated" : "created"}`, {});
    this.touch(alarm.name);
  }

  deleteAlarm(name: string): void {
    const alarm = this.alarms.get(name);
    if (!alarm) return;
    this.unwatch(alarm);
    this.alarms.delete(name);
    this.due.delete(name);
    this.refreshGaugeAlarms();
  }

  /** Moves an alarm into a state, with all that follows from it. Resolves when its actions have run. */
  async setState(alarm: Alarm, state: AlarmState, reason: string, data: unknown = {}): Promise<void> {
    const before = alarm.state;
    alarm.state = state;
    alarm.stateReason = reason;
    alarm.stateTime = this.cloud.clock.now();
    if (before === state) return;
    this.remember(alarm, "StateUpdate", `Alarm updated from ${before} to ${state}`, data);
    this.cloud.trace.emit({
      kind: "state",
      service: "cloudwatch",
      name: alarm.name,
      resource: alarm.arn,
      data: { from: before, to: state, reason },
    });
    for (const other of this.alarms.values()) if (other.kind === "composite") this.touch(other.name);
    await notify(this, alarm, before);
  }

  remember(alarm: Alarm, type: HistoryItem["type"], summary: string, data: unknown): void {
    this.history.push({ alarm: alarm.name, kind: alarm.kind, time: this.cloud.clock.now(), type, summary, data });
    if (this.history.length > keptHistory) this.history.splice(0, this.history.length - keptHistory);
  }

  close(): void {
    this.stop();
    this.timer?.cancel();
  }

  private refreshGaugeAlarms(): void {
    this.gauges.clear();
    for (const alarm of this.alarms.values()) {
      if (alarm.kind === "metric" && alarm.queries.some(({ metric }) => metric && this.store.hasGauge(metric)))
        this.gauges.add(alarm.name);
    }
    this.gaugesDue = this.gauges.size === 0;
  }

  private unwatch(alarm: Alarm): void {
    if (alarm.kind !== "metric") return;
    for (const { metric } of alarm.queries) if (metric) this.watchers.get(keyOf(metric))?.delete(alarm.name);
  }

  /** Sees to it that the alarm is looked at when the minute ends. */
  private touch(name: string): void {
    if (this.due.has(name)) return;
    this.due.add(name);
    if (this.timer) return;
    const now = this.cloud.clock.now();
    this.timer = this.cloud.clock.setTimer((Math.floor(now / look) + 1) * look - now, () => this.evaluate());
  }

  private async evaluate(): Promise<void> {
    this.timer = undefined;
    const names = [...this.due];
    this.due.clear();
    this.gaugesDue = this.gauges.size === 0;
    for (const name of names) {
      const alarm = this.alarms.get(name);
      if (!alarm) continue;
      try {
        if (alarm.kind === "metric") await this.evaluateMetric(alarm);
        else {
          const holds = alarm.holds((child) => this.alarms.get(child)?.state);
          await this.setState(alarm, holds ? "ALARM" : "OK", `${alarm.rule} is ${holds ? "true" : "false"}`);
        }
      } catch (error) {
        this.cloud.trace.emit({
          kind: "error",
          service: "cloudwatch",
          name,
          error: error instanceof Error ? error.message : String(error),
        });
      }
    }
  }

  private async evaluateMetric(alarm: MetricAlarm): Promise<void> {
    // The minute that has just ended: what a gauge shows now is what it showed at its end.
    const end = Math.floor(this.cloud.clock.now() / look) * look;
    let sampled = "";
    let moving = false;
    for (const { metric } of alarm.queries) {
      if (!metric || !this.store.hasGauge(metric)) continue;
      const value = this.store.sample(metric, end - look);
      sampled += `${value},`;
      if (value !== 0) moving = true;
    }
    const points = this.points(alarm, end);
    const state = judge(alarm, points);
    const reason = reasonFor(alarm, state, points);
    if (state !== alarm.state)
      await this.setState(alarm, state, reason, {
        recentDatapoints: evaluated(alarm, points),
        threshold: alarm.threshold,
        period: alarm.period,
      });
    // An age grows by itself. Once it is over its threshold, only an event can bring it back.
    const stays = state === "ALARM" && alarm.comparison.startsWith("Greater");
    const changed = moving && !stays && sampled !== this.samples.get(alarm.name);
    if (sampled !== "") this.samples.set(alarm.name, sampled);
    if (changed || this.settles(alarm, end) !== alarm.state) this.touch(alarm.name);
  }

  private points(alarm: MetricAlarm, end: number): Points {
    const span = Math.max(look, alarm.period * 1000);
    const startsOf = (count: number): number[] => Array.from({ length: count }, (_, i) => end - (count - i) * span);
    const own = this.values(alarm, startsOf(alarm.evaluationPeriods), span);
    // Older data only stand in for missing ones.
    return own.includes(undefined) ? this.values(alarm, startsOf(evaluationRange(alarm)), span) : own;
  }

  /** The state that the alarm comes to when nothing more happens: gauges stay, all other data ends. */
  private settles(alarm: MetricAlarm, end: number): AlarmState {
    const last = this.gauges.has(alarm.name) ? this.values(alarm, [end - look], look)[0] : undefined;
    return judge(alarm, new Array<number | undefined>(evaluationRange(alarm)).fill(last));
  }

  private values(alarm: MetricAlarm, starts: readonly number[], span: number): Points {
    const returned = alarm.queries.find(({ returnData }) => returnData) ?? alarm.queries[0]!;
    return evaluateQueries(this.store, alarm.queries, starts, span).get(returned.id)!;
  }
}

import type { Cloud } from "../../cloud";
import type { Timer } from "../../clock";
import type { MetricsPort } from "../../ports";
import { evaluationRange, judge, type Alarm, type AlarmState, type CompositeAlarm, type MetricAlarm } from "./alarm";
import { notify } from "./alarm-actions";
import { reasonDataFor, reasonFor, reasonOfComposite } from "./alarm-reason";
import { alarmsIn } from "./alarm-rule";
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

/** Where the last periods of a length begin. */
function startsOf(count: number, end: number, span: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => end - (count - i) * span);
}

/** A state as an alarm's history tells it. */
function told({ state, stateReason, stateReasonData }: Alarm): unknown {
  return {
    stateValue: state,
    stateReason,
    ...(stateReasonData === undefined ? {} : { stateReasonData: dataOf(stateReasonData) }),
  };
}

/** Reason data as JSON; text that someone else set may be none. */
function dataOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Metrics, alarms and dashboards on the cloud's clock. */
export class CloudWatchEngine implements MetricsPort {
  readonly store: MetricStore;
  readonly alarms = new Map<string, Alarm>();
  /** Of alarms, by ARN. */
  readonly tags = new Map<string, Readonly<Record<string, string>>>();
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

  /** Makes an alarm, or changes one, which keeps its state (API_PutMetricAlarm.html). */
  setAlarm(alarm: Alarm): void {
    const known = this.alarms.get(alarm.name);
    if (known) {
      this.unwatch(known);
      const { state, stateReason, stateReasonData, stateTime, transitionTime = stateTime } = known;
      Object.assign(alarm, { state, stateReason, stateTime, transitionTime });
      if (stateReasonData !== undefined) alarm.stateReasonData = stateReasonData;
    }
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
    this.tags.delete(alarm.arn);
    this.due.delete(name);
    this.refreshGaugeAlarms();
  }

  /** Moves an alarm into a state, with all that follows from it. Resolves when its actions have run. */
  async setState(alarm: Alarm, state: AlarmState, reason: string, reasonData?: string): Promise<void> {
    const before = { ...alarm };
    alarm.state = state;
    alarm.stateReason = reason;
    if (reasonData === undefined) delete alarm.stateReasonData;
    else alarm.stateReasonData = reasonData;
    alarm.transitionTime ??= alarm.stateTime;
    alarm.stateTime = this.cloud.clock.now();
    if (before.state === state) return;
    alarm.transitionTime = alarm.stateTime;
    this.remember(alarm, "StateUpdate", `Alarm updated from ${before.state} to ${state}`, {
      version: "1.0",
      oldState: told(before),
      newState: told(alarm),
    });
    this.cloud.trace.emit({
      kind: "state",
      service: "cloudwatch",
      name: alarm.name,
      resource: alarm.arn,
      data: { from: before.state, to: state, reason },
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
        else await this.evaluateComposite(alarm);
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

  private async evaluateComposite(alarm: CompositeAlarm): Promise<void> {
    const state = alarm.holds((child) => this.alarms.get(child)?.state) ? "ALARM" : "OK";
    if (state === alarm.state) return;
    const children = alarmsIn(alarm.rule).flatMap((name) => this.alarms.get(name) ?? []);
    const { reason, data } = reasonOfComposite(alarm, state, children);
    await this.setState(alarm, state, reason, data);
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
    const span = Math.max(look, alarm.period * 1000);
    const points = this.points(alarm, end, span);
    const state = judge(alarm, points);
    if (state !== alarm.state) {
      const only = alarm.queries.length === 1 ? alarm.queries[0]!.metric : undefined;
      const evidence = {
        points,
        starts: startsOf(points.length, end, span),
        samplesAt: (start: number) => only && this.store.statistic(only, "SampleCount", start, start + span),
        now: this.cloud.clock.now(),
      };
      await this.setState(alarm, state, reasonFor(alarm, state, evidence), reasonDataFor(alarm, evidence));
    }
    // An age grows by itself. Once it is over its threshold, only an event can bring it back.
    const stays = state === "ALARM" && alarm.comparison.startsWith("Greater");
    const changed = moving && !stays && sampled !== this.samples.get(alarm.name);
    if (sampled !== "") this.samples.set(alarm.name, sampled);
    if (changed || this.settles(alarm, end) !== alarm.state) this.touch(alarm.name);
  }

  private points(alarm: MetricAlarm, end: number, span: number): Points {
    const own = this.values(alarm, startsOf(alarm.evaluationPeriods, end, span), span);
    // Older data only stand in for missing ones.
    return own.includes(undefined) ? this.values(alarm, startsOf(evaluationRange(alarm), end, span), span) : own;
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

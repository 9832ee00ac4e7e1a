import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import type { EventsPort } from "../../ports";
import type { Principal } from "../../principal";
import { isEnabled, type Bus, type Rule, type RuleSettings, type Target } from "./bus";
import { Delivery } from "./delivery";
import { invalid, noRule, notFound } from "./errors";
import { makeEvent, type BusEvent, type NewEvent } from "./event";
import { countMetric } from "./metrics";
import { compilePattern, PatternError } from "./pattern";
import { parseSchedule, ScheduleError } from "./schedule-expression";
import { validateTargetInput } from "./target-input";

/** A rule has at most five targets (EventBridge quotas). */
const MAX_TARGETS = 5;

export interface EventsSnapshot {
  readonly buses: readonly (Omit<Bus, "rules"> & {
    readonly rules: readonly Omit<Rule, "matches" | "schedule" | "timer">[];
  })[];
}

function busName(nameOrArn = "default"): string {
  return nameOrArn.startsWith("arn:") ? nameOrArn.slice(nameOrArn.indexOf("event-bus/") + 10) : nameOrArn;
}

function checkName(name: string): void {
  const broken = [
    ...(name.length > 64 ? ["Member must have length less than or equal to 64"] : []),
    ...(/^[.\-_A-Za-z0-9]+$/.test(name) ? [] : ["Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+"]),
  ].map((constraint) => `Value '${name}' at 'name' failed to satisfy constraint: ${constraint}`);
  if (broken.length > 0)
    throw invalid(`${broken.length} validation error${broken.length === 1 ? "" : "s"} detected: ${broken.join("; ")}`);
}

/** Event buses, their rules, and schedules on the default bus. */
export class EventBuses implements EventsPort {
  private readonly buses = new Map<string, Bus>();
  private readonly delivery: Delivery;

  constructor(readonly cloud: Cloud) {
    this.delivery = new Delivery(cloud, (busArn, event, principal) => this.forward(busArn, event, principal));
    this.createBus("default");
  }

  /** An event that an AWS service puts on the default bus. */
  emit(event: NewEvent): void {
    this.put("default", event);
  }

  // Buses.

  all(): readonly Bus[] {
    return [...this.buses.values()];
  }

  /** By name or ARN; the default bus if neither is given. @throws AwsError ResourceNotFoundException */
  bus(nameOrArn = "default"): Bus {
    const name = busName(nameOrArn);
    const bus = this.buses.get(name);
    if (!bus) throw notFound(`Event bus ${name}`);
    return bus;
  }

  /** The ARN of a bus that is there or not. */
  busArn(nameOrArn = "default"): string {
    return this.cloud.arn("events", `event-bus/${busName(nameOrArn)}`);
  }

  createBus(name: string): Bus {
    if (!/^[/.\-_A-Za-z0-9]{1,256}$/.test(name) || (name.includes("/") && !name.startsWith("aws.partner/"))) {
      throw invalid(
        `Event bus name ${name} is not valid; expected 1 to 256 of A-Z, a-z, 0-9, period, hyphen and underscore.`,
      );
    }
    if (this.buses.has(name)) throw new AwsError("ResourceAlreadyExistsException", `Event bus ${name} already exists.`);
    const now = this.cloud.clock.now();
    const bus: Bus = {
      name,
      arn: this.cloud.arn("events", `event-bus/${name}`),
      statements: new Map(),
      tags: {},
      rules: new Map(),
      createdAt: now,
      modifiedAt: now,
    };
    this.buses.set(name, bus);
    return bus;
  }

  deleteBus(bus: Bus): void {
    if (bus.name === "default") throw invalid("Cannot delete event bus default.");
    for (const rule of [...bus.rules.values()]) this.deleteRule(rule, true);
    this.buses.delete(bus.name);
    this.cloud.resourcePolicies.delete(bus.arn);
  }

  /** Replaces or adds a statement of the bus policy; undefined takes it away. */
  permit(bus: Bus, statementId: string, statement: Record<string, unknown> | undefined): void {
    if (statement) bus.statements.set(statementId, { Sid: statementId, ...statement });
    else if (!bus.statements.delete(statementId)) throw notFound("Statement with the provided id");
    this.publishPolicy(bus);
  }

  /** Replaces the whole bus policy. */
  setPolicy(bus: Bus, text: string): void {
    const policy = JSON.parse(text) as { Statement?: Record<string, unknown> | Record<string, unknown>[] };
    bus.statements.clear();
    const statements = [policy.Statement ?? []].flat();
    statements.forEach((statement, index) =>
      bus.statements.set(String(statement["Sid"] ?? `statement-${index}`), statement),
    );
    this.publishPolicy(bus);
  }

  policyOf(bus: Bus): Record<string, unknown> | undefined {
    return bus.statements.size === 0 ? undefined : { Version: "2012-10-17", Statement: [...bus.statements.values()] };
  }

  // Rules.

  ruleArn(bus: Bus, name: string): string {
    return this.cloud.arn("events", bus.name === "default" ? `rule/${name}` : `rule/${bus.name}/${name}`);
  }

  /** @throws AwsError ResourceNotFoundException */
  rule(bus: Bus, name: string | undefined): Rule {
    const rule = name === undefined ? undefined : bus.rules.get(name);
    if (!rule) throw noRule(name, bus.name);
    return rule;
  }

  /** Makes a rule or replaces its settings; targets and tags stay. @throws AwsError ValidationException, InvalidEventPatternException */
  putRule(bus: Bus, name: string, settings: RuleSettings): Rule {
    checkName(name);
    if (!settings.eventPattern && !settings.scheduleExpression) {
      throw invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.");
    }
    if (settings.scheduleExpression && bus.name !== "default")
      throw invalid("ScheduleExpression is supported only on the default event bus.");
    const existing = bus.rules.get(name);
    const rule: Rule = existing ?? {
      name,
      busName: bus.name,
      arn: this.ruleArn(bus, name),
      settings,
      targets: new Map(),
      tags: {},
      createdAt: this.cloud.clock.now(),
    };
    this.compile(rule, settings);
    bus.rules.set(name, rule);
    return rule;
  }

  /** @throws AwsError ValidationException if it still has targets */
  deleteRule(rule: Rule, force = false): void {
    if (rule.targets.size > 0 && !force) throw invalid("Rule can't be deleted since it has targets.");
    rule.timer?.cancel();
    this.buses.get(rule.busName)?.rules.delete(rule.name);
  }

  setState(rule: Rule, state: RuleSettings["state"]): void {
    rule.settings = { ...rule.settings, state };
    this.arm(rule);
  }

  /** @throws AwsError LimitExceededException, ValidationException */
  putTarget(rule: Rule, target: Target): void {
    if (!rule.targets.has(target.Id) && rule.targets.size >= MAX_TARGETS) {
      throw new AwsError("LimitExceededException", "The requested resource exceeds the maximum number allowed.");
    }
    validateTargetInput(target);
    rule.targets.set(target.Id, target);
  }

  // Events.

  /** Puts an event on a bus; whoever matches gets it in the background. For a bus that is not there it is lost, as on AWS. */
  put(busNameOrArn: string | undefined, event: NewEvent): BusEvent {
    const made = makeEvent(this.cloud, event);
    const bus = this.buses.get(busName(busNameOrArn));
    if (bus) this.dispatch(bus, made);
    else
      this.cloud.trace.emit({
        kind: "error",
        service: "events",
        name: "EventLost",
        resource: this.busArn(busNameOrArn),
        error: "ResourceNotFoundException",
        data: { id: made.id, source: made.source, detailType: made["detail-type"] },
      });
    return made;
  }

  // The whole.

  snapshot(): EventsSnapshot {
    const buses = this.all().map(({ rules, ...bus }) => ({
      ...bus,
      rules: [...rules.values()].map(({ matches: _matches, schedule: _schedule, timer: _timer, ...rule }) => rule),
    }));
    return structuredClone({ buses });
  }

  restore(snapshot: EventsSnapshot): void {
    this.close();
    for (const bus of this.all()) this.cloud.resourcePolicies.delete(bus.arn);
    this.buses.clear();
    for (const { rules, ...kept } of structuredClone(snapshot).buses) {
      const bus: Bus = { ...kept, rules: new Map() };
      this.buses.set(bus.name, bus);
      this.publishPolicy(bus);
      for (const rule of rules) {
        const made: Rule = { ...rule };
        this.compile(made, made.settings);
        bus.rules.set(made.name, made);
      }
    }
  }

  close(): void {
    for (const bus of this.all()) for (const rule of bus.rules.values()) rule.timer?.cancel();
  }

  private publishPolicy(bus: Bus): void {
    const policy = this.policyOf(bus);
    bus.modifiedAt = this.cloud.clock.now();
    if (policy) this.cloud.resourcePolicies.set(bus.arn, policy);
    else this.cloud.resourcePolicies.delete(bus.arn);
  }

  private compile(rule: Rule, settings: RuleSettings): void {
    let matches: Rule["matches"];
    let schedule: Rule["schedule"];
    try {
      if (settings.eventPattern) matches = compilePattern(settings.eventPattern);
      if (settings.scheduleExpression) schedule = parseSchedule(settings.scheduleExpression);
    } catch (error) {
      if (error instanceof PatternError)
        throw new AwsError("InvalidEventPatternException", `Event pattern is not valid. Reason: ${error.message}`);
      if (error instanceof ScheduleError) throw invalid("Parameter ScheduleExpression is not valid.");
      throw error;
    }
    if (schedule?.kind === "at") throw invalid("Parameter ScheduleExpression is not valid.");
    rule.settings = settings;
    delete rule.matches;
    delete rule.schedule;
    if (matches) rule.matches = matches;
    if (schedule) rule.schedule = schedule;
    this.arm(rule);
  }

  /** Sets the timer of the next scheduled event. */
  private arm(rule: Rule): void {
    rule.timer?.cancel();
    delete rule.timer;
    if (!rule.schedule || !isEnabled(rule)) return;
    const { clock } = this.cloud;
    // A rate's first event comes one period after the rule was made.
    const due = rule.schedule.next(Math.max(clock.now(), rule.createdAt), rule.createdAt);
    if (due === undefined) return;
    rule.timer = clock.setTimer(due - clock.now(), () => {
      const event = makeEvent(this.cloud, {
        source: "aws.events",
        detailType: "Scheduled Event",
        resources: [rule.arn],
        detail: {},
      });
      this.arm(rule);
      this.trigger(rule, event);
    });
  }

  private dispatch(bus: Bus, event: BusEvent): void {
    for (const rule of bus.rules.values()) {
      if (!isEnabled(rule) || !rule.matches?.(event)) continue;
      countMetric(this.cloud, rule, "MatchedEvents");
      this.trigger(rule, event);
    }
  }

  private trigger(rule: Rule, event: BusEvent): void {
    countMetric(this.cloud, rule, "TriggeredRules");
    for (const target of rule.targets.values()) this.delivery.start(rule, target, event);
  }

  /** A bus as a target: the sender needs the right to put, the event stays as it is. */
  private forward(busArn: string, event: BusEvent, principal: Principal): void {
    const bus = this.bus(busArn);
    const decision = this.cloud.ports.iam.evaluate(principal, { action: "events:PutEvents", resource: bus.arn });
    if (!decision.allowed)
      throw new AwsError(
        "AccessDeniedException",
        `not authorized to perform: events:PutEvents on resource: ${bus.arn} ${decision.reason}`,
      );
    this.dispatch(bus, event);
  }
}

import type { Cloud } from "../../cloud";
import { parseSchedule, ScheduleError } from "../events/schedule-expression";
import { Delivery } from "./delivery";
import { conflict, invalid, notFound } from "./errors";
import { schedulerOf } from "./invocation";
import type { Group, Schedule, ScheduleSettings } from "./schedule";

export interface SchedulesSnapshot {
  readonly groups: readonly (Omit<Group, "schedules"> & {
    readonly schedules: readonly Omit<Schedule, "due" | "timer">[];
  })[];
}

function dueOf({ expression, timezone }: ScheduleSettings): Schedule["due"] {
  return parseSchedule(expression, timezone, true);
}

/** Schedule groups and schedules; each enabled schedule has one timer, at its next due time. */
export class Schedules {
  private readonly groups = new Map<string, Group>();
  private readonly delivery: Delivery;

  constructor(readonly cloud: Cloud) {
    this.delivery = new Delivery(cloud, (name) => this.groupArn(name));
    this.createGroup("default");
  }

  // Groups.

  groupArn(name: string): string {
    return this.cloud.arn("scheduler", `schedule-group/${name}`);
  }

  allGroups(): readonly Group[] {
    return [...this.groups.values()];
  }

  /** @throws AwsError ResourceNotFoundException */
  group(name = "default"): Group {
    const group = this.groups.get(name);
    if (!group) throw notFound(`Schedule group ${name}`);
    return group;
  }

  /** @throws AwsError ConflictException, ValidationException */
  createGroup(name: string, tags: Readonly<Record<string, string>> = {}): Group {
    if (!/^[0-9a-zA-Z_.-]{1,64}$/.test(name))
      throw invalid(
        `Schedule group name ${name} is not valid; expected 1 to 64 of A-Z, a-z, 0-9, underscore, period and hyphen.`,
      );
    if (this.groups.has(name)) throw conflict(`Schedule group ${name}`);
    const now = this.cloud.clock.now();
    const group: Group = {
      name,
      arn: this.groupArn(name),
      createdAt: now,
      modifiedAt: now,
      tags: { ...tags },
      schedules: new Map(),
    };
    this.groups.set(name, group);
    return group;
  }

  /** Its schedules go with it. */
  deleteGroup(group: Group): void {
    if (group.name === "default") throw invalid("Cannot delete the default schedule group.");
    for (const schedule of [...group.schedules.values()]) this.delete(schedule);
    this.groups.delete(group.name);
  }

  // Schedules.

  arnOf(group: string, name: string): string {
    return this.cloud.arn("scheduler", `schedule/${group}/${name}`);
  }

  /** @throws AwsError ResourceNotFoundException */
  schedule(name: string | undefined, groupName = "default"): Schedule {
    const schedule = name === undefined ? undefined : this.group(groupName).schedules.get(name);
    if (!schedule) throw notFound(`Schedule ${name}`);
    return schedule;
  }

  /** @throws AwsError ConflictException, ValidationException */
  create(name: string, groupName: string, settings: ScheduleSettings): Schedule {
    const group = this.group(groupName);
    if (!/^[0-9a-zA-Z_.-]{1,64}$/.test(name))
      throw invalid(
        `Schedule name ${name} is not valid; expected 1 to 64 of A-Z, a-z, 0-9, underscore, period and hyphen.`,
      );
    if (group.schedules.has(name)) throw conflict(`Schedule ${name}`);
    const due = this.check(settings, group);
    const now = this.cloud.clock.now();
    const schedule: Schedule = {
      name,
      groupName,
      arn: this.arnOf(groupName, name),
      createdAt: now,
      modifiedAt: now,
      settings,
      due,
    };
    group.schedules.set(name, schedule);
    // Without a start date a rate begins at once, so its first due time is now.
    this.arm(schedule, now - 1);
    return schedule;
  }

  /** Replaces all settings. @throws AwsError ValidationException */
  update(schedule: Schedule, settings: ScheduleSettings): void {
    schedule.due = this.check(settings, this.group(schedule.groupName));
    schedule.settings = settings;
    schedule.modifiedAt = this.cloud.clock.now();
    this.arm(schedule, this.cloud.clock.now());
  }

  delete(schedule: Schedule): void {
    schedule.timer?.cancel();
    this.groups.get(schedule.groupName)?.schedules.delete(schedule.name);
  }

  // The whole.

  snapshot(): SchedulesSnapshot {
    const groups = this.allGroups().map(({ schedules, ...group }) => ({
      ...group,
      schedules: [...schedules.values()].map(({ due: _due, timer: _timer, ...schedule }) => schedule),
    }));
    return structuredClone({ groups });
  }

  restore(snapshot: SchedulesSnapshot): void {
    this.close();
    this.groups.clear();
    for (const { schedules, ...kept } of structuredClone(snapshot).groups) {
      const group: Group = { ...kept, schedules: new Map() };
      this.groups.set(group.name, group);
      for (const entry of schedules) {
        const schedule: Schedule = { ...entry, due: dueOf(entry.settings) };
        group.schedules.set(schedule.name, schedule);
        this.arm(schedule, this.cloud.clock.now());
      }
    }
  }

  close(): void {
    for (const group of this.allGroups()) for (const schedule of group.schedules.values()) schedule.timer?.cancel();
  }

  private check(settings: ScheduleSettings, group: Group): Schedule["due"] {
    const { target, startDate, endDate } = settings;
    if (!/^arn:aws:iam::\d{12}:role\//.test(target.RoleArn ?? ""))
      throw invalid(`Invalid RoleArn ${target.RoleArn}; expected the ARN of a role.`);
    if (startDate !== undefined && endDate !== undefined && startDate > endDate)
      throw invalid("StartDate must come before EndDate.");
    if (!this.cloud.ports.iam.trusts(target.RoleArn, schedulerOf(group.arn))) {
      throw invalid("The execution role you provide must allow AWS EventBridge Scheduler to assume the role.");
    }
    try {
      return dueOf(settings);
    } catch (error) {
      if (error instanceof ScheduleError) throw invalid(`Invalid Schedule Expression ${settings.expression}.`);
      throw error;
    }
  }

  /** Sets the timer of the first due time after `after`, somewhere in its flexible window. */
  private arm(schedule: Schedule, after: number): void {
    const { clock, random } = this.cloud;
    schedule.timer?.cancel();
    delete schedule.timer;
    const { settings, due } = schedule;
    if (settings.state === "DISABLED") return;
    // A one-time schedule ignores start and end date (API reference of CreateSchedule).
    const start = due.kind === "at" ? undefined : settings.startDate;
    const at = due.next(Math.max(after, (start ?? 0) - 1), start ?? schedule.createdAt);
    const over = at === undefined || (due.kind !== "at" && settings.endDate !== undefined && at > settings.endDate);
    if (over) return;
    const moved = settings.windowMinutes === 0 ? at : at + Math.floor(random() * settings.windowMinutes * 60_000);
    schedule.timer = clock.setTimer(moved - clock.now(), () => {
      this.arm(schedule, at);
      if (!schedule.timer && settings.deleteAfterCompletion) this.delete(schedule);
      return this.delivery.run(schedule, at);
    });
  }
}

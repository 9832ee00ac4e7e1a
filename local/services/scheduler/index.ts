import type { Cloud } from "../../cloud";
import type { Service } from "../../service";
import { Schedules, type SchedulesSnapshot } from "./engine";
import {
  createScheduleGroup,
  deleteScheduleGroup,
  getScheduleGroup,
  listScheduleGroups,
  listTagsForResource,
  tagResource,
  untagResource,
} from "./operations/groups";
import { createSchedule, deleteSchedule, getSchedule, listSchedules, updateSchedule } from "./operations/schedules";
import { schedulerResources } from "./resources";

/** Amazon EventBridge Scheduler with its state to be kept and brought back. */
export interface SchedulerService extends Service {
  snapshot(): SchedulesSnapshot;
  restore(snapshot: SchedulesSnapshot): void;
}

/** Amazon EventBridge Scheduler: one-time, rate and cron schedules in time zones, run as the target's role. */
export function schedulerService(cloud: Cloud): SchedulerService {
  const schedules = new Schedules(cloud);
  return {
    name: "scheduler",
    signingName: "scheduler",
    protocols: [
      {
        kind: "rest",
        routes: [
          { method: "POST", path: "/schedules/{Name}", operation: "CreateSchedule" },
          { method: "GET", path: "/schedules/{Name}", operation: "GetSchedule" },
          { method: "PUT", path: "/schedules/{Name}", operation: "UpdateSchedule" },
          { method: "DELETE", path: "/schedules/{Name}", operation: "DeleteSchedule" },
          { method: "GET", path: "/schedules", operation: "ListSchedules" },
          { method: "POST", path: "/schedule-groups/{Name}", operation: "CreateScheduleGroup" },
          { method: "GET", path: "/schedule-groups/{Name}", operation: "GetScheduleGroup" },
          { method: "DELETE", path: "/schedule-groups/{Name}", operation: "DeleteScheduleGroup" },
          { method: "GET", path: "/schedule-groups", operation: "ListScheduleGroups" },
          { method: "POST", path: "/tags/{ResourceArn}", operation: "TagResource" },
          {
            method: "DELETE",
            path: "/tags/{ResourceArn}",
            operation: "UntagResource",
            decode: ({ query }, labels) => ({ ...labels, TagKeys: new URLSearchParams(query).getAll("TagKeys") }),
          },
          { method: "GET", path: "/tags/{ResourceArn}", operation: "ListTagsForResource" },
        ],
      },
    ],
    operations: {
      CreateSchedule: createSchedule(schedules),
      GetSchedule: getSchedule(schedules),
      UpdateSchedule: updateSchedule(schedules),
      DeleteSchedule: deleteSchedule(schedules),
      ListSchedules: listSchedules(schedules),
      CreateScheduleGroup: createScheduleGroup(schedules),
      GetScheduleGroup: getScheduleGroup(schedules),
      DeleteScheduleGroup: deleteScheduleGroup(schedules),
      ListScheduleGroups: listScheduleGroups(schedules),
      TagResource: tagResource(schedules),
      UntagResource: untagResource(schedules),
      ListTagsForResource: listTagsForResource(schedules),
    },
    resourceTypes: schedulerResources(schedules),
    snapshot: () => schedules.snapshot(),
    restore: (snapshot) => schedules.restore(snapshot),
    close: () => schedules.close(),
  };
}

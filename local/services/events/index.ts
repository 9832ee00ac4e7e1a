import type { Cloud } from "../../cloud";
import type { Service } from "../../service";
import { EventBuses, type EventsSnapshot } from "./engine";
import {
  createEventBus,
  deleteEventBus,
  describeEventBus,
  listEventBuses,
  putPermission,
  removePermission,
} from "./operations/buses";
import { putEvents } from "./operations/put-events";
import {
  deleteRule,
  describeRule,
  disableRule,
  enableRule,
  listRuleNamesByTarget,
  listRules,
  putRule,
} from "./operations/rules";
import { listTagsForResource, tagResource, testEventPattern, untagResource } from "./operations/tags-and-patterns";
import { listTargetsByRule, putTargets, removeTargets } from "./operations/targets";
import { eventsResources } from "./resources";

/** Amazon EventBridge with its state to be kept and brought back. */
export interface EventsService extends Service {
  snapshot(): EventsSnapshot;
  restore(snapshot: EventsSnapshot): void;
}

/** Amazon EventBridge: buses, rules with patterns and schedules, targets with retries and dead letters. Sets `cloud.ports.events`. */
export function eventsService(cloud: Cloud): EventsService {
  const buses = new EventBuses(cloud);
  cloud.ports.events = buses;
  return {
    name: "events",
    signingName: "events",
    protocols: [{ kind: "json", target: "AWSEvents", version: "1.1" }],
    operations: {
      PutEvents: putEvents(buses),
      PutRule: putRule(buses),
      DeleteRule: deleteRule(buses),
      DescribeRule: describeRule(buses),
      EnableRule: enableRule(buses),
      DisableRule: disableRule(buses),
      ListRules: listRules(buses),
      ListRuleNamesByTarget: listRuleNamesByTarget(buses),
      PutTargets: putTargets(buses),
      RemoveTargets: removeTargets(buses),
      ListTargetsByRule: listTargetsByRule(buses),
      CreateEventBus: createEventBus(buses),
      DeleteEventBus: deleteEventBus(buses),
      DescribeEventBus: describeEventBus(buses),
      ListEventBuses: listEventBuses(buses),
      PutPermission: putPermission(buses),
      RemovePermission: removePermission(buses),
      TagResource: tagResource(buses),
      UntagResource: untagResource(buses),
      ListTagsForResource: listTagsForResource(buses),
      TestEventPattern: testEventPattern(),
    },
    resourceTypes: eventsResources(buses),
    snapshot: () => buses.snapshot(),
    restore: (snapshot) => buses.restore(snapshot),
    close: () => buses.close(),
  };
}

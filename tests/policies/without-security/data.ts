import { type WithoutSecurity } from "./mutants";

/** Of tables, buckets and mail. */
export const DATA_WITHOUT: readonly WithoutSecurity[] = [
  {
    types: ["ConfigurationSetEventDestination"],
    path: /^$|^eventDestination/,
    when: ({ name }) => name.includes("metrics"),
    reason: "Counts events for alarms and dashboards; the events themselves go to the topic.",
  },
  {
    types: ["ConfigurationSetEventDestination"],
    path: /^eventDestinationName$|matchingEventTypes\.\[\]$/,
    when: ({ path, before }) =>
      path === "eventDestinationName" ||
      !["SEND", "BOUNCE", "COMPLAINT", "REJECT", "DELIVERY"].includes(String(before)),
    reason: "Opens and clicks are statistics; a label.",
  },
  {
    types: ["ConfigurationSet"],
    path: /^sendingOptions/,
    reason: "Switches sending on or off; off, nothing leaves.",
  },
  {
    types: ["Table"],
    path: /^(attributes|globalSecondaryIndexes|hashKey|rangeKey)|^ttl\.attributeName$/,
    operators: ["remove", "replace"],
    when: ({ path, operator }) => path !== "ttl.attributeName" || operator === "replace",
    reason: "The table's keys, which handlers and journeys hold.",
  },
  {
    types: ["BucketLifecycleConfiguration"],
    path: /rules\.\[\]\.(id|filter|expiration.*)$/,
    reason: "How long current objects are kept is the component's contract; objects that go expose nothing.",
  },
  {
    types: ["BucketLifecycleConfiguration"],
    path: /(daysAfterInitiation|noncurrentDays)$/,
    operators: ["least", "raise"],
    when: ({ path, operator }) => (operator === "least") === path.endsWith("daysAfterInitiation"),
    reason: "Sooner tidied, longer kept: both stricter.",
  },
  {
    types: ["Bucket", "Workgroup"],
    path: /^forceDestroy$/,
    when: ({ type, operator }) => operator === "remove" || type.endsWith("Workgroup"),
    reason: "Off by default; a workgroup holds no more than the history of its queries.",
  },
  {
    types: ["Workgroup"],
    path: /engineVersion/,
    operators: ["remove"],
    reason: "AWS then takes the newest.",
  },
  {
    types: ["EmailIdentityMailFromAttributes"],
    path: /^(behaviorOnMxFailure|mailFromDomain)$/,
    operators: ["remove", "replace"],
    when: ({ path, operator }) => path === "behaviorOnMxFailure" || operator === "replace",
    reason:
      "Which domain below the identity's the envelope bears, and whether mail waits while its records are missing.",
  },
];

import type { Exception } from "./framework/exceptions";

/** Violations of this project's own program that are accepted, each for a reason and for a time. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    rule: "s3-logged",
    resource: "aws:s3/bucket:Bucket *",
    project: "games-messaging",
    reason:
      "Only the program's own functions and Glue read and write the two buckets, under roles that name them. A bucket for access logs could not be encrypted with the customer key; CloudTrail's data events tell the same, without one.",
    expires: "2027-11-21",
  },
  ...["*-query-ended-dlq", "*-schedule-dlq"].map((name) => ({
    rule: "alarms-on-dead-letters",
    resource: `aws:sqs/queue:Queue ${name}`,
    project: "games-messaging",
    environment: "production" as const,
    reason:
      "A query's end or a schedule's start that could not be delivered: the segment's run then stays where it is, which its own table shows. Neither queue has an alarm yet.",
    expires: "2026-12-31",
  })),
];

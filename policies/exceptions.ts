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
];

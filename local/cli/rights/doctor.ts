import { type Arns, right, type RightStatement } from "./statement";

/** What doctor looks at; it changes nothing, and says of what it may not see that it cannot. */
export function doctorRights(arns: Arns): readonly RightStatement[] {
  const { operations } = arns;
  const { gateway, messages, emails, segments } = operations;
  const named = (kind: "rule" | "schedule"): string[] =>
    operations.timers.filter((timer) => timer.kind === kind).map(({ name }) => name);
  return [
    // None of these has a resource of its own.
    ...right("ReadAccount", ["ses:GetAccount", "lambda:GetAccountSettings", "glue:DescribeIntegrations"], ["*"]),
    ...right("ReadApiSettings", ["apigateway:GET"], [arns.apiSettings]),
    ...right("ReadKeys", ["kms:DescribeKey", "kms:GetKeyRotationStatus"], operations.keys),
    ...right(
      "ReadBackups",
      ["dynamodb:DescribeContinuousBackups"],
      [gateway?.players, gateway?.presence, messages?.table, segments?.runs].map((name) => name && arns.table(name)),
    ),
    ...right("ReadCatalogPolicy", ["glue:GetResourcePolicy"], [segments && arns.of("glue", "catalog")]),
    ...right(
      "ReadWorkgroup",
      ["athena:GetWorkGroup"],
      [segments && arns.of("athena", `workgroup/${segments.workgroup}`)],
    ),
    ...right("ReadIdentity", ["ses:GetEmailIdentity"], [emails && arns.of("ses", `identity/${emails.identity}`)]),
    ...right(
      "ReadConfigurationSet",
      ["ses:GetConfigurationSet"],
      [emails && arns.of("ses", `configuration-set/${emails.configurationSet}`)],
    ),
    ...right(
      "ReadRules",
      ["events:DescribeRule"],
      named("rule").map((name) => arns.of("events", `rule/${name}`)),
    ),
    ...right(
      "ReadSchedules",
      ["scheduler:GetSchedule"],
      named("schedule").map((name) => arns.of("scheduler", `schedule/default/${name}`)),
    ),
    ...right("ReadSubscribers", ["sns:ListSubscriptionsByTopic"], operations.alarmTopics),
    ...right(
      "CountLetters",
      ["sqs:GetQueueAttributes"],
      operations.deadLetters.map(({ url }) => arns.queue(url)),
    ),
  ];
}

import { DescribeRuleCommand } from "@aws-sdk/client-eventbridge";
import { GetScheduleCommand } from "@aws-sdk/client-scheduler";
import { paginateListSubscriptionsByTopic } from "@aws-sdk/client-sns";
import { invocation } from "../invocation";
import { queueState } from "../redrive/letters";
import { isProduction, ofStack, ok, toDo, type Check } from "./check";
import { plural } from "../plural";

const SECTION = "Running";

/** What a stack needs every day. */
export const runningChecks: readonly Check[] = [
  {
    section: SECTION,
    title: "tokens' issuer",
    look: async ({ world, operations, settings }) => {
      const issuer = operations?.gateway?.issuer ?? settings?.["issuer"];
      if (issuer === undefined) return undefined;
      const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
      const fix = "Give the issuer as its tokens name it: pulumi config set issuer https://…";
      const answer = await world
        .fetch(url)
        .catch((error: unknown) => (error instanceof Error ? cause(error) : String(error)));
      if (typeof answer === "string") return toDo(`${url} cannot be reached: ${answer}`, fix);
      if (!answer.ok) return toDo(`${url} answers ${answer.status}`, fix);
      const said = (await json(answer)) as { issuer?: unknown; jwks_uri?: unknown } | undefined;
      if (said === undefined) return toDo(`${url} answers with something else than a JSON object`, fix);
      if (said.issuer !== issuer)
        return toDo(`${url} names the issuer ${JSON.stringify(said.issuer)}, the stack ${JSON.stringify(issuer)}`, fix);
      const keys = await world.fetch(String(said.jwks_uri)).catch(() => undefined);
      const list = keys?.ok ? ((await json(keys)) as { keys?: unknown } | undefined)?.keys : undefined;
      return !Array.isArray(list) || list.length === 0
        ? toDo(`${String(said.jwks_uri)} gives no keys: no player can connect`, "Ask whoever runs the issuer.")
        : ok(`${issuer}, ${plural(list.length, "key")}`);
    },
  },
  {
    section: SECTION,
    title: "rules and schedules",
    look: ofStack(async ({ aws, operations: { timers } }) => {
      const off: (typeof timers)[number][] = [];
      for (const { kind, name } of timers) {
        const { State } =
          kind === "rule"
            ? await aws.get("events").send(new DescribeRuleCommand({ Name: name }))
            : await aws.get("scheduler").send(new GetScheduleCommand({ Name: name }));
        if (State !== "ENABLED") off.push({ kind, name });
      }
      return off.length === 0
        ? ok(`${timers.length} enabled`)
        : toDo(
            `disabled: ${off.map(({ name }) => name).join(", ")}; held messages or segments wait for ever`,
            off
              .map(({ kind, name }) =>
                kind === "rule"
                  ? `aws events enable-rule --name ${name}`
                  : `enable the schedule ${name} in EventBridge Scheduler's console, or pulumi refresh, then pulumi up`,
              )
              .join("; "),
          );
    }),
  },
  {
    section: SECTION,
    title: "alarms reach somebody",
    look: ofStack(async (patient) => {
      const { aws, operations } = patient;
      if (operations.alarmTopics.length === 0)
        return toDo(
          "alarms notify nobody",
          "Run: pulumi config set alarmTopicArn <ARN of an SNS topic> (in a program of your own: `monitoring: { alarmTopicArn }`).",
          isProduction(patient),
        );
      const pending: string[] = [];
      let confirmed = 0;
      for (const TopicArn of operations.alarmTopics) {
        for await (const page of paginateListSubscriptionsByTopic({ client: aws.get("sns") }, { TopicArn })) {
          for (const { SubscriptionArn, Endpoint } of page.Subscriptions ?? []) {
            if (SubscriptionArn?.startsWith("arn:")) confirmed += 1;
            else pending.push(Endpoint ?? "");
          }
        }
      }
      if (pending.length > 0)
        return toDo(
          `not confirmed: ${pending.join(", ")}`,
          "Follow the link in the mail that AWS sent there.",
          isProduction(patient),
        );
      return confirmed === 0
        ? toDo(
            "nobody subscribes to the alarms' topic",
            `aws sns subscribe --topic-arn ${operations.alarmTopics[0] ?? ""} --protocol email --notification-endpoint <address>`,
            isProduction(patient),
          )
        : ok(`${confirmed} subscribers`);
    }),
  },
  {
    section: SECTION,
    title: "dead letters",
    look: ofStack(async ({ aws, operations: { deadLetters } }) => {
      const full: string[] = [];
      for (const { name, url } of deadLetters) {
        const { visible, busy } = await queueState(aws.get("sqs"), url);
        if (visible + busy > 0) full.push(`${name}: ${visible + busy}`);
      }
      return full.length === 0
        ? ok(`none in ${deadLetters.length} queues`)
        : toDo(full.join(", "), `Look at the reasons: ${invocation("redrive")}`, false);
    }),
  },
];

/** A page's JSON object; undefined where it is something else. */
async function json(page: { json(): Promise<unknown> }): Promise<object | undefined> {
  const value = await page.json().catch(() => undefined);
  return typeof value === "object" && value !== null ? value : undefined;
}

/** What stands behind "fetch failed". */
function cause(error: Error): string {
  return error.cause instanceof Error && error.cause.message !== "" ? error.cause.message : error.message;
}

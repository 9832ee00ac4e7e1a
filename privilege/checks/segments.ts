import type { AthenaService } from "../../local/services/athena";
import { refreshIntegrations } from "../../local/services/glue";
import { iamEngine } from "../../local/services/iam";
import type { Check } from "../check";
import { grantsOf } from "../grants";
import { hasLines } from "../observe";
import { CheckFailure, type Stage } from "../stage";
import { profile } from "./people";

/** Where the target role of the zero-ETL integration writes its log. */
const GLUE_LOGS = "/aws-glue/zeroETL-integrations/logs/";

/** Bucket and key of a result. */
const RESULT = /^s3:\/\/([^/]+)\/(.+)$/;

/** Brings the analytics copy up to date. @throws CheckFailure when the integration is in trouble. */
async function copy(stage: Stage): Promise<void> {
  for (const { status, errors } of await refreshIntegrations(stage.cloud))
    if (status !== "ACTIVE") throw new CheckFailure(`the integration is ${status}: ${errors[0]?.ErrorMessage ?? ""}`);
}

/** Players of whom one was active of late. */
async function players(stage: Stage): Promise<void> {
  await profile(stage, "grace");
  await profile(stage, "ada");
  await stage.operator("dynamodb", "UpdateItem", {
    TableName: stage.output("playersTable"),
    Key: { pk: { S: "PLAYER#ada" }, sk: { S: "PROFILE" } },
    UpdateExpression: "SET lastActiveAt = :now",
    ExpressionAttributeValues: { ":now": { N: String(Math.floor(stage.clock.now() / 1000)) } },
  });
  await copy(stage);
}

const start = (stage: Stage): Promise<{ runId: string }> =>
  stage.invoke("segments-start", { segment: "active-30-days", runId: "one" });

interface RunItem {
  readonly status?: { readonly S: string };
  readonly reason?: { readonly S: string };
  readonly enqueued?: { readonly N: string };
  readonly parts?: { readonly N: string };
  readonly result?: { readonly S: string };
}

/** Waits for a run's status; its record. */
async function runIs(stage: Stage, status: string, ms = 600_000): Promise<RunItem> {
  let item: RunItem = {};
  const read = async (): Promise<boolean> => {
    const { Items } = await stage.operator<{ Items: RunItem[] }>("dynamodb", "Scan", {
      TableName: stage.output("runsTable"),
    });
    item = Items.find((one) => one.status !== undefined) ?? {};
    return item.status?.S === status;
  };
  await stage.until(read, `the run to be ${status}`, ms).catch((error: unknown) => {
    throw new CheckFailure(`${(error as Error).message}: it is ${item.status?.S ?? "absent"} ${item.reason?.S ?? ""}`);
  });
  return item;
}

const copied: Check = {
  name: "the analytics copy is made, measured and logged",
  run: async (stage) => {
    await players(stage);
    if (!(await hasLines(stage, GLUE_LOGS))) throw new CheckFailure("no log line of the integration arrived");
    await copy(stage);
    const { Metrics } = await stage.operator<{ Metrics: { MetricName: string }[] }>("cloudwatch", "ListMetrics", {
      Namespace: "AWS/Glue/ZeroETL",
    });
    if (!Metrics.some(({ MetricName }) => MetricName === "IngestionSucceeded"))
      throw new CheckFailure("no metric of the integration arrived");
  },
};

const run: Check = {
  name: "a segment reaches its players, once",
  run: async (stage) => {
    await players(stage);
    await start(stage);
    const done = await runIs(stage, "done");
    if (done.enqueued?.N !== "1") throw new CheckFailure(`${done.enqueued?.N ?? 0} messages were made, not 1`);
    await start(stage);
    await stage.clock.advance(60_000);
    const { Items } = await stage.operator<{ Items: { sk: { S: string } }[] }>("dynamodb", "Scan", {
      TableName: stage.output("messagesTable"),
    });
    const messages = Items.filter(({ sk }) => sk.S.startsWith("MSG#")).length;
    if (messages !== 1) throw new CheckFailure(`there are ${messages} messages, not 1`);
    const [, Bucket = "", Key = ""] = RESULT.exec(done.result?.S ?? "") ?? [];
    const head = await stage.operator("s3", "HeadObject", { Bucket, Key });
    if (head["SSEKMSKeyId"] !== (await stage.keyArn()))
      throw new CheckFailure("the result is not encrypted with the key");
  },
};

const byEvent: Check = {
  name: "a query's end starts the next step, without waiting for the poll",
  run: async (stage) => {
    await players(stage);
    const begun = stage.clock.now();
    await start(stage);
    await runIs(stage, "done");
    const seconds = (stage.clock.now() - begun) / 1_000;
    if (seconds > 10) throw new CheckFailure(`the run took ${seconds} s: it waited for the poll`);
  },
};

const severalParts: Check = {
  name: "a large result is worked off in parts",
  run: async (stage) => {
    await players(stage);
    const mend = stage.fail("segments-enqueue", "s3:GetObject");
    await start(stage);
    const { result } = await runIs(stage, "enqueueing");
    const [, bucket = "", key = ""] = RESULT.exec(result?.S ?? "") ?? [];
    const whole = await stage.cloud.ports.objects.get(bucket, key);
    // Blank lines are nobody: the file is long, and the work is not.
    await stage.cloud.ports.objects.put(bucket, key, Buffer.concat([whole, Buffer.alloc(300_000, "\n")]));
    mend();
    const done = await runIs(stage, "done", 3_600_000);
    if (done.parts?.N !== "2") throw new CheckFailure(`the run had ${done.parts?.N ?? 0} parts, not 2`);
  },
};

const stopped: Check = {
  name: "a query that takes too long is stopped",
  run: async (stage) => {
    await players(stage);
    const { queries } = stage.cloud.services.get("athena") as AthenaService;
    queries.queuedMs = () => 86_400_000;
    await start(stage);
    await runIs(stage, "failed", 3_600_000);
    await stage.until(() => queries.active() === 0, "the query to be stopped", 600_000);
  },
};

const unheard: Check = {
  name: "an event about a query that cannot be delivered is kept",
  run: async (stage) => {
    await players(stage);
    stage.shut(await stage.queueArn("segments-runs-queue"));
    await start(stage);
    await stage.collects("segments-query-ended-dlq", 90_000_000);
    await runIs(stage, "done");
  },
};

/** From Monday noon to Friday 16:00, and half a day more for what fails and is tried again. */
const UNTIL_FRIDAY_MS = 5 * 86_400_000;
const SCHEDULE = "segments-active-30-days-schedule";

const scheduled: Check = {
  name: "a segment's schedule starts it, in time",
  run: async (stage) => {
    await players(stage);
    await stage.until(() => stage.clock.now() >= Date.UTC(2026, 2, 6, 15, 59), "Friday afternoon", UNTIL_FRIDAY_MS);
    await copy(stage);
    const { enqueued } = await runIs(stage, "done");
    if (enqueued?.N !== "1") throw new CheckFailure(`${enqueued?.N ?? 0} messages were made, not 1`);
  },
};

const unstarted: Check = {
  name: "a scheduled start that is refused is kept",
  run: async (stage) => {
    const start = grantsOf(stage.cloud).find(({ holder, name }) => holder === `${SCHEDULE}-role` && name === "Start");
    if (!start) throw new CheckFailure("the schedule's role may not start anything");
    stage.isDisturbed = true;
    iamEngine(stage.cloud).without({ statement: start.id });
    await stage.collects(`${SCHEDULE}-dlq`, UNTIL_FRIDAY_MS);
  },
};

const startGivenUp: Check = {
  name: "a start of a segment that Lambda gives up is parked, and an operator starts it again",
  run: async (stage) => {
    const mend = stage.fail("segments-start", "dynamodb:PutItem");
    await stage.event("segments-start", { segment: "active-30-days" });
    await stage.collects("segments-failures", 1_000_000);
    mend();
    // As the command `redrive` does it.
    const QueueUrl = stage.cloud.ports.queues.urlOf(await stage.queueArn("segments-failures"));
    const { Messages } = await stage.operator<{ Messages: { Body: string; ReceiptHandle: string }[] }>(
      "sqs",
      "ReceiveMessage",
      { QueueUrl },
    );
    await stage.event("segments-start", JSON.parse(Messages[0]!.Body));
    await stage.operator("sqs", "DeleteMessage", { QueueUrl, ReceiptHandle: Messages[0]!.ReceiptHandle });
    // Nothing has been copied yet: that the run says so shows that it got on.
    await runIs(stage, "refused");
    await stage.requireEmpty("segments-failures");
  },
};

export const segmentChecks: readonly Check[] = [
  copied,
  run,
  byEvent,
  severalParts,
  stopped,
  unheard,
  scheduled,
  unstarted,
  startGivenUp,
];

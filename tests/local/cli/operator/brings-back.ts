import { DescribeTableCommand, GetItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { PurgeQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { followCommand } from "../../../../local/cli/follow";
import { redriveCommand } from "../../../../local/cli/redrive";
import { historyEntry, newItem } from "../../../../components/message-store/item";
import { RANK } from "../../../../components/message-store/status";
import type { Operations } from "../../../../components/operations/operations";
import { operatorCredentials } from "../../../../local/services/iam";
import { until } from "../../../helpers/until";
import type { OperatorStack } from "./operator-stack";

/** Dead letters of each kind: shown with their reasons, and brought back to their end. */
export function bringsBack(stack: () => OperatorStack): void {
  let queues: SQSClient;
  let operations: Operations;

  before(() => {
    const { cloud, stack: running } = stack().stack;
    queues = new SQSClient({ endpoint: cloud.endpoint, region: cloud.region, credentials: operatorCredentials(cloud) });
    operations = running.evaluation.outputs["operations"] as Operations;
  });
  after(async () => {
    // The letter that the search found no more use for.
    const queue = operations.deadLetters.find(({ name }) => name === "messages-failures");
    await queues.send(new PurgeQueueCommand({ QueueUrl: queue?.url }));
    queues.destroy();
  });

  async function lay(name: string, body: unknown, attributes: Readonly<Record<string, string>> = {}): Promise<void> {
    const queue = operations.deadLetters.find((one) => one.name === name);
    const MessageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([key, StringValue]) => [key, { DataType: "String", StringValue }]),
    );
    await queues.send(
      new SendMessageCommand({ QueueUrl: queue?.url, MessageBody: JSON.stringify(body), MessageAttributes }),
    );
  }

  it("knows a way back out of every dead-letter queue", () => {
    expect(operations.deadLetters.length).to.be.above(10);
    expect(operations.deadLetters.filter(({ back }) => back.kind === "none")).to.deep.equal([]);
  });

  it("says that nothing lies there, and refuses a queue that it does not know", async () => {
    expect(await stack().here(redriveCommand)).to.deep.equal({
      code: 0,
      output: `Nothing lies in the ${operations.deadLetters.length} dead-letter queues.`,
      errors: "",
    });
    const { code, errors } = await stack().here(redriveCommand, "no-such-queue");
    expect(code).to.equal(1);
    expect(errors).to.match(
      /^There is no dead-letter queue "no-such-queue" in this stack; it has gateway-checks-dlq, /,
    );
  });

  it("shows mails that were given up with their reasons, and brings them to their end", async () => {
    const id = await failedMail();
    const mail = { player: "ada", id, dispatch: 1, type: "transactional", template: "welcome", locale: "en" };
    const envelope = { ...mail, to: "ada@players.test", subject: "Hi", html: "<p>Hi</p>", text: "Hi" };
    await lay("emails-dead-letters", { reason: "refused", detail: "MessageRejected: not today", attempt: 3, envelope });
    await lay("emails-dead-letters", { reason: "refused", detail: "MessageRejected: not today", attempt: 2, envelope });
    const shown = await stack().afar(redriveCommand, stack().operator);
    expect(shown.code).to.equal(1);
    expect(shown.output).to.match(/^emails-dead-letters: 2, oldest 0 min, gone by itself from \d{4}-\d\d-\d\d$/m);
    expect(shown.output).to.include("2 x refused: MessageRejected: not today");
    expect(shown.output).to.match(/2 in all\. Bring it back: /);
    // One is of an attempt that is not the last: the other letter speaks for the mail.
    const brought = await stack().afar(redriveCommand, stack().operator, "emails-dead-letters", "--wait", "0");
    expect(brought.output).to.equal("emails-dead-letters: 1 brought back, 1 not needed any more, 0 stay");
    expect(brought.code).to.equal(0);
    const followed = await stack().here(followCommand, "ada", id);
    expect(followed.output).to.match(/failed {2}refused[^]*queued {2}redrive[^]*delivered$/);
  });

  /** A message that has used up its tries; nobody is woken by its coming. */
  async function failedMail(): Promise<string> {
    const at = Math.floor(Date.now() / 1000);
    const { id, item } = newItem({ player: "ada", type: "transactional", template: "welcome" }, at, 1);
    const Item = {
      ...item,
      status: { S: "failed" },
      rank: { N: String(RANK.failed) },
      attempt: { N: "3" },
      tries: { N: "3" },
      history: { L: [historyEntry("queued", at), historyEntry("failed", at, "refused")] },
    };
    await stack().stack.database.send(
      new PutItemCommand({ TableName: stack().stack.stack.output("messagesTable"), Item }),
    );
    return id;
  }

  it("puts letters of queues back where they came from, with progress", async () => {
    await lay("segments-parts-dlq", { runId: "no-such-run", part: 0 });
    await lay("segments-parts-dlq", { runId: "no-such-run", part: 1 });
    const { code, output, errors } = await stack().here(redriveCommand, "segments-parts-dlq", "--wait", "0");
    expect({ code, output }).to.deep.equal({
      code: 0,
      output: "segments-parts-dlq: 2 brought back, 0 not needed any more, 0 stay",
    });
    expect(errors).to.match(/^segments-parts-dlq: \d brought back/);
  });

  it("runs again what EventBridge could not start, and publishes again what SNS could not deliver", async () => {
    const seq = stack().stack.cloud.trace.since(0).at(-1)?.seq ?? 0;
    await lay("messages-sweep-dlq", {}, { ERROR_CODE: "NO_PERMISSIONS", ERROR_MESSAGE: "not allowed" });
    await lay("gateway-undelivered", { player: "ada" }, { event: "nothing-listens" });
    const shown = await stack().here(redriveCommand);
    expect(shown.output).to.include("1 x NO_PERMISSIONS: not allowed");
    const { code, output } = await stack().here(redriveCommand, "--all", "--wait", "0");
    expect(code).to.equal(0);
    expect(output).to.include("messages-sweep-dlq: 1 brought back");
    expect(output).to.include("gateway-undelivered: 1 brought back");
    const ran = (kind: string, part: string) => () =>
      stack().stack.happened(seq, (event) => event.kind === kind && (event.name ?? "").includes(part)).length > 0;
    await until(ran("invoke", "messages-sweep"), "the sweep");
    await until(ran("call", "Publish"), "the publication");
  });

  it("starts a segment's run again that Lambda gave up, by the id that it had", async () => {
    const { startFunction = "", runs: TableName } = operations.segments ?? {};
    await lay("segments-failures", {
      requestContext: { requestId: "given-up", functionArn: `${startFunction}:$LATEST`, condition: "RetriesExhausted" },
      requestPayload: { segment: "active-30-days" },
      responsePayload: { errorMessage: "throttled" },
    });
    const shown = await stack().here(redriveCommand, "segments-failures", "--wait", "0");
    expect(shown.output).to.match(/^segments-failures: 1 brought back, 0 not needed any more, 0 stay$/m);
    const run = () =>
      stack().stack.database.send(
        new GetItemCommand({ TableName, Key: { pk: { S: "RUN#active-30-days-given-up" } }, ConsistentRead: true }),
      );
    await until(async () => (await run()).Item !== undefined, "the run");
  });

  it("deletes what can never be brought back, only when told to", async () => {
    await lay("messages-failures", { reason: "malformed-item", keys: { pk: { S: "PLAYER#x" } } });
    const asked = await stack().here(redriveCommand, "messages-failures", "--drop");
    expect(asked.errors).to.equal("Delete 1 letter of messages-failures for good? Nobody is there to ask: add --yes.");
    const dropped = await stack().here(redriveCommand, "messages-failures", "--drop", "--yes");
    expect([dropped.code, dropped.output.split("\n").slice(1)]).to.deep.equal([
      0,
      ["    1 x malformed-item", "messages-failures: 1 deleted"],
    ]);
  });

  it("finds messages whose records the stream has forgotten, and brings them to their end", async () => {
    const id = await forgottenBatch(stack());
    const { output } = await stack().here(redriveCommand, "messages-failures", "--search", "--wait", "0");
    expect(output).to.match(/^messages-failures: 0 brought back, 0 not needed any more, 1 stay$/m);
    expect(output).to.match(/^messages-failures: 1 message found still queued, and woken/m);
    await stack().stack.messageIn("ada", id, "held", "queued", "sending", "sent", "delivered");
    const message = await stack().stack.message("ada", id);
    expect(message["history"]?.L?.some(({ M }) => M?.["detail"]?.S === "redrive")).to.equal(true);
  });
}

/**
 * A message that is still queued, and the letter of its batch, of which the stream has nothing any more.
 * @returns the message's id.
 */
export async function forgottenBatch(stack: OperatorStack): Promise<string> {
  const now = Date.now();
  const { id, item } = newItem(
    { player: "ada", type: "transactional", template: "welcome" },
    Math.floor(now / 1000),
    1,
  );
  const { database } = stack.stack;
  const TableName = stack.stack.stack.output("messagesTable");
  // As it is when its batch was given up: nobody will come for it. Born as another status, so that nobody does.
  await database.send(new PutItemCommand({ TableName, Item: { ...item, status: { S: "held" } } }));
  await database.send(
    new UpdateItemCommand({
      TableName,
      Key: { pk: item["pk"]!, sk: item["sk"]! },
      UpdateExpression: "SET #status = :skipped",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":skipped": { S: "skipped" } },
    }),
  );
  await database.send(new PutItemCommand({ TableName, Item: item }));
  const at = new Date(now).toISOString();
  const { Table } = await database.send(new DescribeTableCommand({ TableName }));
  const batch = {
    shardId: "shardId-00000000000000000000-00000000",
    startSequenceNumber: "1",
    endSequenceNumber: "1",
    approximateArrivalOfFirstRecord: at,
    approximateArrivalOfLastRecord: at,
    batchSize: 1,
    streamArn: Table?.LatestStreamArn,
  };
  const letter = { requestContext: { condition: "RetriesExhausted" }, DDBStreamBatchInfo: batch };
  const { cloud, stack: running } = stack.stack;
  const { deadLetters } = running.evaluation.outputs["operations"] as Operations;
  const QueueUrl = deadLetters.find(({ name }) => name === "messages-failures")?.url;
  await cloud.call("sqs", "SendMessage", { QueueUrl, MessageBody: JSON.stringify(letter) }, cloud.operator);
  return id;
}

import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { RealClock } from "../../local/clock";
import type { LambdaFunction } from "../../local/services/lambda/function";
import type { RunResult } from "../../local/services/lambda/runner";
import { WorkerRunner } from "../../local/services/lambda/worker-runner";

type Item = Record<string, AttributeValue>;

/** Records of one invocation, as Lambda hands over what a stream holds. */
const BATCH = 100;

/**
 * The same function in the same kind of worker, its SDK talking to a server that knows nothing: it answers each request
 * with a text made before.
 * @param watchers what a Query about a player answers, by partition key.
 * @returns seconds for all of `items`, and how many posts arrived.
 */
export async function againstEmptyServer(
  fn: LambdaFunction,
  watchers: ReadonlyMap<string, readonly Item[]>,
  warmUp: readonly Item[],
  items: readonly Item[],
): Promise<{ seconds: number; posts: number }> {
  const answers = new Map(
    [...watchers].map(([pk, found]) => [pk, JSON.stringify({ Count: found.length, Items: found })] as const),
  );
  let posts = 0;
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("latin1")));
    request.on("end", () => {
      const post = request.url?.includes("@connections") === true;
      if (post) posts++;
      const answer = post ? "" : (answers.get(/"(PLAYER#[^"]*)"/.exec(body)?.[1] ?? "") ?? "{}");
      response.writeHead(200, { "content-type": "application/x-amz-json-1.0", "content-length": answer.length });
      response.end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const runner = new WorkerRunner(new RealClock(), randomUUID);
  const code = {
    name: fn.settings.name,
    root: fn.code.root,
    handler: fn.settings.handler,
    memorySize: fn.settings.memorySize,
    revision: 1,
    environment: () => ({
      ...fn.settings.variables,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "bench",
      AWS_SECRET_ACCESS_KEY: "bench",
      AWS_ENDPOINT_URL: endpoint,
      NODE_ENV: "production",
    }),
    ended: () => undefined,
  };
  const run = async (records: readonly Item[]): Promise<void> => {
    for (let i = 0; i < records.length; i += BATCH) {
      const result = await new Promise<RunResult>((resolve, reject) => {
        runner
          .invoke(code, {
            requestId: randomUUID(),
            payload: JSON.stringify({ Records: records.slice(i, i + BATCH).map(record) }),
            functionArn: fn.arn,
            logGroup: fn.settings.logGroup,
            timeoutMs: 60_000,
            traceId: "Root=1-00000000-000000000000000000000000",
            began: () => undefined,
            line: ({ level, message }) => {
              if (level === "ERROR") reject(new Error(message));
            },
          })
          .then(resolve, reject);
      });
      if (result.failed) throw new Error(`The function failed against the empty server: ${result.payload}`);
    }
  };
  try {
    await run(warmUp);
    posts = 0;
    const started = performance.now();
    await run(items);
    return { seconds: (performance.now() - started) / 1_000, posts };
  } finally {
    await runner.close();
    server.close();
    server.closeAllConnections();
  }
}

function record(item: Item, index: number) {
  return {
    eventID: String(index),
    eventName: "INSERT",
    eventSource: "aws:dynamodb",
    dynamodb: { Keys: { pk: item["pk"], sk: item["sk"] }, NewImage: item, SequenceNumber: String(1_000 + index) },
  };
}

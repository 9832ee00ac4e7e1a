import { shortName } from "./names";
import type { World } from "./world";

/** A queue that collects what was given up. */
interface Depth {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  readonly messages: number;
}

/** Queues by which nothing but failures passes. */
const FAILURES = /dlq|dead-letters|failures/;

interface Entry {
  readonly DDBStreamBatchInfo?: { readonly batchSize: number };
}

/** For so long entries are out of sight that were only looked at. */
const PEEK_SECONDS = 30;

/** Looks after what was given up, as an operator would: counts it, and drives it back. */
export class DeadLetters {
  constructor(private readonly world: World) {}

  /** Failure queues that hold something. */
  async waiting(): Promise<Depth[]> {
    const { world } = this;
    const { QueueUrls = [] } = await world.operator<{ QueueUrls?: string[] }>("sqs", "ListQueues", {});
    const found: Depth[] = [];
    for (const url of QueueUrls) {
      const name = url.split("/").at(-1)!;
      const arn = world.cloud.arn("sqs", name);
      const messages = world.cloud.ports.queues.visible(arn);
      if (FAILURES.test(name) && messages > 0) found.push({ name, url, arn, messages });
    }
    return found;
  }

  /** What is left in failure queues and says of no record that it was tampered with. */
  async stuck(): Promise<string[]> {
    const found: string[] = [];
    for (const { name, url } of await this.waiting()) {
      for (;;) {
        const { Messages = [] } = await this.world.operator<{ Messages?: { Body: string }[] }>(
          "sqs",
          "ReceiveMessage",
          {
            QueueUrl: url,
            MaxNumberOfMessages: 10,
            VisibilityTimeout: 43_200,
          },
        );
        if (Messages.length === 0) break;
        for (const { Body } of Messages) {
          if ((JSON.parse(Body) as { reason?: string }).reason === "malformed-item") continue;
          found.push(`in ${name} and cannot be redriven: ${Body.slice(0, 300)}`);
        }
      }
    }
    return found;
  }

  /** Messages whose records, or whose copies for a channel that is none, were given up: so many may wait for a redrive. */
  async givenUpMessages(): Promise<number> {
    const { world } = this;
    let given = 0;
    for (const { name, url, messages } of await this.waiting()) {
      if (name.startsWith("messages-unknown-channel")) given += messages;
      if (!name.startsWith("messages-failures")) continue;
      const input = { QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout: PEEK_SECONDS };
      for (;;) {
        const answer = await world.operator<{ Messages?: { Body: string }[] }>("sqs", "ReceiveMessage", input);
        const bodies = (answer.Messages ?? []).map(({ Body }) => JSON.parse(Body) as Entry);
        if (bodies.length === 0) break;
        for (const { DDBStreamBatchInfo: batch } of bodies) given += batch?.batchSize ?? 0;
      }
    }
    await world.clock.advance((PEEK_SECONDS + 1) * 1000);
    return given;
  }

  /**
   * Drives everything back by the means that the program offers. Resolves to how much lay there.
   * @param faulty whether a redrive may fail: whoever asked for it asks again.
   */
  async redrive(faulty = false): Promise<number> {
    const waiting = await this.waiting();
    await this.move(waiting);
    await this.startAgain(waiting);
    for (const [fn, payload] of [
      ["emails-redrive-function", { deadLetters: true }],
      ["messages-redrive", {}],
      ["gateway-redrive", {}],
    ] as const) {
      await this.invokeNamed(fn, payload, faulty);
    }
    return waiting.reduce((sum, { messages }) => sum + messages, 0);
  }

  /** Drives back what the gateway's functions gave up: checks, notices, invocations of game servers. */
  async redriveGateway(): Promise<void> {
    await this.move((await this.waiting()).filter(({ name }) => name.startsWith("gateway")));
    await this.invokeNamed("gateway-redrive", {}, false);
  }

  private async move(queues: readonly Depth[]): Promise<void> {
    const { world } = this;
    for (const { url, arn } of queues) {
      const input = { QueueUrl: url };
      const sources = await world.operator<{ queueUrls?: string[] }>("sqs", "ListDeadLetterSourceQueues", input);
      if ((sources.queueUrls ?? []).length > 0) await world.operator("sqs", "StartMessageMoveTask", { SourceArn: arn });
    }
  }

  /** Starts of segments that Lambda gave up: what it says about each is an input of the function that starts. */
  private async startAgain(queues: readonly Depth[]): Promise<void> {
    const { world } = this;
    for (const { url: QueueUrl, messages } of queues.filter(({ name }) => name.startsWith("segments-failures"))) {
      for (let left = messages; left > 0; left--) {
        const { Messages = [] } = await world.operator<{ Messages?: { Body: string; ReceiptHandle: string }[] }>(
          "sqs",
          "ReceiveMessage",
          { QueueUrl },
        );
        for (const { Body, ReceiptHandle } of Messages) {
          await world.event("segmentFunction", JSON.parse(Body));
          await world.operator("sqs", "DeleteMessage", { QueueUrl, ReceiptHandle });
        }
      }
    }
  }

  private async invokeNamed(fn: string, payload: object, faulty: boolean): Promise<void> {
    const name = [...this.world.lambda.engine.functions.keys()].find((one) => shortName(one) === fn);
    if (name === undefined) throw new Error(`There is no function ${fn}.`);
    await this.invoke(name, payload, faulty);
  }

  private async invoke(name: string, payload: object, faulty: boolean): Promise<void> {
    const input = { FunctionName: name, Payload: JSON.stringify(payload) };
    const call = this.world.operator<{ FunctionError?: string; Payload: string }>("lambda", "Invoke", input);
    let ended = false;
    const end = call.finally(() => (ended = true));
    // The function may need time for its own waits.
    await this.world.clock.advanceUntil(() => ended, 600_000);
    const answer = await end;
    if (answer.FunctionError !== undefined && !faulty)
      throw new Error(`${name}: ${Buffer.from(answer.Payload, "base64").toString()}`);
  }
}

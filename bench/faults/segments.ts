import { newRun, queryKey, RUN_LIMITS } from "../../components/segment-pipeline/run";
import { N, S, type Item } from "../../components/shared/attributes";
import { encodePlayerId, playerPk } from "../../components/shared/player-keys";
import { SECONDS_PER_DAY } from "../../components/shared/units";
import type { AthenaService } from "../../local/services/athena";
import { s3Address } from "../../local/services/athena/sources";
import { refreshIntegrations } from "../../local/services/glue";
import type { S3Service } from "../../local/services/s3";
import type { World } from "./world";

const SEGMENT = "active-30-days";
/** Players who are in the segment all the time, of whom the first has an address, and one who never is. */
const FANS = ["fan-0", "fan-1", "fan-2"];
const GONE = "gone-0";
/** A query that does not end while a run of these days goes on, whatever befalls it. */
const ENDLESS = { query: "SELECT 'endless'", ms: 12 * 3_600_000 };

type Stored = Readonly<
  Record<string, { readonly S?: string; readonly N?: string; readonly BOOL?: boolean } | undefined>
>;

/** The runs of segments of a seed: how each must end. */
type Kind =
  /** from its query to its messages */
  | "whole"
  /** its result has several parts, and a player in each of them */
  | "parts"
  /** its query does not end */
  | "endless";

/** Starts runs of the segment, as schedules and operators do, and judges how they ended. */
export class Segments {
  private readonly runs = new Map<string, Kind>();
  private readonly started = new Set<string>();
  private busy = 0;

  constructor(private readonly world: World) {}

  get done(): boolean {
    return this.busy === 0;
  }

  /** Players of the segment, and their copy. */
  async seed(): Promise<void> {
    const { world } = this;
    const { queries } = world.cloud.services.get("athena") as AthenaService;
    const usual = queries.queuedMs;
    queries.queuedMs = (execution) => (execution.query === ENDLESS.query ? ENDLESS.ms : usual(execution));
    const now = Math.floor(world.clock.now() / 1000);
    const players = [
      ...FANS.map((name) => [name, now - SECONDS_PER_DAY] as const),
      [GONE, now - 60 * SECONDS_PER_DAY] as const,
    ];
    for (const [name, lastActiveAt] of players) {
      await this.put("playersTable", {
        pk: S(playerPk(name)),
        sk: S("PROFILE"),
        playerId: S(name),
        name: S(name),
        version: N(1),
        ...(name === FANS[0] ? { email: S(`${name}@players.test`) } : {}),
        lastActiveAt: N(lastActiveAt),
      });
    }
    await refreshIntegrations(world.cloud);
  }

  /** Begins `count` runs of each kind over `spreadMs`. */
  start(count: number, spreadMs: number): void {
    for (let i = 0; i < count; i++) {
      this.later(spreadMs, () => this.whole(`whole-${i}`));
      this.later(spreadMs, () => this.parts(`parts-${i}`));
      // A run of this kind is over after one call that matters: more of them.
      for (const one of ["a", "b"]) this.later(spreadMs, () => this.endless(`endless-${i}${one}`));
    }
  }

  /** Whether every run is at its end. */
  get quiet(): boolean {
    return this.items("runsTable").every(({ pk, finished }) => !pk?.S?.startsWith("RUN#") || finished?.BOOL === true);
  }

  /** What is wrong about the runs, now that all must be at an end. */
  judge(): string[] {
    const problems: string[] = [];
    for (const [runId, kind] of this.runs) {
      const item = this.items("runsTable").find(({ pk }) => pk?.S === `RUN#${runId}`);
      const end = [item?.["status"]?.S, item?.["reason"]?.S].filter(Boolean).join(" ");
      const isGivenUp = kind === "endless";
      const wanted = isGivenUp ? "failed query-timeout" : "done";
      if (end !== wanted) problems.push(`run ${runId} of a segment is ${end || "lost"}, not ${wanted}`);
      const players = this.items("messagesTable")
        .filter(({ run }) => run?.S === runId)
        .map(({ player }) => player?.S ?? "");
      for (const player of isGivenUp ? [] : FANS) {
        const times = players.filter((one) => one === player).length;
        if (times !== 1) problems.push(`run ${runId} of a segment has ${times} messages for ${player}`);
      }
      if (players.includes(GONE))
        problems.push(`run ${runId} of a segment has a message for ${GONE}, who is not in it`);
      const counted = Number(item?.["enqueued"]?.N ?? 0);
      if (counted !== players.length)
        problems.push(`run ${runId} of a segment counts ${counted} messages and has ${players.length}`);
    }
    return problems;
  }

  private later(spreadMs: number, work: () => Promise<void>): void {
    const { world } = this;
    this.busy++;
    void world
      .sleep(Math.floor(world.random() * spreadMs))
      .then(work)
      .finally(() => this.busy--);
  }

  /**
   * A careful starter repeats until it is told, and names the run, so that it is one. A schedule names it too, and waits
   * for nothing: where Lambda gives the start up, an operator brings it back.
   */
  private async whole(runId: string): Promise<void> {
    const { world } = this;
    this.runs.set(runId, "whole");
    if (world.random() < 0.25) return world.event("segmentFunction", { segment: SEGMENT, runId });
    for (let again = world.random() < 0.5 ? 2 : 1; again > 0; again--) {
      while (!this.started.has(`${runId} ${again}`)) {
        try {
          await world.invoke("segmentFunction", { segment: SEGMENT, runId });
          this.started.add(`${runId} ${again}`);
        } catch {
          await world.sleep(1_000 + Math.floor(world.random() * 4_000));
        }
      }
    }
  }

  /** A run whose query has left more lines than one part has: the same players again and again. */
  private async parts(runId: string): Promise<void> {
    this.runs.set(runId, "parts");
    const { world } = this;
    const round = FANS.map((name) => `"PLAYER#${encodePlayerId(name)}"\n`).join("");
    const text = `"pk"\n${round.repeat(Math.ceil((1.5 * RUN_LIMITS.partBytes) / round.length))}`;
    const { store } = world.cloud.services.get("s3") as S3Service;
    const result = `${this.results()}${runId}.csv`;
    const { bucket, prefix } = s3Address(result);
    await world.cloud.realWork(store.put(store.bucket(bucket), prefix, Buffer.from(text)));
    await this.put("runsTable", { ...this.newRun(runId), status: S("enqueueing"), result: S(result) });
    await this.wake("segments-parts-queue", { runId, part: 0 });
  }

  /** A run whose query has taken too long. */
  private async endless(runId: string): Promise<void> {
    this.runs.set(runId, "endless");
    const { world } = this;
    const { queries } = world.cloud.services.get("athena") as AthenaService;
    const { QueryExecutionId: queryId } = await world.operator<{ QueryExecutionId: string }>(
      "athena",
      "StartQueryExecution",
      { QueryString: ENDLESS.query, WorkGroup: this.segments.workgroup },
    );
    const { submittedAt } = queries.get(queryId);
    Object.assign(queries.get(queryId), { submittedAt: submittedAt - (RUN_LIMITS.querySeconds + 1) * 1_000 });
    await this.put("runsTable", { ...queryKey(queryId), runId: S(runId) });
    await this.put("runsTable", { ...this.newRun(runId), status: S("querying"), queryId: S(queryId) });
    await this.wake("segments-runs-queue", { runId, phase: "querying" });
  }

  private newRun(runId: string): Item {
    return newRun(runId, SEGMENT, Math.floor(this.world.clock.now() / 1000));
  }

  private get segments(): { readonly workgroup: string; readonly resultsBucket: string } {
    const { operations } = this.world.image.outputs as unknown as {
      readonly operations: { readonly segments: { readonly workgroup: string; readonly resultsBucket: string } };
    };
    return operations.segments;
  }

  private results(): string {
    return `s3://${this.segments.resultsBucket}/results/`;
  }

  private async put(table: string, item: Item): Promise<void> {
    const { world } = this;
    await world.operator("dynamodb", "PutItem", { TableName: world.image.outputs[table]!, Item: item });
  }

  private items(table: string): Stored[] {
    const { cloud, image } = this.world;
    return [...cloud.ports.tables.items(cloud.arn("dynamodb", `table/${image.outputs[table]!}`))] as Stored[];
  }

  private async wake(queue: string, body: object): Promise<void> {
    const { world } = this;
    const { QueueUrls = [] } = await world.operator<{ QueueUrls?: string[] }>("sqs", "ListQueues", {});
    const QueueUrl = QueueUrls.find((url) => url.includes(`/${queue}-`));
    if (QueueUrl === undefined) throw new Error(`There is no queue ${queue}.`);
    await world.operator("sqs", "SendMessage", { QueueUrl, MessageBody: JSON.stringify(body) });
  }
}

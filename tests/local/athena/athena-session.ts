import {
  AthenaClient,
  GetQueryExecutionCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  type StartQueryExecutionCommandInput,
} from "@aws-sdk/client-athena";
import { AnalyticsWorld } from "./analytics-world";

/** Athena through the SDK's client, over a table `players` of 2,500 rows. */
export class AthenaSession {
  private constructor(
    readonly world: AnalyticsWorld,
    readonly athena: AthenaClient,
  ) {}

  static async open(): Promise<AthenaSession> {
    const world = await new AnalyticsWorld().prepare();
    const padding = Array(3).fill("md5(CAST(random() AS VARCHAR))").join(" || ");
    await world.table(
      "players",
      `SELECT 'p' || i AS playerid, CAST(i AS DOUBLE) AS lastactive, ${padding} AS padding FROM range(2500) t(i)`,
      { playerid: "string", lastactive: "double", padding: "string" },
    );
    return new AthenaSession(world, new AthenaClient({ ...(await world.clientConfig()), maxAttempts: 1 }));
  }

  async close(): Promise<void> {
    this.athena.destroy();
    await this.world.close();
  }

  /** Starts a query; its id. */
  async start(QueryString: string, more: Partial<StartQueryExecutionCommandInput> = {}): Promise<string> {
    const answer = await this.athena.send(
      new StartQueryExecutionCommand({
        QueryString,
        WorkGroup: "segments",
        QueryExecutionContext: { Database: "game" },
        ...more,
      }),
    );
    return answer.QueryExecutionId!;
  }

  async describe(QueryExecutionId: string): Promise<QueryExecution> {
    return (await this.athena.send(new GetQueryExecutionCommand({ QueryExecutionId }))).QueryExecution!;
  }
}

/** A session for each test of a suite. @param begin takes it. */
export function beforeEachSession(begin: (session: AthenaSession) => void): void {
  let session: AthenaSession;
  beforeEach(async () => begin((session = await AthenaSession.open())));
  afterEach(() => session.close());
}

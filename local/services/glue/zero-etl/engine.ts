import { AwsError } from "../../../aws-error";
import type { Cloud } from "../../../cloud";
import type { Catalog } from "../catalog";
import { ShapeProblem } from "./columns";
import { type Integration, type IntegrationInput, type IntegrationStatus, type ResourceProperty } from "./integration";
import { preflight } from "./preflight";
import { Reporter } from "./report";
import { refreshTable } from "./refresh";

/** Time until a new integration begins its first load, in milliseconds; on AWS it is minutes. */
const CREATING_MS = 1_000;
/** An integration that needs attention for so long has failed (Glue, zero-ETL troubleshooting). */
const TROUBLE_MS = 7 * 24 * 3_600_000;

/** What a refresh on demand came to. */
export interface RefreshReport {
  readonly integrationArn: string;
  readonly integrationName: string;
  readonly status: IntegrationStatus;
  readonly database: string;
  readonly table: string;
  readonly errors: Integration["errors"];
}

/** The zero-ETL integrations of the account. */
export class Integrations {
  readonly byArn = new Map<string, Integration>();
  readonly properties = new Map<string, ResourceProperty>();
  /** Names of target tables by database and source table, set before the integration. */
  readonly tableNames = new Map<string, string>();
  private readonly reporter: Reporter;

  constructor(
    readonly cloud: Cloud,
    readonly catalog: Catalog,
  ) {
    this.reporter = new Reporter(cloud);
  }

  get(identifier: string): Integration {
    const found = this.byArn.get(identifier) ?? [...this.byArn.values()].find(({ name }) => name === identifier);
    if (!found) throw new AwsError("IntegrationNotFoundFault", `Integration ${identifier} not found.`);
    return found;
  }

  create(input: IntegrationInput): Integration {
    if (
      [...this.byArn.values()].some(
        ({ name, sourceArn, targetArn }) =>
          name === input.name || (sourceArn === input.sourceArn && targetArn === input.targetArn),
      )
    ) {
      throw new AwsError(
        "IntegrationConflictOperationFault",
        `An integration ${input.name}, or of this source and target, already exists.`,
      );
    }
    const source = input.sourceArn.slice(input.sourceArn.indexOf(":table/") + ":table/".length);
    const integration: Integration = {
      ...input,
      arn: this.cloud.arn("glue", `integration:${this.cloud.uuid()}`),
      tableName: this.tableNames.get(`${input.targetArn} ${source}`) ?? source.toLowerCase(),
      createdAt: this.cloud.clock.now(),
      status: "CREATING",
      errors: [],
      troubledSince: undefined,
      items: undefined,
      timer: undefined,
      running: undefined,
    };
    this.byArn.set(integration.arn, integration);
    this.move(integration, "CREATING");
    integration.timer = this.cloud.clock.setTimer(CREATING_MS, () => this.refresh(integration));
    return integration;
  }

  /** Ends the integration; database, tables and objects stay, as on AWS. */
  delete(integration: Integration): void {
    integration.timer?.cancel();
    this.byArn.delete(integration.arn);
    this.move(integration, "DELETING");
  }

  /** Brings the target up to date; while one refresh runs, further calls wait for it and then run another. */
  async refresh(integration: Integration): Promise<void> {
    integration.timer?.cancel();
    const before = integration.running ?? Promise.resolve();
    const run = before.then(() => this.sync(integration));
    integration.running = run;
    await this.cloud.realWork(run);
    if (integration.running === run) integration.running = undefined;
  }

  /** Refreshes one integration, or all, and tells how they are. */
  async refreshNow(arn?: string): Promise<RefreshReport[]> {
    const chosen = arn === undefined ? [...this.byArn.values()] : [this.get(arn)];
    await Promise.all(chosen.map((integration) => this.refresh(integration)));
    return chosen.map((integration) => ({
      integrationArn: integration.arn,
      integrationName: integration.name,
      status: integration.status,
      database: integration.targetArn.split(":database/")[1]!,
      table: integration.tableName,
      errors: integration.errors,
    }));
  }

  close(): void {
    for (const integration of this.byArn.values()) integration.timer?.cancel();
  }

  private async sync(integration: Integration): Promise<void> {
    if (!this.alive(integration)) return;
    try {
      const obstacle = await preflight(
        this.cloud,
        this.catalog,
        integration,
        this.properties.get(integration.targetArn),
      );
      if (obstacle) {
        this.trouble(integration, obstacle.status, obstacle.code, obstacle.message);
      } else {
        if (integration.items !== undefined) this.move(integration, "SYNCING");
        const refreshed = await refreshTable(this.cloud, this.catalog, integration);
        this.reporter.measure(integration, this.propertyOf(integration), {
          IngestionSucceeded: 1,
          InsertCount: refreshed.inserted,
          UpdateCount: refreshed.updated,
          DeleteCount: refreshed.deleted,
          LastSyncTimestamp: this.cloud.clock.now(),
        });
        integration.troubledSince = undefined;
        integration.errors = [];
        this.move(integration, "ACTIVE", { ...refreshed });
      }
    } catch (error) {
      const shape = error instanceof ShapeProblem;
      this.trouble(
        integration,
        shape ? error.status : "NEEDS_ATTENTION",
        shape ? "SCHEMA_ERROR" : "INTERNAL_ERROR",
        error instanceof Error ? error.message : String(error),
      );
    }
    if (this.alive(integration)) {
      integration.timer?.cancel();
      integration.timer = this.cloud.clock.setTimer(integration.refreshMinutes * 60_000, () =>
        this.refresh(integration),
      );
    }
  }

  private alive(integration: Integration): boolean {
    return this.byArn.has(integration.arn) && integration.status !== "FAILED";
  }

  private trouble(integration: Integration, status: "FAILED" | "NEEDS_ATTENTION", code: string, message: string): void {
    const now = this.cloud.clock.now();
    integration.troubledSince ??= now;
    integration.errors = [{ ErrorCode: code, ErrorMessage: message }];
    const lost = now - integration.troubledSince >= TROUBLE_MS;
    this.reporter.measure(integration, this.propertyOf(integration), { IngestionFailed: 1 });
    this.move(integration, lost ? "FAILED" : status, { code, message });
  }

  private move(integration: Integration, status: IntegrationStatus, data: Record<string, unknown> = {}): void {
    integration.status = status;
    const failed = status === "NEEDS_ATTENTION" || status === "FAILED";
    this.cloud.trace.emit({
      kind: "state",
      service: "glue",
      name: `Integration ${status}`,
      resource: integration.arn,
      ...(failed ? { error: String(data["message"]) } : {}),
      data: { ...data, integrationName: integration.name },
    });
    this.reporter.log(integration, this.propertyOf(integration), data);
  }

  private propertyOf(integration: Integration): ResourceProperty | undefined {
    return this.properties.get(integration.targetArn);
  }
}

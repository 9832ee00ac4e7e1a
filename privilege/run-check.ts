import type { Cloud } from "../local/cloud";
import type { Check } from "./check";
import { requireSuccess, requireTelemetry, requireWorkedOff } from "./observe";
import { Stage, type House } from "./stage";

/** The name under which a deployment that fails is reported. */
export const DEPLOYMENT = "the program is deployed";

/** How a check ended. */
export interface CheckResult {
  readonly check: string;
  /** What was missing; undefined when all was as it must be. */
  readonly failure?: string;
  /** Refusals that the check met; in an untouched program there are none. */
  readonly denied: readonly string[];
}

/** Moments at which whoever runs a check may look in. */
export interface Moments {
  /** The cloud is empty. */
  readonly prepare?: (cloud: Cloud) => void;
  /** Every resource of the program is made. */
  readonly deployed?: (stage: Stage) => void;
}

/** Plays a check on a cloud of its own. Without a check only the deployment is played. */
export async function runCheck(house: House, check: Check | undefined, moments: Moments = {}): Promise<CheckResult> {
  let stage: Stage;
  try {
    stage = await Stage.set(house, moments.prepare);
    await stage.clock.settle();
    moments.deployed?.(stage);
  } catch (error) {
    return { check: DEPLOYMENT, failure: messageOf(error), denied: [] };
  }
  try {
    await check?.run(stage);
    if (check) await requireOrder(stage);
    return { check: check?.name ?? DEPLOYMENT, denied: deniedIn(stage) };
  } catch (error) {
    return { check: check?.name ?? DEPLOYMENT, failure: messageOf(error), denied: deniedIn(stage) };
  } finally {
    await stage.close();
  }
}

/** What every check asserts beside its own effects: logs and traces arrive, nothing fails and nothing is left over. */
async function requireOrder(stage: Stage): Promise<void> {
  await requireTelemetry(stage);
  if (stage.isDisturbed) return;
  requireSuccess(stage);
  await requireWorkedOff(stage);
}

function deniedIn(stage: Stage): string[] {
  return stage.cloud.trace
    .since(0)
    .filter(({ kind }) => kind === "denied")
    .map(
      ({ principal = "", data }) => `${principal}: ${String(data?.["action"])} on ${String(data?.["deniedResource"])}`,
    );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

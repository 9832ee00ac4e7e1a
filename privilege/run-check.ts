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
  /** The failure is a mistake in code, such as a TypeError, and no word of anything that was missing. */
  readonly isMistake?: true;
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
  let empty: Cloud | undefined;
  try {
    stage = await Stage.set(house, (cloud) => {
      empty = cloud;
      moments.prepare?.(cloud);
    });
    await stage.clock.settle();
    moments.deployed?.(stage);
  } catch (error) {
    return { check: DEPLOYMENT, ...failureOf(error), denied: empty ? deniedIn(empty) : [] };
  }
  try {
    await check?.run(stage);
    if (check) await requireOrder(stage);
    return { check: check?.name ?? DEPLOYMENT, denied: deniedIn(stage.cloud) };
  } catch (error) {
    return { check: check?.name ?? DEPLOYMENT, ...failureOf(error), denied: deniedIn(stage.cloud) };
  } finally {
    await stage.close();
  }
}

/**
 * Plays a check that only asks, on the one cloud of all such checks.
 * @param prepare changes what the policies say; returns how to change it back.
 */
export async function runInquiry(
  house: House,
  check: Check,
  prepare: (cloud: Cloud) => () => void,
): Promise<CheckResult> {
  const { cloud } = await house.inquiries();
  const before = cloud.trace.since(0).at(-1)?.seq ?? 0;
  const restore = prepare(cloud);
  try {
    await check.run(await house.inquiries());
    return { check: check.name, denied: deniedIn(cloud, before) };
  } catch (error) {
    return { check: check.name, ...failureOf(error), denied: deniedIn(cloud, before) };
  } finally {
    restore();
  }
}

/** What every check asserts beside its own effects: logs and traces arrive, nothing fails and nothing is left over. */
async function requireOrder(stage: Stage): Promise<void> {
  await requireTelemetry(stage);
  if (stage.isDisturbed) return;
  requireSuccess(stage);
  await requireWorkedOff(stage);
}

function deniedIn(cloud: Cloud, after = 0): string[] {
  return cloud.trace
    .since(after)
    .filter(({ kind }) => kind === "denied")
    .map(
      ({ principal = "", data }) => `${principal}: ${String(data?.["action"])} on ${String(data?.["deniedResource"])}`,
    );
}

/** What JavaScript throws where code is wrong. */
const MISTAKES = ["TypeError", "ReferenceError", "SyntaxError", "RangeError"];

/** What a result says of what was thrown. */
export function failureOf(error: unknown): Pick<CheckResult, "failure" | "isMistake"> {
  if (!(error instanceof Error)) return { failure: String(error) };
  if (!MISTAKES.includes(error.name)) return { failure: error.message };
  return { failure: `${error.name}: ${error.message}`, isMistake: true };
}
